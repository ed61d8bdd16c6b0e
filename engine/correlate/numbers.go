package correlate

import (
	"math"
	"slices"
	"time"

	"decree/rules"
)

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

// compute gives the number that is compared. A percentile is that of the nearest rank: the least value that at least
// that percentage of values does not exceed.
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

// sum adds and subtracts without accumulating rounding errors: it also keeps what each addition loses.
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
