package schema

import (
	"fmt"
	"slices"

	"decree/rules/ir"
)

// ColumnOf finds the column of a field on the event itself, as Column does, or of an extract the columns that it is
// made of. The event must have all of these.
func (m *Model) ColumnOf(s *Source, f ir.Field) (Column, bool) {
	if f.Extract == nil {
		return m.Column(s, f.Name, f.Level)
	}
	made := &Made{Extract: f.Extract}
	for _, from := range f.Extract.From {
		c, ok := m.Native(s, s.tested(from), nil)
		if !ok {
			return Column{}, false
		}
		made.From = append(made.From, c)
	}
	return Column{Name: f.Name, Made: made, Multivalue: true}, true
}

// WholeOf gives the columns of a field's whole value, as Whole does, or of an extract the columns that it is made of.
func (m *Model) WholeOf(s *Source, f ir.Field) (columns []Column, domain *Column) {
	if f.Extract == nil {
		return m.Whole(s, f.Name, f.Level)
	}
	if c, ok := m.ColumnOf(s, f); ok && m.Makes(s, f) == nil {
		columns = []Column{c}
	}
	return columns, nil
}

// Makes tells why an extract cannot be made of the columns that a source has for its fields. It is nil if nothing is
// wrong with those that are there.
func (m *Model) Makes(s *Source, f ir.Field) error {
	_, err := m.translateMade(s, &ir.Match{Field: f, Test: &ir.Exists{Value: true}})
	return err
}

// translateMade checks that the columns that an extract is made of hold what the rule makes it of. The test itself is
// of the value that comes out.
func (m *Model) translateMade(s *Source, n *ir.Match) (ir.Node, error) {
	fields := []ir.Field{n.Field}
	if ref, ok := n.Test.(*ir.FieldRef); ok {
		fields = append(fields, ref.Other)
	}
	for _, f := range fields {
		if f.Extract == nil {
			continue
		}
		for _, read := range f.Reads() {
			c, ok := m.Column(s, read.Name, read.Level)
			if ok && (c.rewritten() || c.Shared || m.Arrays && read.Level == 0 && mayHoldLists(s, read.Name, c.Name) || m.inSeveralPlaces(s, read)) {
				return n, fmt.Errorf("the product does not store %s as the rule writes it, so that %s cannot be made of it", read, f.Name)
			}
		}
	}
	return n, nil
}

// rewritten tells whether the product stores other texts in a column than Sigma's field has.
func (c Column) rewritten() bool {
	return len(c.Spread)+len(c.Written)+len(c.AlsoWritten)+len(c.Values) > 0 || c.apart() || c.Type == Digests || c.Under != "" || c.Unnamed || c.Numbers != ""
}

// isMade tells whether a test reads an extract.
func isMade(n *ir.Match) bool {
	ref, ok := n.Test.(*ir.FieldRef)
	return n.Field.Extract != nil || ok && ref.Other.Extract != nil
}

// hasAll tells whether a source has all fields of the event that a field is made of.
func (s *Source) hasAll(m *Model, f ir.Field) bool {
	return !slices.ContainsFunc(f.Reads(), func(read ir.Field) bool { return !s.Has(m, read) })
}
