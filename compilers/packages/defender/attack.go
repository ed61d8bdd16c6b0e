package defender

import (
	"slices"
	"strings"

	"decree/rules/attack"
)

// tactic is a tactic with the techniques under it.
// https://learn.microsoft.com/en-us/graph/api/resources/security-mitretactic?view=graph-rest-1.0
type tactic struct {
	Name       string      `json:"tactic"`
	Techniques []technique `json:"techniques,omitempty"`
}

// technique is a technique with the sub-techniques of it.
// https://learn.microsoft.com/en-us/graph/api/resources/security-mitretechnique?view=graph-rest-1.0
type technique struct {
	ID  string   `json:"technique"`
	Sub []string `json:"subTechniques,omitempty"`
}

// mapAttack sets tactics and techniques. A technique stands under those of its tactics that the rule names, or else under all of them.
func (d *detection) mapAttack() {
	r := d.in.Rule
	m := attack.Of(r.Tags)
	for _, i := range m.Unknown {
		d.found.Warnf("package-technique", r.Key("tags", i), "look it up at https://attack.mitre.org", "ATT&CK %s has no %s: it is left out", attack.Version, strings.TrimPrefix(r.Tags[i], "attack."))
	}
	named := map[string]bool{}
	for _, tag := range r.Tags {
		if t, ok := attack.TacticOf(strings.TrimPrefix(tag, "attack.")); ok {
			named[t.Slug] = true
		}
	}
	for _, t := range m.Tactics {
		out := tactic{Name: tacticName(t)}
		for _, found := range m.Techniques {
			apart := slices.ContainsFunc(found.Tactics, func(slug string) bool { return named[slug] })
			if slices.Contains(found.Tactics, t.Slug) && (named[t.Slug] || !apart) {
				out.add(found)
			}
		}
		if named[t.Slug] || len(out.Techniques) > 0 {
			d.tactics = append(d.tactics, out)
		}
	}
}

// add puts a technique under the tactic. Techniques are sorted by id, so that a parent comes before its parts.
func (t *tactic) add(found attack.Technique) {
	at := slices.IndexFunc(t.Techniques, func(had technique) bool { return had.ID == found.Parent() })
	if at < 0 {
		at = len(t.Techniques)
		t.Techniques = append(t.Techniques, technique{ID: found.Parent()})
	}
	if found.IsSub() {
		t.Techniques[at].Sub = append(t.Techniques[at].Sub, found.ID)
	}
}

// tacticName writes a tactic without spaces: CommandAndControl.
func tacticName(t attack.Tactic) string {
	return strings.ReplaceAll(strings.ReplaceAll(t.Name, " and ", " And "), " ", "")
}
