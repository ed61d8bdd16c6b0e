package catalogue

import (
	"decree/cmd/decree/internal/assessment"
	"decree/compilers/pages"
	"decree/engine/regression"
)

// mostExamples bounds the events of a test that a page shows: so many that are found, and so many that are not.
const mostExamples = 6

// tests adds the tests of each detection, with what they are worth.
func (g *gathering) tests() error {
	for i, tested := range g.Tests.Tested {
		t, err := shownTests(tested.Suite, g.Outcomes[i])
		if err != nil {
			return err
		}
		if len(t.Cases) > 0 {
			g.of[tested.Rule.IR.Source].Tests = t
		}
	}
	judged, err := assessment.Measure(g.Tests, g.Mutate)
	if err != nil {
		return err
	}
	for _, tested := range g.Tests.Tested {
		if tested.Suite.Correlation != nil {
			continue // it is not judged
		}
		if t := g.of[tested.Rule.IR.Source].Tests; t != nil {
			addWorth(t, judged[0])
		}
		judged = judged[1:]
	}
	return nil
}

// shownTests are the cases of a rule, with what became of them.
func shownTests(suite regression.Suite, outcomes []regression.Outcome) (*pages.Tests, error) {
	t := &pages.Tests{}
	for i, c := range suite.Cases {
		o := outcomes[i]
		one := pages.Case{Name: o.Case, Model: o.Model, Passed: o.Passed(), Expected: o.Expected, Events: o.Events}
		if o.Passed() {
			t.Passed++
		}
		examples, err := c.Examples(o, mostExamples)
		if err != nil {
			return nil, err
		}
		for _, e := range examples {
			one.Examples = append(one.Examples, pages.Example{Label: e.Label, Found: e.Found, Fields: values(e.Fields)})
		}
		t.Cases = append(t.Cases, one)
	}
	return t, nil
}

// addWorth adds which goals the tests of a rule meet, and which mutants survive them.
func addWorth(t *pages.Tests, judged assessment.Rule) {
	t.Covered, t.Goals = judged.Coverage.Met(), len(judged.Coverage.Goals)
	for _, g := range judged.Coverage.Goals {
		if !g.Met {
			t.Uncovered = append(t.Uncovered, g.What)
		}
	}
	if m := judged.Mutation; m != nil {
		t.Killed, t.Mutants = m.Killed, m.Total()
		for _, s := range m.Survivors {
			t.Survivors = append(t.Survivors, s.Change)
		}
	}
}
