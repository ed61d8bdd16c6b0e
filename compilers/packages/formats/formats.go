// Package formats lists what packages can be made for: a format is one row here, and everything that goes through all
// of them reads this list. In: nothing. Out: the formats, those of a dialect together.
package formats

import (
	"slices"

	"decree/compilers/packages"
	"decree/compilers/packages/defender"
	"decree/compilers/packages/kibana"
	"decree/compilers/packages/sentinel"
	"decree/compilers/packages/splunk"
)

// All are what packages can be made for.
var All = []packages.Format{defender.New(), sentinel.New(), splunk.New(), kibana.New()}

// Names names them.
func Names() []string { return namesOf(All) }

// NamesFor names those that queries of a dialect go into.
func NamesFor(dialect string) []string {
	return namesOf(slices.DeleteFunc(slices.Clone(All), func(f packages.Format) bool { return f.Dialect() != dialect }))
}

// Named gives the format of a name, or nil.
func Named(name string) packages.Format {
	if i := slices.Index(Names(), name); i >= 0 {
		return All[i]
	}
	return nil
}

func namesOf(fs []packages.Format) []string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.Name()
	}
	return names
}
