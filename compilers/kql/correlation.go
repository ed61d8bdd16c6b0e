package kql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// CompileCorrelation writes a correlation. It has a statement for the matches of each rule, and for each correlation
// one for all its inputs, one for its windows and one for its own matches. On a schedule it reports matches whose
// events are in the lookback. Rules are searched further back, as far as their windows reach, so that every reported
// match has a complete window.
func (dialect) CompileCorrelation(c *ir.Correlation, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if found := compilers.JoinsInCorrelation("kql", c); len(found) > 0 {
		return nil, found
	}
	w := &correlationWriter{top: c, opt: opt, names: newNames(opt.Model, opt.Table), statements: map[any]string{}, columns: map[any]string{}, carried: map[any][]ir.Field{}, columnsOf: map[ir.Field][]string{}, resultGroups: map[string]string{}, reach: c.Reach() + opt.Delay, indexed: true}
	w.span = w.names.free("timeframe")
	for _, name := range reserved {
		w.names.take(name)
	}
	for _, below := range c.Chain() {
		for _, column := range slices.Concat(below.GroupBy, below.Values) {
			for i := range below.Inputs {
				w.carry(below, i, column.Name, column.Fields[i])
			}
		}
	}
	read := map[*ir.Rule][]*writer{}
	for _, r := range c.Rules() {
		read[r] = w.plan(r)
	}
	if w.found.HasErrors() {
		return nil, w.found
	}
	w.collectResultColumns(read)
	for _, r := range c.Rules() {
		w.rule(r, read[r])
	}
	if w.found.HasErrors() {
		return nil, w.found
	}
	for _, below := range c.Chain() {
		w.correlation(below)
	}
	return w.query(), w.found
}

// reserved are the columns that the statements create.
var reserved = []string{"At", "Event", "Input", "Step", "Moment", "Has", "Enters", "Leaves", "Bin", "Later", "EarlierAt", "Numbers", "Value", "Start", "Began", "Own", "Nth"}

// correlationWriter holds one compilation.
type correlationWriter struct {
	top        *ir.Correlation
	opt        compilers.Options
	names      names
	span       string         // the statement of the lookback
	statements map[any]string // *ir.Rule or *ir.Correlation -> the statement with its matches
	// *ir.Rule or *ir.Correlation -> fields of the events that later statements read
	carried       map[any][]ir.Field
	columns       map[any]string        // field, or name that some correlation is grouped by -> its column
	resultColumns []*resultColumn       // what a result tells of its event
	columnsOf     map[ir.Field][]string // field -> result columns with its value
	projected     []string              // the columns of the result, as they are named there
	resultGroups  map[string]string     // what the correlation is grouped by -> column of the result
	searched      []*compilers.Branch
	reach         time.Duration // how much further back than the lookback rules are searched
	indexed       bool          // every rule's conditions ask an index of terms
	hosts         []string      // those result columns that name its host
	lets          strings.Builder
	time          string // the models' column
	notes         []compilers.Note
	assets        []compilers.Asset
	found         diag.Diagnostics
}

func (w *correlationWriter) note(notes ...compilers.Note) {
	w.notes = compilers.AddNotes(w.notes, notes...)
}

// query gives the matches of the last correlation.
func (w *correlationWriter) query() *compilers.Query {
	body := w.top.Source.Body
	stages := []string{w.statements[w.top]}
	before := ""
	if lookback := body.Schedule.Lookback; lookback > 0 {
		before = spanLet(w.span, lookback)
		end := "now()"
		if w.opt.Delay > 0 {
			end = "ago(" + timespan(w.opt.Delay) + ")"
		}
		stages = append(stages, fmt.Sprintf("where At between (ago(%s) .. %s)", w.span+shift(" + ", w.opt.Delay), end))
		if w.opt.Model.Ingested != "" {
			w.note(compilers.Note{Code: "correlation-arrival", Effect: "false-negatives", Range: w.top.Source.TypeRange, Message: arrivalNote(body.Schedule, w.opt.Delay)})
		}
	} else {
		w.note(compilers.Note{Code: "correlation-period", Effect: "false-negatives", Range: w.top.Source.TypeRange,
			Message: "matches before the searched period are not known: choose it " + timespan(w.top.Reach()) + " longer than what is of interest"})
	}
	stages = append(stages, w.suppressStages()...)
	stages = append(stages, "project "+strings.Join(w.resultProjection(), ", "), "sort by "+columnName(w.time)+" asc")
	text := before + w.lets.String() + pipe(stages)
	w.notes = append(w.notes, compilers.TooLong(w.opt.Model, text, w.top.Source.TypeRange)...)
	return &compilers.Query{Dialect: "kql", Model: w.opt.Model.Name, Text: comment(compilers.Header(body, w.notes)...) + text, Assets: w.assets, Notes: w.notes, Result: w.result(), Indexed: w.indexed}
}

// arrivalNote says how late events may arrive. A match is of the time of its last event, and of its period; the run
// that sees it last begins as long after that time as the lookback is longer than the time between runs, and later by
// the delay with which the period ends before the run.
func arrivalNote(s rules.Schedule, delay time.Duration) string {
	if spare := s.Lookback - s.Every + delay; s.Every > 0 && spare > 0 {
		return "matches are chosen by the time of their last event: one with events that arrive more than " + timespan(spare) + " after that time may not be found"
	}
	return "matches are chosen by the time of their last event: one with events that arrive after the run that looks back on that time is not found"
}
