package mutation

import (
	"runtime"
	"slices"
	"sync"

	"decree/rules/ir"
)

// Trial is a test of the rule, as any other rule can be run on it.
type Trial interface {
	// Matched gives for each rule the places of the events that match.
	Matched([]*ir.Rule) ([][]int, error)
	// AsExpected tells whether that is what the test expects.
	AsExpected([]int) bool
}

// Report is what the tests of a rule are worth.
type Report struct {
	Killed     int      `json:"killed"`
	Equivalent []Mutant `json:"equivalent,omitempty"` // provably the same rule
	Survivors  []Mutant `json:"survivors,omitempty"`
}

// Total counts the mutants that a test could kill.
func (r Report) Total() int { return r.Killed + len(r.Survivors) }

// batch is how many rules one engine runs at once.
const batch = 100

// Judge runs a rule's mutants on its tests.
func Judge(r *ir.Rule, trials []Trial) (Report, error) {
	var out Report
	mutants := Mutants(r)
	killed, err := killedBy(mutants, trials)
	if err != nil {
		return out, err
	}
	for i, m := range mutants {
		switch {
		case killed[i]:
			out.Killed++
		case Equivalent(r, m.Rule):
			out.Equivalent = append(out.Equivalent, m)
		default:
			out.Survivors = append(out.Survivors, m)
		}
	}
	return out, nil
}

// killedBy tells which mutants fail a test.
func killedBy(mutants []Mutant, trials []Trial) ([]bool, error) {
	variants := make([]*ir.Rule, len(mutants))
	for i, m := range mutants {
		variants[i] = m.Rule
	}
	killed := make([]bool, len(mutants))
	for _, t := range trials {
		matched, err := Matched(t, variants)
		if err != nil {
			return nil, err
		}
		for i := range mutants {
			killed[i] = killed[i] || !t.AsExpected(matched[i])
		}
	}
	return killed, nil
}

// Matched runs many rules on a test, a batch at a time.
func Matched(t Trial, rs []*ir.Rule) ([][]int, error) {
	out := make([][]int, len(rs))
	errs := make([]error, len(rs))
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for at := 0; at < len(rs); at += batch {
		free <- struct{}{}
		wg.Add(1)
		go func() {
			defer func() { <-free; wg.Done() }()
			part := rs[at:min(at+batch, len(rs))]
			matched, err := t.Matched(part)
			copy(out[at:], matched)
			errs[at] = err
		}()
	}
	wg.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, errs[i]
	}
	return out, nil
}
