package eql

import (
	"slices"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
)

// textWithoutScope is the text of a plan's conditions, without the scope of its source.
func textWithoutScope(p *compilers.Plan) string {
	q, _ := newWriter(p.WithoutPlaces()).compiled(nil)
	if q == nil {
		return "of its own: " + p.Source.Name
	}
	return q.Text
}

// union searches several sources in one query, each with its own fields. If they have several categories, the query
// uses `any`, and each part tests its category, which is an ordinary field.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax
func union(plans []*compilers.Plan, found diag.Diagnostics, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if slices.ContainsFunc(plans, needsOneSource) {
		plan, more := compilers.SingleSource(plans, "ancestors and prevalence are searched in a single source", "eql", opt)
		found = append(found, more...)
		if plan == nil {
			return nil, found
		}
		return newWriter(plan).compiled(found)
	}
	branches := compilers.Branches(plans, textWithoutScope)
	if len(branches) == 1 {
		w := newWriter(branches[0].Plan)
		w.sources = branches[0].Sources
		return w.compiled(found)
	}
	lead := newWriter(branches[0].Plan)
	same := !slices.ContainsFunc(branches, func(b *compilers.Branch) bool { return b.Source.Table != branches[0].Source.Table })
	overlap := compilers.Overlap(branches)
	var parts, kept logic.Listed
	indexed := true
	for _, b := range branches {
		w := newWriter(b.Plan)
		w.sources = b.Sources
		var part logic.All
		if table := b.Source.Table; !same && table != "" && table != "any" {
			part = append(part, logic.Atom(columnName("event.category")+" : "+quote(table)))
		}
		part = append(part, w.scope()...)
		filter := slices.Clone(part)
		conjuncts := compilers.FlatConjuncts([]ir.Node{b.Rule.Condition})
		part = append(part, w.index(conjuncts)...)
		indexed = indexed && w.indexed
		for _, n := range conjuncts {
			test := logic.Build(n, w.predicate)
			part = append(part, test)
			if overlap { // an event must pass the filter of the branch that finds it
				filter = append(filter, test)
			}
		}
		if b.Filter != nil {
			filter = append(filter, logic.Build(b.Filter, w.predicate))
		}
		parts, kept = append(parts, part.Distinct()), append(kept, filter.Distinct())
		found = append(found, w.found...)
	}
	if found.HasErrors() {
		return nil, found
	}
	category := "any"
	if same {
		category = lead.category()
	}
	filter := &logic.Section{Begin: beginFilter, End: endFilter}
	if slices.ContainsFunc(branches, func(b *compilers.Branch) bool { return b.Filter != nil }) {
		filter.Terms = logic.All{kept}
	}
	text := whereSyntax.Conjunction(logic.All{parts}, filter, "  ").Stage(category+" where") + "\n"
	lead.plan.Notes = compilers.NoteIndices(compilers.Notes(branches), branches...)
	return &compilers.Query{Dialect: "eql", Model: lead.plan.Model.Name, Text: comment(lead.plan.Header()...) + text, Notes: lead.plan.Notes, Result: compilers.WholeResult(branches...), Indexed: indexed}, found
}

// needsOneSource tells whether a plan's query is more than conditions on one event.
func needsOneSource(p *compilers.Plan) bool {
	w := newWriter(p)
	needs := false
	ir.Inspect(p.Rule.Condition, func(n ir.Node) bool {
		m, ok := n.(*ir.Match)
		needs = needs || ok && w.needsAncestor(m.Field)
		return !needs
	})
	return needs || compilers.AsksPrevalence(p.Rule)
}
