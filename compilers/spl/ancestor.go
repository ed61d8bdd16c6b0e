package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// ancestorTest is a test on an ancestor that the event does not record. It is evaluated on the creation event hops
// above, as a test on that event's own columns, and the result is passed down.
type ancestorTest struct {
	match *ir.Match
	hops  int
	flag  string
}

// addAncestorTest adds a match whose column is not on the event itself. Two fields can be compared only on one event.
func (w *writer) addAncestorTest(m *ir.Match) {
	if ref, ok := m.Test.(*ir.FieldRef); ok {
		for _, f := range []ir.Field{m.Field, ref.Other} {
			if _, native := w.plan.Column(f); !native {
				w.found.Errorf(string(compilers.DeepAncestors), m.Range(), "choose a --model whose events carry both fields, or use kql",
					"spl: a field cannot be compared with one of an ancestor that the event does not carry")
				return
			}
		}
	}
	if _, native := w.plan.Column(m.Field); native || m.Field.Level == 0 || w.ancestorTestOf(m) != nil {
		return
	}
	for hops := 1; hops <= m.Field.Level; hops++ {
		if _, native := w.plan.Column(ir.Field{Name: m.Field.Name, Level: m.Field.Level - hops}); native {
			w.ancestorTests = append(w.ancestorTests, &ancestorTest{m, hops, fmt.Sprintf("decree_above_%d", len(w.ancestorTests)+1)})
			return
		}
	}
	panic("spl: ancestor's field without a column passed the check")
}

func (w *writer) ancestorTestOf(m *ir.Match) *ancestorTest {
	for _, d := range w.ancestorTests {
		if d.match == m {
			return d
		}
	}
	return nil
}

// unknown is the result for an unknown ancestor: that of a missing field.
func (d *ancestorTest) unknown() string {
	if ir.WhenMissing(d.match.Test) {
		return "1"
	}
	return "0"
}

// narrowSearch leaves only events that may be part of a match: children for which the own
// conditions hold, and parents for which an ancestor's condition holds. It is said in the
// base search as far as that can say it, else in where. With more than one hop, or
// with no own condition, any process may be a link: nothing is narrowed. Nor is it where an ancestor answers that is
// not known: one that is left out would count as such.
func (w *writer) narrowSearch(early []ir.Node) (terms logic.Pred, stage string) {
	var own []ir.Node
	for _, n := range compilers.FlatConjuncts(early) {
		if !w.asksAncestor(n) {
			own = append(own, n)
		}
	}
	all := slices.ContainsFunc(w.ancestorTests, func(d *ancestorTest) bool { return d.hops > 1 || d.unknown() == "1" })
	if len(own) == 0 || all {
		w.plan.NoteOf(w.ancestorTests[0].match, "ancestor-cost", "cost", "every process creation of the period is linked to its parent: a condition on the event itself narrows this")
		return nil, ""
	}
	var child logic.All
	inSearch := true
	for _, n := range own {
		p, ok := w.searchable(n)
		inSearch = inSearch && ok
		child = append(child, p)
	}
	var parents logic.Any
	for _, d := range w.ancestorTests {
		var p logic.Pred
		ok := false
		w.plan.Among(nil, func() { p, ok = w.searchPredicate(d.onDescendant()) })
		inSearch = inSearch && ok
		parents = append(parents, p)
	}
	if inSearch {
		return logic.Any{child, parents}, ""
	}
	child, parents = nil, nil
	for _, n := range own {
		child = append(child, logic.Build(n, w.wherePredicate))
	}
	for _, d := range w.ancestorTests {
		parents = append(parents, w.onDescendantRow(d))
	}
	return nil, where(logic.Any{child, parents})
}

// onDescendant is the test as it is asked of the ancestor's descendant hops below it.
func (d *ancestorTest) onDescendant() *ir.Match {
	return &ir.Match{Base: d.match.Base, Test: d.match.Test,
		Field: ir.Field{Name: d.match.Field.Name, Level: d.match.Field.Level - d.hops}}
}

// onDescendantRow is that test for where. The rule's conditions tell nothing of the row.
func (w *writer) onDescendantRow(d *ancestorTest) (p logic.Pred) {
	w.plan.Among(nil, func() { p = w.match(d.match, d.hops) })
	return p
}

func (w *writer) asksAncestor(n ir.Node) bool {
	has := false
	ir.Inspect(n, func(below ir.Node) bool {
		if m, ok := below.(*ir.Match); ok && w.ancestorTestOf(m) != nil {
			has = true
		}
		return !has
	})
	return has
}

// linkAncestors passes results down the process tree. Each event gets two rows: one under the key of its own process
// and one under the key of its parent. The result of a process's own row is copied to all rows under that key. Then the
// row under the parent's key is kept, which leaves one row per event.
func (w *writer) linkAncestors() []string {
	period := "choose it in the time picker"
	if w.plan.Rule.Source.Schedule.Lookback > 0 {
		period = "the lookback and 24 hours before it"
	}
	for _, d := range w.ancestorTests {
		effect := "false-negatives"
		if d.unknown() == "1" {
			effect = "false-positives"
		}
		w.plan.NoteOf(d.match, "ancestor-window", effect, "an ancestor is found only if the creation event of its child is in the searched period: "+period)
		w.plan.NoteOf(d.match, "search-memory", effect, "mvexpand and eventstats stop at max_mem_usage_mb of limits.conf; Splunk then shows a warning on the job")
	}
	stages := []string{
		"eval decree_self=" + w.processKey(0, "-") + ", decree_up=" + w.processKey(1, "+"),
	}
	flags := make([]string, len(w.ancestorTests))
	most := 0
	for i, d := range w.ancestorTests {
		flags[i] = d.flag + "=" + ifElse(w.onDescendantRow(d), "1", "0")
		most = max(most, d.hops)
	}
	stages = append(stages, "eval "+strings.Join(flags, ",\n    "))
	for hop := 1; hop <= most; hop++ {
		var handed []string
		for _, d := range w.ancestorTests {
			if d.hops >= hop {
				handed = append(handed, fmt.Sprintf("max(eval(if(decree_key=decree_self, %s, null()))) as %s_up", d.flag, d.flag))
			}
		}
		var taken []string
		for _, d := range w.ancestorTests {
			if d.hops >= hop {
				taken = append(taken, fmt.Sprintf("%s=coalesce(%s_up, %s)", d.flag, d.flag, d.unknown()))
			}
		}
		stages = append(stages,
			"eval decree_key=mvdedup(mvappend(decree_self, decree_up))",
			"mvexpand decree_key",
			"eventstats "+strings.Join(handed, " ")+" by decree_key",
			"where decree_key=decree_up",
			"eval "+strings.Join(taken, ", "))
	}
	return stages
}

// processKey is a process's key within its host. A missing key gets a text that differs for the two roles, so that it
// never links events.
func (w *writer) processKey(level int, missing string) string {
	parts := []string{"lower(coalesce(" + w.column(w.plan.Rule.Source.LogSource.Range, w.plan.Source.Entities["host"]) + `, ""))`}
	for _, c := range w.plan.Source.Keys[level] {
		if w.dataset != nil {
			w.dataset.used[c] = true // unknown names no process
		}
		parts = append(parts, "lower(coalesce("+evalName(c)+", "+evalString(missing)+"))")
	}
	return strings.Join(parts, `."|".`)
}
