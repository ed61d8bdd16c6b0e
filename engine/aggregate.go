package engine

import (
	"math"
	"slices"
	"time"

	"decree/rules"
	"decree/rules/ir"
)

// aggregate is what the condition of a correlation asks of the entries in a window, kept while the window slides.
type aggregate interface {
	add(at time.Time, sameTime []entry) // the latest entries, all of one time
	remove(entry)                       // the earliest
	// holds tells whether the condition holds of the window, which begins at a time, and what it compared.
	holds(from time.Time) (value float64, ok bool)
	// completes tells whether an entry of the latest time may be what completed the match.
	completes(entry) bool
}

func newAggregate(c *ir.Correlation) aggregate {
	switch kind := c.Source.Type; kind {
	case rules.EventCount:
		return &eventCount{anyCompletes{}, c.Bounds, 0}
	case rules.ValueCount:
		return &valueCount{anyCompletes{}, c.Bounds, map[int32]int{}}
	case rules.Temporal:
		return &together{anyCompletes{}, c, make([]int, len(c.Inputs))}
	case rules.TemporalOrdered:
		return &inTurn{starts: make([]time.Time, len(c.Inputs)), now: make([]bool, len(c.Inputs)), reached: make([]bool, len(c.Inputs))}
	default:
		return &numbers{kind: kind, percentile: c.Source.Percentile, bounds: c.Bounds}
	}
}

// anyCompletes is of the types that match at every event of the window's end.
type anyCompletes struct{}

func (anyCompletes) completes(entry) bool { return true }

type eventCount struct {
	anyCompletes
	bounds []rules.Bound
	n      int
}

func (a *eventCount) add(_ time.Time, es []entry) { a.n += len(es) }
func (a *eventCount) remove(entry)                { a.n-- }
func (a *eventCount) holds(time.Time) (float64, bool) {
	return float64(a.n), rules.Within(a.bounds, float64(a.n))
}

type valueCount struct {
	anyCompletes
	bounds []rules.Bound
	of     map[int32]int // value -> entries that have it
}

func (a *valueCount) add(_ time.Time, es []entry) {
	for _, e := range es {
		if e.counts {
			a.of[e.tuple]++
		}
	}
}

func (a *valueCount) remove(e entry) {
	if !e.counts {
		return
	}
	if a.of[e.tuple]--; a.of[e.tuple] == 0 {
		delete(a.of, e.tuple)
	}
}

func (a *valueCount) holds(time.Time) (float64, bool) {
	return float64(len(a.of)), rules.Within(a.bounds, float64(len(a.of)))
}

// numbers computes over the values in the window.
type numbers struct {
	anyCompletes
	kind       rules.CorrelationType
	percentile float64
	bounds     []rules.Bound
	n          int
	sum        sum       // of a sum or an average
	sorted     []float64 // of the other types
}

func (a *numbers) sums() bool { return a.kind == rules.ValueSum || a.kind == rules.ValueAvg }

func (a *numbers) add(_ time.Time, es []entry) {
	for _, e := range es {
		if !e.counts {
			continue
		}
		if a.n++; a.sums() {
			a.sum.add(e.number)
			continue
		}
		at, _ := slices.BinarySearch(a.sorted, e.number)
		a.sorted = slices.Insert(a.sorted, at, e.number)
	}
}

func (a *numbers) remove(e entry) {
	if !e.counts {
		return
	}
	if a.n--; a.sums() {
		a.sum.add(-e.number)
		return
	}
	at, _ := slices.BinarySearch(a.sorted, e.number)
	a.sorted = slices.Delete(a.sorted, at, at+1)
}

func (a *numbers) holds(time.Time) (float64, bool) {
	if a.n == 0 {
		a.sum = sum{}
		return 0, false
	}
	v := a.compute()
	return v, rules.Within(a.bounds, v)
}

// compute gives the one number. A percentile is that of the nearest rank: the least value that so many in a hundred do not exceed.
func (a *numbers) compute() float64 {
	switch a.kind {
	case rules.ValueSum:
		return a.sum.value()
	case rules.ValueAvg:
		return a.sum.value() / float64(a.n)
	case rules.ValueMin:
		return a.sorted[0]
	case rules.ValueMax:
		return a.sorted[a.n-1]
	case rules.ValueMedian:
		return (a.sorted[(a.n-1)/2] + a.sorted[a.n/2]) / 2
	}
	return a.sorted[max(0, int(math.Ceil(float64(a.n)*a.percentile/100))-1)]
}

// sum adds and takes away without gathering errors of rounding: what each addition loses is kept beside.
// https://en.wikipedia.org/wiki/Kahan_summation_algorithm#Further_enhancements
type sum struct{ total, lost float64 }

func (s *sum) add(v float64) {
	t := s.total + v
	if math.Abs(s.total) >= math.Abs(v) {
		s.lost += (s.total - t) + v
	} else {
		s.lost += (v - t) + s.total
	}
	s.total = t
}

func (s *sum) value() float64 { return s.total + s.lost }

// together asks which inputs occurred, in whichever order.
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
	panic("engine: unknown node in a correlation's condition")
}

// inTurn asks whether all inputs occurred one after the other. Of every input it knows the latest time at which a
// sequence can have begun that leads up to it: a later begin is never worse.
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
