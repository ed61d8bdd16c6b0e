package sentinel

import (
	"slices"
	"strings"

	"decree/rules/attack"
)

// mapAttack sets tactics and techniques. The repository's checks refuse a technique without all tactics of its parent (NoTechniquesWithoutMatchingTactics.cs):
// attack.Of gives them. Sentinel has none of version 19's new tactics; what it had before, Defense Evasion, stands for them.
func (a *analyticsRule) mapAttack() {
	r := a.in.Rule
	m := attack.Of(r.Tags)
	for _, i := range m.Unknown {
		a.found.Warnf("package-technique", r.Key("tags", i), "look it up at https://attack.mitre.org", "ATT&CK %s has no %s: it is left out", attack.Version, strings.TrimPrefix(r.Tags[i], "attack."))
	}
	for _, t := range m.Tactics {
		a.tactics = append(a.tactics, tacticName(t))
	}
	for _, t := range m.Techniques {
		a.techniques = append(a.techniques, t.ID)
	}
}

// tacticName writes a tactic without spaces: CommandAndControl.
func tacticName(t attack.Tactic) string {
	return strings.ReplaceAll(strings.ReplaceAll(t.Name, " and ", " And "), " ", "")
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
