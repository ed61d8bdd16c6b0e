package ir

import (
	"slices"
	"time"

	"decree/rules"
	"decree/rules/diag"
)

// Correlation is a lowered correlation. It matches at an event of one of its inputs, if its condition holds for all
// matches of the same group within Timespan before that event. Both ends of the window and all events of the same time
// are included.
//
// A match of a rule is an event. A match of a correlation is the event that completed it, with that event's fields and
// the values that the correlation is grouped by. A match without a field of GroupBy belongs to no group.
type Correlation struct {
	Source   *rules.Correlation
	Inputs   []Input // one or more
	GroupBy  []Column
	Values   []Column // for the types over values: one or more
	Timespan time.Duration
	// on the count or value; in a temporal correlation without Condition, on the number of different inputs
	Bounds []rules.Bound
	// Condition is over *Occurred: which inputs must have occurred. It is nil if Bounds decide.
	// In temporal_ordered all inputs must occur, none before the previous one, and the last at the event itself.
	Condition Node
}

// Input is an input of a correlation: either a rule or another correlation.
type Input struct {
	Name        string
	Rule        *Rule
	Correlation *Correlation
}

// reads tells whether an input is a rule, or a correlation that reads it.
func (in Input) reads(r *Rule) bool {
	return in.Rule == r || in.Correlation != nil && slices.Contains(in.Correlation.Rules(), r)
}

// Column is a value that every input has, each in a field of its own.
type Column struct {
	Name   string
	Fields []Field // one for each input
	At     diag.Range
}

// Occurred holds when an input has a match in the window. It occurs only in correlations.
type Occurred struct {
	Base
	Input int
}

// LowerCorrelations lowers linked correlations, which must come after those they read. lowered gives the tree of each
// rule. A correlation that reads a rule without a tree is reported and left out.
func LowerCorrelations(cs []*rules.Correlation, lowered map[*rules.Rule]*Rule) ([]*Correlation, diag.Diagnostics) {
	var out []*Correlation
	var found diag.Diagnostics
	done := map[*rules.Correlation]*Correlation{}
	for _, c := range cs {
		low := &Correlation{Source: c, Timespan: c.Timespan, Bounds: c.Bounds}
		whole := true
		for _, in := range c.Inputs {
			input := Input{Name: in.Name(), Rule: lowered[in.Rule], Correlation: done[in.Correlation]}
			if input.Rule == nil && input.Correlation == nil {
				found.Errorf("unreadable-input", in.Range, "fix that rule first", "%q has errors", in.Text)
				whole = false
			}
			low.Inputs = append(low.Inputs, input)
		}
		l := &lowerer{}
		low.GroupBy = l.columns(c, c.GroupBy)
		low.Values = l.columns(c, c.Fields)
		low.Condition = occurrences(c)
		if whole {
			low.several(&l.found)
		}
		found = append(found, l.found...)
		if whole && !l.found.HasErrors() {
			done[c] = low
			out = append(out, low)
		}
	}
	return out, found
}

// several reports extracts with several values that the correlation groups by, counts, or suppresses by.
func (c *Correlation) several(found *diag.Diagnostics) {
	for i, in := range c.Inputs {
		below := []*Rule{in.Rule}
		if in.Correlation != nil {
			below = in.Correlation.Rules()
		}
		for _, r := range below {
			for _, column := range c.GroupBy {
				in.single(found, r, column.Fields[i], column.At, "group-by")
			}
			for _, column := range c.Values {
				in.single(found, r, column.Fields[i], column.At, "field")
			}
			if suppress := c.Source.Body.Suppress; suppress != nil {
				for _, f := range suppress.By {
					in.single(found, r, FieldNamed(f.Name), f.Range, "suppress")
				}
			}
		}
	}
}

// single reports such an extract of a rule, once a place. What a correlation below groups by is not read of its rules
// again.
func (in Input) single(found *diag.Diagnostics, r *Rule, f Field, at diag.Range, key string) {
	if in.Correlation != nil && slices.ContainsFunc(in.Correlation.GroupBy, func(g Column) bool { return g.Name == f.Name }) {
		return
	}
	if !slices.ContainsFunc(*found, func(had diag.Diagnostic) bool { return had.Code == severalCode && had.Range == at }) {
		single(found, r.Own(f), at, key)
	}
}

func (l *lowerer) columns(c *rules.Correlation, names []rules.NamedField) []Column {
	var out []Column
	for _, n := range names {
		column := Column{Name: n.Name, At: n.Range}
		for i := range c.Inputs {
			column.Fields = append(column.Fields, l.field(c.FieldOf(n.Name, i), 0, n.Range))
		}
		out = append(out, column)
	}
	return out
}

