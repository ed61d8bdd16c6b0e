// Package layers says which techniques of MITRE ATT&CK rules detect, as other tools read it. In: rules with their tags
// and a score. Out: a layer of ATT&CK Navigator, a technique administration of DeTT&CT, badges, and what of a list of
// techniques no rule detects.
package layers

import (
	"cmp"
	"slices"
	"time"

	"decree/rules/attack"
)

// Rule is what is known of one rule.
type Rule struct {
	Title         string
	Level, Status string
	Tags          []string
	Changed       time.Time // the day of its last change; zero if it names none
	Score         float64   // by the scale that was chosen
	Page          string    // URL of its documentation, or ""
}

// Covered is a technique with the rules that are tagged with it.
type Covered struct {
	attack.Technique
	Rules []Rule // in their order
}

// ByTechnique groups rules by the techniques of their tags, sorted by id. Techniques that ATT&CK no longer has, or does
// not have yet, are left out.
func ByTechnique(rules []Rule) (all []Covered) {
	byID := map[string]*Covered{}
	for _, r := range rules {
		for _, t := range attack.Of(r.Tags).Techniques {
			if byID[t.ID] == nil {
				byID[t.ID] = &Covered{Technique: t}
			}
			byID[t.ID].Rules = append(byID[t.ID].Rules, r)
		}
	}
	for _, c := range byID {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Covered) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// worst is the level of the most severe rule.
func (c Covered) worst(levels []string) int {
	at := -1
	for _, r := range c.Rules {
		at = max(at, slices.Index(levels, r.Level))
	}
	return at
}

// mean is the mean of the rules' scores.
func (c Covered) mean() float64 {
	sum := 0.0
	for _, r := range c.Rules {
		sum += r.Score
	}
	return sum / float64(len(c.Rules))
}
