package schema

import (
	"fmt"
	"strings"

	"decree/rules/ir"
)

// noDomain is the value of Domain in a product that does not store domains.
const noDomain = "-"

// apart tells whether no column has both the domain and the name of a user.
func (c Column) apart() bool { return c.Domain != "" && c.Type != Account }

// ofAccount tests `DOMAIN\user`, which the column has. A value without a domain is that of any domain.
func (c Column) ofAccount(n *ir.Match) ir.Node {
	text, ok := n.Test.(*ir.Text)
	if !ok || text.Op != ir.Equals {
		return n
	}
	var whole, bare []string
	for _, v := range text.Values {
		if strings.Contains(v, `\`) {
			whole = append(whole, v)
		} else {
			bare = append(bare, v)
		}
	}
	if len(bare) == 0 {
		return n
	}
	in := func(field string, values []string) ir.Node {
		return &ir.Match{Base: n.Base, Field: ir.Field{Name: field, Level: n.Field.Level}, Test: &ir.Text{Op: text.Op, Values: values, Cased: text.Cased}}
	}
	if len(whole) == 0 {
		return in(c.Bare, bare)
	}
	return &ir.Or{Base: n.Base, Terms: []ir.Node{in(n.Field.Name, whole), in(c.Bare, bare)}}
}

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
