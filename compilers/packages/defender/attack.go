package defender

import (
	"slices"

	"decree/compilers/packages"
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

// mapAttack sets tactics and techniques. A technique stands under those of its tactics that the rule names, or else
// under all of them.
func (d *detection) mapAttack() {
	m, found := packages.Attack(d.in.Rule)
	d.keep(found)
	for _, t := range m.Tactics {
		out := tactic{Name: packages.TacticWord(t)}
		for _, one := range m.Techniques {
			apart := slices.ContainsFunc(m.Tactics, func(other attack.Tactic) bool { return m.IsTagged(other) && one.Has(other) })
			if one.Has(t) && (m.IsTagged(t) || !apart) {
				out.add(one)
			}
		}
		if m.IsTagged(t) || len(out.Techniques) > 0 {
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
