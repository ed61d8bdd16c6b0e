package correlate

import (
	"slices"

	"decree/rules"
	"decree/rules/ir"
)

// Lack counts what was asked for the values of some fields. It tells whether all of it has nothing in one of them.
type Lack struct {
	Asked  int
	had    bool // one has all
	fields []string
}

// Note counts one that was asked. field is the first that it has nothing in, "" if it has all.
func (l *Lack) Note(field string) {
	l.Asked++
	switch {
	case field == "":
		l.had = true
	case !slices.Contains(l.fields, field):
		l.fields = append(l.fields, field)
	}
}

// OfAll gives the fields that were lacking, sorted, if all that was asked lacks one of them; else none.
func (l *Lack) OfAll() []string {
	if l.had {
		return nil
	}
	return slices.Sorted(slices.Values(l.fields))
}

// add adds what was asked besides.
func (l *Lack) add(o Lack) {
	asked := l.Asked + o.Asked
	l.again(o)
	l.Asked = asked
}

// again adds what was asked in another run, which may be the same.
func (l *Lack) again(o Lack) {
	l.Asked, l.had = max(l.Asked, o.Asked), l.had || o.had
	for _, field := range o.fields {
		if !slices.Contains(l.fields, field) {
			l.fields = append(l.fields, field)
		}
	}
}

// Lacking is a correlation that can find nothing, because none of the matches that it was given can be counted, or none
// of those of an input that it needs: all have nothing in a field that it groups by or counts.
type Lacking struct {
	Of     *Correlation
	Inputs []string // of which these are the matches; none if they are all
	Lack
}

// Lacking gives these correlations.
func (v *Evaluation) Lacking() (out []Lacking) {
	for _, c := range v.set.All {
		if l := c.lacking(v.lacks[c]); l.OfAll() != nil {
			out = append(out, l)
		}
	}
	return out
}

// SawAlso adds what another evaluation was given, which may be of the same matches.
func (v *Evaluation) SawAlso(o *Evaluation) {
	for c, lacks := range o.lacks {
		if v.lacks[c] == nil {
			v.lacks[c] = make([]Lack, len(lacks))
		}
		for i := range lacks {
			v.lacks[c][i].again(lacks[i])
		}
	}
}

// lacking sums up what the inputs lack.
func (c *Correlation) lacking(inputs []Lack) Lacking {
	all, some := Lacking{Of: c}, Lacking{Of: c}
	none := make([]bool, len(inputs)) // of the matches of an input can be counted
	for i, l := range inputs {
		all.add(l)
		if none[i] = l.OfAll() != nil; none[i] {
			some.add(l)
			some.Inputs = append(some.Inputs, c.IR.Inputs[i].Name)
		}
	}
	if all.OfAll() == nil && c.needsMore(none) {
		return some
	}
	return all
}

// needsMore tells whether a correlation cannot hold without some inputs.
func (c *Correlation) needsMore(without []bool) bool {
	if !c.IR.Source.Type.IsTemporal() {
		return false
	}
	if c.IR.Condition != nil {
		return !mayBe(c.IR.Condition, true, without)
	}
	different := 0
	for _, none := range without {
		if !none {
			different++
			if rules.Within(c.IR.Bounds, float64(different)) {
				return false
			}
		}
	}
	return true
}

// mayBe tells whether a condition on inputs may be true, or false, where some inputs never occur.
func mayBe(n ir.Node, is bool, without []bool) bool {
	may := func(t ir.Node) bool { return mayBe(t, is, without) }
	cannot := func(t ir.Node) bool { return !may(t) }
	switch n := n.(type) {
	case *ir.Occurred:
		return !is || !without[n.Input]
	case *ir.Not:
		return mayBe(n.Term, !is, without)
	case *ir.And:
		if is {
			return !slices.ContainsFunc(n.Terms, cannot)
		}
		return slices.ContainsFunc(n.Terms, may)
	case *ir.Or:
		if is {
			return slices.ContainsFunc(n.Terms, may)
		}
		return !slices.ContainsFunc(n.Terms, cannot)
	case *ir.AtLeast:
		able := 0
		for _, t := range n.Terms {
			if may(t) {
				able++
			}
		}
		if is {
			return able >= n.Count
		}
		return len(n.Terms)-able < n.Count
	}
	panic("correlate: unknown node in a correlation's condition")
}

// lacksOf gives the first of some columns in which a match has nothing; "" if it has all.
func (v *Evaluation) lacksOf(c *Correlation, columns []ir.Column, m member) string {
	for _, column := range columns {
		if _, ok := v.text(c, column, m); !ok {
			return column.Name
		}
	}
	return ""
}
