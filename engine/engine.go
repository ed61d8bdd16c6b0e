// Package engine finds the events that rules match. In: lowered rules, a data model and events.
// Out: results in event order. Each rule's tree is an expr program over atoms; an atom is decided at
// most once an event, for all rules at once. What this package says a rule means is the
// definition that every compiler preserves.
//
// An event costs what it itself calls for: only columns that some rule reads are decoded, one pass
// over a column's text finds every text atom, and only rules with an atom that must hold are run.
package engine

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/expr-lang/expr/conf"

	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/event"
	"decree/engine/eventstore"
	"decree/engine/match"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Engine evaluates rules on events given to it in order. It is for one goroutine; what it
// compiled from the rules is shared with the workers of Run.
type Engine struct {
	opt          Options
	config       *conf.Config
	layout       *document.Layout
	atoms        *match.Atoms
	rules        []*rule
	units        []*unit
	sources      []*source
	byModel      map[*schema.Source]int
	scopes       *scopes
	triggers     [][]int // atom -> units for which it is one of those that must hold
	groups       []*term // atLeast terms, by the number their programs call
	populations  []*population
	correlations *correlate.Set
	correlated   []correlation      // as results show them, in the set's order
	matches      *correlate.Matches // that correlations read
	matchEvents  *eventstore.Store  // their events; may be those that wait for the end
	progress     []correlate.Progress
	treeFields   map[string]bool // fields of ancestors that some rule asks the tree for
	times        []int           // slots of the model's time columns
	ids          []int           // slots of the model's id columns

	main    *matcher
	workers []*matcher
	order   int
	pending pending
	results []Result
	stats   Stats

	finishing time.Duration // what Finish took

	known []int       // columns by which an event shows that it is of the model
	fit   atomic.Bool // an event of the file did
}

// Stats says what a run saw. Anything but Events that is not 0 should be told to the user.
type Stats struct {
	Events       int // given to the engine
	Foreign      int // events of no log source that a rule reads
	Evicted      int // processes dropped at MaxProcesses or MaxMemory
	Dropped      int // events dropped at MaxPending or MaxMemory: rules that wait for the end did not see them
	Uncounted    int // events dropped at MaxMemory: populations did not count them
	Timeless     int // matches that a correlation would read, without a time that can be read
	Undated      int // events without a time that can be read, which rules with a lookback would be asked of
	Uncorrelated int // matches dropped at MaxPending or MaxMemory: correlations did not see them
	Textless     int // matches whose event had no room at MaxMemory: results have no more of it than what correlations read

	Guessed   string       // the first time whose day and month could be the other way round, and how it was read
	Suspended []Suspension // rules that were not run to the end
}

// New compiles rules. A rule whose log source the model does not have is reported and left out.
func New(rs []*ir.Rule, opt Options) (*Engine, diag.Diagnostics) {
	var found diag.Diagnostics
	if opt.Model == nil {
		m, err := schema.Load("sigma")
		if err != nil {
			found.Errorf("model", diag.Range{}, "", "%v", err)
			return nil, found
		}
		opt.Model = m
	}
	e := &Engine{opt: opt.withDefaults(), config: programConfig(), layout: document.NewLayout(opt.Model), scopes: newScopes(), byModel: map[*schema.Source]int{}, treeFields: map[string]bool{}}
	e.pending = e.newPending()
	e.atoms = match.NewAtoms(e.layout)
	for _, column := range opt.Model.Time {
		e.times = append(e.times, e.layout.Slot(schema.Column{Name: column}))
	}
	for _, column := range opt.Model.ID {
		e.ids = append(e.ids, e.layout.Slot(schema.Column{Name: column}))
	}
	for _, r := range rs {
		e.add(r, &found)
	}
	e.addCorrelations(opt.Correlations, &found)
	e.finishIndex(&found)
	e.main = e.newMatcher()
	return e, found
}

