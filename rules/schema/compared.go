package schema

import (
	"fmt"
	"maps"
	"slices"

	"decree/rules/ir"
	"decree/rules/source"
)

// compared rewrites a comparison of a field, which is in a column, with another field. It gives nil if each is in one
// column, and the comparison is translated as a test of the first.
func (m *Model) compared(s *Source, n *ir.Match, ref *ir.FieldRef, col Column) (ir.Node, error) {
	if m.inSeveralPlaces(s, n.Field) || m.inSeveralPlaces(s, ref.Other) {
		return nil, fmt.Errorf("%s and %s cannot be compared: an event has its fields at the outermost level or in %s", n.Field, ref.Other, s.Envelope)
	}
	other, known := m.columnRead(s, ref.Other)
	switch {
	case !known:
		return nil, nil
	case col.apart() || other.apart():
		return col.comparedInTwoColumns(n, ref, other)
	}
	if err := inOneColumn(n, ref, col, other); err != nil {
		return nil, err
	}
	return nil, sameWords(n, ref, col, other)
}

// inOneColumn checks that each of two fields that are compared is in one column, and as a text that another may have.
func inOneColumn(n *ir.Match, ref *ir.FieldRef, col, other Column) error {
	for _, of := range []struct {
		field ir.Field
		in    Column
	}{{n.Field, col}, {ref.Other, other}} {
		switch c := of.in; {
		case len(c.Spread) > 0:
			return fmt.Errorf("the values of %s are spread over several columns and cannot be compared with another field", of.field)
		case c.Shared:
			return fmt.Errorf("%s has the values of several fields: %s cannot be compared with another field", c.Name, of.field)
		case c.Under != "":
			return fmt.Errorf("%s is in two columns, key and name, and cannot be compared with another field", of.field)
		case c.Type == Digests:
			return c.wholeDigests()
		}
	}
	return nil
}

// comparedInTwoColumns compares `DOMAIN\user` with another field: both parts are equal. other is that field's column.
func (c Column) comparedInTwoColumns(n *ir.Match, ref *ir.FieldRef, other Column) (ir.Node, error) {
	for _, of := range []struct {
		field  ir.Field
		domain string
	}{{n.Field, c.Domain}, {ref.Other, other.Domain}} {
		switch of.domain {
		case "":
			return nil, fmt.Errorf("the product has domain and name of a user in two columns, and %s in one: they cannot be compared", of.field.Name)
		case noDomain:
			return nil, fmt.Errorf("the product stores user names without domains: %s cannot be compared", of.field.Name)
		}
	}
	if ref.Op != ir.Equals {
		return nil, fmt.Errorf("the domains and the names of %s and %s are in two columns each: they can only be compared whole, with fieldref alone", n.Field.Name, ref.Other.Name)
	}
	equal := func(own, of string) ir.Node {
		return &ir.Match{Base: n.Base, Field: ir.Field{Name: own, Level: n.Field.Level}, Test: &ir.FieldRef{Op: ref.Op, Other: ir.Field{Name: of, Level: ref.Other.Level}, Cased: ref.Cased}}
	}
	return &ir.And{Base: n.Base, Terms: []ir.Node{equal(c.Domain, other.Domain), equal(n.Field.Name, ref.Other.Name)}}, nil
}

// sameWords checks that two fields that are compared are stored in the same words, one for each value. Of several words
// for a value, each field could have another.
func sameWords(n *ir.Match, ref *ir.FieldRef, col, other Column) error {
	several := func(words source.OneOrMore) bool { return len(words) > 1 }
	same := maps.EqualFunc(col.Values, other.Values, slices.Equal[source.OneOrMore])
	if same && !slices.ContainsFunc(slices.Collect(maps.Values(col.Values)), several) {
		return nil
	}
	return fmt.Errorf("the product has words of its own for some values of %s or of %s: they cannot be compared", n.Field, ref.Other)
}
