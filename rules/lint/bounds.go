package lint

import (
	"math"
	"slices"

	"decree/rules"
	"decree/rules/diag"
)

// quantity is what bounds are on.
type quantity struct {
	why         string // it cannot be less, or greater
	least, most float64
	whole       bool // it is a whole number
	always      bool // there is always one: a bound that all numbers pass asks nothing
}

// reportBounds reports a bound that no number of a quantity passes, or every one, and bounds that none passes together.
func reportBounds(report func(at diag.Range, hint, format string, args ...any), bounds []rules.Bound, of quantity) {
	for i, b := range bounds {
		switch {
		case !of.satisfied(b):
			report(b.Range, "write another number", "the bound can never hold: %s", of.why)
			return
		case !of.satisfied(bounds[:i+1]...):
			report(b.Range, "change or remove one of them", "the bounds can never hold together")
			return
		case of.always && !of.satisfied(opposite(b)):
			report(b.Range, "write another number, or remove the bound", "the bound always holds: %s", of.why)
		}
	}
}

// opposite holds where a bound does not.
func opposite(b rules.Bound) rules.Bound {
	b.Op = map[string]string{"eq": "neq", "neq": "eq", "lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt"}[b.Op]
	return b
}

// satisfied tells whether a number of the quantity passes all bounds. Where the bounds begin or cease to hold, one of
// the numbers that are tried lies.
func (q quantity) satisfied(bounds ...rules.Bound) bool {
	var marks []float64
	for _, end := range []float64{q.least, q.most} {
		if !math.IsInf(end, 0) {
			marks = append(marks, end)
		}
	}
	for _, b := range bounds {
		marks = append(marks, b.Value)
		if q.whole {
			marks = append(marks, math.Floor(b.Value), math.Floor(b.Value)+1, math.Ceil(b.Value)-1)
		}
	}
	slices.Sort(marks)
	tried := slices.Clone(marks)
	if !q.whole {
		tried = append(tried, marks[0]-1, marks[len(marks)-1]+1)
		for i := range marks[1:] {
			tried = append(tried, marks[i]+(marks[i+1]-marks[i])/2)
		}
	}
	return slices.ContainsFunc(tried, func(n float64) bool {
		return n >= q.least && n <= q.most && (!q.whole || n == math.Trunc(n)) && rules.Within(bounds, n)
	})
}

// boundsWithoutEffect reports bounds of prevalence conditions and joins.
func boundsWithoutEffect(s *subject) {
	for _, p := range s.Prevalence {
		if p.Local != nil {
			reportBounds(s.report, p.Local.Bounds, quantity{why: "a value that was seen was seen at least once", least: 1, most: math.Inf(1), whole: true, always: p.Among == ""})
		}
		reportBounds(s.report, p.Global, quantity{why: "the vendor's prevalence is never below 0", least: min(0, p.GlobalElse), most: math.Inf(1), always: true})
	}
	for _, j := range s.Joins {
		reportBounds(s.report, j.Bounds, quantity{why: "events are counted from 0 on", most: math.Inf(1), whole: true})
	}
}

// boundsOfCorrelation reports the bounds of a correlation.
func boundsOfCorrelation(s *correlationSubject) {
	switch {
	case s.Condition != nil || s.Type == rules.TemporalOrdered: // which has no bounds
	case s.Type == rules.EventCount:
		reportBounds(s.report, s.Bounds, quantity{why: "a group has at least one event", least: 1, most: math.Inf(1), whole: true})
	case s.Type == rules.ValueCount:
		reportBounds(s.report, s.Bounds, quantity{why: "values are counted from 0 on", most: math.Inf(1), whole: true})
	case s.Type == rules.Temporal:
		reportBounds(s.report, s.Bounds, quantity{why: "a group has events of at least one of the rules, and at most of all", least: 1, most: float64(len(s.Inputs)), whole: true})
	default:
		reportBounds(s.report, s.Bounds, quantity{least: math.Inf(-1), most: math.Inf(1)})
	}
}

// boundOfFirstEvent reports bounds of a count that the first event of a group passes and later ones may not: events are
// counted up to the one that is judged, so that the bounds do not say that few came.
func boundOfFirstEvent(s *correlationSubject) {
	counts := s.Type == rules.EventCount || s.Type == rules.ValueCount
	first := quantity{least: 1, most: 1, whole: true}
	if s.Condition != nil || !counts || !first.satisfied(s.Bounds...) {
		return
	}
	for _, b := range s.Bounds {
		more := quantity{least: 2, most: math.Inf(1), whole: true}
		if more.satisfied(opposite(b)) {
			s.report(b.Range, "write `gte:` with the least count that is meant; that other events are missing is said by `joins:` under `not`", "the first event of each group satisfies the bounds: events are counted up to it, not after it")
			return
		}
	}
}
