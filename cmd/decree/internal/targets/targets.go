// Package targets lists the dialects that rules are compiled to.
package targets

import (
	"slices"

	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/schema"
)

// All are the targets, in the order in which they are compiled and shown.
var All = []compilers.Dialect{kql.New(), spl.New(), eql.New()}

func Names() []string {
	names := make([]string, len(All))
	for i, d := range All {
		names[i] = d.Name()
	}
	return names
}

// Choose gives the targets of some names, or all without a name.
func Choose(names []string) ([]compilers.Dialect, error) {
	if len(names) == 0 {
		return All, nil
	}
	var chosen []compilers.Dialect
	for _, name := range names {
		found := false
		for _, d := range All {
			if d.Name() == name {
				found = true
				if !slices.Contains(chosen, d) { // named twice
					chosen = append(chosen, d)
				}
			}
		}
		if !found {
			return nil, usage.UnknownChoice("target", name, Names())
		}
	}
	return chosen, nil
}

// Models names the shipped data models of some targets.
func Models(ds ...compilers.Dialect) []string {
	var names []string
	for _, d := range ds {
		names = append(names, schema.NamesFor(d.Name())...)
	}
	slices.Sort(names)
	return names
}
