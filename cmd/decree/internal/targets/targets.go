// Package targets chooses what rules are compiled to: a dialect each, with what a project or a user says of it. In:
// names. Out: targets with their dialects and package formats, or an error that names those that exist.
package targets

import "slices"

// Names names targets.
func Names(ts []Target) []string {
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.Name
	}
	return names
}

// Choose gives the targets of some names. The name of a dialect stands for all of its targets, and one of Words for
// those that it means. Without a name it gives all. own are the targets of a project; without them each dialect is a
// target.
func Choose(own []Target, names []string) ([]Target, error) {
	if len(own) == 0 {
		own = All
	}
	if len(names) == 0 {
		return own, nil
	}
	var chosen []Target
	take := func(from []Target, fits func(Target) bool) (found bool) {
		for _, t := range from {
			if fits(t) {
				found = true
				if !slices.Contains(Names(chosen), t.Name) { // named twice
					chosen = append(chosen, t)
				}
			}
		}
		return found
	}
	for _, name := range names {
		named := func(t Target) bool { return t.Name == name }
		ofDialect := func(t Target) bool { return t.Dialect.Name() == name }
		always := func(Target) bool { return true }
		if !take(own, named) && !take(own, ofDialect) && !take(All, named) && !take(ofWord(own, name), always) {
			return nil, unknown(own, name)
		}
	}
	return chosen, nil
}
