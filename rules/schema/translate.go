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
	if col, known := m.Column(s, n.Field.Name, n.Field.Level); known && s.numeric(col) {
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
	col, ok := m.Column(s, n.Field.Name, n.Field.Level)
	if ref, compares := n.Test.(*ir.FieldRef); compares && ok {
		if m.inSeveralPlaces(s, n.Field) || m.inSeveralPlaces(s, ref.Other) {
			return n, fmt.Errorf("%s and %s cannot be compared: an event has its fields at the outermost level or in %s", n.Field, ref.Other, s.Envelope)
		}
		other, known := m.Column(s, ref.Other.Name, ref.Other.Level)
		if known && (col.Domain != "" || other.Domain != "") {
			return col.comparedInTwoColumns(n, ref, other)
		}
		if known {
			if err := inOneColumn(n, ref, col, other); err != nil {
				return n, err
			}
			if err := sameWords(n, ref, col, other); err != nil {
				return n, err
			}
		}
	}
	if inside, outside, either := m.places(s, n.Field.Name, n.Field.Level); either {
		return m.inEither(s, n, inside, outside)
	}
	return m.inColumn(s, col, ok, n)
}

// inColumn rewrites a test of a field for its column, if it has one.
func (m *Model) inColumn(s *Source, col Column, ok bool, n *ir.Match) (ir.Node, error) {
	_, array := n.Test.(*ir.Elements)
	switch {
	case !ok:
		return n, nil
	case m.Arrays && array && (col.Array != "" || len(col.Spread) == 0):
		return elementsIn(n, col)
	case m.Arrays && n.Field.Level == 0 && mayHoldLists(s, n.Field.Name, col.Name):
		return inLists(s, n, col.Name)
	case len(col.Spread) > 0:
		return m.spread(s, col, n)
	case col.Domain != "":
		return col.inTwoColumns(n)
	case col.Type == Digests:
		return col.digests(n)
	case len(col.Written)+len(col.AlsoWritten) > 0 || col.Under != "" || col.Unnamed:
		return col.path(n)
	case len(col.Values) > 0 && !ofWholes(n.Test):
		return col.partOfWord(n)
	case len(col.Values) > 0 || col.Numbers != "":
		test, err := col.translate(n.Test)
		if err != nil || test == n.Test {
			return n, err
		}
		return &ir.Match{Base: n.Base, Field: n.Field, Test: test}, nil
	case s.integers(col):
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

// ofWholes tells whether a test is of whole values, which have another word or not.
func ofWholes(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Text:
		return t.Op == ir.Equals
	case *ir.Number:
		return t.Op == "eq"
	case *ir.Bool, *ir.FieldRef:
		return true
	}
	return false
}

// translate translates whole values, and data of the registry.
func (c Column) translate(t ir.Test) (ir.Test, error) {
	if re, ok := t.(*ir.Regex); ok && c.Numbers != "" && registryWords[c.Numbers].MatchString(re.Expr) {
		return nil, fmt.Errorf("the expression is of registry data in Sysmon's form, but the product stores %s", registryHeld[c.Numbers])
	}
	text := c.asText(t)
	if text == nil {
		return t, nil
	}
	out := &ir.Text{Op: text.Op, Cased: text.Cased, List: text.List}
	wholes, changed := 0, false
	for _, v := range text.Values {
		own, whole, err := c.productValue(v)
		if err != nil {
			return nil, err
		}
		if whole {
			wholes++
		}
		for _, word := range own {
			changed = changed || word != v
			if !changed || !hasFold(out.Values, word) {
				out.Values = append(out.Values, word)
			}
		}
	}
	switch {
	case !changed:
		return t, nil
	case wholes > 0 && wholes < len(text.Values) && text.Op != ir.Equals:
		return nil, fmt.Errorf("column %s has other values than Sigma: move some of these values into a separate item", c.Name)
	case wholes > 0:
		out.Op, out.Cased = ir.Equals, false
	}
	out.List = ""
	return out, nil
}

// asText gives a test of texts as it is. Where the product has other words for Sigma's values, numbers and truth values
// are texts, too. It is nil for all others.
func (c Column) asText(t ir.Test) *ir.Text {
	switch t := t.(type) {
	case *ir.Text:
		return t
	case *ir.Bool:
		if len(c.Values) > 0 {
			return &ir.Text{Op: ir.Equals, Values: []string{strconv.FormatBool(t.Value)}}
		}
	case *ir.Number:
		if len(c.Values) > 0 && t.Op == "eq" {
			numbers := &ir.Text{Op: ir.Equals}
			for _, v := range t.Values {
				numbers.Values = append(numbers.Values, strconv.FormatFloat(v, 'f', -1, 64))
			}
			return numbers
		}
	}
	return nil
}

// productValue gives the product's words for one of Sigma's values. whole tells whether a word is the whole value of
// the column, whichever part of Sigma's value the test names.
func (c Column) productValue(v string) (own []string, whole bool, err error) {
	for _, from := range sortedNames(c.Values) {
		if strings.EqualFold(from, v) {
			return c.Values[from], false, nil
		}
	}
	if !c.hasValue(v) {
		return nil, false, c.noValue(v)
	}
	if c.Numbers != "" {
		data, whole, err := registryData(v, c.Numbers)
		return []string{data}, whole, err
	}
	return []string{v}, false, nil
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

// noDomain is the value of Domain in a product that does not store domains.
const noDomain = "-"

// inTwoColumns tests `DOMAIN\user` in a product that has domain and user in two columns.
func (c Column) inTwoColumns(n *ir.Match) (ir.Node, error) {
	text, ok := n.Test.(*ir.Text)
	if !ok {
		switch n.Test.(type) {
		case *ir.Null, *ir.Exists, *ir.Number:
			return n, nil
		}
		return n, fmt.Errorf("the domain and the name of %s are in two columns: a pattern cannot span both", n.Field.Name)
	}
	in := func(field string, op ir.TextOp, v string) ir.Node {
		return &ir.Match{Base: n.Base, Field: ir.Field{Name: field, Level: n.Field.Level}, Test: &ir.Text{Op: op, Values: []string{v}, Cased: text.Cased}}
	}
	before, after := ir.Equals, ir.Equals // the tests of the domain and of the name around the backslash
	if text.Op == ir.Contains || text.Op == ir.EndsWith {
		before = ir.EndsWith
	}
	if text.Op == ir.Contains || text.Op == ir.StartsWith {
		after = ir.StartsWith
	}
	var terms []ir.Node
	for _, v := range text.Values {
		domain, name, both := strings.Cut(v, `\`)
		if both && text.Op == ir.Word {
			return n, fmt.Errorf("the domain and the name of %s are in two columns: a word cannot span both", n.Field.Name)
		}
		if c.Domain == noDomain && (both || after == ir.StartsWith || text.Op == ir.Word) {
			return n, fmt.Errorf("the product stores user names without domains: %q may be part of either", v)
		}
		switch {
		case both:
			terms = append(terms, &ir.And{Base: n.Base, Terms: []ir.Node{in(c.Domain, before, domain), in(n.Field.Name, after, name)}})
		case text.Op == ir.Contains, text.Op == ir.Word:
			terms = append(terms, in(c.Domain, text.Op, v), in(n.Field.Name, text.Op, v))
		case text.Op == ir.StartsWith:
			terms = append(terms, in(c.Domain, text.Op, v))
		default:
			terms = append(terms, in(n.Field.Name, text.Op, v))
		}
	}
	return either(n.Base, terms), nil
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
			return n, fmt.Errorf("the product has domain and name of a user in two columns, and %s in one: they cannot be compared", of.field.Name)
		case noDomain:
			return n, fmt.Errorf("the product stores user names without domains: %s cannot be compared", of.field.Name)
		}
	}
	if ref.Op != ir.Equals {
		return n, fmt.Errorf("the domains and the names of %s and %s are in two columns each: they can only be compared whole, with fieldref alone", n.Field.Name, ref.Other.Name)
	}
	equal := func(own, of string) ir.Node {
		return &ir.Match{Base: n.Base, Field: ir.Field{Name: own, Level: n.Field.Level}, Test: &ir.FieldRef{Op: ref.Op, Other: ir.Field{Name: of, Level: ref.Other.Level}, Cased: ref.Cased}}
	}
	return &ir.And{Base: n.Base, Terms: []ir.Node{equal(c.Domain, other.Domain), equal(n.Field.Name, ref.Other.Name)}}, nil
}
