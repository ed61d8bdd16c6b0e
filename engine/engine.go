// Package engine finds the events that rules match. In: lowered rules, a data model and events.
// Out: results in event order. Each rule's tree is one expr program over atoms; an atom is
// evaluated at most once an event. What this package says a rule means is the definition
// that every compiler preserves.
package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr/vm"

	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Options steer an engine.
type Options struct {
	Model        *schema.Model // how events name their fields; nil is "sigma"
	Reputation   Reputation    // nil: only what events carry
	Now          time.Time     // end of each rule's lookback; zero: the whole input is one window
	MaxProcesses int           // processes kept for ancestry; 0 is 1,000,000
	Filter       ir.Node       // the environment's own filter, already negated
}

// Engine collects events and, at Finish, finds matches. It is for one goroutine.
type Engine struct {
	opt     Options
	rules   []*rule
	atoms   []ir.Node
	numbers map[ir.Node]int
	events  []*record
	stats   Stats
}

// Stats says what a run saw.
type Stats struct {
	Events  int // given to the engine
	Evicted int // processes dropped at MaxProcesses
}

// rule is a compiled rule with the sources that its log source names.
type rule struct {
	ir      *ir.Rule
	program *vm.Program
	sources []*schema.Source
	rare    []*ir.Prevalence
}

// record is an event kept until Finish.
type record struct {
	ev    *event.Event
	order int
	at    time.Time
	known bool // at is set
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
	if opt.MaxProcesses <= 0 {
		opt.MaxProcesses = 1_000_000
	}
	e := &Engine{opt: opt, numbers: map[ir.Node]int{}}
	for _, r := range rs {
		ls := r.Source.LogSource
		compiled := &rule{ir: r, sources: opt.Model.Find(ls.Category, ls.Product, ls.Service)}
		if len(compiled.sources) == 0 {
			found.Warnf("no-log-source", ls.Range, "choose another --model", "data model %s has no such log source; the rule is not run", opt.Model.Name)
			continue
		}
		condition := r.Condition
		if opt.Filter != nil {
			condition = &ir.And{Base: ir.Base{At: condition.Range()}, Terms: []ir.Node{condition, opt.Filter}}
		}
		var err error
		if compiled.program, err = e.program(condition); err != nil {
			found.Errorf("program", r.Source.Range, "", "%v", err)
			continue
		}
		ir.Inspect(condition, func(n ir.Node) bool {
			if q, ok := n.(*ir.Prevalence); ok && !slices.Contains(compiled.rare, q) {
				compiled.rare = append(compiled.rare, q)
			}
			return true
		})
		e.rules = append(e.rules, compiled)
	}
	return e, found
}

// atom numbers a node; the same node is one atom wherever it stands.
func (e *Engine) atom(n ir.Node) int {
	if i, ok := e.numbers[n]; ok {
		return i
	}
	i := len(e.atoms)
	e.numbers[n] = i
	e.atoms = append(e.atoms, n)
	return i
}

// Add gives the engine an event. Events may come in any order.
func (e *Engine) Add(ev *event.Event) error {
	r := &record{ev: ev, order: len(e.events)}
	r.at, r.known = e.timeOf(ev)
	e.events = append(e.events, r)
	e.stats.Events++
	return nil
}

// Result is one rule matching one event.
type Result struct {
	Rule       *ir.Rule
	Event      *event.Event
	EventID    string
	Names      []string // names of the condition that were true
	Ancestors  []Ancestor
	Prevalence []PrevalenceFigure
	Reputation map[string]string
}

// Finish evaluates every rule on every event and gives the results in event order, then rule order.
func (e *Engine) Finish() ([]Result, Stats, error) {
	tree := newTree(e)
	e.stats.Evicted = tree.evicted
	figures := map[*ir.Prevalence]map[string]PrevalenceFigure{}
	run := &run{engine: e, tree: tree, figures: figures, memo: make([]int8, len(e.atoms))}
	run.env = env{Atom: run.atom}
	for _, r := range e.rules {
		for _, q := range r.rare {
			run.measure(r, q)
		}
	}
	var results []Result
	for _, rec := range e.events {
		for _, r := range e.rules {
			source := e.sourceOf(r, rec)
			if source == nil || !e.inWindow(r, rec) {
				continue
			}
			run.at(rec, source)
			out, err := run.machine.Run(r.program, run.env)
			if err != nil {
				return nil, e.stats, fmt.Errorf("rule %q on %s:%d: %w", r.ir.Source.Title, rec.ev.Source, rec.ev.Line, err)
			}
			if matched, ok := out.(bool); ok && matched {
				results = append(results, run.result(r))
			}
		}
	}
	return results, e.stats, nil
}

// inWindow tells whether an event is in the rule's lookback. Without a known time it is not.
func (e *Engine) inWindow(r *rule, rec *record) bool {
	lookback := r.ir.Source.Schedule.Lookback
	if e.opt.Now.IsZero() || lookback == 0 {
		return true
	}
	return rec.known && !rec.at.Before(e.opt.Now.Add(-lookback)) && !rec.at.After(e.opt.Now)
}

// sourceOf is the first source of the rule's log source that the event is of.
func (e *Engine) sourceOf(r *rule, rec *record) *schema.Source {
	for _, s := range r.sources {
		if inScope(s, rec.ev) {
			return s
		}
	}
	return nil
}
