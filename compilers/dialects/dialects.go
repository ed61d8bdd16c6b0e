// Package dialects lists the languages of queries: a dialect is one row here, and everything that goes through all of
// them reads this list. In: nothing. Out: the dialects, in the order in which they are compiled and shown.
package dialects

import (
	"slices"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
)

// All are the languages of queries.
var All = []compilers.Dialect{kql.New(), spl.New(), eql.New()}

// Names names them.
func Names() []string {
	names := make([]string, len(All))
	for i, d := range All {
		names[i] = d.Name()
	}
	return names
}

// Named gives the dialect of a name, or nil.
func Named(name string) compilers.Dialect {
	if i := slices.Index(Names(), name); i >= 0 {
		return All[i]
	}
	return nil
}

// WithPlace names the dialects whose setting for where events are kept has a name (compilers.Dialect.Place).
func WithPlace(setting string) (names []string) {
	for _, d := range All {
		if own, _ := d.Place(); own == setting {
			names = append(names, d.Name())
		}
	}
	return names
}
