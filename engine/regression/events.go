package regression

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules/schema"
	"decree/rules/source"
)

// input is a part of a case's events: inline, or a file that is opened again for each run.
type input struct {
	name string
	own  bool   // the case's, not a fixture's
	file string // in the folder; "" = inline
	open func() (io.ReadCloser, error)
}

func fileOf(folder *source.Folder, at string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return folder.Open(at) }
}

func textOf(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

// inline reads events written in the test file: a list of mappings, or a text that is read like a file. Both become
// lines, so that all events are read in one way.
func (l *loader) inline(n *yaml.Node, name string, own bool) (input, bool) {
	in := input{name: name, own: own}
	switch {
	case n.Kind == yaml.ScalarNode && event.Supported(n.Value) && !strings.ContainsAny(n.Value, "\n{=,\t"):
		l.errorf("wrong-type", n, "write `file: "+n.Value+"`", "events must be events, and not the name of a file")
		return in, false
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str":
		in.open = textOf([]byte(n.Value))
		return in, true
	case n.Kind != yaml.SequenceNode || len(n.Content) == 0:
		l.errorf("wrong-type", n, "begin each event with `-`", "events must be a list of events, or the text of an event file")
		return in, false
	}
	var lines bytes.Buffer
	ok := true
	for _, e := range n.Content {
		l.escapes(e)
		line, err := eventLine(e)
		if err != nil {
			l.errorf("invalid-event", e, "write it as `{Field: value, ...}`; put values in quotes that YAML would not read as text", "this is not an event: %v", err)
			ok = false
		}
		lines.Write(append(line, '\n'))
	}
	in.open = textOf(lines.Bytes())
	return in, ok
}

// escaped is what a path of Windows in double quotes becomes where its backslashes begin escapes: a control character
// after the drive, at the beginning, or one that no text has.
var escaped = regexp.MustCompile(`^[A-Za-z]:[\x00-\x1f]|^[\n\t][A-Za-z0-9_]|[\x00-\x08\x0b\x0c\x0e-\x1f]`)

// escapes warns of values of an event that have lost a backslash in double quotes: what is shown of them later has it.
func (l *loader) escapes(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Style == yaml.DoubleQuotedStyle && escaped.MatchString(n.Value) {
		l.Warnf("line-break-in-path", l.Range(n), "write backslashes in single quotes",
			"in double quotes \"\\n\" is a line break, \"\\t\" a tab and \"\\b\" another such character: the event has no backslash there")
	}
	for _, below := range n.Content {
		l.escapes(below)
	}
}

func eventLine(n *yaml.Node) ([]byte, error) {
	if n.Kind != yaml.MappingNode {
		return nil, errors.New("it must be a mapping")
	}
	var fields map[string]any
	if err := n.Decode(&fields); err != nil {
		return nil, err
	}
	return json.Marshal(fields)
}

// rows reads reputation rows: a list of mappings with texts and numbers.
func (l *loader) rows(n *yaml.Node) []map[string]string {
	if n.Kind != yaml.SequenceNode {
		l.errorf("wrong-type", n, "write `- {sha1: ..., GlobalPrevalence: 5}`", "reputation must be a list of rows")
		return nil
	}
	var out []map[string]string
	for _, r := range n.Content {
		row := map[string]string{}
		entries := l.Entries(r, "a reputation row")
		for _, e := range entries {
			if text := l.text(e.Value, "a value of a reputation row"); text != "" {
				row[e.Key.Value] = text
			}
		}
		for _, e := range entries {
			if row[e.Key.Value] != "" {
				l.cell(e, row)
			}
		}
		if !rarity.HasKey(row) {
			l.errorf("no-reputation-key", r, "add one of sha1, sha256, md5, domain", "the row does not say whose reputation it is")
		}
		out = append(out, row)
	}
	return out
}

// cell reports a column of a reputation row that is misspelt, or named by the rule's word for it, and a value that its
// column cannot have. Beside a column of the right name, it is another one.
func (l *loader) cell(e source.Entry, row map[string]string) {
	name := e.Key.Value
	if meant := cmp.Or(rarity.Named(name), columns().Misspelt(name)); meant != "" && meant != name && row[meant] == "" {
		l.errorf("reputation-column", e.Key, fmt.Sprintf("did you mean `%s`?", meant), "no data model reads the column %q", name)
	}
	if want, example, wrong := columns().Wrong(name, row[name]); wrong {
		l.errorf("reputation-value", e.Value, example, "%s must be %s, not %q", name, want, row[name])
	}
}

// columns are those of the shipped data models, which are the ones that tests may name.
var columns = sync.OnceValue(func() rarity.Columns { return rarity.ColumnsOf() })

// seen is the information kept about each event of a case.
type seen struct {
	id     string
	source string
	line   int
	index  int // among the case's own, from 1; 0 = a fixture's

	name, field string // a field whose name is nearly that of one that the rule tests; "" = none
}

// label names the event in messages: by its id, or else by its index.
func (s seen) label() string {
	switch {
	case s.id != "":
		return s.id
	case s.index > 0:
		return fmt.Sprintf("#%d", s.index)
	}
	return fmt.Sprintf("%s:%d", s.source, s.line)
}

// Files are the event files that the case reads, by their paths in the folder.
func (c *Case) Files() []string {
	var out []string
	for _, in := range c.inputs {
		if in.file != "" {
			out = append(out, in.file)
		}
	}
	return out
}

// Read gives every event of the case, in order.
func (c *Case) Read(each func(*event.Event) error) error {
	return c.read(func(ev *event.Event, _ bool) error { return each(ev) })
}

func (c *Case) read(each func(ev *event.Event, own bool) error) error {
	for _, in := range c.inputs {
		if err := in.read(each); err != nil {
			return err
		}
	}
	return nil
}

// read gives an input's events. Lines that are not events are an error: a test must not pass because its recording
// could not be read.
func (in input) read(each func(*event.Event, bool) error) (err error) {
	raw, err := in.open()
	if err != nil {
		return err
	}
	rejected, first := 0, ""
	reader, err := event.NewReader(in.name, raw, event.Options{OnReject: func(j event.Reject) {
		if rejected++; rejected == 1 {
			first = fmt.Sprintf("%s:%d: %s", j.Source, j.Line, j.Reason)
		}
	}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for {
		ev, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := each(ev, in.own); err != nil {
			return err
		}
	}
	if rejected > 0 {
		if rejected == 1 {
			return fmt.Errorf("a line is not an event: %s", first)
		}
		return fmt.Errorf("%d lines are not events, the first at %s", rejected, first)
	}
	return nil
}

// Options are the engine's for this case.
func (c *Case) Options() (engine.Options, error) {
	m, err := schema.Shipped(c.Model)
	return engine.Options{Model: m, Reputation: rarity.NewTable(c.Reputation), Now: c.Now}, err
}
