package mutation

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Case is a test case that kills survivors: an event, and whether the rule as it is matches it.
type Case struct {
	Kills   []string          `json:"kills"` // the changes it notices
	Event   map[string]string `json:"event"`
	Matches bool              `json:"matches"`
}

// Suggest looks for events that tell survivors from the rule, among those made of the rule's own texts.
// Every suggestion was run: the rule and the mutant differ on it. Where none is found, the survivor has none.
func Suggest(r *ir.Rule, survivors []Mutant) ([]Case, error) {
	events := candidates(r, survivors)
	if len(survivors) == 0 || len(events) == 0 {
		return nil, nil
	}
	rs := []*ir.Rule{r}
	for _, m := range survivors {
		rs = append(rs, m.Rule)
	}
	matches, err := matchAll(rs, events)
	if err != nil {
		return nil, err
	}
	left := make([]bool, len(survivors))
	for i := range left {
		left[i] = true
	}
	var out []Case
	for {
		best, noticed := bestEvent(matches, left)
		if best < 0 {
			return out, nil
		}
		c := Case{Event: events[best]}
		if err := c.alone(r, survivors, noticed, left); err != nil {
			return nil, err
		}
		if len(c.Kills) > 0 {
			out = append(out, c)
		}
		for i := range matches {
			matches[i][best] = false
		}
	}
}

// bestEvent gives the event that kills most of the mutants that are left, the first of equals, and which of them it
// kills; -1 if none kills any. matches are those of the rule and then of each mutant.
func bestEvent(matches [][]bool, left []bool) (best int, noticed []bool) {
	best = -1
	most := 0
	for e := range matches[0] {
		kills, of := make([]bool, len(left)), 0
		for i := range left {
			if kills[i] = left[i] && matches[0][e] != matches[i+1][e]; kills[i] {
				of++
			}
		}
		if of > most {
			best, noticed, most = e, kills, of
		}
	}
	return best, noticed
}

// alone runs the case by itself, as a test file does: among others an event may have had ancestors, and
// other rarity. Of what it was noticed to kill, what it kills is not left.
func (c *Case) alone(r *ir.Rule, survivors []Mutant, noticed, left []bool) error {
	rs := []*ir.Rule{r}
	var asked []int
	for i, m := range survivors {
		if noticed[i] {
			rs, asked = append(rs, m.Rule), append(asked, i)
		}
	}
	matches, err := matchAll(rs, []map[string]string{c.Event})
	if err != nil {
		return err
	}
	c.Matches = matches[0][0]
	for at, i := range asked {
		if matches[at+1][0] != c.Matches {
			left[i] = false
			c.Kills = append(c.Kills, survivors[i].Change)
		}
	}
	return nil
}

// matchAll tells which rules match which events of one stream.
func matchAll(rs []*ir.Rule, events []map[string]string) ([][]bool, error) {
	var lines strings.Builder
	for _, ev := range events {
		lines.WriteString(encoded(ev) + "\n")
	}
	out := make([][]bool, len(rs))
	for i := range out {
		out[i] = make([]bool, len(events))
	}
	for at := 0; at < len(rs); at += batch {
		end := min(at+batch, len(rs))
		if err := matchLines(rs[at:end], lines.String(), out[at:end]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// matchLines runs rules on lines of JSON, and marks the lines that each matches.
func matchLines(rs []*ir.Rule, lines string, matches [][]bool) error {
	e, found := engine.New(rs, engine.Options{})
	if found.HasErrors() {
		return found[0]
	}
	index := make(map[*ir.Rule]int, len(rs))
	for i, r := range rs {
		index[r] = i
	}
	reader, err := event.NewReader("suggested", io.NopCloser(strings.NewReader(lines)), event.Options{})
	if err != nil {
		return err
	}
	for {
		ev, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := e.Add(ev); err != nil {
			return err
		}
	}
	results, _, err := e.Finish()
	if err != nil {
		return err
	}
	for _, res := range results {
		matches[index[res.Rule]][res.Order()] = true
	}
	return reader.Close()
}

// WriteCases writes suggestions as they stand in a test file.
func WriteCases(w io.Writer, rule string, cases []Case) {
	if len(cases) == 0 {
		return
	}
	file := strings.TrimSuffix(rule, path.Ext(rule)) + ".test.yml"
	fmt.Fprintf(w, "# for %s; what matches is what the rule says today: is it what you mean?\n", diag.Visible(file))
	for i, c := range cases {
		var fields yaml.Node
		fields.Kind, fields.Style = yaml.MappingNode, yaml.FlowStyle
		matched := "count: 1"
		if _, asked := c.Event["id"]; !asked { // the rule asks nothing of the id, so the event may have any
			id := fmt.Sprintf("s%d", i+1)
			fields.Content = append(fields.Content, scalar("id"), scalar(id))
			matched = "ids: [" + id + "]"
		}
		for _, name := range slices.Sorted(maps.Keys(c.Event)) {
			fields.Content = append(fields.Content, scalar(name), scalar(c.Event[name]))
		}
		expect := "none: true"
		if c.Matches {
			expect = matched
		}
		name, nerr := yaml.Marshal(scalar(fmt.Sprintf("suggestion %d: notices %s", i+1, summary(c.Kills))))
		text, err := yaml.Marshal(&fields)
		if err != nil || nerr != nil {
			panic("mutation: texts are always YAML")
		}
		fmt.Fprintf(w, "  - name: %s    events:\n      - %s    expect: {%s}\n", oneLine(string(name)), oneLine(string(text)), expect)
	}
}

// summary names the first change and counts the others.
func summary(kills []string) string {
	if len(kills) == 1 {
		return kills[0]
	}
	return fmt.Sprintf("%s, and %d more", kills[0], len(kills)-1)
}

func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	n.Style = 0
	if strings.ContainsAny(s, "\\*?:#{}[]'\"& ,\n") || diag.Visible(s) != s {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// oneLine joins what the YAML writer folded, and escapes what is not seen as YAML does between double quotes.
func oneLine(s string) string {
	return diag.Visible(strings.Join(strings.Split(strings.TrimSuffix(s, "\n"), "\n    "), " ")) + "\n"
}
