package eql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// sequenceGap is the code of the differences between a sequence and a correlation. A sequence reports sequences of a
// group that do not overlap, orders events by a timestamp and its tiebreaker, and joins values exactly.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-sequences
const sequenceGap = "correlation-sequence"

// CompileCorrelation writes a minimum number of events of one rule as a sequence with runs, and several rules in order
// as a sequence, if the approximation is accepted. A minimum number may be one of the latter. EQL has no form for other
// correlations.
func (dialect) CompileCorrelation(c *ir.Correlation, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if found := compilers.JoinsInCorrelation("eql", c); len(found) > 0 {
		return nil, found
	}
	s := &correlationWriter{sequence{code: "correlation", verb: "group", has: "field", opt: opt, indexed: true}, c}
	steps := s.steps()
	accepted := opt.Accepts("eql", c.Source.Body, sequenceGap)
	if !s.found.HasErrors() && !accepted {
		s.found.Errorf(sequenceGap, c.Source.TypeRange, compilers.AcceptHint("eql", sequenceGap), "eql can only approximate this: %s", s.effect())
	}
	if s.found.HasErrors() {
		return nil, s.found
	}
	s.notes = compilers.AddNotes(s.notes, compilers.Note{Code: sequenceGap, Effect: "false-negatives", Message: s.effect(), Range: c.Source.TypeRange})
	s.notes = compilers.AddNotes(s.notes, periodNote(c))
	if c.Source.Body.Suppress != nil {
		s.notes = compilers.AddNotes(s.notes, compilers.SuppressedByProduct(c.Source.Body))
	}
	var parts []string
	for i, in := range steps {
		parts = append(parts, s.part(in.rule, s.c.Reads(in.rule), s.keysOf(i))+in.runs)
	}
	if s.found.HasErrors() {
		return nil, s.found
	}
	text := fmt.Sprintf("sequence with maxspan=%ds\n  %s\n", int64(s.span()/time.Second), strings.Join(parts, "\n  "))
	s.notes = compilers.NoteIndices(s.notes, s.branches...)
	result := compilers.WholeResult(s.branches...)
	result.Joined(s.shared)
	result.Combines, result.Lookback, result.Reach = true, c.Source.Body.Schedule.Lookback, c.Reach()
	return &compilers.Query{Dialect: "eql", Model: opt.Model.Name, Text: comment(compilers.Header(c.Source.Body, s.notes)...) + text, Notes: s.notes, Result: result, Indexed: s.indexed}, s.found
}

// periodNote says how far back a search must reach. A query of EQL does not choose its period: the detection rule
// around it does.
func periodNote(c *ir.Correlation) compilers.Note {
	span := func(d time.Duration) string { return compilers.Span(d, "d", "h", "m") }
	n := compilers.Note{Code: "correlation-period", Effect: "false-negatives", Range: c.Source.TypeRange,
		Message: "matches before the searched period are not known: choose it " + span(c.Reach()) + " longer than what is of interest"}
	if lookback := c.Source.Body.Schedule.Lookback; lookback > 0 {
		n.Message = "let the detection rule look back " + span(lookback+c.Reach()) + ", the lookback and the correlation's timespan: matches before that are not known, and a series that an earlier run reported is reported again"
	}
	return n
}

const sequenceEffect = "sequences of one group do not overlap, so not every event of a longer series is reported; events of the same time need a tiebreaker; values are joined exactly, including case"

// correlationWriter holds one compilation.
type correlationWriter struct {
	sequence
	c *ir.Correlation
}

// keysOf are the values by which an input's event is joined with the others.
func (s *correlationWriter) keysOf(input int) []joinKey {
	keys := make([]joinKey, len(s.c.GroupBy))
	for i, g := range s.c.GroupBy {
		keys[i] = joinKey{g.Fields[input], g.Name, g.At}
	}
	return keys
}

// maxRuns is Elastic's limit of `with runs`.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-with-runs-keyword
const maxRuns = 100

// step is an event of the sequence, and how often it must occur: a text of EQL, "" = once.
type step struct {
	rule *ir.Rule
	runs string
}

// steps checks that a sequence can express the correlation, and gives its events.
func (s *correlationWriter) steps() []step {
	if s.c.Source.Type != rules.TemporalOrdered || len(s.c.Inputs) < 2 {
		return []step{s.counted(s.c)}
	}
	var out []step
	for i, in := range s.c.Inputs {
		if in.Rule != nil {
			out = append(out, step{rule: in.Rule})
			continue
		}
		if !s.sameGroups(i) || in.Correlation.Source.Body.Suppress != nil {
			s.refuse("use kql or spl", "a sequence of EQL can count the events of a step only by the values that join all steps, and cannot suppress any")
			return nil
		}
		if i > 0 { // the correlation asks only when the number is reached
			s.refuse("use kql or spl, or count the first step", "in a sequence of EQL all events of a step that is counted come after the step before it")
			return nil
		}
		out = append(out, s.counted(in.Correlation))
	}
	return out
}

// sameGroups tells whether a correlation that is an input counts events by the values that join the sequence.
func (s *correlationWriter) sameGroups(input int) bool {
	inner := s.c.Inputs[input].Correlation.GroupBy
	return len(inner) == len(s.c.GroupBy) && !slices.ContainsFunc(s.c.GroupBy, func(g ir.Column) bool {
		return !slices.ContainsFunc(inner, func(own ir.Column) bool { return own.Fields[0] == g.Fields[input] })
	})
}

// counted is the event of a correlation that asks how often one rule matches.
func (s *correlationWriter) counted(c *ir.Correlation) step {
	if c.Source.Type != rules.EventCount || len(c.Inputs) != 1 || c.Inputs[0].Rule == nil || len(c.Bounds) != 1 {
		s.refuse("use kql or spl; in Elastic a threshold rule or ES|QL may serve, but decree does not generate these", "an EQL sequence supports only event_count of one rule with a lower bound, and temporal_ordered of rules and of such counts")
		return step{}
	}
	b := c.Bounds[0]
	least := b.Value
	if b.Op == "gt" {
		least = float64(int64(least)) + 1
	}
	if (b.Op != "gt" && b.Op != "gte") || least != float64(int64(least)) || least < 2 || least > maxRuns {
		s.refuse("use kql or spl", "a sequence of EQL supports only a lower bound from 2 to %d events", maxRuns)
		return step{}
	}
	return step{c.Inputs[0].Rule, fmt.Sprintf(" with runs=%d", int64(least))}
}

func (s *correlationWriter) refuse(hint, format string, args ...any) {
	s.found.Errorf("correlation", s.c.Source.TypeRange, hint, format, args...)
}

// countedFirst is the correlation that counts the events of the first step, nil if that is a single event. No other
// step is counted.
func (s *correlationWriter) countedFirst() *ir.Correlation { return s.c.Inputs[0].Correlation }

// span is how long the whole sequence may take. It is the shorter timespan, so that the events that are counted come
// within their own, and what follows them within the correlation's.
func (s *correlationWriter) span() time.Duration {
	if counted := s.countedFirst(); counted != nil {
		return min(s.c.Timespan, counted.Timespan)
	}
	return s.c.Timespan
}

// effect is the message of sequenceGap.
func (s *correlationWriter) effect() string {
	if s.countedFirst() == nil {
		return sequenceEffect
	}
	return sequenceEffect + "; the events that are counted and those that come after them are found if all of them lie within " + compilers.Span(s.span(), "d", "h", "m")
}
