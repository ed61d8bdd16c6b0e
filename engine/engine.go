// Package engine finds the events that rules match. In: lowered rules, a data model and events.
// Out: results in event order. Each rule's tree is a program over atoms; an atom is decided at
// most once an event, for all rules at once. What this package says a rule means is the
// definition that every compiler preserves.
//
// A plan compiles the rules: a unit for each rule and log source that answers it. A matcher evaluates one event at a
// time; workers have one each. An Engine merges what they found, in the order of events, keeps what has to wait, and
// asks that at the end of the input.
//
// An event costs what it itself calls for: only columns that some rule reads are decoded (document), one pass
// over a column's text finds every text atom (match), and only rules with an atom that must hold are run (condition).
package engine

import (
	"fmt"
	"time"

	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/eventstore"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Engine evaluates rules on events given to it in order. It is for one goroutine; what it
// compiled from the rules is shared with the workers of Run.
type Engine struct {
	*plan
	main         *matcher
	workers      []*matcher
	order        int // of the next event
	pending      pending
	results      []Result
	suppressible suppressibleMatches
	stats        Stats

	lacking  []correlate.Lacking // correlations that could count none of their matches
	unlike   map[int]unlike      // by the orders of rules that suppress, of their matches
	misnamed []Misnamed          // of the files that were read

	matches     *correlate.Matches // that correlations read
	matchEvents *eventstore.Store  // their events; may be those that wait for the end
	progress    []correlate.Progress
	explained   map[int]Suppressed // with Options.explains: order of an event whose match is suppressed -> the alert
	finishing   time.Duration      // what Finish took
}

// Stats says what a run saw. Anything but Events that is not 0 should be told to the user.
type Stats struct {
	Events    int // given to the engine
	Foreign   int // events of no log source that a rule reads
	Evicted   int // processes dropped at MaxProcesses or MaxMemory
	Dropped   int // events dropped at MaxPending or MaxMemory: rules that wait for the end did not see them
	Uncounted int // events dropped at MaxMemory: populations did not count them
	Timeless  int // matches that a correlation or join would read, without a time that can be read
	// matches of rules with `suppress`, without a time that can be read: they alert, and suppress nothing
	Unlike       int
	Undated      int // events without a time that can be read, which rules with a lookback would be asked of
	Uncorrelated int // matches dropped at MaxPending or MaxMemory: correlations and joins did not see them
	Unraised     int // alerts of a backtest dropped at MaxMemory
	// matches whose event had no room at MaxMemory: results have no more of it than what correlations read
	Textless     int
	Suppressed   int // matches that do not alert, since their rule suppresses them
	Unsuppressed int // matches that had no room at MaxMemory to wait for the others: they alert, and suppress nothing

	Guessed   string       // the first time whose day and month could be the other way round, and how it was read
	Suspended []Suspension // rules that were not run to the end
}

// New compiles rules. If the model has no log source for a rule, it reports that and leaves the rule out.
func New(rs []*ir.Rule, opt Options) (*Engine, diag.Diagnostics) {
	var found diag.Diagnostics
	if opt.Model == nil {
		m, err := schema.Load(schema.Plain)
		if err != nil {
			found.Errorf("model", diag.Range{}, "", "%v", err)
			return nil, found
		}
		opt.Model = m
	}
	rs, opt = copyForReaders(rs, opt)
	p := newPlan(rs, opt.withDefaults(), &found)
	e := &Engine{plan: p, main: p.newMatcher(), explained: map[int]Suppressed{}}
	e.pending = e.newPending()
	e.keepMatchesIn(&eventstore.Store{})
	return e, found
}

// Add gives the engine an event, whose Raw is its JSON text.
func (e *Engine) Add(ev *event.Event) error {
	in := event.Input{Origin: event.Origin{Source: ev.Source, Line: ev.Line, Order: e.order}, Content: event.TextContent(ev.Raw)}
	var out outcome
	if err := e.main.evaluate(in, &out); err != nil {
		return fmt.Errorf("%s: %w", in.Origin, err)
	}
	e.merge(in, &out)
	e.order++
	return nil
}
