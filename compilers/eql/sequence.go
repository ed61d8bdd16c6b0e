package eql

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
)

// sequence writes the events of a sequence: those of a correlation's rules, or a rule's own and the one that it joins.
type sequence struct {
	code, verb, has string // words of its findings: "correlation" or "join", "group" or "join", "field" or "column"

	opt      compilers.Options
	types    []string // types of the columns that each value is joined by, in the first event
	notes    []compilers.Note
	found    diag.Diagnostics
	branches []*compilers.Branch // one for each event
	indexed  bool                // each of them is asked of the index
	shared   []string            // the columns by which all of them are joined
}

// joinKey is a value by which the events of a sequence are joined.
type joinKey struct {
	field ir.Field // of the event
	name  string   // of the value, in findings
	at    diag.Range
}

// part is a rule's event, with the keys that join it. reads are the fields that the sequence reads of it.
func (s *sequence) part(r *ir.Rule, reads []ir.Field, keys []joinKey) string {
	branch, found := compilers.OneBranch("eql", lacks, r, s.opt, compilers.WithColumns(textWithoutScope, reads), "each event of a sequence comes from a single source")
	s.found = append(s.found, found...)
	if branch == nil {
		return ""
	}
	plan := branch.Plan
	s.branches = append(s.branches, branch)
	w := newWriter(plan)
	w.sources = branch.Sources
	conjuncts := compilers.FlatConjuncts([]ir.Node{plan.Rule.Condition})
	own := w.index(conjuncts)
	s.indexed = s.indexed && w.indexed
	for _, n := range conjuncts {
		if m, ok := n.(*ir.Match); ok && w.needsAncestor(m.Field) {
			s.found.Errorf(s.code+"-ancestor", m.Range(), "use kql for this rule", "eql: a rule of a sequence cannot use an ancestor that its event does not record")
			return ""
		}
		own = append(own, logic.Build(n, w.predicate))
	}
	if plan.Filter != nil {
		w.filter = logic.All{logic.Build(plan.Filter, w.predicate)}
	}
	if w.enriched != "" {
		s.found.Errorf(s.code+"-prevalence", r.Source.Range, "use kql for this rule", "eql: a rule of a sequence cannot have a prevalence condition")
	}
	s.found = append(s.found, w.found...)
	s.notes = compilers.AddNotes(s.notes, plan.Notes...)
	by, filled := s.join(plan, r, keys)
	text := "[" + w.event(append(own, filled...), "    ") + "\n  ]"
	if len(by) > 0 {
		text += " by " + strings.Join(by, ", ")
	}
	return text
}

// join gives the columns by which a rule's event is joined, and tests that they have values. What cannot be a key is
// reported.
func (s *sequence) join(plan *compilers.Plan, r *ir.Rule, keys []joinKey) (by []string, filled []logic.Pred) {
	if s.types == nil {
		s.types = make([]string, len(keys))
	}
	var own []string
	for i, k := range keys {
		columns, domain, made := wholeColumns(plan, k.field)
		if made {
			s.refuseMade(k)
			continue
		}
		if unread := plan.CheckRead("eql", lacks, k.field, k.at); unread.HasErrors() {
			s.found = append(s.found, unread...)
			continue
		}
		if len(columns) == 0 {
			s.found.Errorf(s.code+"-field", k.at, s.verb+" by another field, or choose another --model", "data model %s has no %s for %s in the log source of %q", plan.Model.Name, s.has, k.field, r.Source.Title)
			continue
		}
		if domain != nil {
			own = append(own, domain.Name)
		}
		for _, c := range columns {
			own = append(own, c.Name)
		}
		joined, there := joinKeys(columns, domain)
		by = append(by, joined...)
		if there != nil {
			filled = append(filled, there)
		}
		s.needSameTypes(i, k, keyTypes(columns, domain), plan.Model.Name)
	}
	if len(s.branches) == 1 {
		s.shared = own
	}
	s.shared = inBoth(s.shared, own)
	return by, filled
}

// needSameTypes reports a key whose columns have other types than in the events before.
func (s *sequence) needSameTypes(i int, k joinKey, types, model string) {
	if s.types[i] == "" {
		s.types[i] = types
	} else if s.types[i] != types {
		s.found.Errorf(s.code+"-field", k.at, s.verb+" by fields that are stored the same way, or use kql or spl",
			"eql joins only columns of the same type, but data model %s stores %s as (%s) in one log source and as (%s) in another", model, k.name, s.types[i], types)
	}
}

// inBoth are the names that both have.
func inBoth(a, b []string) (out []string) {
	for _, name := range a {
		if slices.Contains(b, name) {
			out = append(out, name)
		}
	}
	return out
}

// refuseMade reports that events are joined by an extract.
func (s *sequence) refuseMade(k joinKey) {
	const hint = "use the field that it is made of, or kql or spl"
	if s.code == "join" {
		s.found.Errorf("join-extract", k.at, hint, "eql: events are joined by their columns, and %s is made of another field", k.name)
	} else {
		s.found.Errorf("correlation-extract", k.at, hint, "eql: events are grouped by their columns, and %s is made of another field", k.name)
	}
}