// add compiles a rule for each source that answers it.
func (e *Engine) add(r *ir.Rule, found *diag.Diagnostics) {
	sources := e.opt.Model.Answering(r)
	e.filteredOut(r, sources, found)
	if len(sources) == 0 {
		sources = e.opt.Model.Candidates(r) // where none can answer, each says what it does of events without the fields
	}
	if len(sources) == 0 {
		found.Warnf("no-log-source", r.Source.LogSource.Range, "choose another --model", "data model %s has no such log source; the rule is not run", e.opt.Model.Name)
		return
	}
	condition := r.Condition
	if r.Filter != nil {
		condition = &ir.And{Base: ir.Base{At: condition.Range()}, Terms: []ir.Node{condition, r.Filter}}
	}
	compiled := newRule(r, len(e.rules))
	e.rules = append(e.rules, compiled)
	var earlier []int
	var asked []*unit
	for _, s := range sources {
		at := e.sourceOf(s)
		u := &unit{rule: compiled, source: at}
		u.tree = e.build(condition, e.sources[at], u)
		e.addUnit(u, found)
		u.names = e.namesOf(u)
		for _, p := range compiled.rare {
			e.addPopulation(p, u, slices.Clone(earlier), found)
		}
		earlier = append(earlier, at)
		asked = append(asked, u)
	}
	// An event of several sources is one match: all of a rule's units are asked at the same time.
	if slices.ContainsFunc(asked, func(u *unit) bool { return u.deferred }) {
		for _, u := range asked {
			u.deferred = true
		}
	}
}

func (e *Engine) addUnit(u *unit, found *diag.Diagnostics) {
	var err error
	if u.program, err = e.program(u.tree); err != nil {
		found.Errorf("program", u.rule.ir.Source.Range, "", "%v", err)
		return
	}
	u.backtracks = e.backtracks(u.tree)
	e.units = append(e.units, u)
	e.sources[u.source].units = append(e.sources[u.source].units, len(e.units)-1)
}

// finishIndex makes the automata, the inverted index and the router, once all atoms are known.
func (e *Engine) finishIndex(found *diag.Diagnostics) {
	e.keepProcesses()
	for i := range e.units {
		e.index(i)
	}
	for _, err := range e.atoms.Finish() {
		found.Errorf("too-many-literals", diag.Range{}, "run fewer rules at once", "the rules have %v; matches are missing", err)
	}
	e.scopes.finish(e.sources)
	e.findKnown()
	e.layout.Finish()
}

// maxNeed bounds the atoms of a cover that is asked before a program is run: of many the program asks as quickly.
const maxNeed = 64

// index puts a unit where the atoms that must hold for it will find it.
func (e *Engine) index(i int) {
	u := e.units[i]
	s := e.sources[u.source]
	covers := e.covers(u.tree)
	if len(covers) == 0 || e.opt.Exhaustive {
		s.always = append(s.always, i)
		return
	}
	c := covers[0]
	for _, other := range covers[1:] {
		if len(other.atoms) <= maxNeed {
			u.needs = append(u.needs, other.atoms)
		}
	}
	for len(e.triggers) < len(e.atoms.All()) {
		e.triggers = append(e.triggers, nil)
	}
	for _, a := range c.atoms {
		if !slices.Contains(e.triggers[a], i) {
			e.triggers[a] = append(e.triggers[a], i)
		}
		if slot := e.atoms.All()[a].Slot; !slices.Contains(s.slots, slot) {
			s.slots = append(s.slots, slot)
		}
	}
}

// Rules gives the rules that are run, in order.
func (e *Engine) Rules() []*ir.Rule {
	out := make([]*ir.Rule, len(e.rules))
	for i, r := range e.rules {
		out[i] = r.ir
	}
	return out
}

// Add gives the engine an event, whose Raw is its JSON text.
func (e *Engine) Add(ev *event.Event) error {
	in := event.Input{Origin: event.Origin{Source: ev.Source, Line: ev.Line, Order: e.order}, Data: ev.Raw}
	out, err := e.main.evaluate(in)
	if err != nil {
		return fmt.Errorf("%s: %w", in.Origin, err)
	}
	e.merge(in, out)
	e.order++
	return nil
}
