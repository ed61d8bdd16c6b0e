package engine

import (
	"fmt"
	"slices"

	"decree/engine/condition"
	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/match"
	"decree/engine/route"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// triggered is a unit that an atom makes a candidate on events of its source. Many sources share a column and its
// values, so most such units are of other sources: they need not be looked at.
type triggered struct{ unit, source int32 }

// plan is what rules are compiled to. All workers share it.
type plan struct {
	opt      Options
	layout   *document.Layout
	decoded  *document.Decoded // reads events of results
	atoms    *match.Atoms
	programs *condition.Compiler
	routes   *route.Table
	rules    []*rule
	units    []*unit
	// unit -> another atom that must hold for it, or match.None: it is asked before anything of the unit is looked at
	second       []int32
	sources      []*source // by their numbers in routes
	byModel      map[*schema.Source]int
	triggers     [][]triggered // atom -> units for which it is one of those that must hold
	populations  []*population
	joins        []*join
	firsts       map[*ir.Rule]*ir.Join // what a first_seen condition knows -> the condition
	joinLevels   int                   // the highest level of a rule
	asked        []*ir.Rule            // those that the caller gave
	correlations *correlate.Set
	correlated   []correlation   // as results show them, in the set's order
	treeFields   map[string]bool // fields of ancestors that some rule asks the tree for
	times        []int           // slots of the model's time columns
	ids          []int           // slots of the model's id columns
	known        []int           // columns by which an event shows that it is of the model
	logColumns   map[string]bool // columns that events of any log source may have
}

// newPlan compiles rules and correlations. If the model has no log source for a rule, it reports that and leaves the
// rule out.
func newPlan(rs []*ir.Rule, opt Options, found *diag.Diagnostics) *plan {
	p := &plan{opt: opt, layout: document.NewLayout(opt.Model), decoded: document.NewDecoded(opt.Model), byModel: map[*schema.Source]int{}, treeFields: map[string]bool{}, firsts: map[*ir.Rule]*ir.Join{}}
	p.atoms, p.routes = match.NewAtoms(p.layout), route.NewTable(p.layout, opt.Model)
	p.programs = condition.NewCompiler(p.atoms.Cost)
	for _, column := range opt.Model.Time {
		p.times = append(p.times, p.layout.Slot(schema.Column{Name: column}))
	}
	for _, column := range opt.Model.ID {
		p.ids = append(p.ids, p.layout.Slot(schema.Column{Name: column}))
	}
	all := p.withJoined(rs, found)
	by := p.answered(all)
	for i, r := range all {
		if opt.copies[r] != nil {
			p.add(r, by(i), &diag.Diagnostics{}) // the same was found of the rule itself
		} else {
			p.add(r, by(i), found)
		}
	}
	p.addCorrelations(opt, found)
	p.finishIndex()
	if len(p.treeFields) == 0 {
		p.opt.unused += p.opt.processMemory()
	}
	if len(p.populations) == 0 {
		p.opt.unused += p.opt.rarityMemory(1)
	}
	return p
}

// add compiles a rule for each source that is asked.
func (p *plan) add(r *ir.Rule, by answered, found *diag.Diagnostics) {
	p.filteredOut(r, by.sources, found)
	sources := p.sourcesAsked(r, by, found)
	if len(sources) == 0 {
		return
	}
	compiled := newRule(r, len(p.rules))
	compiled.copyOf = p.opt.copies[r]
	p.rules = append(p.rules, compiled)
	units := make([]*unit, len(sources))
	for i, s := range sources {
		u := &unit{rule: compiled, source: p.sourceOf(s)}
		if i < len(by.absent) {
			u.absent = by.absent[i]
		}
		p.compile(u, found)
		units[i] = u
	}
	p.warnOfUncounted(compiled, found)
	deferTogether(units)
}

// sourcesAsked gives the sources that a rule is asked of, and warns of log sources that the data model lacks.
func (p *plan) sourcesAsked(r *ir.Rule, by answered, found *diag.Diagnostics) []*schema.Source {
	sources := by.sources
	if len(sources) == 0 {
		// no source has all fields: ask all of them, as of events without the fields
		sources = p.opt.Model.Candidates(r)
	}
	for _, ls := range by.unanswered { // of several log sources: the same
		own := p.opt.Model.Find(ls.Category, ls.Product, ls.Service)
		for _, s := range own {
			if !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
		if len(own) == 0 && len(sources) > 0 {
			p.warnOfNoLogSource(ls.Range, "the rule is asked only of the others that it names", found)
		}
	}
	if len(sources) == 0 {
		p.warnOfNoLogSource(r.Source.LogSource.Range, "the rule is not run", found)
	}
	return sources
}

// compile builds the condition of a unit and all that is asked beside it.
func (p *plan) compile(u *unit, found *diag.Diagnostics) {
	r, s := u.rule.ir, p.sources[u.source]
	asked := p.opt.Model.AskedOf(s.Source, r)
	whole := asked.Condition
	if u.filter = asked.Filter; u.filter != nil {
		whole = &ir.And{Base: ir.Base{At: whole.Range()}, Terms: []ir.Node{whole, u.filter}}
	}
	u.tree = p.build(whole, s, u)
	p.waitForJoins(u)
	p.addUnit(u)
	u.names = p.namesOf(u)
	u.suppressBy = p.suppressedBy(r, r, u.source, nil, found)
	for _, pop := range u.rule.rare {
		p.addPopulation(pop, u)
	}
}

// deferTogether defers all units of a rule if one of them is deferred: an event of several sources is one match, so all
// are asked at the same time.
func deferTogether(units []*unit) {
	if !slices.ContainsFunc(units, func(u *unit) bool { return u.deferred }) {
		return
	}
	for _, u := range units {
		if !u.deferred { // it waits for the others alone
			u.relaxed, u.deferred = u.program, true
		}
	}
}

// warnOfNoLogSource warns that the data model lacks a log source, and says what follows.
func (p *plan) warnOfNoLogSource(at diag.Range, so string, found *diag.Diagnostics) {
	found.Warnf("no-log-source", at, "give it events of its log source, or choose another --model", "data model %s has no such log source; %s", p.opt.Model.Name, so)
}

// warnOfMissing warns that the data model lacks a field in a log, and says what follows.
func (p *plan) warnOfMissing(code, field string, at diag.Range, log, so string, found *diag.Diagnostics) {
	found.Warnf(code, at, "choose another --model, or another field",
		"data model %s has no field %s in %s; %s", p.opt.Model.Name, field, log, so)
}

// logOf names a source of a rule in messages: by the rule if that has no other.
func (p *plan) logOf(r *ir.Rule, source int) string {
	if len(p.opt.Model.Answering(r)) > 1 {
		return fmt.Sprintf("%s, a log source of %q", p.sources[source].Name, r.Source.Title)
	}
	return logSourceOf(r)
}

// logSourceOf names what a rule is asked of.
func logSourceOf(r *ir.Rule) string { return fmt.Sprintf("the log source of %q", r.Source.Title) }

func (p *plan) addUnit(u *unit) {
	u.program = p.programs.Program(u.tree)
	u.backtracks = u.tree.HasAtom(p.atoms.Backtracks)
	p.units = append(p.units, u)
	p.sources[u.source].units = append(p.sources[u.source].units, len(p.units)-1)
}

// finishIndex makes the automata, the inverted index and the router, once all atoms are known.
func (p *plan) finishIndex() {
	p.keepProcesses()
	p.second = slices.Repeat([]int32{match.None}, len(p.units))
	for i := range p.units {
		p.index(i)
	}
	p.atoms.Finish(func(atom int) bool { return atom < len(p.triggers) && len(p.triggers[atom]) > 0 })
	p.routes.Finish()
	p.findKnown()
	p.layout.Finish()
	p.findTested()
}

// index registers a unit with the atoms that make it a candidate.
func (p *plan) index(i int) {
	u := p.units[i]
	s := p.sources[u.source]
	covers := u.tree.Covers(p.atoms.Trigger)
	if len(covers) == 0 || p.opt.exhaustive {
		s.always = append(s.always, i)
		return
	}
	c := covers[0]
	more := covers[1:]
	if len(more) > 0 && len(more[0].Atoms) == 1 {
		p.second[i] = int32(more[0].Atoms[0])
		more = more[1:]
	}
	if len(more) > 0 {
		u.needs = u.tree.Needs(p.atoms.Trigger)
	}
	for len(p.triggers) < len(p.atoms.All()) {
		p.triggers = append(p.triggers, nil)
	}
	for _, a := range c.Atoms {
		t := triggered{unit: int32(i), source: int32(u.source)}
		if of := p.triggers[a]; len(of) == 0 || of[len(of)-1] != t { // units come in order
			p.triggers[a] = append(of, t)
		}
		if slot := p.atoms.All()[a].Slot; !slices.Contains(s.slots, slot) {
			s.slots = append(s.slots, slot)
		}
	}
}

// Rules gives the rules that are run, in order.
func (p *plan) Rules() []*ir.Rule {
	out := make([]*ir.Rule, len(p.rules))
	for i, r := range p.rules {
		out[i] = r.ir
	}
	return out
}
