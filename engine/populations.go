package engine

import (
	"slices"

	"decree/engine/rarity"
	"decree/rules/diag"
	"decree/rules/ir"
)

// population is what a prevalence condition of a rule counts.
type population struct {
	*rarity.Population
	rule *rule
}

// sighting is what an event adds to a population.
type sighting struct {
	rarity.Sighting
	of *population
}

// populationOf numbers a condition's population; one condition of a rule has one.
func (e *Engine) populationOf(n *ir.Prevalence, r *rule) int {
	for i, p := range e.populations {
		if p.Condition() == n && p.rule == r {
			return i
		}
	}
	p := &population{rarity.New(n), r}
	e.populations = append(e.populations, p)
	r.rare = append(r.rare, p)
	return len(e.populations) - 1
}

// addPopulation compiles how a source's events are counted.
func (e *Engine) addPopulation(p *population, of *unit, earlier []int, found *diag.Diagnostics) {
	s := e.sources[of.source]
	if !p.AddSource(of.source, s.Source, e.layout) {
		return
	}
	u := &unit{rule: of.rule, rare: p, source: of.source, earlier: earlier, tree: constant(true)}
	if among := p.Condition().Among; among != nil {
		u.tree = e.build(among, s, u)
	}
	e.addUnit(u, found)
}

// count adds sightings to their populations, as long as there is room for them.
func (e *Engine) count(all []sighting) {
	limit := e.opt.rarityMemory(len(e.populations))
	for _, s := range all {
		if !s.of.Count(s.Sighting, limit) {
			e.stats.Uncounted++
		}
	}
}

// rare answers a program.
func (m *matcher) rare(i int) bool {
	f, ok := m.figure(m.e.populations[i])
	return ok && f.Rare
}

// figure gives the figure of the current event's value.
func (m *matcher) figure(p *population) (rarity.Figure, bool) { return p.Figure(m.doc, m.of) }

// WithoutReputation gives, after Finish, the rules that asked for reputation where neither a table nor any event told it: each value counted
// as unknown.
func (e *Engine) WithoutReputation() []*ir.Rule {
	var rs []*ir.Rule
	for _, p := range e.populations {
		if e.opt.Reputation == nil && !p.Told() && p.AsksReputation() && !slices.Contains(rs, p.rule.ir) {
			rs = append(rs, p.rule.ir)
		}
	}
	return rs
}
