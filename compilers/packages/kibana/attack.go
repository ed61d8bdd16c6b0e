package kibana

import (
	"slices"

	"decree/compilers/packages"
	"decree/rules/attack"
)

// threat is a tactic with its techniques.
type threat struct {
	Framework  string      `json:"framework"`
	Tactic     reference   `json:"tactic"`
	Techniques []technique `json:"technique,omitempty"`
}

type technique struct {
	reference
	Subtechniques []reference `json:"subtechnique,omitempty"`
}

type reference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"reference"`
}

func tacticReference(t attack.Tactic) reference       { return reference{t.ID, t.Name, t.URL()} }
func techniqueReference(t attack.Technique) reference { return reference{t.ID, t.Name, t.URL()} }

// mapAttack sets the tactics that the rule names and those of its techniques, each with the techniques that serve it.
// Kibana's names are those of version 18 up to version 9.4 of the stack; of version 19's tactics, Defense Evasion
// stands for its parts.
func (d *detection) mapAttack() {
	m, found := packages.Attack(d.in.Rule)
	d.keep(found)
	for _, tactic := range m.Tactics {
		t := threat{Framework: "MITRE ATT&CK", Tactic: tacticReference(tactic)}
		for _, one := range m.Techniques {
			if one.Has(tactic) {
				t.add(one)
			}
		}
		if m.IsTagged(tactic) || len(t.Techniques) > 0 {
			d.rule.Threat = append(d.rule.Threat, t)
		}
	}
}

// add adds a technique, or a sub-technique below its parent.
func (t *threat) add(one attack.Technique) {
	parent := one
	if one.IsSub() {
		above, known := attack.TechniqueOf(one.Parent())
		if !known {
			panic("kibana: no technique above " + one.ID)
		}
		parent = above
	}
	i := slices.IndexFunc(t.Techniques, func(had technique) bool { return had.ID == parent.ID })
	if i < 0 {
		i = len(t.Techniques)
		t.Techniques = append(t.Techniques, technique{reference: techniqueReference(parent)})
	}
	if one.IsSub() {
		t.Techniques[i].Subtechniques = append(t.Techniques[i].Subtechniques, techniqueReference(one))
	}
}
