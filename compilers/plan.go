package compilers

import (
	"slices"
	"time"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Plan is a rule combined with one source of a data model. Every field has its column, and every gap is an accepted
// note or a reported error. Dialects print from it.
type Plan struct {
	Rule    *ir.Rule
	Model   *schema.Model
	Source  *schema.Source
	Filter  ir.Node
	Notes   []Note
	delay   time.Duration // of the whole rule, even if only another source's events wait for others
	lists   string
	unasked bool       // the source cannot be asked some test of the rule (schema.CannotAsk)
	known   *[]ir.Node // conditions that hold of the events that are read; nil: the rule's (Among)
	places  Options    // Scope, Index, Table, Delay and NoIndexTerms
}

// NewPlans combines a rule with each source that is searched for it (schema.Model.Answering). An event matches the rule
// if it matches one of the plans. NewPlans checks the whole rule against the sources and against the dialect's
// features. If there are errors, there are no plans. If no source can answer, the errors are those of the first one.
func NewPlans(dialect string, lacks Features, r *ir.Rule, opt Options) ([]*Plan, diag.Diagnostics) {
	var unknown diag.Diagnostics
	for _, ls := range r.Source.LogSources() {
		if len(opt.Model.Find(ls.Category, ls.Product, ls.Service)) == 0 {
			unknown = append(unknown, NoLogSource(ls, opt.Model))
		}
	}
	if len(unknown) > 0 {
		return nil, append(unknown, gapsInAnySource(dialect, lacks, r, opt)...)
	}
	if lacking := opt.Model.Unanswered(r); len(lacking) > 0 {
		ls := lacking[0]
		return cannotAnswer(opt.Model.Find(ls.Category, ls.Product, ls.Service), dialect, lacks, r, opt)
	}
	candidates := opt.Model.Candidates(r)
	sources := opt.Model.AnsweringIn(r, func(s *schema.Source) string { return opt.placeOf(s, r) })
	if len(sources) == 0 {
		return cannotAnswer(candidates, dialect, lacks, r, opt)
	}
	absent := opt.Model.Absent(sources, r)
	var plans []*Plan
	var refused diag.Diagnostics
	for i, s := range sources {
		p, found := planOn(s, absent[i], dialect, lacks, r, opt)
		if p == nil {
			refused = append(refused, found...)
			continue
		}
		plans = append(plans, p)
	}
	noteLeftOut(plans, r, opt.Model)
	noteNotAsked(plans, r, opt.Model)
	noteOtherChannels(plans, r, opt.Model)
	noteOtherProducts(plans, r, opt.Model, dialect)
	noteManyValues(plans, opt.Model)
	if len(plans) == 0 || len(refused) == 0 {
		return plans, once(refused)
	}
	return leaveOutRefused(plans, once(refused), dialect, r, opt)
}

// once drops findings that several sources report.
func once(ds diag.Diagnostics) diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range ds {
		if !slices.ContainsFunc(out, func(had diag.Diagnostic) bool { return had.Code == d.Code && had.Range == d.Range }) {
			out = append(out, d)
		}
	}
	return out
}

// planOn combines a rule with one source, and with the filters of that source's events. absent are
// conditions on fields that other sources of the rule have, but not this one.
func planOn(s *schema.Source, absent map[ir.Node]bool, dialect string, lacks Features, r *ir.Rule, opt Options) (*Plan, diag.Diagnostics) {
	p := &Plan{Model: opt.Model, Source: s, delay: r.Delay(), lists: opt.Lists, places: opt}
	c := &checker{dialect: dialect, lacks: lacks, opt: opt, plan: p, seen: map[string]bool{}}
	r = opt.Model.AskedOf(s, r)
	p.Rule, c.negated = r, map[ir.Node]bool{}
	MarkNegated(r.Condition, c.negated)
	if r.Filter != nil {
		MarkNegated(r.Filter, c.negated)
	}
	if len(absent) > 0 {
		r = ir.Never(r, absent)
	}
	r = ir.Rewrite(r, func(n *ir.Match) ir.Node { return c.translate(n) })
	if len(absent) > 0 {
		r = ir.Settle(r)
	}
	p.Rule, p.Filter = r, r.Filter
	c.walk(r.Condition)
	if r.Filter != nil {
		c.walk(r.Filter)
	}
	c.early()
	for _, t := range s.Scope {
		if t.Reads().Within() != "" && !t.EngineOnly {
			c.need(NamedValues, r.Source.LogSource.Range)
		}
	}
	if c.found.HasErrors() {
		return nil, c.found
	}
	if c.neverMatches(r); c.found.HasErrors() {
		return nil, c.found
	}
	c.plan.Require(s.Requires, r.Source.LogSource.Range)
	return p, c.found
}

// Conditions are the rule's and, where there is one, the environment's filter's.
func (p *Plan) Conditions() []ir.Node {
	if p.Filter == nil {
		return []ir.Node{p.Rule.Condition}
	}
	return []ir.Node{p.Rule.Condition, p.Filter}
}

// RuleDelay is how long after an event it is known whether the rule matches it, in whichever source.
func (p *Plan) RuleDelay() time.Duration { return p.delay }

// Column gives the column of a field on the event itself. ok is false for a field of an ancestor that only a link
// through process keys can reach. Its column on the ancestor's own creation event is Column of the same name at level
// 0.
func (p *Plan) Column(f ir.Field) (schema.Column, bool) {
	col, ok := p.Model.ColumnOf(p.Source, f)
	return p.settled(col), ok && p.Source.Has(p.Model, f)
}

// ColumnAbove is Column on the event of another process, above the rule's own, of which the rule's conditions tell
// nothing.
func (p *Plan) ColumnAbove(f ir.Field) (col schema.Column, ok bool) {
	p.Among(nil, func() { col, ok = p.Column(f) })
	return col, ok
}

// Native gives the column on the event itself that can answer a test of a field. A column with only a file name answers
// only tests of the file name. t is nil if the whole value is needed.
func (p *Plan) Native(f ir.Field, t ir.Test) (schema.Column, bool) {
	col, ok := p.Model.Native(p.Source, f, t)
	return p.settled(col), ok
}

// Whole gives the columns of a field's whole value, also of an extract of the rule, as Model.WholeOf does, if the event
// itself has it. An extract with several values has none.
func (p *Plan) Whole(f ir.Field) (columns []schema.Column, domain *schema.Column) {
	if f = p.Rule.Own(f); f.Extract != nil && f.Extract.Several() {
		return nil, nil
	}
	columns, domain = p.Model.WholeOf(p.Source, f)
	if slices.ContainsFunc(columns, func(c schema.Column) bool { return c.Holds == "filename" }) {
		return nil, nil
	}
	columns = slices.Clone(columns)
	for i, c := range columns {
		columns[i] = p.settled(c)
	}
	if domain != nil {
		now := p.settled(*domain)
		domain = &now
	}
	return columns, domain
}

// IndexTerms tells whether the query asks for terms of the product's index, beside what the rule asks.
func (p *Plan) IndexTerms() bool { return !p.places.NoIndexTerms }

// Options are those of the plan's query, but for what it shows: other rules that the query reads are planned with them.
func (p *Plan) Options() Options {
	return Options{Model: p.Model, Lists: p.lists, NoIndexTerms: p.places.NoIndexTerms, Scope: p.places.Scope, Index: p.places.Index, Table: p.places.Table, Approximate: p.places.Approximate}
}
