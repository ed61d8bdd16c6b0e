package engine

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"decree/engine/condition"
	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/lineage"
	"decree/rules/ir"
	"decree/rules/schema"
)

// rule is a compiled rule.
type rule struct {
	ir         *ir.Rule
	copyOf     *ir.Rule // nil: it is the caller's own
	order      int
	rare       []*population
	correlated correlate.Rule // what correlations and joins need of it
	extracts   sync.Map       // *ir.Extract -> *extract.Program, for what results tell
	joins      []*join
	level      int           // 0: it joins no other; else one more than the rules that it joins
	delay      time.Duration // how long after an event its joins look for others

	suspended  atomic.Int64 // order of the first event on which it is not run
	suspension *Suspension
	spent      int // steps of its backtracking expressions, beyond what is free
}

// never is the order of no event.
const never = math.MaxInt64

func newRule(r *ir.Rule, order int) *rule {
	out := &rule{ir: r, order: order, delay: r.Delay(), level: levelOf(r)}
	out.suspended.Store(never)
	return out
}

// unit is a rule, or the population of a prevalence condition, as one source of the data model
// answers it: its fields are slots and its leaves atoms.
type unit struct {
	rule       *rule
	rare       *population // of which this unit finds the events; nil for the rule itself
	source     int
	absent     map[ir.Node]bool // conditions on other events that never hold here: the source lacks a field, and another of the rule's has it
	earlier    []int            // of a population: sources whose events are counted by another of its units
	tree       *condition.Term
	filter     ir.Node          // what the environment's filters require of the source's events; nil = none
	needs      *condition.Needs // beside what makes it a candidate and plan.second; nil if nothing does
	program    *condition.Program
	relaxed    *condition.Program // of a unit that waits only for its joins or for others: it holds wherever it may match
	names      []*condition.Term  // of the rule, in its order
	taken      []document.Whole   // what correlations and joins take down of its matches, as rule.correlated.Fields
	suppressBy []document.Whole   // values by which the rule's alerts are suppressed
	// needs what only the end of the input tells: ancestors' events, rarity, or what joins find
	deferred bool

	backtracks bool // some expression of its backtracks
}

// source is a source of the data model that some rule reads or that knows processes.
type source struct {
	*schema.Source
	units         []int // all of them
	always        []int // those without atoms that must hold
	slots         []int // whose atoms make candidates here
	lineage       *lineage.Source
	facts         []fact
	tested        []testedField // by rules, on its events; none where rules ask for keywords
	testedColumns document.Columns
	ofLog         map[string]bool // names of fields that its log is known for, once they were looked for

	channel, code []int // slots of Windows' log and EventID; none without evidence
}

// sourceOf numbers a source and makes its scope and keys ready.
func (p *plan) sourceOf(s *schema.Source) int {
	if i, ok := p.byModel[s]; ok {
		return i
	}
	out := &source{Source: s, lineage: lineage.NewSource(p.opt.Model, s, p.layout)}
	out.facts = p.factsOf(s)
	if p.opt.Evidence {
		out.channel, out.code = p.shownSlots(s, "Channel"), p.shownSlots(s, "EventID")
	}
	out.lineage.Show()
	p.sources = append(p.sources, out)
	p.byModel[s] = p.routes.Add(s, p.opt.Model.TableColumn)
	return p.byModel[s]
}

// keepProcesses has the process tree know the events of every source that names processes, if some rule asks it.
func (p *plan) keepProcesses() {
	if len(p.treeFields) == 0 {
		return
	}
	for i := range p.opt.Model.Sources {
		if s := &p.opt.Model.Sources[i]; len(s.Keys[0]) > 0 {
			p.sources[p.sourceOf(s)].lineage.Keep(p.treeFields)
		}
	}
}
