package eql

import (
	"fmt"
	"slices"
	"time"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

// joinWriter is a sequence of the rule's own event and of one that it joins.
type joinWriter struct{ sequence }

// compileJoin writes a rule whose one join must hold as a sequence, if the approximation is accepted. What must not be
// there is refused: a sequence that ends with a missing event is reported before its time has passed, and one that
// begins with it knows nothing before the searched period.
// https://github.com/elastic/elasticsearch/issues/145323
func compileJoin(r *ir.Rule, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	s := &joinWriter{sequence{code: "join", verb: "join", has: "column", opt: opt, indexed: true}}
	j := s.only(r)
	if j == nil {
		return nil, s.found
	}
	plans, found := compilers.NewPlans("eql", lacks, r, opt)
	if s.found = append(s.found, found...); s.found.HasErrors() {
		return nil, s.found
	}
	compilers.NoteSuppressed(plans)
	s.notes = compilers.AddNotes(s.notes, plans[0].Notes...)
	if r.Source.Suppress != nil {
		s.notes = compilers.AddNotes(s.notes, compilers.SuppressedByProduct(r.Source))
	}
	bare := ir.Settle(ir.Replace(r, j, &ir.Const{Base: j.Base, Value: true})) // the sequence says the join
	own, other := s.part(bare, j.Mine, keysOf(j, j.Mine)), s.part(j.Rule, j.Theirs, keysOf(j, j.Theirs))
	if s.found.HasErrors() {
		return nil, s.found
	}
	span, first, last := j.Before, other, own
	if j.After > 0 {
		span, first, last = j.After, own, other
	}
	text := fmt.Sprintf("sequence with maxspan=%ds\n  %s\n  %s\n", int64(span/time.Second), first, last)
	s.notes = compilers.AddNotes(s.notes, compilers.Note{Code: "join-period", Effect: "false-negatives", Range: j.At,
		Message: "other events outside of the searched period are not found: choose it " + compilers.Span(span, "d", "h", "m") + " longer than what is of interest"})
	s.notes = compilers.NoteIndices(s.notes, s.branches...)
	result := compilers.WholeResult(s.branches...)
	result.Joined(s.shared)
	result.Combines, result.Lookback, result.Reach = true, r.Source.Schedule.Lookback, span
	return &compilers.Query{Dialect: "eql", Model: opt.Model.Name, Text: comment(compilers.Header(r.Source, s.notes)...) + text, Notes: s.notes, Result: result, Indexed: s.indexed}, s.found
}

// only is the join of a rule that a sequence can say; nil if it cannot.
func (s *joinWriter) only(r *ir.Rule) *ir.Join {
	hint := "use kql or spl"
	refuse := func(n ir.Node, format string, args ...any) *ir.Join {
		s.found.Errorf("join-sequence", n.Range(), hint, "eql: "+format, args...)
		return nil
	}
	joins := r.Joins()
	if i := slices.IndexFunc(joins, func(j *ir.Join) bool { return j.First }); i >= 0 {
		lack := lacks[compilers.FirstSeen]
		s.found.Errorf(string(compilers.FirstSeen), joins[i].Range(), lack.Hint, "eql: %s", lack.Message)
		return nil
	}
	j := joins[0]
	conjuncts := compilers.FlatConjuncts([]ir.Node{r.Condition})
	switch {
	case len(joins) > 1:
		return refuse(joins[1], "a sequence can say one join, and this is the second")
	case !compilers.IsConjunct(conjuncts, j):
		return refuse(j, "a sequence with an event that is not there is reported before its time has passed, or without what came before the searched period; and no event of a sequence is an alternative")
	case j.Before > 0 && j.After > 0:
		return refuse(j, "a sequence has one order: the other event is either before or after")
	case j.Distinct != nil || len(j.Bounds) != 1 || !(j.Bounds[0].Op == "gte" && j.Bounds[0].Value == 1 || j.Bounds[0].Op == "gt" && j.Bounds[0].Value == 0):
		if j.Distinct == nil && j.Before > 0 {
			hint += ", or a correlation of type temporal_ordered: an event_count of the other rule, and then this rule"
		}
		return refuse(j, "a sequence does not count the other events: one is enough")
	case len(j.Rule.Joins()) > 0:
		return refuse(j, "%q has joins of its own", j.To.Text)
	}
	return j
}

// keysOf are the values by which one of the two events is joined.
func keysOf(j *ir.Join, fields []ir.Field) []joinKey {
	keys := make([]joinKey, len(fields))
	for i, f := range fields {
		keys[i] = joinKey{f, f.Name, j.SameAt[i]}
	}
	return keys
}
