package correlate

import (
	"slices"

	"decree/rules/ir"
)

// Lack counts what was asked for the values of some fields. It tells whether all of it has nothing in one of them.
type Lack struct {
	Asked   int
	without int
	fields  []string
}

// Note counts one that was asked. field is the first that it has nothing in, "" if it has all.
func (l *Lack) Note(field string) {
	l.Asked++
	if field == "" {
		return
	}
	l.without++
	if !slices.Contains(l.fields, field) {
		l.fields = append(l.fields, field)
	}
}

// OfAll gives the fields that were lacking, sorted, if all that was asked lacks one of them; else none.
func (l *Lack) OfAll() []string {
	if l.without < l.Asked {
		return nil
	}
	return slices.Sorted(slices.Values(l.fields))
}

// Lacking is a correlation none of whose matches can be counted: all have nothing in a field that it groups by or
// counts.
type Lacking struct {
	Of *Correlation
	Lack
}

// Lacking gives these correlations.
func (v *Evaluation) Lacking() []Lacking { return v.lacking }

// lacks gives the first of some columns in which a match has nothing; "" if it has all.
func (v *Evaluation) lacks(c *Correlation, columns []ir.Column, m member) string {
	for _, column := range columns {
		if _, ok := v.text(c, column, m); !ok {
			return column.Name
		}
	}
	return ""
}
