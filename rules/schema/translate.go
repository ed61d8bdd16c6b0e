package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"decree/rules/ir"
)

// Translate rewrites a test for the way the product stores the field. The product may have other words for Sigma's
// values, another notation for registry numbers, separate columns for domain and user, and a column for each hash
// algorithm. A test that needs no translation is returned unchanged. Otherwise the result consists of *ir.Match,
// *ir.And, *ir.Or and *ir.Not. An error says what the product's column cannot answer. The spelling of a number becomes
// a false *ir.Const if the column holds no texts, or texts of another product.
func (m *Model) Translate(s *Source, n *ir.Match) (ir.Node, error) {
	if isMade(n) {
		return m.translateMade(s, n)
	}
	n = s.ofHostNames(n)
	text, ok := n.Test.(*ir.Text)
	if !ok || !text.Spelling {
		return m.translate(s, n)
	}
	never := &ir.Const{Base: n.Base}
	if col, known := m.columnRead(s, n.Field); known && s.numeric(col) {
		return never, nil
	}
	own, err := m.translate(s, n)
	if err != nil {
		return never, nil
	}
	return own, nil
}

// numeric tells whether a column has no texts.
func (s *Source) numeric(c Column) bool {
	switch c.Type {
	case Int, Bool, Datetime, IP:
		return true
	}
	switch s.Columns[c.Name] {
	case "int", "long", "real", "decimal", "bool", "datetime":
		return true
	}
	return false
}

func (m *Model) translate(s *Source, n *ir.Match) (ir.Node, error) {
	if split, ok := m.splitHashes(s, n); ok {
		return split, nil
	}
	if own, ok := m.ofElements(s, n); ok {
		return own, nil
	}
	col, ok := m.columnRead(s, n.Field)
	if ref, compares := n.Test.(*ir.FieldRef); compares && ok {
		own, err := m.compared(s, n, ref, col)
		if err != nil {
			return n, err
		}
		if own != nil {
			return own, nil
		}
	}
	if inside, outside, either := m.places(s, n.Field.Name, n.Field.Level); either {
		return m.inEither(s, n, inside, outside)
	}
	if !ok {
		return n, nil
	}
	return m.inColumn(s, col, n)
}

// columnRead finds the column of a field: on the event itself or, of an ancestor that the event does not carry, on the
// creation event that is read for it. That is the process's below, whose own parent fields describe the ancestor, or
// else the ancestor's.
func (m *Model) columnRead(s *Source, f ir.Field) (col Column, ok bool) {
	for i, level := range append([]int{f.Level}, s.linkedLevels(f.Level)...) {
		if col, ok = m.Column(s, f.Name, level); ok && (i == 0 || level == 0 || col.Holds == "") {
			return col, true
		}
	}
	return Column{}, false
}

// linkedLevels are the levels of a creation event's fields that may tell an ancestor's, in the order in which they are
// asked. There are none where no link leads to the ancestor.
func (s *Source) linkedLevels(level int) []int {
	if level == 0 || len(s.Keys[1]) == 0 {
		return nil
	}
	var levels []int
	for above := 1; above < level; above++ {
		levels = append(levels, above)
	}
	return append(levels, 0)
}

// inColumn rewrites a test of a field for its column.
func (m *Model) inColumn(s *Source, col Column, n *ir.Match) (ir.Node, error) {
	_, array := n.Test.(*ir.Elements)
	switch {
	case m.Arrays && array && (col.Array != "" || len(col.Spread) == 0):
		return elementsIn(n, col)
	case m.Arrays && n.Field.Level == 0 && mayHoldLists(s, n.Field.Name, col.Name):
		return inLists(s, n, col.Name)
	case len(col.Spread) > 0:
		return m.spread(s, col, n)
	case col.Type == IP && m.Dialect == "eql":
		return asAddresses(n), nil
	}
	return col.asStored(s, n)
}

// asStored rewrites a test of one value for the form in which the column has it.
func (c Column) asStored(s *Source, n *ir.Match) (ir.Node, error) {
	switch {
	case c.Shared:
		return n, c.amongOthers(n)
	case c.Type == Account:
		return c.ofAccount(n), nil
	case c.Domain != "":
		return c.inTwoColumns(n)
	case c.Type == Digests:
		return c.digests(n)
	case len(c.Written)+len(c.AlsoWritten) > 0 || c.Under != "" || c.Unnamed:
		return c.path(n)
	case len(c.Values) > 0 && !ofWholes(n.Test):
		return c.partOfWord(n)
	case len(c.Values) > 0 || c.Numbers != "":
		test, err := c.productTest(n.Test)
		if err != nil || test == n.Test {
			return n, err
		}
		return &ir.Match{Base: n.Base, Field: n.Field, Test: test}, nil
	case s.integers(c):
		return inDecimal(n), nil
	}
	return n, nil
}

// integers tells whether the product stores whole numbers in a column.
func (s *Source) integers(c Column) bool {
	return c.Type == Int || s.Columns[c.Name] == "int" || s.Columns[c.Name] == "long"
}

// inDecimal replaces texts of hexadecimal numbers, as Windows writes logon sessions and process ids (0x3e7), by the
// digits of the number: the column has the number itself.
func inDecimal(n *ir.Match) *ir.Match {
	text, ok := n.Test.(*ir.Text)
	if !ok || text.Op != ir.Equals {
		return n
	}
	values, changed := slices.Clone(text.Values), false
	for i, v := range values {
		if len(v) < 3 || !strings.EqualFold(v[:2], "0x") {
			continue
		}
		if number, err := strconv.ParseUint(v[2:], 16, 64); err == nil {
			values[i], changed = strconv.FormatUint(number, 10), true
		}
	}
	if !changed {
		return n
	}
	return &ir.Match{Base: n.Base, Field: n.Field, Test: &ir.Text{Op: ir.Equals, Values: values}}
}

// spread tests each of the fields that a field's values are spread over. A network is searched for in the columns that
// store addresses as such, if there are any.
func (m *Model) spread(s *Source, c Column, n *ir.Match) (ir.Node, error) {
	var terms, typed []ir.Node
	for _, name := range c.Spread {
		one, err := m.Translate(s, &ir.Match{Base: n.Base, Field: ir.Field{Name: name, Level: n.Field.Level}, Test: n.Test})
		if err != nil {
			return n, err
		}
		terms = append(terms, one)
		if at, ok := m.Column(s, name, n.Field.Level); ok && at.Type == IP {
			typed = append(typed, one)
		}
	}
	if _, network := n.Test.(*ir.CIDR); network && len(typed) > 0 {
		terms = typed
	}
	if ir.WhenMissing(n.Test) {
		return &ir.And{Base: n.Base, Terms: terms}, nil
	}
	return either(n.Base, terms), nil
}

// amongOthers checks that a column with the values of several fields can answer a test of one of them.
func (c Column) amongOthers(n *ir.Match) error {
	switch n.Test.(type) {
	case *ir.Null, *ir.Exists, *ir.Elements:
		return fmt.Errorf("%s has the values of several fields, and does not tell which are there", c.Name)
	}
	return nil
}
