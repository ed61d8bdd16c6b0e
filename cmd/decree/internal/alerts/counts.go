package alerts

import (
	"cmp"
	"slices"
)

// counted is what a summary counts of a host or a day.
type counted struct {
	Name    string `json:"name"`
	Matches int    `json:"matches"`
	Rules   int    `json:"rules"` // different rules that matched
	rules   map[int]bool
}

// counts are the matches by host or by day.
type counts map[string]*counted

// add counts a match of a rule, which is given by its number.
func (c counts) add(name string, rule int) {
	one := c[name]
	if one == nil {
		one = &counted{Name: name, rules: map[int]bool{}}
		c[name] = one
	}
	one.Matches++
	one.rules[rule] = true
	one.Rules = len(one.rules)
}

// sorted gives what was counted in an order; where that is equal, by name.
func (c counts) sorted(order func(a, b *counted) int) []*counted {
	out := make([]*counted, 0, len(c))
	for _, one := range c {
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b *counted) int { return cmp.Or(order(a, b), cmp.Compare(a.Name, b.Name)) })
	return out
}

// most puts what has the most matches first.
func most(a, b *counted) int { return cmp.Compare(b.Matches, a.Matches) }

// byName leaves the order to the name.
func byName(*counted, *counted) int { return 0 }
