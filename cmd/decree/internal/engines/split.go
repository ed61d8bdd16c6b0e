package engines

import (
	"slices"
	"strings"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// notRun is the code of the finding about a correlation that reads a rule which is not run.
const notRun = "correlation-input-not-run"

// noLogSource is the code of the finding about a rule of whose log source a data model has no events.
const noLogSource = "no-log-source"

// unasked says of a correlation none of whose log sources the data models have what is said of such a rule. Of one that
// some model runs whole it names the models that have only some of its log sources, and says nothing if there is none.
// Each is reported once.
func (s *Set) unasked(found diag.Diagnostics) (out diag.Diagnostics) {
	reported := map[*ir.Correlation]bool{}
	for _, d := range found {
		at := slices.IndexFunc(s.correlations, func(c *ir.Correlation) bool { return d.Code == notRun && reads(c, d.Range) })
		if at < 0 {
			out = append(out, d)
			continue
		}
		c := s.correlations[at]
		partly, whole := s.partly(c), s.runs(c)
		switch {
		case reported[c] || whole && len(partly) == 0:
			continue
		case s.lacksAll(c):
			d.Code, d.Hint = noLogSource, "give it events of its log sources, or choose another --model"
			d.Message = "no rule that the correlation reads has a log source of data model " + s.Names() + "; the correlation is not run"
			reported[c] = true
		case whole:
			d.Message = "data model " + strings.Join(partly, ", ") + " has only some of the log sources of the rules that the correlation reads; it is not run on those events"
			reported[c] = true
		}
		out = append(out, d)
	}
	return out
}

// partly names the data models that run some of the rules below a correlation, and not all.
func (s *Set) partly(c *ir.Correlation) (names []string) {
	for _, of := range s.All {
		if n := of.runsOf(c); n > 0 && n < len(c.Rules()) {
			names = append(names, of.Model.Name)
		}
	}
	return names
}

// lacksAll tells whether no data model of the run has the log source of any rule below a correlation.
func (s *Set) lacksAll(c *ir.Correlation) bool {
	below := c.Rules()
	return len(below) > 0 && !slices.ContainsFunc(below, func(r *ir.Rule) bool {
		return slices.ContainsFunc(s.All, func(of *Of) bool { return len(of.Model.Candidates(r)) > 0 })
	})
}

// nameModels says in the findings about correlations that are not run which data model can run them.
func nameModels(found diag.Diagnostics, cs []*ir.Correlation) {
	for i, d := range found {
		if d.Code != notRun {
			continue
		}
		at := slices.IndexFunc(cs, func(c *ir.Correlation) bool { return reads(c, d.Range) })
		if at < 0 {
			continue
		}
		if names := modelsOf(cs[at]); len(names) > 0 {
			found[i].Hint = "a run in which all events are of one of these data models can: " + strings.Join(names, ", ")
		} else {
			found[i].Hint = "no shipped data model has the log sources of all its rules, and a correlation stays within one: describe the events of both in a --model-file"
		}
	}
}

// reads tells whether a place is that of an input of a correlation.
func reads(c *ir.Correlation, at diag.Range) bool {
	for _, in := range c.Source.Inputs {
		if in.Range == at {
			return true
		}
	}
	return false
}

// modelsOf lists the shipped data models that have the log sources of all rules below a correlation. The model of
// events without a log source is none.
func modelsOf(c *ir.Correlation) (names []string) {
	for _, name := range schema.Names() {
		m, err := schema.Load(name)
		if err != nil {
			panic("engines: " + err.Error()) // it is shipped
		}
		lacks := func(r *ir.Rule) bool { return len(m.Candidates(r)) == 0 }
		if name != schema.Plain && !slices.ContainsFunc(c.Rules(), lacks) {
			names = append(names, name)
		}
	}
	return names
}

// Split tells whether a correlation is not run although some model runs a rule that it reads: its matches are counted
// by nobody.
func (s *Set) Split() bool {
	run := s.Rules()
	return slices.ContainsFunc(s.correlations, func(c *ir.Correlation) bool {
		isUnrun := slices.ContainsFunc(s.Found, func(d diag.Diagnostic) bool { return d.Code == notRun && reads(c, d.Range) })
		return isUnrun && !s.runs(c) && slices.ContainsFunc(c.Rules(), func(r *ir.Rule) bool { return slices.Contains(run, r) })
	})
}

// runs tells whether some model runs all rules below a correlation.
func (s *Set) runs(c *ir.Correlation) bool {
	return slices.ContainsFunc(s.All, func(of *Of) bool { return of.runsOf(c) == len(c.Rules()) })
}

// runsOf counts the rules below a correlation that are run.
func (of *Of) runsOf(c *ir.Correlation) (n int) {
	run := of.Rules()
	for _, r := range c.Rules() {
		if slices.Contains(run, r) {
			n++
		}
	}
	return n
}
