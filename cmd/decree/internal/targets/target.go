package targets

import (
	"maps"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/compilers/packages"
	"decree/rules/diag"
)

// Target is what rules are compiled to: a dialect, with the settings of one product.
type Target struct {
	Name    string // of its folder in an output
	Dialect compilers.Dialect
	Model   string // name of its data model; empty: the dialect's first that can say the rule
	Package string // what the product deploys; empty: the query alone

	// packaged rules run as soon as events arrive, where the product can and the query allows it
	NearRealTime bool
	App          packages.App // of a package for Splunk
	NoIndexTerms bool         // queries ask nothing only so that the product answers it from its index

	// Scope, Index and Table are texts of the queries, by log source: what SPL adds to its searches, the index patterns
	// that EQL asks, and what KQL asks in place of a table.
	Scope, Index, Table map[string]string

	At map[string]diag.Range // where the project file has the log sources of these

	Except []Exception // rules that are left out on purpose
}

// places is where the target has the texts of the one setting that its dialect has.
func (t *Target) places() *map[string]string {
	setting, _ := t.Dialect.Place()
	return map[string]*map[string]string{"scope": &t.Scope, "index": &t.Index, "table": &t.Table}[setting]
}

// Places are the target's texts, by log source: those of the one setting that its dialect has.
func (t Target) Places() compilers.Places { return *t.places() }

// With is the target with other texts for some log sources.
func (t Target) With(places compilers.Places) Target {
	all := maps.Clone(places)
	for key, text := range *t.places() {
		if _, other := all[key]; !other {
			all[key] = text
		}
	}
	*t.places() = all
	return t
}

// Answers are the names under which a rule may have a query for the target, the most exact first.
func (t Target) Answers() []string { return []string{t.Name, t.Package, t.Dialect.Name()} }

// Title names the target for people: its dialect, and its own name if it has one.
func (t Target) Title() string {
	if t.Name == t.Dialect.Name() {
		return t.Dialect.Title()
	}
	return t.Name + " (" + t.Dialect.Title() + ")"
}

// All are the targets of commands outside of a project: each dialect, in the order in which they are compiled and
// shown.
var All = plain()

func plain() []Target {
	all := make([]Target, len(dialects.All))
	for i, d := range dialects.All {
		all[i] = Target{Name: d.Name(), Dialect: d}
	}
	return all
}
