package pages

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/diag"
	"decree/rules/wording"
)

// The values of an event that a page shows.
const (
	mostValues     = 8
	mostValueText  = 200
	mostUncovered  = 20
	foundWord      = "found"
	leftAloneWord  = "left alone"
	measuredFormat = "%d of %d (%d %%)"
)

func (m *maker) tests() []Block {
	t := m.Tests
	if t == nil {
		return nil
	}
	facts := Facts{{"Tests", plain(fmt.Sprintf("%d of %d passed", t.Passed, len(t.Cases)))}}
	var out []Block
	if t.Goals > 0 {
		facts = append(facts, Fact{"Coverage", plain(measured(t.Covered, t.Goals) + " of the rule's parts decide a test")})
	}
	if t.Mutants > 0 {
		facts = append(facts, Fact{"Mutation score", plain(measured(t.Killed, t.Mutants) + " of the small changes of the rule fail a test")})
	}
	out = append(out, facts)
	out = append(out, unnoticed("Parts that decide no test", t.Uncovered)...)
	out = append(out, unnoticed("Changes that no test notices", t.Survivors)...)
	for _, c := range t.Cases {
		out = append(out, Fold{Title: diag.Visible(c.Name), Blocks: m.example(c)})
	}
	return out
}

func measured(part, whole int) string {
	return fmt.Sprintf(measuredFormat, part, whole, part*100/whole)
}

func unnoticed(title string, all []string) []Block {
	if len(all) == 0 {
		return nil
	}
	shown := texts(all[:min(len(all), mostUncovered)]...)
	if more := len(all) - len(shown); more > 0 {
		shown = append(shown, plain(fmt.Sprintf("and %d more", more)))
	}
	return []Block{Fold{Title: title, Count: len(all), Blocks: []Block{Bullets{shown}}}}
}

// example shows what a test finds and what it leaves alone.
func (m *maker) example(c Case) []Block {
	facts := Facts{{"Events", plain(fmt.Sprintf("%d, of the data model %s", c.Events, c.Model))}, {"Expected", plain(cut(c.Expected, mostValueText))}}
	if !c.Passed {
		facts = append(facts, Fact{"Result", plain("the test fails")})
	}
	t := Table{Head: []string{"Event", "", "What it holds"}}
	for _, e := range c.Examples {
		word := leftAloneWord
		if e.Found {
			word = foundWord
		}
		var values []Cell
		for _, v := range m.telling(e.Fields) {
			values = append(values, append(plain(v.Name+": "), Literal(cut(v.Value, mostValueText))...))
		}
		t.Rows = append(t.Rows, []Cell{plain(e.Label), {{Text: word, Kind: "outcome"}}, joined(values, "\n")})
	}
	out := []Block{facts}
	if len(t.Rows) > 0 {
		out = append(out, t)
	}
	if more := c.Events - len(t.Rows); more > 0 && len(t.Rows) > 0 {
		out = append(out, Paragraph{plain(fmt.Sprintf("and %s not shown", wording.Counted(more, "event")))})
	}
	return out
}

// telling chooses the values to show: those of fields that the detection reads first.
func (m *maker) telling(all []Value) []Value {
	read := map[string]bool{}
	for _, f := range m.Fields {
		read[strings.ToLower(f.Name)] = true
		for _, columns := range f.Columns {
			for _, c := range columns {
				read[lastPart(c)] = true
			}
		}
	}
	rank := func(v Value) int {
		if read[lastPart(v.Name)] {
			return 0
		}
		return 1
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Value) int { return rank(a) - rank(b) })
	return sorted[:min(len(sorted), mostValues)]
}

// lastPart is the last part of a column inside others, in lower case.
func lastPart(column string) string {
	return strings.ToLower(column[strings.LastIndex(column, ".")+1:])
}
