package eql

import (
	"cmp"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// joinKeys are the columns that a field's value is joined by. If the value is spread over several columns, one has it and the others are
// null, which is joined too. present tests that one of them has a value. The domain of a user may be missing.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-optional-by-fields
func joinKeys(columns []schema.Column, domain *schema.Column) (keys []string, present compilers.Pred) {
	if len(columns) == 1 {
		keys = []string{joinColumn(columns[0].Name)}
	} else {
		var any compilers.Any
		for _, c := range columns {
			keys = append(keys, columnName(c.Name))
			any = append(any, compilers.Atom(columnName(c.Name)+" != null"))
		}
		present = any
	}
	if domain != nil {
		keys = append(keys, columnName(domain.Name))
	}
	return keys, present
}

// keyTypes gives the types of a value's columns, which must be the same in every event of a sequence.
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

// part is an input's event, with the fields that join it.
func (s *correlationWriter) part(input int, r *ir.Rule, opt compilers.Options) string {
	branch, found := compilers.OneBranch("eql", lacks, r, opt, compilers.WithColumns(textWithoutScope, s.c.Reads(r)), "each event of a sequence comes from a single source")
	s.found = append(s.found, found...)
	if branch == nil {
		return ""
	}
	plan := branch.Plan
	s.branches = append(s.branches, branch)
	w := newWriter(plan)
	w.sources = branch.Sources
	var own compilers.All
	for _, n := range compilers.FlatConjuncts([]ir.Node{plan.Rule.Condition}) {
		if m, ok := n.(*ir.Match); ok && w.needsAncestor(m.Field) {
			s.found.Errorf("correlation-ancestor", m.Range(), "use kql for this rule", "eql: a rule of a sequence cannot use an ancestor that its event does not record")
			return ""
		}
		own = append(own, compilers.Build(n, w.predicate))
	}
	if plan.Filter != nil {
		w.filter = compilers.All{compilers.Build(plan.Filter, w.predicate)}
	}
	if w.enriched != "" {
		s.found.Errorf("correlation-prevalence", r.Source.Range, "use kql for this rule", "eql: a rule of a sequence cannot have a prevalence condition")
	}
	s.found = append(s.found, w.found...)
	s.notes = compilers.AddNotes(s.notes, plan.Notes...)
	var by []string
	for i, g := range s.c.GroupBy {
		columns, domain := wholeColumns(plan, g.Fields[input])
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
			s.found.Errorf("correlation-field", g.At, "group by fields that are stored the same way, or use kql or spl",
				"eql joins only columns of the same type, but data model %s stores %s as (%s) in one log source and as (%s) in another", plan.Model.Name, g.Name, s.types[i], types)
		}
	}
	text := "[" + w.event(own, "    ") + "\n  ]"
	if len(by) > 0 {
		text += " by " + strings.Join(by, ", ")
	}
	return text
}
