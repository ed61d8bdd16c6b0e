package eql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// sequenceGap is the code of what a sequence says otherwise than a correlation. Of a group's events it reports sequences that do not overlap,
// in the order of a timestamp and its tiebreaker, and joins values as they are written.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-sequences
const sequenceGap = "correlation-sequence"

// CompileCorrelation writes a count of at least so many events of one rule as a sequence with runs, and rules in their order as a
// sequence, where the approximation is accepted. What else correlations ask has no form in EQL.
func (dialect) CompileCorrelation(c *ir.Correlation, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	s := &sequence{c: c, types: make([]string, len(c.GroupBy))}
	runs := s.runs()
	accepted := opt.Accepts("eql", c.Source.Body, sequenceGap)
	if !s.found.HasErrors() && !accepted {
		s.found.Errorf(sequenceGap, c.Source.TypeRange, compilers.AcceptHint("eql", sequenceGap), "eql can only approximate this: %s", sequenceEffect)
	}
	if s.found.HasErrors() {
		return nil, s.found
	}
	s.note(compilers.Note{Code: sequenceGap, Effect: "false-negatives", Message: sequenceEffect, Range: c.Source.TypeRange})
	var parts []string
	for i, in := range c.Inputs {
		parts = append(parts, s.part(i, in.Rule, opt))
	}
	if s.found.HasErrors() {
		return nil, s.found
	}
	text := fmt.Sprintf("sequence with maxspan=%ds\n  %s%s\n", int64(c.Timespan/time.Second), strings.Join(parts, "\n  "), runs)
	return &compilers.Query{Dialect: "eql", Model: opt.Model.Name, Text: comment(compilers.Header(c.Source.Body, s.notes)...) + text, Notes: s.notes}, s.found
}

// joinKeys are the columns that a field's value is joined by. Of columns that the value is spread over one has it, so that the others'
// null is joined too; present asks for one of them. A user's domain may be missing.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-optional-by-fields
func joinKeys(columns []schema.Column, domain *schema.Column) (keys []string, present compilers.Pred) {
	if len(columns) == 1 {
		keys = []string{joinField(columns[0].Name)}
	} else {
		var any compilers.Any
		for _, c := range columns {
			keys = append(keys, fieldName(c.Name))
			any = append(any, compilers.Atom(fieldName(c.Name)+" != null"))
		}
		present = any
	}
	if domain != nil {
		keys = append(keys, fieldName(domain.Name))
	}
	return keys, present
}

// keyTypes says the types of a value's columns, which must be the same in every event of a sequence.
func keyTypes(columns []schema.Column, domain *schema.Column) string {
	var types []string
	for _, c := range columns {
		types = append(types, string(cmp.Or(c.Type, schema.String)))
	}
	if domain != nil {
		types = append(types, "string behind its domain")
	}
	return strings.Join(types, ", ")
}

const sequenceEffect = "sequences of one group do not overlap, so that of a longer series not every event is reported, events of one time need a tiebreaker, and values are joined as they are written, letter by letter"

// sequence holds one compilation.
type sequence struct {
	c     *ir.Correlation
	types []string // of the columns that each value is joined by, as the first event has them
	notes []compilers.Note
	found diag.Diagnostics
}

func (s *sequence) note(n compilers.Note) {
	if !slices.ContainsFunc(s.notes, func(o compilers.Note) bool { return o.Code == n.Code && o.Message == n.Message }) {
		s.notes = append(s.notes, n)
	}
}

// maxRuns is Elastic's bound of `with runs`.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-with-runs-keyword
const maxRuns = 100

