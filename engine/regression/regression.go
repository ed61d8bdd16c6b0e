// Package regression runs a rule's test file: cases with events and what must match. In: the
// bytes of x.test.yml and the rule beside it. Out: an outcome for each case, or diagnostics
// for a test file that says something impossible.
package regression

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Case is one test of a rule.
type Case struct {
	Name       string           `yaml:"name"`
	Model      string           `yaml:"model"` // data model of the events; default sigma
	Now        string           `yaml:"now"`   // RFC 3339; the end of the lookback, "" = no cut
	Events     []map[string]any `yaml:"events"`
	File       string           `yaml:"file"`       // events from a file beside the test, instead of inline
	Reputation []map[string]any `yaml:"reputation"` // rows of the reputation table
	Expect     Expect           `yaml:"expect"`
	at         diag.Range
}

// Expect is what must match: exactly these event ids, exactly this count, no fewer, or nothing.
type Expect struct {
	IDs     []string `yaml:"ids"`
	Count   *int     `yaml:"count"`
	AtLeast *int     `yaml:"at_least"`
	None    bool     `yaml:"none"`
}

// Outcome is what one case came to. Problem is empty when it passed.
type Outcome struct {
	Case    string     `json:"case"`
	At      diag.Range `json:"at"`
	Matched []string   `json:"matched"`
	Problem string     `json:"problem,omitempty"`
}

// Parse reads a test file. name is used in diagnostics.
func Parse(name string, data []byte) ([]Case, diag.Diagnostics) {
	var found diag.Diagnostics
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		found.Errorf("yaml-syntax", diag.Range{File: name}, "a test file is YAML with a list `cases`", "%v", err)
		return nil, found
	}
	var file struct {
		Cases []yaml.Node `yaml:"cases"`
	}
	whole := diag.Range{File: name, Start: diag.Position{Line: 1, Col: 1}, End: diag.Position{Line: 1, Col: 2}}
	if err := decodeStrict(data, &file); err != nil {
		found.Errorf("test-file", whole, "the only key of a test file is `cases`", "%v", err)
		return nil, found
	}
	if len(file.Cases) == 0 {
		found.Errorf("no-cases", whole, "add at least one case", "this test file has no cases")
	}
	var cases []Case
	for _, n := range file.Cases {
		at := diag.Range{File: name, Start: diag.Position{Line: n.Line, Col: n.Column}, End: diag.Position{Line: n.Line, Col: n.Column + 1}}
		c := Case{Model: "sigma", at: at}
		raw, err := yaml.Marshal(&n)
		if err == nil {
			err = decodeStrict(raw, &c)
		}
		if err == nil {
			err = c.check()
		}
		if err != nil {
			found.Errorf("test-case", at, "keys of a case: name, model, now, events or file, reputation, expect (ids, count, at_least or none)", "%v", err)
			continue
		}
		cases = append(cases, c)
	}
	return cases, found
}

func decodeStrict(data []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return errors.New("what follows `---` would not be read: a test file is one document")
	}
	return nil
}

func (c *Case) check() error {
	ways := 0
	for _, way := range []bool{c.Expect.IDs != nil, c.Expect.Count != nil, c.Expect.AtLeast != nil, c.Expect.None} {
		if way {
			ways++
		}
	}
	switch {
	case c.Name == "":
		return errors.New("a case needs a name")
	case ways != 1:
		return errors.New("expect needs exactly one of ids, count, at_least, none")
	case (len(c.Events) > 0) == (c.File != ""):
		return errors.New("a case needs events or file, one of the two")
	case !slices.Contains(schema.Names(), c.Model):
		return fmt.Errorf("unknown model %q (one of %s)", c.Model, strings.Join(schema.Names(), ", "))
	}
	if c.Now != "" {
		if _, err := time.Parse(time.RFC3339, c.Now); err != nil {
			return fmt.Errorf("now: %w", err)
		}
	}
	return nil
}

// Run runs every case of a test file against a rule. read gives a file beside the test file.
func Run(r *ir.Rule, cases []Case, dir string, read func(string) ([]byte, error)) []Outcome {
	outcomes := make([]Outcome, len(cases))
	for i, c := range cases {
		matched, known, err := c.run(r, dir, read)
		outcomes[i] = Outcome{Case: c.Name, At: c.at, Matched: matched}
		if err != nil {
			outcomes[i].Problem = err.Error()
			continue
		}
		outcomes[i].Problem = c.Expect.compare(matched, known)
	}
	return outcomes
}

