package compilers

import (
	"fmt"
	"slices"

	"decree/rules/ir"
	"decree/rules/schema"
)

// Branch is a part of a query that several sources share: their events are asked the same, and only what makes an event one of them differs.
type Branch struct {
	*Plan
	Sources []*schema.Source
}

// Branches joins plans that are asked the same. asked is all that a plan's query asks of an event of its table, what makes it one of the source
// aside: equal texts mean the same question. A source whose scope another's holds in is not asked beside it.
func Branches(plans []*Plan, textOf func(*Plan) string) []*Branch {
	var out []*Branch
	byText := map[string]*Branch{}
	for _, p := range plans {
		bare := *p
		source := *p.Source
		source.Scope = nil
		bare.Source = &source
		text := textOf(&bare)
		if had := byText[text]; had != nil {
			had.Sources = append(had.Sources, p.Source)
			had.Notes = AddNotes(had.Notes, p.Notes...)
			continue
		}
		byText[text] = &Branch{p, []*schema.Source{p.Source}}
		out = append(out, byText[text])
	}
	for _, b := range out {
		b.Sources = widest(b.Sources)
	}
	return out
}

// WithColumns is a question with the columns of fields that are read of its events: sources that hold one of these otherwise are asked apart.
func WithColumns(textOf func(*Plan) string, fields []ir.Field) func(*Plan) string {
	return func(p *Plan) string {
		text := textOf(p)
		for _, f := range fields {
			columns, domain := p.Whole(f)
			if domain != nil {
				columns = append(slices.Clone(columns), *domain)
			}
			text += "\n" + f.String()
			for _, c := range columns {
				text += fmt.Sprintf(" %q", []string{c.Name, string(c.Type), c.Key, c.OrElse})
			}
		}
		return text
	}
}

// widest leaves out sources of which another holds all events.
func widest(sources []*schema.Source) []*schema.Source {
	var out []*schema.Source
	for i, s := range sources {
		inside := slices.ContainsFunc(sources, func(o *schema.Source) bool {
			at := slices.Index(sources, o)
			return o != s && o.Table == s.Table && holdsAll(s.Scope, o.Scope) && (len(o.Scope) < len(s.Scope) || at < i)
		})
		if !inside {
			out = append(out, s)
		}
	}
	return out
}

// holdsAll tells whether tests hold wherever others do, each for the same reason.
func holdsAll(narrow, wide []schema.ScopeTest) bool {
	return !slices.ContainsFunc(wide, func(w schema.ScopeTest) bool {
		return !slices.ContainsFunc(narrow, func(n schema.ScopeTest) bool {
			return n.Column == w.Column && n.Type == w.Type && n.Key == w.Key && (w.Optional || !n.Optional) && n.EngineOnly == w.EngineOnly &&
				!slices.ContainsFunc(n.Values, func(v string) bool { return !slices.Contains(w.Values, v) })
		})
	})
}

// Scopes says what makes an event one of several sources of a table: alternatives, each of tests that all hold. Sources that differ in one test's
// values are one alternative. The answer is empty where every event is.
func Scopes(sources []*schema.Source) [][]schema.ScopeTest {
	var out [][]schema.ScopeTest
	for _, s := range sources {
		var tests []schema.ScopeTest
		for _, t := range s.Scope {
			if !t.EngineOnly {
				tests = append(tests, t)
			}
		}
		if len(tests) == 0 {
			return nil
		}
		at := slices.IndexFunc(out, func(had []schema.ScopeTest) bool { return oneTest(had, tests) })
		if at < 0 {
			out = append(out, tests)
			continue
		}
		merged := out[at][0]
		merged.Values = slices.Clone(merged.Values)
		for _, v := range tests[0].Values {
			if !slices.Contains(merged.Values, v) {
				merged.Values = append(merged.Values, v)
			}
		}
		out[at] = []schema.ScopeTest{merged}
	}
	return out
}

func oneTest(a, b []schema.ScopeTest) bool {
	return len(a) == 1 && len(b) == 1 && a[0].Column == b[0].Column && a[0].Type == b[0].Type && a[0].Key == b[0].Key && a[0].Optional == b[0].Optional
}

// AddNotes adds the notes that are not there yet.
func AddNotes(notes []Note, more ...Note) []Note {
	for _, n := range more {
		if !slices.ContainsFunc(notes, func(had Note) bool { return had.Code == n.Code && had.Message == n.Message }) {
			notes = append(notes, n)
		}
	}
	return notes
}

// AddAssets adds the assets that are not there yet.
func AddAssets(assets []Asset, more ...Asset) []Asset {
	for _, a := range more {
		if !slices.Contains(assets, a) {
			assets = append(assets, a)
		}
	}
	return assets
}

// Notes are the notes of all branches, each once.
func Notes(branches []*Branch) []Note {
	var notes []Note
	for _, b := range branches {
		notes = AddNotes(notes, b.Notes...)
	}
	return notes
}

// AsksPrevalence tells whether a rule asks of events together, as how rare a value is among them, so that all its sources would have to be counted as one.
func AsksPrevalence(r *ir.Rule) bool {
	asks := asksPrevalence(r.Condition)
	return asks || r.Filter != nil && asksPrevalence(r.Filter)
}