// runs checks that a sequence can say the correlation, and gives how often its one event must come.
func (s *sequence) runs() string {
	source := s.c.Source
	refuse := func(hint, format string, args ...any) {
		s.found.Errorf("correlation", source.TypeRange, hint, format, args...)
	}
	for _, in := range s.c.Inputs {
		if in.Correlation != nil {
			refuse("use kql or spl", "a sequence of EQL cannot read another correlation")
			return ""
		}
	}
	switch {
	case source.Type == rules.TemporalOrdered && len(s.c.Inputs) > 1:
		return ""
	case source.Type != rules.EventCount || len(s.c.Inputs) != 1 || len(s.c.Bounds) != 1:
		refuse("use kql or spl, or a threshold rule or ES|QL in Elastic, which decree does not write", "EQL has sequences, which say event_count of one rule with one lower bound, and temporal_ordered of several")
		return ""
	}
	b := s.c.Bounds[0]
	least := b.Value
	if b.Op == "gt" {
		least = float64(int64(least)) + 1
	}
	if (b.Op != "gt" && b.Op != "gte") || least != float64(int64(least)) || least < 2 || least > maxRuns {
		refuse("use kql or spl", "a sequence of EQL says at least 2 and up to %d events, no other bound", maxRuns)
		return ""
	}
	return fmt.Sprintf(" with runs=%d", int64(least))
}

// part is an input's event, with the fields that join it.
func (s *sequence) part(input int, r *ir.Rule, opt compilers.Options) string {
	plans, found := compilers.NewPlans("eql", lacks, r, opt)
	branches := compilers.Branches(plans, compilers.AlsoReading(bare, s.c.Reads(r)))
	if len(branches) > 1 {
		plan, more := compilers.First(plans, "each event of a sequence is of one", "eql", opt)
		found = append(found, more...)
		branches = []*compilers.Branch{{Plan: plan, Sources: []*schema.Source{plans[0].Source}}}
	}
	s.found = append(s.found, found...)
	if len(branches) == 0 || found.HasErrors() {
		return ""
	}
	plan := branches[0].Plan
	w := newWriter(plan)
	w.sources = branches[0].Sources
	compilers.MarkNegated(plan.Rule.Condition, w.negated)
	var own compilers.All
	for _, n := range compilers.Unnamed([]ir.Node{plan.Rule.Condition}) {
		if m, ok := n.(*ir.Match); ok && w.deep(m.Field) {
			s.found.Errorf("correlation-ancestor", m.Range(), "use kql for this rule", "eql: a rule of a sequence cannot ask about an ancestor that its event does not carry")
			return ""
		}
		own = append(own, compilers.Build(n, w.leaf))
	}
	if plan.Filter != nil {
		compilers.MarkNegated(plan.Filter, w.negated)
		w.filter = compilers.All{compilers.Build(plan.Filter, w.leaf)}
	}
	if w.reputation != "" {
		s.found.Errorf("correlation-prevalence", r.Source.Range, "use kql for this rule", "eql: a rule of a sequence cannot ask how rare a value is")
	}
	s.found = append(s.found, w.found...)
	for _, n := range plan.Notes {
		s.note(n)
	}
	var by []string
	for i, g := range s.c.GroupBy {
		columns, domain := plan.Whole(g.Fields[input])
		if len(columns) == 0 {
			s.found.Errorf("correlation-field", g.At, "group by another field, or choose another --model", "data model %s has no field for %s in the log source of %q", plan.Model.Name, g.Fields[input].Name, r.Source.Title)
			continue
		}
		keys, present := joinKeys(columns, domain)
		by = append(by, keys...)
		if present != nil {
			own = append(own, present)
		}
		if types := keyTypes(columns, domain); s.types[i] == "" {
			s.types[i] = types
		} else if s.types[i] != types {
			s.found.Errorf("correlation-field", g.At, "group by fields that are held alike, or use kql or spl",
				"eql joins columns of one type, and data model %s holds %s as (%s) in one log source and as (%s) in another", plan.Model.Name, g.Name, s.types[i], types)
		}
	}
	text := "[" + w.event(own, "    ") + "\n  ]"
	if len(by) > 0 {
		text += " by " + strings.Join(by, ", ")
	}
	return text
}
