package targets

import "decree/compilers"

// Target is what rules are compiled to: a dialect, with the settings of one product.
type Target struct {
	Name    string // of its folder in an output
	Dialect compilers.Dialect
	Model   string // name of its data model; empty: the dialect's first that can say the rule
	Package string // what the product deploys; empty: the query alone

	// Scope, Index and Table are texts of the queries, by log source: what SPL adds to its searches, the index patterns that EQL
	// asks, and what KQL asks in place of a table.
	Scope, Index, Table map[string]string
}

// Title names the target for people: its dialect, and its own name if it has one.
func (t Target) Title() string {
	if t.Name == t.Dialect.Name() {
		return t.Dialect.Title()
	}
	return t.Name + " (" + t.Dialect.Title() + ")"
}

// All are the targets of commands outside of a project: each dialect, in the order in which they are compiled and shown.
var All = plain()

func plain() []Target {
	all := make([]Target, len(Dialects))
	for i, d := range Dialects {
		all[i] = Target{Name: d.Name(), Dialect: d}
	}
	return all
}

// Packages names the packages that a dialect's queries go into.
func Packages(dialect string) []string {
	return map[string][]string{"kql": {"defender", "sentinel"}, "spl": {"splunk"}, "eql": {"kibana"}}[dialect]
}
