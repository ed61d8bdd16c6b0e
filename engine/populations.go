package engine

import (
	"slices"
	"time"

	"decree/engine/condition"
	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/rarity"
	"decree/rules/diag"
	"decree/rules/ir"
)

// population is what a prevalence condition of a rule counts.
type population struct {
	*rarity.Population
	rule *rule

	valued, by bool           // a log source of the rule has the value, and who is counted
	sources    []int          // whose events are counted
	counts     correlate.Lack // of the events, who had the value
}

// sighting is what an event adds to a population.
type sighting struct {
	rarity.Sighting
	of *population
}

// period is how far back a run counts, if that is longer than its lookback; else 0.
func (p *population) period(lookback time.Duration) time.Duration {
	return p.Condition().Spec.Period(lookback)
}

// populationOf numbers the population of a condition. A condition has one population, whichever unit asks.
func (p *plan) populationOf(n *ir.Prevalence, r *rule) int {
	for i, pop := range p.populations {
		if pop.Condition() == n && pop.rule == r {
			return i
		}
	}
	pop := &population{Population: rarity.New(n), rule: r}
	p.populations = append(p.populations, pop)
	r.rare = append(r.rare, pop)
	return len(p.populations) - 1
}

// addPopulation compiles how a source's events are counted.
func (p *plan) addPopulation(pop *population, of *unit) {
	if of.absent[pop.Condition()] {
		return
	}
	s := p.sources[of.source]
	known, above := pop.AddSource(of.source, p.opt.Model, s.Source, p.layout)
	if !known {
		return
	}
	pop.valued = true
	if pop.Condition().Spec.Local != nil {
		by, _ := p.opt.Model.CountedBy(s.Source, pop.Condition())
		pop.by = pop.by || len(by) > 0
	}
	if above {
		p.treeFields[s.CountedField(pop.Condition()).Name] = true
	}
	u := &unit{deferred: above, rule: of.rule, rare: pop, source: of.source, earlier: slices.Clone(pop.sources), tree: condition.Constant(true)}
	if among := pop.Condition().Among; among != nil {
		u.tree = p.build(among, s, u)
	}
	p.addUnit(u)
	pop.sources = append(pop.sources, of.source)
}

// warnOfUncounted names what a rule counts and no log source of it has.
func (p *plan) warnOfUncounted(r *rule, found *diag.Diagnostics) {
	for _, pop := range r.rare {
		spec := pop.Condition().Spec
		switch {
		case !pop.valued:
			p.warnOfMissing("prevalence-field", spec.Field+ofWhom(spec.Of), spec.FieldRange, logSourceOf(r.ir), "no event is rare by it", found)
		case spec.Local != nil && !pop.by:
			p.warnOfMissing("prevalence-field", spec.Local.Distinct, spec.Local.DistinctRange, logSourceOf(r.ir), "it is counted as 0", found)
		}
	}
}

// ofWhom says whose value is asked, if it is not the event's own.
func ofWhom(process string) string {
	if process == "" {
		return ""
	}
	return " of the " + process
}

// count adds sightings to their populations, as long as there is room for them.
func (e *Engine) count(all ...sighting) {
	limit := e.opt.rarityMemory(len(e.populations))
	for _, s := range all {
		if !s.of.Count(s.Sighting, limit) {
			e.stats.Uncounted++
		}
	}
}

// noteCounted notes once of whom it is known that they had a value, in whichever runs they are counted.
func noteCounted(all []sighting) {
	for _, s := range all {
		switch n := s.of.Condition(); {
		case n.Spec.Local == nil:
		case s.Counts():
			s.of.counts.Note("")
		default:
			s.of.counts.Note(n.By().String())
		}
	}
}

// rare answers a program: whether the event's value is rare in a population.
func (m *matcher) rare(i int) bool {
	p := m.p.populations[i]
	lacks := ""
	if p.Lacks(counted{m}) {
		lacks = p.Condition().Value().String()
	}
	m.noteAsked(&m.askedOfRarity[i], lacks)
	f, ok := m.figure(p)
	return ok && f.Rare
}

// figure gives the figure of the current event's value.
func (m *matcher) figure(p *population) (rarity.Figure, bool) {
	return p.Figure(counted{m})
}

// counted is the matcher's event as populations read it.
type counted struct{ *matcher }

func (e counted) Document() *document.Document { return e.doc }
func (e counted) Sources() []int               { return e.route.Of }
func (e counted) Time() (time.Time, bool)      { return e.time() }

func (e counted) Ancestor(f ir.Field) (string, bool) {
	text, _, ok := e.above.Field(f)
	return text, ok
}

// WithoutReputation lists, after Finish, the rules that asked for the reputation of values in the events although no
// table and no event had any. Every value counted as unknown there.
func (e *Engine) WithoutReputation() []*ir.Rule {
	var rs []*ir.Rule
	for _, p := range e.populations {
		if e.opt.Reputation == nil && p.Counted() && !p.Told() && p.AsksReputation() && !slices.Contains(rs, p.rule.original()) {
			rs = append(rs, p.rule.original())
		}
	}
	return rs
}

// Untold is a column of a reputation that a rule asks for although neither the table nor any event has it.
type Untold struct {
	Rule   *ir.Rule
	Column string
	Called string // the column of the table that has the rule's word for it as its name, "" = none
}

// UntoldReputation lists, after Finish, the columns that rules asked for and that no row of the reputation table has.
// Every value counted as unknown there.
func (e *Engine) UntoldReputation() (all []Untold) {
	for _, p := range e.populations {
		if e.opt.Reputation == nil || !p.Counted() {
			continue
		}
		for _, column := range p.Untold(e.opt.Reputation) {
			if u := (Untold{p.rule.original(), column, rarity.CalledOtherwise(e.opt.Reputation, column)}); !slices.Contains(all, u) {
				all = append(all, u)
			}
		}
	}
	return all
}
