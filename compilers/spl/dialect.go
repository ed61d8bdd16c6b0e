// Package spl writes rules and correlations in Splunk's Search Processing Language.
//
// In: a lowered rule or correlation, and a data model whose tables are base searches or datasets. Out: one search, with
// the lookups that it reads.
//
// What must stay true: there are no subsearches, which Splunk cuts off silently. A predicate in where is never null,
// because a negation must hold for a missing field. A test is in the search command only where that is exact. Every
// text of a rule enters the search through quote.go.
package spl

import (
	"maps"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

type dialect struct{}

// New gives the SPL dialect.
func New() compilers.Dialect { return dialect{} }

func (dialect) Name() string              { return "spl" }
func (dialect) Title() string             { return "Splunk SPL" }
func (dialect) Extension() string         { return ".spl" }
func (dialect) Lacks() compilers.Features { return maps.Clone(lacks) }

// lacksIn is what the dialect lacks for the events of a data model.
func lacksIn(m *schema.Model) compilers.Features {
	own := maps.Clone(lacks)
	if m.Arrays {
		delete(own, compilers.ElementTests)
	}
	return own
}

var lacks = compilers.Features{
	compilers.ExtractArgv:  {Message: "no function splits a command line as Windows does", Hint: "use kql"},
	compilers.NamedValues:  {Message: "a field cannot be extracted from a longer text", Hint: "map the field to a column of its own, or use kql"},
	compilers.ElementTests: {ByModel: true, Message: "elements of arrays are read from events that are JSON, which those of this data model are not", Hint: "use splunk-cloud for logs that it has, or kql"},
	compilers.TimeParts: {Approximate: true, Effect: "false-negatives",
		Message: "strftime uses the time zone of the user who runs the search: the result is exact only if that is UTC",
		Hint:    "run the search as a user whose time zone is UTC"},
}

var (
	searchSyntax = logic.Syntax{And: " ", Or: " OR ", Not: "NOT ", Explicit: true}
	whereSyntax  = logic.Syntax{And: " AND ", Or: " OR ", Not: "NOT ", Explicit: true, True: "1=1", False: "1=0"}
)

// parentWindow is how far before the lookback creation events of ancestors are searched.
const parentWindow = 24 * time.Hour

// Compile writes one rule.
func (dialect) Compile(r *ir.Rule, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if len(r.Joins()) > 0 {
		return compileJoins(r, opt)
	}
	plans, ds := compilers.NewPlans("spl", lacksIn(opt.Model), r, opt)
	compilers.NoteSuppressed(plans)
	if len(plans) > 1 {
		return union(plans, ds, opt)
	}
	if len(plans) == 0 || ds.HasErrors() {
		return nil, ds
	}
	return newWriter(plans[0]).compiled(ds, opt.Show)
}

// compiled writes the query of one plan, with columns for what is asked to be shown.
func (w *writer) compiled(found diag.Diagnostics, show compilers.Show) (*compilers.Query, diag.Diagnostics) {
	w.found = append(w.found, found...)
	q := w.query(show)
	if w.found.HasErrors() {
		return nil, w.found
	}
	return q, w.found
}

// writer holds one compilation.
type writer struct {
	plan          *compilers.Plan
	sources       []*schema.Source // the sources that are searched: the plan's own, and others with the same conditions
	dataset       *dataset         // nil if the source is a search of events
	found         diag.Diagnostics
	ancestorTests []*ancestorTest
	prevalences   []*ir.Prevalence
	joins         []*ir.Join // of the rule, by their numbers
	lists         *lists
	hashes        map[string]cut // eval field -> how it is made
	assets        []compilers.Asset
	shown         []string // columns of reputation that the result has
	indexed       bool     // the base search asks something that is answered from the index
}

func newWriter(plan *compilers.Plan) *writer {
	return &writer{plan: plan, sources: []*schema.Source{plan.Source}, dataset: newDataset(plan.Source), lists: &lists{}, hashes: map[string]cut{}, joins: plan.Rule.Joins()}
}

func (w *writer) query(show compilers.Show) *compilers.Query {
	r := w.plan.Rule
	for _, c := range w.plan.Conditions() {
		w.collect(c)
	}
	if w.found.HasErrors() {
		return nil
	}
	early, late := compilers.SplitAtPrevalence(compilers.Conjuncts(r.Condition), w.prevalences)
	base := w.scope()
	var asked []logic.Pred
	var stages []string
	w.plan.AskEarly(early, w.prevalences, func() {
		if len(w.ancestorTests) > 0 {
			asked, stages = w.searchWithAncestors(early)
		} else {
			asked, stages = w.search(early)
		}
	})
	base = append(base, asked...)
	if period := w.window(); period.length > 0 {
		base = append(base, period.search(w.before())...)
	}
	stages = append(stages, w.prevalenceStages(early, late)...)
	var filter string
	if w.plan.Filter != nil {
		filter = "| " + w.where([]ir.Node{w.plan.Filter}) + "\n"
	}
	showing, shown := w.show(show)
	stages = slices.Concat(w.hashStages(), w.lists.stages(), stages)
	first := searchSyntax.Print(base).Stage("")
	if w.dataset != nil {
		first = w.tstats(base)
		stages = append(w.dataset.nullMissing(w.plan.Model), stages...)
	}

	var b strings.Builder
	b.WriteString(pipe(first, stages))
	b.WriteString(comment(compilers.BeginFilter) + filter + comment(compilers.EndFilter))
	if len(w.prevalences) > 0 {
		b.WriteString("| sort 0 -_time\n")
	}
	b.WriteString(showing)
	if len(w.prevalences)+len(w.ancestorTests)+len(w.hashes)+len(w.lists.lookups) > 0 {
		b.WriteString("| fields - decree_*\n")
	}
	result := w.result()
	result.Shows(shown)
	return &compilers.Query{Dialect: "spl", Model: w.plan.Model.Name, Text: comment(w.plan.Header()...) + b.String(), Assets: slices.Concat(w.assets, w.lists.assets), Notes: w.plan.Notes, Result: result, Indexed: w.indexed}
}

// search asks of the base search what it can say exactly, and what an index answers. The rest is asked behind it.
func (w *writer) search(early []ir.Node) (base []logic.Pred, stages []string) {
	conjuncts := compilers.FlatConjuncts(early)
	base = w.index(conjuncts)
	var rest []ir.Node
	for _, n := range conjuncts {
		if p, ok := w.searchable(n); ok {
			base = append(base, p)
		} else {
			rest = append(rest, n)
		}
	}
	if len(rest) > 0 {
		stages = append(stages, w.where(rest))
	}
	return base, stages
}

// searchWithAncestors searches for all events that may link processes, and asks the condition when they are linked.
func (w *writer) searchWithAncestors(early []ir.Node) (base []logic.Pred, stages []string) {
	terms, narrowed := w.narrowSearch(early)
	if terms != nil {
		base = append(base, terms)
	}
	if narrowed != "" {
		stages = append(stages, narrowed)
	}
	stages = append(stages, w.linkAncestors()...)
	if w.window().length > 0 {
		stages = append(stages, where(w.countedPeriod().begun()))
	}
	if len(early) > 0 {
		stages = append(stages, w.where(early))
	}
	return base, stages
}

// result says what the search returns: whole events, or the rows of tstats.
func (w *writer) result() *compilers.Result {
	r := compilers.WholeResult(&compilers.Branch{Plan: w.plan, Sources: w.sources})
	r.Combines = len(w.prevalences)+len(w.ancestorTests) > 0
	r.Reach = w.before()
	if w.dataset != nil {
		r.Columns = append([]string{"_time", "count"}, w.dataset.fields...)
	}
	return r
}

// collect finds the parts that come before the condition: links to ancestors, and prevalence.
func (w *writer) collect(n ir.Node) {
	ir.Inspect(n, func(below ir.Node) bool {
		switch below := below.(type) {
		case *ir.Match:
			w.addAncestorTest(below)
			w.plan.TimeAsText(below, w.plan.Column, &w.found) // _time is a number of seconds
		case *ir.Prevalence:
			if w.prevalenceNumber(below) == 0 {
				if below.Among != nil {
					w.plan.Among([]ir.Node{below.Among}, func() { w.collect(below.Among) })
				}
				w.prevalences = append(w.prevalences, below)
			}
		}
		return true
	})
}

func (w *writer) where(conjuncts []ir.Node) string {
	var all logic.All
	for _, n := range conjuncts {
		all = append(all, logic.Build(n, w.wherePredicate))
	}
	return where(all)
}

// where is the stage that keeps events for which a predicate holds.
func where(p logic.Pred) string { return whereSyntax.Print(p).Stage("where") }

// pipe writes a search and the stages behind it, one a line.
func pipe(search string, stages []string) string {
	return strings.Join(append([]string{search}, stages...), "\n| ") + "\n"
}
