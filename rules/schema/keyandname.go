package schema

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/ir"
)

// defaultValue is Sysmon's name for the unnamed value of a key. Products leave it empty.
const defaultValue = "(Default)"

// joined tests a path that is split over two columns. The last component is in the field's own column. Everything
// before the last backslash is in the column of the field Under. Names have no backslash.
func (c Column) joined(n *ir.Match) (ir.Node, error) {
	j := joint{c, n}
	switch t := n.Test.(type) {
	case *ir.Text:
		return j.text(t)
	case *ir.Glob:
		return j.glob(t)
	case *ir.Null, *ir.Exists:
		return j.key(n.Test), nil
	}
	return n, j.refusal()
}

// joint is one test of a path in two columns.
type joint struct {
	col Column
	at  *ir.Match
}

func (j joint) refusal() error {
	return fmt.Errorf("%s is in two columns, key and name: a pattern cannot span both", j.at.Field.Name)
}

func (j joint) key(t ir.Test) ir.Node {
	return &ir.Match{Base: j.at.Base, Field: ir.Field{Name: j.col.Under, Level: j.at.Field.Level}, Test: t}
}

func (j joint) name(t ir.Test) ir.Node {
	return &ir.Match{Base: j.at.Base, Field: j.at.Field, Test: t}
}

func (j joint) both(terms ...ir.Node) ir.Node { return &ir.And{Base: j.at.Base, Terms: terms} }

// keyAlone holds for events about a key and not about one of its values.
func (j joint) keyAlone(t ir.Test) ir.Node {
	return j.both(j.key(t), j.name(&ir.Null{}))
}

func (j joint) text(t *ir.Text) (ir.Node, error) {
	switch t.Op {
	case ir.Filename:
		return nil, j.refusal()
	case ir.Word: // the separator between the two columns separates words
		if slices.ContainsFunc(t.Values, func(v string) bool { return strings.Contains(v, `\`) }) {
			return nil, j.refusal()
		}
		return either(j.at.Base, []ir.Node{j.key(t), j.name(t)}), nil
	}
	terms := append(j.wholeInKey(t), j.acrossBoth(t)...)
	if len(terms) == 0 {
		return nil, neverPasses(fmt.Sprintf("%s is a path and never equals %q", j.at.Field.Name, t.Values))
	}
	return either(j.at.Base, terms), nil
}

// wholeInKey tests what the key alone may hold.
func (j joint) wholeInKey(t *ir.Text) []ir.Node {
	inKey := &ir.Text{Op: t.Op, Values: t.Values, Cased: t.Cased}
	switch {
	case t.Op == ir.Contains || t.Op == ir.StartsWith:
		return []ir.Node{j.key(inKey)}
	case j.col.Alone:
		return []ir.Node{j.keyAlone(inKey)}
	}
	return nil
}

// acrossBoth tests the key and the name on both sides of the last backslash of each value. A value without one is in
// the name alone.
func (j joint) acrossBoth(t *ir.Text) (terms []ir.Node) {
	of := func(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values, Cased: t.Cased} }
	before, after := ir.Equals, ir.Equals // the tests of the key and of the name
	if t.Op == ir.Contains || t.Op == ir.EndsWith {
		before = ir.EndsWith
	}
	if t.Op == ir.Contains || t.Op == ir.StartsWith {
		after = ir.StartsWith
	}
	var names, keys []string
	for _, v := range t.Values {
		i := strings.LastIndexByte(v, '\\')
		if i < 0 {
			if before == ir.EndsWith {
				names = append(names, v)
			}
			continue
		}
		switch key, name := v[:i], v[i+1:]; {
		case name == "" && after == ir.StartsWith:
			keys = append(keys, key)
		case key == "" && before == ir.EndsWith:
			terms = append(terms, j.nameIs(of(after, name)))
		default:
			terms = append(terms, j.both(j.key(of(before, key)), j.nameIs(of(after, name))))
		}
	}
	if len(keys) > 0 {
		terms = append(terms, j.key(of(before, keys...)))
	}
	if len(names) > 0 {
		terms = append(terms, j.name(of(t.Op, names...)))
	}
	return terms
}

// nameIs tests the name by one value. The unnamed value of a key has none.
func (j joint) nameIs(t *ir.Text) ir.Node {
	if t.Op == ir.Equals && strings.EqualFold(t.Values[0], defaultValue) {
		return either(j.at.Base, []ir.Node{j.name(t), j.name(&ir.Null{})})
	}
	return j.name(t)
}

// glob splits a pattern at its last backslash. A pattern whose last part may match more than a name is not split.
func (j joint) glob(t *ir.Glob) (ir.Node, error) {
	last, at := -1, 0
	for i, p := range t.Parts {
		if k := strings.LastIndexByte(p.Literal, '\\'); p.Wild == 0 && k >= 0 {
			last, at = i, k
		}
	}
	if last < 0 {
		return nil, j.refusal()
	}
	before := append([]ir.GlobPart{}, t.Parts[:last]...)
	var after []ir.GlobPart
	if left := t.Parts[last].Literal[:at]; left != "" {
		before = append(before, ir.GlobPart{Literal: left})
	}
	if right := t.Parts[last].Literal[at+1:]; right != "" {
		after = append(after, ir.GlobPart{Literal: right})
	}
	after = append(after, t.Parts[last+1:]...)
	open := false // the pattern may continue
	for i, p := range after {
		if p.Wild == '*' {
			if i < len(after)-1 {
				return nil, j.refusal()
			}
			open = true
		}
	}
	terms := []ir.Node{j.both(j.key(&ir.Glob{Parts: before, Cased: t.Cased}), j.name(&ir.Glob{Parts: after, Cased: t.Cased}))}
	switch {
	case open:
		terms = append(terms, j.key(t))
	case j.col.Alone:
		terms = append(terms, j.keyAlone(t))
	}
	return either(j.at.Base, terms), nil
}
