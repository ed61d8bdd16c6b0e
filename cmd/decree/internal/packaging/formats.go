// Package packaging makes packages of a rule set: what the products of its targets deploy. In: rules and targets. Out: files, and findings about them.
package packaging

import (
	"decree/compilers/packages"
	"decree/compilers/packages/sentinel"
)

// Formats are what packages can be made for.
var Formats = []packages.Format{sentinel.New()}

// Names names the formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name()
	}
	return names
}

// Named finds a format by its name, or gives nil.
func Named(name string) packages.Format {
	for _, f := range Formats {
		if f.Name() == name {
			return f
		}
	}
	return nil
}
