package compilers

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// Branch is a part of a query that several sources share. The conditions on their events are the same; only the scopes
// differ.
type Branch struct {
	*Plan
	Sources []*schema.Source
}

// Branches joins plans with the same conditions. asked gives the conditions of a plan's query as text, without the
// source's scope: equal texts mean equal conditions. A source is left out if the scope of another one includes it.
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
		b.Sources = b.widest()
	}
	return out
}

// WithColumns adds the columns that are read from events to a text of conditions. Sources with other columns for a
// field are then separate.
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
				text += describeColumn(c)
			}
		}
		return text
	}
}

// describeColumn is a text of a column, down to those that an extract is made of.
func describeColumn(c schema.Column) string {
	text := fmt.Sprintf(" %q", []string{c.Name, string(c.Type), c.Key, c.OrElse, c.InXML, c.Instead.Column, c.Instead.When})
	if c.Instead.Column != "" {
		text += fmt.Sprintf(" %q", c.Instead.Is)
	}
	if c.Made != nil {
		for _, from := range c.Made.From {
			text += " (" + describeColumn(from) + ")"
		}
	}
	return text
}

// widest leaves out sources whose events are all in another source.
func (b *Branch) widest() []*schema.Source {
	sources := b.Sources
	var out []*schema.Source
	for i, s := range sources {
		inside := slices.ContainsFunc(sources, func(o *schema.Source) bool {
			at := slices.Index(sources, o)
			return o != s && s.Within(o) && b.ScopeOf(s) == b.ScopeOf(o) && (len(o.Scope) < len(s.Scope) || at < i)
		})
		if !inside {
			out = append(out, s)
		}
	}
	return out
}

// Overlap tells whether an event may belong to several of the branches.
func Overlap(branches []*Branch) bool {
	for i, b := range branches {
		for _, other := range branches[:i] {
			if b.overlaps(other) {
				return true
			}
		}
	}
	return false
}

func (b *Branch) overlaps(other *Branch) bool {
	return slices.ContainsFunc(b.Sources, func(one *schema.Source) bool {
		return slices.ContainsFunc(other.Sources, func(two *schema.Source) bool { return !one.Disjoint(two) })
	})
}

// Scopes gives the condition under which an event belongs to one of several sources of a table. It is a list of
// alternatives, each a list of tests that must all hold. Sources that differ only in the values of one test share an
// alternative. The result is empty if every event belongs.
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
		if !slices.ContainsFunc(notes, func(had Note) bool { return had.Code == n.Code && had.Effect == n.Effect && had.Message == n.Message }) {
			notes = append(notes, n)
		}
	}
	return notes
}

// AddAssets adds the assets that are not there yet. Tables of reputation become one, with a column for each kind of
// value.
func AddAssets(assets []Asset, more ...Asset) []Asset {
	for _, a := range more {
		i := slices.IndexFunc(assets, func(had Asset) bool { return had.Name == a.Name })
		if i < 0 {
			assets = append(assets, a)
			continue
		}
		// the names of all others say what is in them: it is the table of reputation, of another kind of value
		if assets[i] != a {
			for _, column := range strings.Split(strings.TrimSuffix(a.Content, "\n"), ",") {
				assets[i] = WithKey(assets[i], column)
			}
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

// AsksPrevalence tells whether a rule tests how rare a value is among all events. All its sources would then have to be
// counted together.
func AsksPrevalence(r *ir.Rule) bool {
	asks := ir.AsksPrevalence(r.Condition)
	return asks || r.Filter != nil && ir.AsksPrevalence(r.Filter)
}

// asksOthers tells whether other events decide whether the rule matches an event of the plan's source.
func (p *Plan) asksOthers() bool { return AsksPrevalence(p.Rule) || len(p.Rule.Joins()) > 0 }
