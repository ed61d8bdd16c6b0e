package regression

import (
	"slices"
	"sync"

	"decree/rules/ir"
)

// Suite is a rule with the cases that test it.
type Suite struct {
	Rule  *ir.Rule
	Cases []*Case
	// Correlation is tested instead of the rule, if set. The rule then has only its metadata.
	Correlation *ir.Correlation
	// Select chooses cases; nil means all. A case that a chosen one names in same_as is run too, but not reported.
	Select func(*Case) bool
}

// RunAll runs suites on several workers. Outcomes are in the order of suites and cases, whatever the number of workers.
func RunAll(suites []Suite, workers int) [][]Outcome {
	type job struct {
		c  *Case
		of Suite
		to *Outcome
	}
	var jobs []job
	ran := make([]map[*Case]*Outcome, len(suites))
	for i, s := range suites {
		ran[i] = map[*Case]*Outcome{}
		for _, c := range s.needed() {
			to := &Outcome{}
			ran[i][c] = to
			jobs = append(jobs, job{c, s, to})
		}
	}
	next := make(chan job)
	var done sync.WaitGroup
	for range min(max(workers, 1), max(len(jobs), 1)) {
		done.Go(func() {
			for j := range next {
				*j.to = j.of.run(j.c)
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	done.Wait()
	out := make([][]Outcome, len(suites))
	for i, s := range suites {
		out[i] = s.judge(ran[i])
	}
	return out
}

func (s Suite) run(c *Case) Outcome {
	if s.Correlation != nil {
		return c.runCorrelation(s.Correlation)
	}
	return c.Run(s.Rule)
}

// needed are the chosen cases and those they name in same_as, in order.
func (s Suite) needed() []*Case {
	return slices.DeleteFunc(slices.Clone(s.Cases), func(c *Case) bool {
		return !s.selects(c) && !slices.ContainsFunc(s.Cases, func(by *Case) bool {
			return s.selects(by) && by.SameAs != nil && by.SameAs.Case == c.Name
		})
	})
}

func (s Suite) selects(c *Case) bool { return s.Select == nil || s.Select(c) }

// judge compares cases with the case named in same_as, and gives the outcomes of the chosen ones.
func (s Suite) judge(ran map[*Case]*Outcome) []Outcome {
	var out []Outcome
	for _, c := range s.Cases {
		if !s.selects(c) {
			continue
		}
		o := *ran[c]
		if c.SameAs != nil && !o.notRun() {
			s.judgeSame(c, &o, ran)
		}
		out = append(out, o)
	}
	return out
}

func (s Suite) judgeSame(c *Case, o *Outcome, ran map[*Case]*Outcome) {
	i := slices.IndexFunc(s.Cases, func(other *Case) bool { return other.Name == c.SameAs.Case })
	if i < 0 {
		o.Failures.Errorf("not-the-same", c.SameAs.Range, "fix that case first", "cannot compare: the case %q could not be read", c.SameAs.Case)
		return
	}
	wrong := c.alike(o, ran[s.Cases[i]])
	if len(wrong) == 0 || o.Explained != nil || s.Correlation != nil {
		return
	}
	prepared, err := c.Prepare(s.Rule)
	if err == nil {
		err = c.explainFirst(prepared, o, wrong)
	}
	if err != nil {
		o.problem(err, c.Range)
	}
}
