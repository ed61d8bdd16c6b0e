package compilers

import (
	"slices"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Among lets read see columns as events have them of which these terms alone hold, not the rule's conditions: those
// that a prevalence condition counts.
func (p *Plan) Among(terms []ir.Node, read func()) {
	had := p.known
	p.known = &terms
	defer func() { p.known = had }()
	read()
}

// settled decides which column has a value (schema.Column.Instead, InXML), where what is known of the events tells. It
// does so down to the columns that an extract is made of.
func (p *Plan) settled(c schema.Column) schema.Column {
	if c.Made != nil {
		made := *c.Made
		made.From = make([]schema.Column, len(c.Made.From))
		for i, from := range c.Made.From {
			made.From[i] = p.settled(from)
		}
		c.Made = &made
		return c
	}
	if !c.Second() {
		return c
	}
	terms := p.Conditions()
	if p.known != nil {
		terms = *p.known
	}
	return p.Model.SettledIn(p.Source, c, terms...)
}

// AskEarly lets ask see columns as the conditions that come before counting do (SplitAtPrevalence). Where one of rare
// counts, nothing but these conditions is known of the events.
func (p *Plan) AskEarly(early []ir.Node, rare []*ir.Prevalence, ask func()) {
	if slices.ContainsFunc(rare, CountsPopulation) {
		p.Among(early, ask)
		return
	}
	ask()
}

// secondColumns records that a value is in one of two columns.
func (c *checker) secondColumns(columns []schema.Column, domain *schema.Column, at diag.Range) {
	if slices.ContainsFunc(columns, schema.Column.Second) || domain != nil && domain.Second() {
		c.need(SecondColumns, at)
	}
}

// OneColumn reports a value in one of two columns, of which a dialect names one. The check reports it first, where it
// sees the same columns as the query. hint is the dialect's.
func OneColumn(dialect, hint string, c schema.Column, at diag.Range, found *diag.Diagnostics) {
	if c.Made != nil || !c.Second() {
		return
	}
	var one diag.Diagnostics
	one.Errorf(string(SecondColumns), at, hint, "%s: the value is in one of two columns, of which %s is the first, and the query can read only one", dialect, c.Name)
	if !slices.ContainsFunc(*found, func(had diag.Diagnostic) bool { return had.Code == one[0].Code && had.Range == at }) {
		*found = append(*found, one...)
	}
}
