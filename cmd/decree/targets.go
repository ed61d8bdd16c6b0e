package main

import (
	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
)

// dialects are the targets, in the order they are compiled and shown.
var dialects = []compilers.Dialect{kql.New(), spl.New(), eql.New()}

func dialectNames() []string {
	names := make([]string, len(dialects))
	for i, d := range dialects {
		names[i] = d.Name()
	}
	return names
}

// chooseDialects gives the dialects named, or all of them.
func chooseDialects(names []string) ([]compilers.Dialect, error) {
	if len(names) == 0 {
		return dialects, nil
	}
	var chosen []compilers.Dialect
	for _, name := range names {
		found := false
		for _, d := range dialects {
			if d.Name() == name {
				chosen, found = append(chosen, d), true
			}
		}
		if !found {
			return nil, unknownChoice("target", name, dialectNames())
		}
	}
	return chosen, nil
}
