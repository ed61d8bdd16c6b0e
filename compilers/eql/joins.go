package eql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

// joinWriter is a sequence of the rule's own event and of one that it joins.
type joinWriter struct {
	opt      compilers.Options
	notes    []compilers.Note
	found    diag.Diagnostics
	branches []*compilers.Branch
	types    []string // types of the columns that each value is joined by, in the first event
}

// compileJoin writes a rule whose one join must hold as a sequence, if the approximation is accepted. What must not be there is refused: a sequence
// that ends with a missing event is reported before its time has passed, and one that begins with it knows nothing before the searched period.
// https://github.com/elastic/elasticsearch/issues/145323
func compileJoin(r *ir.Rule, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	s := &joinWriter{opt: opt, types: make([]string, len(r.Joins()[0].Mine))}
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
	own, other := s.part(bare, j.Mine, j), s.part(j.Rule, j.Theirs, j)
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
	result.Combines, result.Lookback, result.Reach = true, r.Source.Schedule.Lookback, span
	return &compilers.Query{Dialect: "eql", Model: opt.Model.Name, Text: comment(compilers.Header(r.Source, s.notes)...) + text, Notes: s.notes, Result: result}, s.found
}

// only is the join of a rule that a sequence can say; nil if it cannot.
func (s *joinWriter) only(r *ir.Rule) *ir.Join {
	refuse := func(n ir.Node, format string, args ...any) *ir.Join {
		s.found.Errorf("join-sequence", n.Range(), "use kql or spl", "eql: "+format, args...)
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
		return refuse(j, "a sequence cannot say that other events are not there, or make them an alternative")
	case j.Before > 0 && j.After > 0:
		return refuse(j, "a sequence has one order: the other event is either before or after")
	case j.Distinct != nil || len(j.Bounds) != 1 || !(j.Bounds[0].Op == "gte" && j.Bounds[0].Value == 1 || j.Bounds[0].Op == "gt" && j.Bounds[0].Value == 0):
		return refuse(j, "a sequence does not count the other events: one is enough")
	case len(j.Rule.Joins()) > 0:
		return refuse(j, "%q has joins of its own", j.To.Text)
	}
	return j
}

// part is an event of the sequence, with the fields that join it.
func (s *joinWriter) part(r *ir.Rule, by []ir.Field, j *ir.Join) string {
	branch, found := compilers.OneBranch("eql", lacks, r, s.opt, compilers.WithColumns(textWithoutScope, by), "each event of a sequence comes from a single source")
	s.found = append(s.found, found...)
	if branch == nil {
		return ""
	}
	s.branches = append(s.branches, branch)
	plan := branch.Plan
	w := newWriter(plan)
	w.sources = branch.Sources
	var own compilers.All
	for _, n := range compilers.FlatConjuncts([]ir.Node{plan.Rule.Condition}) {
		if m, ok := n.(*ir.Match); ok && w.needsAncestor(m.Field) {
			s.found.Errorf("join-ancestor", m.Range(), "use kql for this rule", "eql: a rule of a sequence cannot use an ancestor that its event does not record")
			return ""
		}
		own = append(own, compilers.Build(n, w.predicate))
	}
	if plan.Filter != nil {
		w.filter = compilers.All{compilers.Build(plan.Filter, w.predicate)}
	}
	if w.enriched != "" {
		s.found.Errorf("join-prevalence", r.Source.Range, "use kql for this rule", "eql: a rule of a sequence cannot have a prevalence condition")
	}
	s.found = append(s.found, w.found...)
	s.notes = compilers.AddNotes(s.notes, plan.Notes...)
	var keys []string
	for i, f := range by {
		columns, domain := wholeColumns(plan, f)
		if len(columns) == 0 {
			s.found.Errorf("join-field", j.SameAt[i], "join by another field, or choose another --model", "data model %s has no column for %s in the log source of %q", plan.Model.Name, f.Name, r.Source.Title)
			continue
		}
		own1, present := joinKeys(columns, domain)
		keys = append(keys, own1...)
		if present != nil {
			own = append(own, present)
		}
		if types := keyTypes(columns, domain); s.types[i] == "" {
			s.types[i] = types
		} else if s.types[i] != types {
			s.found.Errorf("join-field", j.SameAt[i], "join by fields that are stored the same way, or use kql or spl",
				"eql joins only columns of the same type, but data model %s stores %s as (%s) in one log source and as (%s) in another", plan.Model.Name, f.Name, s.types[i], types)
		}
	}
	return "[" + w.event(own, "    ") + "\n  ] by " + strings.Join(keys, ", ")
}
