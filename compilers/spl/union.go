package spl

import (
	"slices"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/schema"
)

// textWithoutScope is the text of a plan's conditions, without the scope of its source.
func textWithoutScope(p *compilers.Plan) string {
	source := *p.Source
	if newDataset(&source) == nil {
		source.Table = "*"
	}
	one := *p.WithoutPlaces()
	one.Source = &source
	q, _ := newWriter(&one).compiled(nil, compilers.Show{})
	if q == nil {
		return "of its own: " + p.Source.Name
	}
	return q.Text
}

// union searches several sources in one search, each with its own fields. An event passes if it matches for one of
// them. The base search has the conditions that the search command supports. The rest is tested after it, separately
// for each source.
func union(plans []*compilers.Plan, found diag.Diagnostics, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if slices.ContainsFunc(plans, func(p *compilers.Plan) bool { return newDataset(p.Source) != nil }) {
		return singleSource(plans, "tstats reads one dataset", found, opt)
	}
	u := &unionWriter{hashes: map[string]cut{}}
	branches := compilers.Branches(plans, textWithoutScope)
	u.scope, u.overlap = sharedScope(branches), compilers.Overlap(branches)
	for _, b := range branches {
		w := newWriter(b.Plan)
		if u.scope != "" {
			w.plan = b.Plan.WithoutPlaces()
		}
		w.sources, w.hashes, w.lists = b.Sources, u.hashes, &u.lists
		for _, c := range b.Conditions() {
			w.collect(c)
		}
		if w.found.HasErrors() {
			return nil, append(found, w.found...)
		}
		if len(w.ancestorTests)+len(w.prevalences) > 0 {
			return singleSource(plans, "ancestors and prevalence are searched in a single source", found, opt)
		}
		u.add(w)
	}
	if len(u.branches) == 1 {
		w := newWriter(branches[0].Plan)
		w.sources = u.branches[0].sources
		return w.compiled(found, opt.Show)
	}
	q := u.query()
	for _, b := range u.branches {
		found = append(found, b.found...)
	}
	if found.HasErrors() {
		return nil, found
	}
	return q, found
}

// sharedScope is the organisation's scope of several branches if there is only one.
func sharedScope(branches []*compilers.Branch) string {
	text := branches[0].ScopeOf(branches[0].Sources[0])
	for _, b := range branches {
		if slices.ContainsFunc(b.Sources, func(s *schema.Source) bool { return b.ScopeOf(s) != text }) {
			return ""
		}
	}
	return text
}

func singleSource(plans []*compilers.Plan, why string, found diag.Diagnostics, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	plan, more := compilers.SingleSource(plans, why, "spl", opt)
	found = append(found, more...)
	if plan == nil {
		return nil, found
	}
	return newWriter(plan).compiled(found, opt.Show)
}

// unionWriter is a search of several sources.
type unionWriter struct {
	scope    string // the organisation's, if all sources have the same
	overlap  bool   // an event may belong to several branches
	branches []*branch
	hashes   map[string]cut
	lists    lists
}

func (u *unionWriter) result() *compilers.Result {
	var branches []*compilers.Branch
	for _, b := range u.branches {
		branches = append(branches, &compilers.Branch{Plan: b.plan, Sources: b.sources})
	}
	return compilers.WholeResult(branches...)
}

// branch is the part of a search for sources with the same conditions.
type branch struct {
	*writer
	terms     logic.All // of the base search
	rest      bool      // the base search does not express everything
	condition logic.All // the whole condition in where's language
	filter    logic.All // the filter, in the same language
}

func (u *unionWriter) add(w *writer) {
	b := &branch{writer: w, terms: w.scope()}
	conjuncts := compilers.FlatConjuncts(compilers.Conjuncts(w.plan.Rule.Condition))
	b.terms = append(b.terms, w.index(conjuncts)...)
	for _, n := range conjuncts {
		if p, ok := w.searchable(n); ok {
			b.terms = append(b.terms, p)
		} else {
			b.rest = true
		}
		b.condition = append(b.condition, logic.Build(n, w.wherePredicate))
	}
	if w.plan.Filter != nil {
		b.filter = logic.All{logic.Build(w.plan.Filter, w.wherePredicate)}
	}
	u.branches = append(u.branches, b)
}

func (u *unionWriter) query() *compilers.Query {
	lead := u.branches[0].plan
	var notes []compilers.Note
	var base logic.Listed
	rest, indexed := false, true
	var either, filter logic.Any
	for _, b := range u.branches {
		base = append(base, b.terms)
		rest, indexed = rest || b.rest, indexed && b.indexed
		either = append(either, append(b.inScope(0), b.condition...))
		kept := b.inScope(0)
		if u.overlap { // an event must pass the filter of the branch that finds it
			kept = append(kept, b.condition...)
		}
		filter = append(filter, append(kept, b.filter...))
		notes = compilers.AddNotes(notes, b.plan.Notes...)
	}
	lead.Notes = notes
	search := logic.All{base}
	if u.scope != "" {
		search = logic.All{logic.Atom(searchTerm(u.scope)), base}
	}
	if period := u.branches[0].window(); period.length > 0 {
		search = append(search, period.search(0)...)
	}
	var stages []string
	if rest {
		stages = append(stages, where(either))
	}
	cut := (&writer{hashes: u.hashes}).hashStages()
	text := pipe(searchSyntax.Print(search).Stage(""), slices.Concat(cut, u.lists.stages(), stages))
	text += comment(compilers.BeginFilter)
	if slices.ContainsFunc(u.branches, func(b *branch) bool { return b.plan.Filter != nil }) {
		text += "| " + where(filter) + "\n"
	}
	text += comment(compilers.EndFilter)
	if len(u.hashes)+len(u.lists.lookups) > 0 {
		text += "| fields - decree_*\n"
	}
	return &compilers.Query{Dialect: "spl", Model: lead.Model.Name, Text: comment(lead.Header()...) + text, Assets: u.lists.assets, Notes: lead.Notes, Result: u.result(), Indexed: indexed}
}
