package mutation

import (
	"fmt"
	"slices"
	"time"

	"decree/rules"
	"decree/rules/ir"
)

// join changes each part of what is asked of other events.
func (m *maker) join(n *ir.Join) {
	m.add("join", n.At, n, &ir.Const{Base: n.Base, Value: true}, "%s always holds", n.Name)
	change := func(at func(*ir.Join), format string, args ...any) {
		other := *n
		at(&other)
		m.add("join", n.At, n, &other, "%s: %s", n.Name, fmt.Sprintf(format, args...))
	}
	if len(n.Mine) > 1 {
		for i, f := range n.Mine {
			change(func(j *ir.Join) {
				j.Mine, j.Theirs = slices.Delete(slices.Clone(n.Mine), i, i+1), slices.Delete(slices.Clone(n.Theirs), i, i+1)
			}, "whatever %s is", f)
		}
	}
	m.window(n, change)
	if n.Distinct != nil {
		change(func(j *ir.Join) { j.Distinct = nil }, "all matches counted, not distinct %s", n.Distinct)
	}
	if n.First {
		return // it has no bound of its own
	}
	bounds(n.Bounds, func(to []rules.Bound, what string) {
		if len(to) > 0 && !rules.Within(to, 0) { // a join that needs no other event cannot be written
			change(func(j *ir.Join) { j.Bounds = to }, "%s", what)
		}
	})
}

// window shifts the ends of the window to half and to double, and turns it round.
func (m *maker) window(n *ir.Join, change func(func(*ir.Join), string, ...any)) {
	for _, by := range []struct {
		what string
		of   func(time.Duration) time.Duration
	}{{"half", func(d time.Duration) time.Duration { return d / 2 }}, {"double", func(d time.Duration) time.Duration { return d * 2 }}} {
		if n.Before > 0 {
			change(func(j *ir.Join) { j.Before = by.of(n.Before) }, "%s the time before", by.what)
		}
		if n.After > 0 {
			change(func(j *ir.Join) { j.After = by.of(n.After) }, "%s the time after", by.what)
		}
	}
	if n.First {
		return
	}
	if n.Before != n.After {
		change(func(j *ir.Join) { j.Before, j.After = n.After, n.Before }, "before and after exchanged")
	}
}
