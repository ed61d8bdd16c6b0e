package compilers

import (
	"slices"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Plan is a rule met with one source of a data model: every field has its column, and every gap is either
// an accepted note or an error that was reported. Dialects print from it.
type Plan struct {
	Rule   *ir.Rule
	Model  *schema.Model
	Source *schema.Source
	Filter ir.Node
	Notes  []Note
	lists  string
}

// NewPlans meets a rule with each source that it is asked of (schema.Model.Answering): an event matches if it does by one of them. It checks
// the whole rule against these and against the dialect's features. There are no plans where there are errors. Where no source can answer, the errors
// are those of the first one.
func NewPlans(dialect string, lacks Features, r *ir.Rule, opt Options) ([]*Plan, diag.Diagnostics) {
	ls := r.Source.LogSource
	candidates := opt.Model.Candidates(r)
	if len(candidates) == 0 {
		return nil, append(diag.Diagnostics{NoLogSource(ls, opt.Model)}, gapsInAnySource(dialect, lacks, r, opt)...)
	}
	sources := opt.Model.Answering(r)
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
	if len(plans) > 0 {
		plans[0].noteLeftOut(r)
	}
	if len(plans) == 0 || len(refused) == 0 {
		return plans, once(refused)
	}
	return leaveOutRefused(plans, once(refused), dialect, r, opt)
}

// once drops what several sources report alike.
func once(ds diag.Diagnostics) diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range ds {
		if !slices.ContainsFunc(out, func(had diag.Diagnostic) bool { return had.Code == d.Code && had.Range == d.Range }) {
			out = append(out, d)
		}
	}
	return out
}

// planOn meets a rule with one source. Tests that are absent ask for fields that other sources of the rule have, and this one has not.
func planOn(s *schema.Source, absent map[*ir.Match]bool, dialect string, lacks Features, r *ir.Rule, opt Options) (*Plan, diag.Diagnostics) {
	p := &Plan{Model: opt.Model, Source: s, lists: opt.Lists}
	c := &checker{dialect: dialect, lacks: lacks, opt: opt, plan: p, seen: map[string]bool{}}
	p.Rule, c.negated = r, map[ir.Node]bool{}
	MarkNegated(r.Condition, c.negated)
	if r.Filter != nil {
		MarkNegated(r.Filter, c.negated)
	}
	r = ir.Rewrite(r, func(n *ir.Match) ir.Node {
		if absent[n] {
			return &ir.Const{Base: n.Base, Value: false}
		}
		return c.translate(n)
	})
	if len(absent) > 0 {
		r = ir.Settle(r)
	}
	p.Rule, p.Filter = r, r.Filter
	c.walk(r.Condition, true)
	if r.Filter != nil {
		c.walk(r.Filter, true)
	}
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
	c.noteRequirement(s.Requires, r.Source.LogSource.Range)
	return p, c.found
}

// Conditions are the rule's and, where there is one, the environment's filter's.
func (p *Plan) Conditions() []ir.Node {
	if p.Filter == nil {
		return []ir.Node{p.Rule.Condition}
	}
	return []ir.Node{p.Rule.Condition, p.Filter}
}

// Column gives the column that holds a field on the event itself. ok is false for an
// ancestor's field that only a link through the process keys can reach; its column on that
// ancestor's own creation event is Column of the same name at level 0.
func (p *Plan) Column(f ir.Field) (schema.Column, bool) {
	col, ok := p.Model.Column(p.Source, f.Name, f.Level)
	return col, ok && p.Source.Has(p.Model, f)
}

// Native gives the column on the event itself that can answer a test of a field. A column that
// holds only a file name answers only tests on that; t is nil where the whole value is asked for.
func (p *Plan) Native(f ir.Field, t ir.Test) (schema.Column, bool) {
	return p.Model.Native(p.Source, f, t)
}

// Whole gives the columns that hold a field's value, as Model.Whole does, where the event itself has the whole of it.
func (p *Plan) Whole(f ir.Field) (columns []schema.Column, domain *schema.Column) {
	columns, domain = p.Model.Whole(p.Source, f.Name, f.Level)
	if slices.ContainsFunc(columns, func(c schema.Column) bool { return c.Holds == "filename" }) {
		return nil, nil
	}
	return columns, domain
}
