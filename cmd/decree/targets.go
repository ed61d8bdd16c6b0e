package main

import (
	"slices"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/schema"
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
				found = true
				if !slices.Contains(chosen, d) { // named twice is written once
					chosen = append(chosen, d)
				}
			}
		}
		if !found {
			return nil, unknownChoice("target", name, dialectNames())
		}
	}
	return chosen, nil
}

// modelsOf names the shipped data models that dialects have queries for: their own, and those that extend them.
func modelsOf(ds ...compilers.Dialect) []string {
	var own []string
	for _, d := range ds {
		own = append(own, d.Models()...)
	}
	return slices.DeleteFunc(schema.Names(), func(name string) bool {
		if slices.Contains(own, name) {
			return false
		}
		m, err := schema.Shared(name)
		return err != nil || !slices.Contains(own, m.Extends)
	})
}
