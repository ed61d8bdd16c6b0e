package eql

import (
	"fmt"
	"strings"
	"time"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// needsAncestor tells whether a field is on another event.
func (w *writer) needsAncestor(f ir.Field) bool {
	_, native := w.plan.Column(f)
	return !native && f.Level > 0
}

// ancestorMatch writes a test of the parent or grandparent on the parent's creation event.
func (w *writer) ancestorMatch(m *ir.Match) logic.Pred {
	if m.Field.Level <= 2 {
		if col, ok := w.plan.ColumnAbove(ir.Field{Name: m.Field.Name, Level: m.Field.Level - 1}); ok {
			compilers.OneColumn("eql", lacks[compilers.SecondColumns].Hint, col, m.Range(), &w.found)
			w.noteDigits(m, col)
			p, err := columnTest(col, m.Test, false)
			return w.reportError(p, err, m.Range())
		}
	}
	w.found.Errorf("ancestor-too-far", m.Range(), "use kql or spl for this rule",
		"eql: a sequence cannot reach %s of ancestor %d: its events share one key, so it spans only parent and child", m.Field.Name, m.Field.Level)
	return logic.Never
}

// defaultSpan limits a sequence whose rule has no lookback.
const defaultSpan = time.Hour

// sequence joins the parent's creation event to the event by host and by the parent's key.
func (w *writer) sequence(above, own logic.All) string {
	keys := w.plan.Source.Keys
	if len(keys[0]) == 0 || len(keys[0]) != len(keys[1]) {
		w.found.Errorf("no-process-key", w.plan.Rule.Source.Range, "add keys for levels 0 and 1 to the data model",
			"eql: data model %s has no keys that link a process to its parent", w.plan.Model.Name)
		return ""
	}
	host := ""
	if col, ok := w.plan.Source.Entities["host"]; ok {
		host = " by " + joinColumn(col.Name)
	}
	return fmt.Sprintf("sequence%s with maxspan=%ds\n  [%s] by %s\n  [%s\n  ] by %s", host, int64(w.maxSpan()/time.Second),
		w.where(above, nil, "    "), joinColumns(keys[0]), w.event(own, "    "), joinColumns(keys[1]))
}

func joinColumns(columns []string) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = joinColumn(c)
	}
	return strings.Join(names, ", ")
}

// maxSpan is the longest time between the events of a sequence.
func (w *writer) maxSpan() time.Duration {
	if span := w.plan.Rule.Source.Schedule.Lookback; span > 0 {
		return span
	}
	return defaultSpan
}
