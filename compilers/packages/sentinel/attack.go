package sentinel

import (
	"slices"
	"strings"

	"decree/compilers/packages"
)

// mapAttack sets tactics and techniques. The repository's checks refuse a technique without all tactics of its parent
// (NoTechniquesWithoutMatchingTactics.cs): attack.Of gives them. Sentinel has none of version 19's new tactics; what it
// had before, Defense Evasion, stands for them.
func (a *analyticsRule) mapAttack() {
	m, found := packages.Attack(a.in.Rule)
	a.keep(found)
	for _, t := range m.Tactics {
		a.tactics = append(a.tactics, packages.TacticWord(t))
	}
	for _, t := range m.Techniques {
		a.techniques = append(a.techniques, t.ID)
	}
}

// parents are the techniques without sub-techniques, as the REST API takes them: it failed on sub-techniques.
// https://github.com/Azure/Azure-Sentinel/issues/8960
func parents(techniques []string) []string {
	var out []string
	for _, id := range techniques {
		parent, _, _ := strings.Cut(id, ".")
		if !slices.Contains(out, parent) {
			out = append(out, parent)
		}
	}
	return out
}
