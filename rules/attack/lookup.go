package attack

import (
	"slices"
	"strings"
)

// Lookup tells whether ATT&CK has, or had, the tactic or the technique that a tag names (execution, t1059.001), and
// whether the newest version has it.
func Lookup(name string) (known, current bool) {
	i := slices.IndexFunc(tactics, func(t Tactic) bool { return t.Slug == name })
	switch {
	case slices.Contains(split19, name):
		return true, true
	case i >= 0:
		return true, name != splitTactic
	case name != strings.ToLower(name):
		return false, false
	}
	t, known := TechniqueOf(name)
	return known, len(t.tactics19) > 0
}

// TagOf gives the name that a tag has for what an id or a name means: that of a tactic for its id (TA0002: execution),
// and in lower case that of a technique, and the id of a group, software, a campaign, a mitigation or a data source. It
// is empty for all else. Of a tactic that the newest version splits it gives the old name.
func TagOf(id string) string {
	name := strings.ToLower(id)
	if t, ok := TacticOf(name); ok && strings.EqualFold(t.ID, name) {
		return t.Slug
	}
	if known, _ := Lookup(name); known || IsOther(name) {
		return name
	}
	return ""
}

// Names are all names for which Lookup knows something, sorted.
func Names() []string {
	names := slices.Clone(split19)
	for _, t := range tactics {
		names = append(names, t.Slug)
	}
	for id := range techniques() {
		names = append(names, strings.ToLower(id))
	}
	slices.Sort(names)
	return names
}

// Successors are the tactics into which the newest version splits one that it no longer has.
func Successors(name string) []string {
	if name == splitTactic {
		return slices.Clone(split19)
	}
	return nil
}