// occurrences is the condition of a temporal correlation: the written one, or all of its inputs.
func occurrences(c *rules.Correlation) Node {
	switch {
	case !c.Type.IsTemporal() || len(c.Bounds) > 0:
		return nil
	case c.Condition != nil:
		return simplify(occurrence(c, c.Condition.Expr))
	}
	all := &And{Base: Base{c.TypeRange}}
	for i, in := range c.Inputs {
		all.Terms = append(all.Terms, &Occurred{Base{in.Range}, i})
	}
	return simplify(all)
}

func occurrence(c *rules.Correlation, e rules.Expr) Node {
	at := Base{e.ExprRange()}
	switch e := e.(type) {
	case rules.AndExpr:
		return &And{at, occurrenceTerms(c, e.Terms)}
	case rules.OrExpr:
		return &Or{at, occurrenceTerms(c, e.Terms)}
	case rules.NotExpr:
		return &Not{at, occurrence(c, e.Term)}
	case rules.NameExpr:
		return &Occurred{at, inputNamed(c, e.Name)}
	case rules.OfExpr:
		var terms []Node
		for _, n := range e.Names {
			terms = append(terms, &Occurred{at, inputNamed(c, n)})
		}
		return ofThem(at, e, terms)
	}
	panic("ir: unknown expression")
}

func occurrenceTerms(c *rules.Correlation, terms []rules.Expr) []Node {
	var out []Node
	for _, t := range terms {
		out = append(out, occurrence(c, t))
	}
	return out
}

// inputNamed is the index of the input that a text refers to. The parser has checked that there is one.
func inputNamed(c *rules.Correlation, text string) int {
	for i, in := range c.Inputs {
		if in.Text == text {
			return i
		}
	}
	panic("ir: the condition names an unknown input: " + text)
}

// Chain gives the correlation and all correlations that it reads, directly or indirectly. Each occurs once and after
// those it reads.
func (c *Correlation) Chain() []*Correlation {
	var out []*Correlation
	seen := map[*Correlation]bool{}
	var visit func(*Correlation)
	visit = func(c *Correlation) {
		if seen[c] {
			return
		}
		seen[c] = true
		for _, in := range c.Inputs {
			if in.Correlation != nil {
				visit(in.Correlation)
			}
		}
		out = append(out, c)
	}
	visit(c)
	return out
}

// Rules gives the rules that a correlation reads, directly or indirectly, each once.
func (c *Correlation) Rules() []*Rule {
	var out []*Rule
	for _, below := range c.Chain() {
		for _, in := range below.Inputs {
			if in.Rule != nil && !slices.Contains(out, in.Rule) {
				out = append(out, in.Rule)
			}
		}
	}
	return out
}

// Reads gives the fields of a rule's events that the correlation groups by or counts, directly or through another one.
func (c *Correlation) Reads(r *Rule) []Field {
	var out []Field
	for _, below := range c.Chain() {
		for i, in := range below.Inputs {
			if !in.reads(r) {
				continue
			}
			for _, column := range slices.Concat(below.GroupBy, below.Values) {
				if f := column.Fields[i]; !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// Rewrite gives the correlation with its rules replaced, including those that it reads indirectly.
func (c *Correlation) Rewrite(f func(*Rule) *Rule) *Correlation {
	rs, cs := map[*Rule]*Rule{}, map[*Correlation]*Correlation{}
	for _, r := range c.Rules() {
		rs[r] = f(r)
	}
	for _, below := range c.Chain() {
		out := *below
		out.Inputs = slices.Clone(below.Inputs)
		for i, in := range out.Inputs {
			out.Inputs[i].Rule, out.Inputs[i].Correlation = rs[in.Rule], cs[in.Correlation]
		}
		cs[below] = &out
	}
	return cs[c]
}

// Reach is the longest time between a match and the earliest event that it counts, including through other
// correlations.
func (c *Correlation) Reach() time.Duration {
	reach := map[*Correlation]time.Duration{}
	for _, below := range c.Chain() {
		for _, in := range below.Inputs {
			reach[below] = max(reach[below], reach[in.Correlation])
		}
		reach[below] += below.Timespan
	}
	return reach[c]
}

// Delay is how long after an event it is known whether the rules that it reads match it, directly or through other
// correlations.
func (c *Correlation) Delay() time.Duration {
	var delay time.Duration
	for _, r := range c.Rules() {
		delay = max(delay, r.Delay())
	}
	return delay
}

// PlaceOf is the position where a correlation, or one that it reads, names a field of a rule's events. If none does, it
// is the position of the type.
func (c *Correlation) PlaceOf(r *Rule, f Field) diag.Range {
	chain := c.Chain()
	slices.Reverse(chain)
	for _, below := range chain {
		for i, in := range below.Inputs {
			if !in.reads(r) {
				continue
			}
			for _, column := range slices.Concat(below.GroupBy, below.Values) {
				if column.Fields[i] == f {
					return column.At
				}
			}
		}
	}
	return c.Source.TypeRange
}
