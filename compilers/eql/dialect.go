// Package eql writes rules and correlations in Elastic's Event Query Language.
//
// In: a lowered rule or correlation, and a data model whose tables are event categories. Out: one query of events, or a
// sequence where the rule asks about a process above the parent, with the files that put reputation and counts on
// events at ingest.
//
// What must stay true: a query never matches what the rule does not, unless a note says so. A negation holds for an
// event without the field. Every text of a rule enters the query through quote.go.
package eql

import (
	"maps"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

type dialect struct{}

// New gives the EQL dialect.
func New() compilers.Dialect { return dialect{} }

func (dialect) Name() string              { return "eql" }
func (dialect) Title() string             { return "Elastic EQL" }
func (dialect) Extension() string         { return ".eql" }
func (dialect) Lacks() compilers.Features { return maps.Clone(lacks) }

const (
	ofItsField        = "test the field that it is made of, or use kql or spl"
	betweenCharacters = "only parts between single characters that are not letters can be found by an expression"
)

var lacks = compilers.Features{
	compilers.FirstSeen: {Message: "EQL cannot ask whether a value came before", Hint: "in Elastic a new terms rule does, which looks for values that a field has for the first time; or use kql or spl"},
	compilers.Joins: {Approximate: true, Effect: "false-negatives",
		Message: "the other event is found through a sequence: sequences of the same values do not overlap, so not every event near it is reported; events of one time need a tiebreaker; values are joined exactly, including case"},
	compilers.ExtractRegexes:  {Message: "what a group of an expression finds is not a value of its own", Hint: ofItsField},
	compilers.ExtractArgv:     {Partly: true, Message: "only the program of a command line, argument 0, can be found by an expression", Hint: ofItsField},
	compilers.ExtractSplits:   {Partly: true, Message: betweenCharacters, Hint: ofItsField},
	compilers.ExtractSeveral:  {Partly: true, Message: betweenCharacters, Hint: ofItsField},
	compilers.ExtractURLParts: {Partly: true, Message: "only the host, the port and the query of a URL can be found by an expression", Hint: ofItsField},
	compilers.ExtractTrims:    {Partly: true, Message: "a trimmed value cannot be tested, and one in one case not by every test", Hint: ofItsField},
	compilers.ExtractMaps:     {Partly: true, Message: "not every test can be asked of the texts of a map", Hint: ofItsField},
	compilers.ExtractTexts:    {Message: "a text made of fields is not a value of its own", Hint: ofItsField},
	compilers.NamedValues:     {Message: "a field cannot be extracted from a longer text", Hint: "map the field to a column of its own, or use kql"},
	compilers.SecondColumns:   {Message: "the field can be read from only one column", Hint: "let the rule test what tells the column by equality, as EventID, name the column itself, or use kql or spl"},
	compilers.Keywords: {Message: "EQL searches fields only: not the whole event, and not message, which Elasticsearch maps as text",
		Hint: "name the field that holds the words (mapped as keyword or wildcard), or use kql or spl"},
	compilers.ElementTests: {Message: "Elasticsearch flattens an array of objects: which values are of one element is not kept", Hint: "use kql, or test the fields without brackets: any element's value matches"},
	compilers.Words: {Approximate: true, Effect: "false-positives",
		Message: "an expression of Lucene has no class of all letters: a word also ends where a letter or digit beyond ASCII follows"},
	compilers.FieldRefs:           {Message: "EQL cannot compare a field with another field", Hint: "use kql or spl"},
	compilers.TimeParts:           {Message: "EQL has no functions for parts of a timestamp", Hint: "use kql or spl"},
	compilers.BacktrackingRegexes: {Message: "Lucene's regular expressions do not backtrack", Hint: "rewrite the expression, or use spl"},
	compilers.DeepAncestors: {Approximate: true, Effect: "false-negatives",
		Message: "the grandparent is found through a sequence: it reports only the first matching child of each parent, and only if the parent started within maxspan before it"},
	compilers.DeepUnderNegation: {Message: "a sequence cannot exclude an ancestor or make it an alternative",
		Hint: "test one level with parent or grandparent, outside of not, or and within; or use kql or spl"},
	compilers.PrevalencePopulation: {Approximate: true, Effect: "false-negatives",
		Message: "a transform counts single events: conditions of the population on ancestors that events do not record are left out, so a value may seem more common than it is"},
	compilers.PrevalenceRank: {Approximate: true, Effect: "false-positives",
		Message: "a watch ranks values, and an event gets the rank of the last run before it arrived: a value first seen after that run has no rank and passes as rare"},
	compilers.PrevalenceCount: {Approximate: true, Effect: "false-positives",
		Message: "a transform counts values, and an event gets the count of the last checkpoint before it arrived: a value first seen after that checkpoint counts as one"},
	compilers.PrevalenceNegated: {Message: "more values pass as rare than are rare, so the negation would miss events",
		Hint: "write the prevalence condition without `not`"},
}

var whereSyntax = logic.Syntax{And: " and ", Or: " or ", Not: "not ", NotCall: true, Explicit: true, True: "true", False: "false"}

// Compile writes one rule.
func (dialect) Compile(r *ir.Rule, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if len(r.Joins()) > 0 {
		q, found := compileJoin(r, opt)
		hintAtNewTerms(r, opt, found)
		return q, found
	}
	plans, ds := compilers.NewPlans("eql", lacks, r, opt)
	compilers.NoteSuppressed(plans)
	if len(plans) > 1 {
		return union(plans, ds, opt)
	}
	if len(plans) == 0 || ds.HasErrors() {
		return nil, ds
	}
	return newWriter(plans[0]).compiled(ds)
}

// newWriter starts a query.
func newWriter(plan *compilers.Plan) *writer {
	w := &writer{plan: plan, sources: []*schema.Source{plan.Source}, negated: map[ir.Node]bool{}}
	for _, c := range plan.Conditions() {
		compilers.MarkNegated(c, w.negated)
	}
	return w
}

// compiled writes the query of one plan.
func (w *writer) compiled(found diag.Diagnostics) (*compilers.Query, diag.Diagnostics) {
	w.found = append(w.found, found...)
	q := w.query()
	if w.found.HasErrors() {
		return nil, w.found
	}
	return q, w.found
}

// writer holds one compilation.
type writer struct {
	plan        *compilers.Plan
	sources     []*schema.Source // the sources that are searched: the plan's own, and others of its category
	found       diag.Diagnostics
	negated     map[ir.Node]bool
	filter      logic.All
	enriched    string         // the entity column whose enrichment the query reads
	asksVerdict bool           // the query reads the vendor's verdict too, and not only counts
	counted     *ir.Prevalence // the condition whose local counts the query reads
	indexed     bool           // it asks something that is answered from the index
}

func (w *writer) query() *compilers.Query {
	r := w.plan.Rule
	conjuncts := compilers.FlatConjuncts([]ir.Node{r.Condition})
	own, above := w.index(conjuncts), logic.All(nil)
	for _, n := range conjuncts {
		if m, ok := n.(*ir.Match); ok && w.needsAncestor(m.Field) {
			above = append(above, w.ancestorMatch(m))
		} else {
			own = append(own, logic.Build(n, w.predicate))
		}
	}
	if w.plan.Filter != nil {
		w.filter = logic.All{logic.Build(w.plan.Filter, w.predicate)}
	}
	text := w.event(own, "  ")
	if len(above) > 0 {
		text = w.sequence(above, own)
	}
	if w.enriched != "" {
		w.plan.Notes = append(w.plan.Notes, compilers.Note{Code: "enriched-at-ingest", Effect: "exact", Range: r.Source.Range,
			Message: "reputation and prevalence are read from fields that an ingest pipeline adds to events: deploy the assets first"})
	}
	w.plan.Notes = compilers.NoteIndices(w.plan.Notes, &compilers.Branch{Plan: w.plan, Sources: w.sources})
	return &compilers.Query{Dialect: "eql", Model: w.plan.Model.Name, Text: comment(w.plan.Header()...) + text + "\n",
		Notes: w.plan.Notes, Assets: w.assets(), Result: w.result(len(above) > 0), Indexed: w.indexed}
}

// result says what the query returns: whole events, or sequences of two.
func (w *writer) result(sequence bool) *compilers.Result {
	r := compilers.WholeResult(&compilers.Branch{Plan: w.plan, Sources: w.sources})
	if r.Combines = sequence; sequence {
		r.Reach = w.maxSpan()
		var host []string
		if col, ok := w.plan.Source.Entities["host"]; ok {
			host = []string{col.Name}
		}
		r.Joined(host)
	}
	return r
}

// event writes an event with a condition, followed by the place for the environment's own filter.
func (w *writer) event(cond logic.All, indent string) string {
	return w.where(cond, &logic.Section{Begin: beginFilter, End: endFilter, Terms: w.filter}, indent)
}

// The lines around the environment's own filter.
const (
	beginFilter = "// " + compilers.BeginFilter
	endFilter   = "// " + compilers.EndFilter
)

func (w *writer) where(cond logic.All, filter *logic.Section, indent string) string {
	return whereSyntax.Conjunction(append(w.scope(), cond...).Distinct(), filter, indent).Stage(w.category() + " where")
}
