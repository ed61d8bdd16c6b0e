// Package correlate evaluates correlations over matches of rules. In: lowered correlations, the rules that are run, by
// their numbers, and each match of a rule that some correlation reads. Out, once the input has ended: the matches of
// each correlation, with the event that completed each, and how near a correlation came.
//
// Compile finds what to record of each rule's matches (Rule). Matches keeps them until the end of the input. An
// Evaluation sorts them into groups and slides a window over each group. A Completion is one match of a correlation,
// with its Window. What must stay true: the time of an event decides, not its position in the input. All events of one
// time share one window, which holds all of them. A match takes little memory.
package correlate

import (
	"slices"
	"time"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Set is the compiled correlations of a run. It does not change after Compile.
type Set struct {
	All   []*Correlation // each after those that it reads
	rules []*Rule
}

// Rule is what correlations need of a rule.
type Rule struct {
	Read   bool          // some correlation or join reads its matches
	Events bool          // some correlation reads them, whose results need their events
	Silent bool          // it has no results of its own
	Fields []ir.Field    // what is taken down of its matches
	Reach  time.Duration // how far back from the end of the lookback correlations and joins read it; or Unbounded

	ir *ir.Rule
}

// Unbounded is the reach of a rule that a correlation or a rule without a schedule reads.
const Unbounded time.Duration = -1

// Rule gives what correlations need of a rule, by its number.
func (s *Set) Rule(number int) *Rule { return s.rules[number] }

// Correlation is a compiled correlation.
type Correlation struct {
	IR     *ir.Correlation
	Silent bool // it is only read by others

	number  int // in Set.All
	inputs  []input
	carried []ir.Field // what those that read it need of the events that complete it
}

// input is a rule, by its number, or a correlation. An input that is not run is neither.
type input struct {
	rule        int // or -1
	correlation *Correlation
}

// Compile compiles correlations. The rules are numbered in the order of the list, and a correlation must come after
// those that it reads. If an input is not run, Compile reports that and leaves the correlation out. Rules and
// correlations in silent have no results of their own; it may be nil.
func Compile(cs []*ir.Correlation, rs []*ir.Rule, silent map[*rules.Rule]bool, found *diag.Diagnostics) *Set {
	s := &Set{}
	byRule := map[*ir.Rule]int{}
	for i, r := range rs {
		byRule[r] = i
		s.rules = append(s.rules, &Rule{ir: r, Silent: silent[r.Source]})
	}
	done := map[*ir.Correlation]*Correlation{}
	for _, c := range cs {
		out := &Correlation{IR: c, Silent: silent[c.Source.Body], number: len(s.All)}
		whole := true
		for i, in := range c.Inputs {
			one := input{-1, done[in.Correlation]}
			if number, ok := byRule[in.Rule]; ok {
				one.rule = number
			}
			if one.rule < 0 && one.correlation == nil {
				found.Warnf("correlation-input-not-run", c.Source.Inputs[i].Range, "choose another --model, or give that rule to the command too",
					"the correlation reads %q, which is not run; the correlation is not run", in.Name)
				whole = false
			}
			out.inputs = append(out.inputs, one)
		}
		s.silenceInputs(out)
		if !whole {
			continue
		}
		done[c] = out
		s.All = append(s.All, out)
	}
	for _, c := range s.All {
		s.read(c)
	}
	for _, c := range s.All {
		if !c.Silent {
			s.reachBack(c)
		}
	}
	return s
}

// silenceInputs silences the inputs of a correlation that are in the same file: they are part of it, whether it is run
// or not, unless it says `generate: true`.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md#correlation-rules
func (s *Set) silenceInputs(c *Correlation) {
	if c.IR.Source.Generate {
		return
	}
	file := c.IR.Source.Body.Range.File
	for _, in := range c.inputs {
		switch {
		case in.rule >= 0:
			r := s.rules[in.rule]
			r.Silent = r.Silent || r.ir.Source.Range.File == file
		case in.correlation != nil:
			in.correlation.Silent = in.correlation.Silent || in.correlation.IR.Source.Body.Range.File == file
		}
	}
}

// read adds the fields that a correlation reads to the rules below it.
func (s *Set) read(c *Correlation) {
	for _, in := range c.inputs {
		if in.rule >= 0 {
			s.rules[in.rule].Read, s.rules[in.rule].Events = true, true
		}
	}
	for _, columns := range [][]ir.Column{c.IR.GroupBy, c.IR.Values} {
		for _, column := range columns {
			for i, in := range c.inputs {
				// a field that an inner correlation is grouped by is known of it
				if in.correlation == nil || in.correlation.grouped(c.IR.Source.FieldOf(column.Name, i)) < 0 {
					s.take(in, column.Fields[i])
				}
			}
		}
	}
}

// take adds a field to the rules below an input.
func (s *Set) take(in input, f ir.Field) {
	if c := in.correlation; c != nil {
		if slices.Contains(c.carried, f) {
			return
		}
		c.carried = append(c.carried, f)
		for _, below := range c.inputs {
			s.take(below, f)
		}
	} else if r := s.rules[in.rule]; !slices.Contains(r.Fields, f) {
		r.Fields = append(r.Fields, f)
	}
}

// reachBack extends the reach of the rules below a correlation to its lookback, which ends as much earlier as they look
// after their events, plus its windows.
func (s *Set) reachBack(c *Correlation) {
	reach := Unbounded
	if lookback := c.IR.Source.Body.Schedule.Lookback; lookback > 0 {
		reach = lookback + c.IR.Delay() + c.IR.Reach()
	}
	for _, number := range c.Rules() {
		if r := s.rules[number]; r.Reach != Unbounded && (reach == Unbounded || reach > r.Reach) {
			r.Reach = reach
		}
	}
}

// grouped is the position of a name among what a correlation is grouped by; -1 if it is not.
func (c *Correlation) grouped(name string) int {
	return slices.IndexFunc(c.IR.GroupBy, func(column ir.Column) bool { return column.Name == name })
}

// chain lists the correlations that a correlation reads, directly or not, each after those that it reads; the
// correlation itself is the last.
func (c *Correlation) chain() []*Correlation {
	var out []*Correlation
	var visit func(*Correlation)
	visit = func(c *Correlation) {
		if slices.Contains(out, c) {
			return
		}
		for _, in := range c.inputs {
			if in.correlation != nil {
				visit(in.correlation)
			}
		}
		out = append(out, c)
	}
	visit(c)
	return out
}

// Rules are the numbers of the rules that a correlation reads, directly or not, each once.
func (c *Correlation) Rules() []int {
	var out []int
	for _, below := range c.chain() {
		for _, in := range below.inputs {
			if in.rule >= 0 && !slices.Contains(out, in.rule) {
				out = append(out, in.rule)
			}
		}
	}
	return out
}

// RangeOf is where a correlation names a field of a rule, given by its number.
func (s *Set) RangeOf(rule int, f ir.Field) diag.Range {
	r := s.rules[rule].ir
	for _, c := range s.All {
		if slices.Contains(c.IR.Rules(), r) {
			if at := c.IR.PlaceOf(r, f); at != c.IR.Source.TypeRange {
				return at
			}
		}
	}
	return r.Source.LogSource.Range
}
