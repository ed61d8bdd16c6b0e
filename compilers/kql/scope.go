package kql

import (
	"fmt"
	"time"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// scope is the table, with the tests that limit it to the rule's log source, and to its period and the time before it.
func (w *writer) scope(before time.Duration) []string {
	s := w.plan.Source
	if s.Table == "" {
		w.found.Errorf("no-scope", w.plan.Rule.Source.LogSource.Range, "give the source a table in a model file",
			"data model %s names no table for %s", w.plan.Model.Name, s.Name)
	}
	stages := []string{w.plan.TableOf(s)}
	if w.plan.Rule.Source.Schedule.Lookback > 0 {
		stages = append(stages, w.begin(before))
	}
	return append(stages, w.scopeTests()...)
}

// begin is the stage that keeps the events of the period and the time before it. Those that joins look for are chosen
// by their own time: those of an event that arrives late may have arrived long before it.
func (w *writer) begin(before time.Duration) string {
	if w.oldest != "" {
		return fmt.Sprintf("where %s >= %s%s", columnName(w.plan.Model.Time[0]), w.oldest, shift(" - ", before))
	}
	return fmt.Sprintf("where %s >= ago(%s%s)", w.arrival(), w.since, shift(" + ", before))
}

// arrival is when an event arrived, or when it happened where the product does not tell.
func (w *writer) arrival() string {
	if w.plan.Model.Ingested != "" {
		return w.plan.Model.Ingested
	}
	return columnName(w.plan.Model.Time[0])
}

// scopeTests are the stages that keep the rows of one of the sources.
func (w *writer) scopeTests() []string {
	either := w.inScope(false)
	var stages []string
	if len(either) == 1 {
		for _, test := range either[0].(logic.All) {
			stages = append(stages, where(test))
		}
	} else if len(either) > 1 {
		stages = append(stages, where(either))
	}
	return stages
}

// inScope is true of a row of one of the sources. It is empty if every row of the table is. Below a negation it is
// never null.
func (w *writer) inScope(negated bool) logic.Any {
	var either logic.Any
	for _, tests := range compilers.Scopes(w.sources) {
		var all logic.All
		for _, t := range tests {
			values := &ir.Text{Op: ir.Equals, Values: t.Values}
			c := part(w.typed(t.Column, t.Type), t.Reads(), values)
			test := logic.Pred(w.text(c, values, false))
			if c.kind != text {
				test = notNull(test, c.name, negated)
			}
			if t.Optional {
				test = logic.Any{absent(c), test}
			}
			all = append(all, test)
		}
		either = append(either, all)
	}
	return either
}