// run gives the ids of the events that matched, and of all events.
func (c Case) run(r *ir.Rule, dir string, read func(string) ([]byte, error)) (matched, known []string, err error) {
	model, err := schema.Load(c.Model)
	if err != nil {
		return nil, nil, err
	}
	opt := engine.Options{Model: model, Reputation: engine.NewReputation(textRows(c.Reputation))}
	if c.Now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, c.Now); err != nil {
			return nil, nil, err
		}
	}
	e, found := engine.New([]*ir.Rule{r}, opt)
	if len(found) > 0 { // a rule that is not run would pass every `none`
		return nil, nil, found[0]
	}
	var rejects []string
	reader, err := c.open(dir, read, func(j event.Reject) { rejects = append(rejects, fmt.Sprintf("%s:%d: %s", j.Source, j.Line, j.Reason)) })
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for {
		ev, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		known = append(known, eventID(model, ev))
		if err := e.Add(ev); err != nil {
			return nil, nil, err
		}
	}
	if len(rejects) > 0 {
		return nil, nil, fmt.Errorf("%d lines are no events, the first at %s", len(rejects), rejects[0])
	}
	results, stats, err := e.Finish()
	if err == nil && stats.Timeouts > 0 {
		err = fmt.Errorf("%d matches of a backtracking expression ran out of time", stats.Timeouts)
	}
	for _, res := range results {
		matched = append(matched, res.EventID)
	}
	return matched, known, err
}

// open reads the case's events as if they came from a file, so that both go one way.
func (c Case) open(dir string, read func(string) ([]byte, error), reject func(event.Reject)) (*event.Reader, error) {
	if c.File != "" {
		name := path.Join(dir, c.File)
		if !fs.ValidPath(name) {
			return nil, fmt.Errorf("file %s is outside the rules folder", c.File)
		}
		data, err := read(name)
		if err != nil {
			return nil, err
		}
		return event.NewReader(c.File, bytes.NewReader(data), event.Options{OnReject: reject})
	}
	var lines bytes.Buffer
	for i, fields := range c.Events {
		line, err := json.Marshal(fields)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", i, err)
		}
		lines.Write(append(line, '\n'))
	}
	return event.NewReader("events", &lines, event.Options{OnReject: reject})
}

func textRows(rows []map[string]any) []map[string]string {
	out := make([]map[string]string, len(rows))
	for i, row := range rows {
		out[i] = map[string]string{}
		for k, v := range row {
			if v != nil {
				out[i][k] = fmt.Sprint(v)
			}
		}
	}
	return out
}

func eventID(m *schema.Model, ev *event.Event) string {
	for _, column := range m.ID {
		if v, ok := ev.Lookup(column); ok && v != nil {
			return fmt.Sprint(v)
		}
	}
	return ""
}

func (e Expect) compare(matched, known []string) string {
	switch {
	case e.None:
		if len(matched) > 0 {
			return fmt.Sprintf("expected no match, got %d: %s", len(matched), strings.Join(matched, ", "))
		}
	case e.Count != nil:
		if len(matched) != *e.Count {
			return fmt.Sprintf("expected %d matches, got %d: %s", *e.Count, len(matched), strings.Join(matched, ", "))
		}
	case e.AtLeast != nil:
		if len(matched) < *e.AtLeast {
			return fmt.Sprintf("expected %d matches or more, got %d", *e.AtLeast, len(matched))
		}
	default:
		for _, id := range e.IDs {
			if !slices.Contains(known, id) {
				return fmt.Sprintf("expected event %q is not among the events of this case", id)
			}
		}
		missing, extra := difference(e.IDs, matched), difference(matched, e.IDs)
		if len(missing)+len(extra) > 0 {
			return fmt.Sprintf("missing: [%s], unexpected: [%s]", strings.Join(missing, ", "), strings.Join(extra, ", "))
		}
	}
	return ""
}

// difference gives the elements of a that b lacks.
func difference(a, b []string) []string {
	var out []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
