// Package kql writes rules and correlations in Microsoft's Kusto Query Language.
//
// In: a lowered rule or correlation, and a data model whose tables are Kusto tables. Out: one query, with the
// watchlists that it reads.
//
// What must stay true: a predicate below a negation is never null, because the negation must hold for a missing value.
// A join never multiplies events. Every text of a rule enters the query through quote.go.
package kql

import (
	"fmt"
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

// New gives the KQL dialect.
func New() compilers.Dialect { return dialect{} }

func (dialect) Name() string              { return "kql" }
func (dialect) Title() string             { return "Microsoft KQL" }
func (dialect) Extension() string         { return ".kql" }
func (dialect) Lacks() compilers.Features { return maps.Clone(lacks) }

var lacks = compilers.Features{
	compilers.BacktrackingRegexes: {Message: "Kusto's regular expressions do not backtrack", Hint: "rewrite the expression, or use spl"},
	compilers.ExtractSeveral: {Partly: true, Message: "several values can be looked for only by their letters",
		Hint: "name one argument or part by its number, or test it with equals, startswith, endswith, contains or wildcards"},
}

var whereSyntax = logic.Syntax{And: " and ", Or: " or ", Not: "not ", NotCall: true, Explicit: true, True: "true", False: "false"}

// Compile writes one rule.
func (dialect) Compile(r *ir.Rule, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	plans, ds := newPlans(r, opt)
	if len(plans) == 0 || ds.HasErrors() {
		return nil, ds
	}
	if len(plans) > 1 {
		return union(plans, ds, opt.Show)
	}
	return newWriter(plans[0], newNames(opt.Model, opt.Table)).compiled(ds, opt.Show)
}

// newPlans plans a rule for each of its sources, or for one alone where it asks how rare a value is in several.
func newPlans(r *ir.Rule, opt compilers.Options) ([]*compilers.Plan, diag.Diagnostics) {
	plans, found := compilers.NewPlans("kql", lacks, r, opt)
	if counting := slices.DeleteFunc(slices.Clone(plans), func(p *compilers.Plan) bool { return !compilers.AsksPrevalence(p.Rule) }); len(counting) > 1 {
		plan, more := compilers.SingleSource(plans, "how rare a value is would have to be counted over all of them", "kql", opt)
		found = append(found, more...)
		if plan == nil {
			return nil, found
		}
		plans = []*compilers.Plan{plan}
	}
	for _, p := range plans {
		p.NoteTable()
	}
	return plans, found
}

// compiled writes the query of one plan, with columns for the fields to show.
func (w *writer) compiled(found diag.Diagnostics, asks compilers.Show) (*compilers.Query, diag.Diagnostics) {
	w.found = append(w.found, found...)
	w.span = w.names.free("timeframe")
	w.since = w.sinceFrom()
	w.suppression = suppress([]*writer{w}, w.names)
	shown := show([]*writer{w}, asks)
	q := w.query()
	q.Result.Shows(shown)
	if w.found.HasErrors() {
		return nil, w.found
	}
	return q, w.found
}

// writer holds one compilation.
type writer struct {
	plan    *compilers.Plan
	sources []*schema.Source // the sources that are searched: the plan's own, and others of its table
	besides []*writer        // other branches of the rule that read the same table: what they find is left out
	found   diag.Diagnostics
	negated map[ir.Node]bool
	names   names
	span    string // the let statement of the lookback
	since   string // how far back the rule's own events are read, by way of it
	// how much further back than the lookback that is: as far as windows of a correlation reach
	further     time.Duration
	oldest      string            // the time from which events are read that others join, or ""
	lists       map[string]string // a rule's list -> its let statement
	creations   map[int]*creation // hops -> creation event joined
	prevalences []*prevalence
	extended    []*extendedColumn
	arrays      []*arrayTest // of the condition being written
	arraysMade  int
	shown       []shownColumn // at the end of the query
	joined      []*joinedEvents
	joinColumns []string // that joins add to the events
	// how much further back than the rule's own events those of other rules and of longer populations are read
	joinedReach time.Duration
	delay       time.Duration       // the period of the rule's own events ends so long before now
	searched    []*compilers.Branch // of the rules that are joined
	like        string              // the stage that adds the values by which alerts are suppressed; "" = none
	suppression *suppression        // of a query of one plan; nil: every match is a row
	indexed     bool                // the conditions ask an index of terms
	assets      []compilers.Asset
}

// newWriter starts a query.
func newWriter(plan *compilers.Plan, n names) *writer {
	return &writer{plan: plan, sources: []*schema.Source{plan.Source}, delay: plan.RuleDelay(), negated: map[ir.Node]bool{}, names: n, lists: map[string]string{}, creations: map[int]*creation{}}
}

func (w *writer) query() *compilers.Query {
	lets, text := w.parts()
	if s := w.suppression; s != nil {
		text += s.stages()
		w.plan.Notes = append(w.plan.Notes, s.notes(w.plan.Rule)...)
	}
	if lookback := w.plan.Rule.Source.Schedule.Lookback; lookback > 0 {
		lets = spanLet(w.span, lookback) + lets
	}
	w.plan.Notes = append(w.plan.Notes, compilers.TooLong(w.plan.Model, lets+text, w.plan.Rule.Source.LogSource.Range)...)
	result := compilers.WholeResult(&compilers.Branch{Plan: w.plan, Sources: w.sources})
	for _, b := range w.searched {
		result.Searches(b.Plan, b.Sources...)
	}
	result.Combines, result.Reach = w.combines(), w.reach()
	return &compilers.Query{Dialect: "kql", Model: w.plan.Model.Name, Text: comment(w.plan.Header()...) + lets + text, Assets: w.assets, Notes: w.plan.Notes, Result: result, Indexed: w.indexed}
}

// combines tells whether the query is more than conditions on single events.
func (w *writer) combines() bool {
	return len(w.creations)+len(w.prevalences)+len(w.joined) > 0 || w.suppression != nil
}

// reach is how much further back than the lookback the query reads.
func (w *writer) reach() time.Duration { return w.before() + w.delay }

// before is how long before the rule's own events the query reads others.
func (w *writer) before() time.Duration {
	if len(w.creations) > 0 {
		return max(w.joinedReach, parentWindow)
	}
	return w.joinedReach
}

// sinceFrom is how far back the rule's own events are read: as long as the lookback, and longer by what has to pass
// before they are judged.
func (w *writer) sinceFrom() string { return w.span + shift(" + ", w.delay) }

func spanLet(name string, lookback time.Duration) string {
	return fmt.Sprintf("let %s = %s;\n", name, timespan(lookback))
}

// parts are the statements that come before the query, and its stages.
func (w *writer) parts() (statements, stages string) {
	var lets strings.Builder
	text := pipe(w.eventStages(&lets)) + comment(compilers.BeginFilter)
	if w.plan.Filter != nil {
		for _, s := range w.where(compilers.Conjuncts(w.plan.Filter)) {
			text += "| " + s + "\n"
		}
	}
	text += comment(compilers.EndFilter) + w.like + w.shownStage()
	return lets.String(), text
}

// eventStages gives the stages that find the events, before the environment's filter. It writes the statements that
// they read.
func (w *writer) eventStages(lets *strings.Builder) []string {
	r := w.plan.Rule
	conjuncts := compilers.Conjuncts(r.Condition)
	// what others join, or count, may be every event of the log source
	if all, ok := r.Condition.(*ir.Const); ok && all.Value {
		conjuncts = nil
	}
	for _, c := range w.plan.Conditions() {
		w.prepare(c)
	}
	for _, p := range w.prevalences {
		lets.WriteString(p.defaultLet())
	}
	lets.WriteString(w.listLets())
	w.findExtended(w.plan.Conditions())

	early, late := compilers.SplitAtPrevalence(conjuncts, w.countedHere())
	plain, joining := splitAtJoins(compilers.FlatConjuncts(early))
	own, linked := w.splitAtAncestors(plain)
	base := w.scope(0)
	if w.delay > 0 && r.Source.Schedule.Lookback > 0 {
		// behind the table and the begin of the period
		base = slices.Insert(base, 2, fmt.Sprintf("where %s <= ago(%s)", w.arrival(), timespan(w.delay)))
	}
	w.plan.AskEarly(early, w.countedHere(), func() {
		base = append(base, w.indexStages(own)...)
		base = append(base, unasked(base, w.where(own))...)
		base = append(base, w.leaveOut(lets)...)
		base = append(base, w.joins()...)
		base = append(base, w.where(linked)...)
	})
	base = append(base, w.dropKeys()...)
	base = w.joinEvents(lets, base)
	w.plan.AskEarly(early, w.countedHere(), func() { base = append(base, w.where(joining)...) })
	base = append(base, w.values()...)

	body := base
	if len(w.prevalences) > 0 {
		body = w.prevalenceBody(lets, base, early, late)
	}
	return append(body, w.dropJoins()...)
}

// prepare collects everything that the predicates depend on.
func (w *writer) prepare(n ir.Node) {
	compilers.MarkNegated(n, w.negated)
	ir.Inspect(n, func(below ir.Node) bool {
		switch below := below.(type) {
		case *ir.Match:
			w.joinFor(below)
		case *ir.Join:
			w.addJoin(below)
		case *ir.Prevalence:
			if w.prevalenceOf(below) == nil {
				if below.Among != nil && w.longerPeriod(below) == 0 {
					w.plan.Among([]ir.Node{below.Among}, func() { w.prepare(below.Among) })
				}
				w.prevalences = append(w.prevalences, w.newPrevalence(below))
			}
		}
		return true
	})
}

// where writes each conjunct as its own stage, after the stages that read its columns.
func (w *writer) where(conjuncts []ir.Node) []string {
	var stages []string
	flat := compilers.FlatConjuncts(conjuncts)
	// of as few rows as possible
	slices.SortStableFunc(flat, func(a, b ir.Node) int { return countsElements(a) - countsElements(b) })
	for _, n := range flat {
		test := where(logic.Build(n, w.predicate))
		counted, arrays := w.takeArrays()
		stages = append(append(append(stages, w.extendStages()...), counted...), test)
		stages = append(stages, done(arrays)...)
	}
	return stages
}

// unasked drops the stages that ask what stages before them ask, as a rule does that tests what limits its log source.
func unasked(before, stages []string) []string {
	return slices.DeleteFunc(stages, func(s string) bool { return strings.HasPrefix(s, "where ") && slices.Contains(before, s) })
}

// where is the stage that keeps events for which a predicate holds.
func where(p logic.Pred) string { return whereSyntax.Lines(p).Stage("where") }

// pipe writes one stage per line. A comment is a line of its own.
func pipe(stages []string) string {
	var b strings.Builder
	for i, s := range stages {
		if i > 0 && !strings.HasPrefix(s, "//") {
			b.WriteString("| ")
		}
		b.WriteString(strings.TrimSuffix(s, "\n") + "\n")
	}
	return b.String()
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// timespan writes a duration as a literal.
func timespan(d time.Duration) string { return compilers.Span(d, "d", "h", "m") }
