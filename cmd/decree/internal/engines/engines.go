// Package engines evaluates rules on events of several data models. In: rules, and the models that the input has. Out:
// an engine for each model, and what they found together.
//
// What must stay true: an event is asked of the rules by its own model alone. Ancestors, rarity and correlations do not
// reach from the events of one model to those of another.
package engines

import (
	"slices"
	"strings"

	"decree/engine"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Set is the engines of a run.
type Set struct {
	All   []*Of
	Found diag.Diagnostics // about the rules

	correlations []*ir.Correlation
}

// Of is the engine of one model.
type Of struct {
	*engine.Engine
	Model *schema.Model
	Stats engine.Stats // after the end

	replay *engine.Backtest // nil without a backtest
}

// New makes an engine for each model. They share the memory that the options allow.
func New(rs []*ir.Rule, models []*schema.Model, opt engine.Options, backtest bool) *Set {
	s := &Set{correlations: opt.Correlations}
	opt.MaxMemory /= len(models)
	each := make([]diag.Diagnostics, len(models))
	for i, m := range models {
		opt.Model = m
		of := &Of{Model: m}
		if backtest {
			of.replay, each[i] = engine.NewBacktest(rs, opt)
			of.Engine = of.replay.Engine
		} else {
			of.Engine, each[i] = engine.New(rs, opt)
		}
		s.All = append(s.All, of)
	}
	s.Found = s.unasked(s.together(each))
	nameModels(s.Found, opt.Correlations)
	return s
}

// together joins the findings about the rules by each model. A rule is not run only if no model has its log source.
func (s *Set) together(each []diag.Diagnostics) diag.Diagnostics {
	if len(each) == 1 {
		return each[0]
	}
	var out diag.Diagnostics
	missing := map[diag.Range]int{}
	for _, found := range each {
		for _, d := range found {
			switch {
			case d.Code == noLogSource:
				if missing[d.Range]++; missing[d.Range] < len(each) {
					continue
				}
				d.Message = "data models " + s.Names() + " have no such log source; the rule is not run"
				d.Hint = "give it events of its log source"
			case slices.ContainsFunc(out, func(o diag.Diagnostic) bool { return o == d }):
				continue
			}
			out = append(out, d)
		}
	}
	return out
}

// Names lists the models.
func (s *Set) Names() string {
	names := make([]string, len(s.All))
	for i, of := range s.All {
		names[i] = of.Model.Name
	}
	return strings.Join(names, ", ")
}

// Of gives the engine of a model.
func (s *Set) Of(model string) *Of {
	at := slices.IndexFunc(s.All, func(of *Of) bool { return of.Model.Name == model })
	if at < 0 {
		panic("no engine for data model " + model)
	}
	return s.All[at]
}

// Rules gives the rules that are run on some model's events, each once.
func (s *Set) Rules() []*ir.Rule {
	if len(s.All) == 1 {
		return s.All[0].Rules()
	}
	var out []*ir.Rule
	seen := map[*ir.Rule]bool{}
	for _, of := range s.All {
		for _, r := range of.Rules() {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	return out
}

// NotAsked gives the log sources that rules are not asked of, model by model.
func (s *Set) NotAsked() (out []engine.NotAsked) {
	for _, of := range s.All {
		out = append(out, of.Engine.NotAsked()...)
	}
	return out
}

// Misnamed gives what rules did not see in events of log sources, model by model.
func (s *Set) Misnamed() (out []engine.Misnamed) {
	for _, of := range s.All {
		out = append(out, of.Engine.Misnamed()...)
	}
	return out
}

// Uncountable gives what correlations, joins and rarity could not count, model by model.
func (s *Set) Uncountable() (out []engine.Uncountable) {
	for _, of := range s.All {
		out = append(out, of.Engine.Uncountable()...)
	}
	return out
}

// WithoutReputation gives the rules that ask for reputation without a table, each once.
func (s *Set) WithoutReputation() (out []*ir.Rule) {
	for _, of := range s.All {
		for _, r := range of.Engine.WithoutReputation() {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// UntoldReputation gives the columns of a reputation that rules ask for and no row of the table has, each once.
func (s *Set) UntoldReputation() (out []engine.Untold) {
	for _, of := range s.All {
		for _, u := range of.Engine.UntoldReputation() {
			if !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

// Finish asks the rules that had to wait for the end of the input, model by model, and hands on what they find.
func (s *Set) Finish() (engine.Stats, error) {
	var all engine.Stats
	for _, of := range s.All {
		var err error
		_, of.Stats, err = of.Engine.Finish()
		all.Add(of.Stats)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// Replay replays what was read on the schedules of the rules. The alerts come model by model, and those of a model in
// the order of their runs.
func (s *Set) Replay(schedule func(*rules.Rule) rules.Schedule, give func(engine.Alert)) (timeless int, all engine.Stats, err error) {
	for _, of := range s.All {
		var without int
		without, of.Stats, err = of.replay.Finish(schedule, give)
		timeless += without
		all.Add(of.Stats)
		if err != nil {
			return timeless, all, err
		}
	}
	return timeless, all, nil
}

// Profile says where the time of the run went; nil without engine.Options.Measure.
func (s *Set) Profile() *engine.Profile {
	out := s.All[0].Engine.Profile()
	for _, of := range s.All[1:] {
		out.Add(of.Engine.Profile())
	}
	return out
}
