package correlate

import (
	"slices"
	"time"

	"decree/rules"
	"decree/rules/ir"
)

// together asks which inputs occurred, in any order.
type together struct {
	anyCompletes
	of    *ir.Correlation
	count []int // by input
}

func (a *together) add(_ time.Time, es []entry) {
	for _, e := range es {
		a.count[e.input]++
	}
}

func (a *together) remove(e entry) { a.count[e.input]-- }

func (a *together) holds(time.Time) (float64, bool) {
	different := 0
	for _, n := range a.count {
		if n > 0 {
			different++
		}
	}
	if a.of.Condition != nil {
		return float64(different), a.occurred(a.of.Condition)
	}
	return float64(different), rules.Within(a.of.Bounds, float64(different))
}

func (a *together) occurred(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.Occurred:
		return a.count[n.Input] > 0
	case *ir.Not:
		return !a.occurred(n.Term)
	case *ir.And:
		return !slices.ContainsFunc(n.Terms, func(t ir.Node) bool { return !a.occurred(t) })
	case *ir.Or:
		return slices.ContainsFunc(n.Terms, a.occurred)
	case *ir.AtLeast:
		held := 0
		for _, t := range n.Terms {
			if a.occurred(t) {
				held++
			}
		}
		return held >= n.Count
	}
	panic("correlate: unknown node in a correlation's condition")
}

// inTurn asks whether all inputs occurred in order. For every input it knows the latest time at which a
// sequence up to it can have begun; a later begin is never worse.
type inTurn struct {
	starts  []time.Time
	reached []bool // some sequence leads up to the input
	now     []bool // the input is among the latest entries
}

func (a *inTurn) add(at time.Time, es []entry) {
	clear(a.now)
	for _, e := range es {
		a.now[e.input] = true
	}
	for i := range a.starts {
		switch {
		case !a.now[i]:
		case i == 0:
			a.starts[0], a.reached[0] = at, true
		case a.reached[i-1] && (!a.reached[i] || a.starts[i-1].After(a.starts[i])):
			a.starts[i], a.reached[i] = a.starts[i-1], true
		}
	}
}

func (a *inTurn) remove(entry) {}

func (a *inTurn) holds(from time.Time) (float64, bool) {
	reached := 0 // inputs in a row, of which the first is in the window
	for reached < len(a.starts) && a.reached[reached] && !a.starts[reached].Before(from) {
		reached++
	}
	return float64(reached), reached == len(a.starts) && a.now[reached-1]
}

func (a *inTurn) completes(e entry) bool { return int(e.input) == len(a.starts)-1 }
