package correlate

import (
	"time"

	"decree/rules"
	"decree/rules/ir"
)

// aggregate computes what the condition of a correlation compares, while the window slides over entries.
type aggregate interface {
	add(at time.Time, sameTime []entry) // the latest entries, all of one time
	remove(entry)                       // the earliest
	// holds tells whether the condition holds of the window, which begins at from, and what it compared.
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

// anyCompletes is for the types in which every event at the window's end completes a match.
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
