package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"decree/rules/ir"
)

// Translate rewrites a test for the way the product stores the field. The product may have other words for Sigma's values,
// another notation for registry numbers, separate columns for domain and user, and a column for each hash algorithm. A test
// that needs no translation is returned unchanged. Otherwise the result consists of *ir.Match, *ir.And and *ir.Or. An error
// says what the product's column cannot answer. The spelling of a number becomes a false *ir.Const if the column holds no
// texts, or texts of another product.
func (m *Model) Translate(s *Source, n *ir.Match) (ir.Node, error) {
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
	if n.Field.Name == hashesField && n.Field.Level == 0 {
		if split, ok := m.splitHashes(s, n); ok {
			return split, nil
		}
	}
	col, ok := m.Column(s, n.Field.Name, n.Field.Level)
	switch {
	case !ok:
		return n, nil
	case m.Arrays && n.Field.Level == 0 && mayHoldLists(s, n.Field.Name):
		return inLists(n, col.Name)
	case len(col.Spread) > 0:
		return m.spread(s, col, n)
	case col.Domain != "":
		return col.apart(n)
	case col.Prefix != "":
		return col.prefixed(n)
	case col.Type == Digests:
		return col.digests(n)
	case len(col.Written)+len(col.AlsoWritten) > 0 || col.Under != "" || col.Unnamed:
		return col.path(n)
	case len(col.Values) > 0 || col.Numbers != "":
		test, err := col.translate(n.Test)
		if err != nil || test == n.Test {
			return n, err
		}
		return &ir.Match{Base: n.Base, Field: n.Field, Test: test}, nil
	}
	return n, nil
}

func (c Column) translate(t ir.Test) (ir.Test, error) {
	asked := t
	if b, ok := t.(*ir.Bool); ok && len(c.Values) > 0 {
		asked = &ir.Text{Op: ir.Equals, Values: []string{strconv.FormatBool(b.Value)}}
	}
	if n, ok := t.(*ir.Number); ok && len(c.Values) > 0 && n.Op == "eq" {
		numbers := &ir.Text{Op: ir.Equals}
		for _, v := range n.Values {
			numbers.Values = append(numbers.Values, strconv.FormatFloat(v, 'f', -1, 64))
		}
		asked = numbers
	}
	text, ok := asked.(*ir.Text)
	if !ok {
		return t, nil
	}
	out := &ir.Text{Op: text.Op, Cased: text.Cased, List: text.List}
	wholes, changed := 0, false
	for _, v := range text.Values {
		own, whole, err := c.own(v)
		if err != nil {
			return nil, err
		}
		if whole {
			wholes++
		}
		changed = changed || own != v
		if !slices.ContainsFunc(out.Values, func(had string) bool { return changed && strings.EqualFold(had, own) }) {
			out.Values = append(out.Values, own)
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

// own gives the product's word for one of Sigma's values. whole tells whether the word is the whole value of the column,
// whichever part of Sigma's value the test names.
func (c Column) own(v string) (own string, whole bool, err error) {
	for _, from := range sortedNames(c.Values) {
		if strings.EqualFold(from, v) {
			return c.Values[from], false, nil
		}
	}
	if c.Numbers != "" {
		return registryData(v, c.Numbers)
	}
	return v, false, nil
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
	switch t := n.Test.(type) {
	case *ir.FieldRef:
		return n, fmt.Errorf("the values of %s are spread over several columns and cannot be compared with another field", n.Field.Name)
	case *ir.CIDR:
		if len(typed) > 0 {
			terms = typed
		}
	case *ir.Null:
		return &ir.And{Base: n.Base, Terms: terms}, nil
	case *ir.Exists:
		if !t.Value {
			return &ir.And{Base: n.Base, Terms: terms}, nil
		}
	}
	return either(n.Base, terms), nil
}

// noDomain is the value of Domain in a product that does not store domains.
const noDomain = "-"

// apart tests `DOMAIN\user` in a product that has domain and user in two columns.
func (c Column) apart(n *ir.Match) (ir.Node, error) {
	text, ok := n.Test.(*ir.Text)
	if !ok {
		switch n.Test.(type) {
		case *ir.Null, *ir.Exists, *ir.Number, *ir.FieldRef:
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
		if c.Domain == noDomain && (both || after == ir.StartsWith) {
			return n, fmt.Errorf("the product stores user names without domains: %q may be part of either", v)
		}
		switch {
		case both:
			terms = append(terms, &ir.And{Base: n.Base, Terms: []ir.Node{in(c.Domain, before, domain), in(n.Field.Name, after, name)}})
		case text.Op == ir.Contains:
			terms = append(terms, in(c.Domain, text.Op, v), in(n.Field.Name, text.Op, v))
		case text.Op == ir.StartsWith:
			terms = append(terms, in(c.Domain, text.Op, v))
		default:
			terms = append(terms, in(n.Field.Name, text.Op, v))
		}
	}
	return either(n.Base, terms), nil
}

// path tests a path in Sigma's form and in the product's, in the columns that hold it.
func (c Column) path(n *ir.Match) (ir.Node, error) {
	written := c.bothWays(c.asWritten(n))
	ways := []ir.Node{written}
	if or, ok := written.(*ir.Or); ok {
		ways = slices.Clone(or.Terms)
	}
	if c.Unnamed {
		for _, way := range slices.Clone(ways) {
			ways = append(ways, unnamed(way.(*ir.Match))...)
		}
	}
	if c.Under == "" {
		return either(n.Base, ways), nil
	}
	var terms []ir.Node
	for _, way := range ways {
		own, err := c.joined(way.(*ir.Match))
		if err != nil {
			return n, err
		}
		if or, ok := own.(*ir.Or); ok {
			terms = append(terms, or.Terms...)
		} else {
			terms = append(terms, own)
		}
	}
	return either(n.Base, terms), nil
}

// unnamed tests for the unnamed value of a key, which has an empty name in the product. Nothing follows the name of a value.
func unnamed(n *ir.Match) (ways []ir.Node) {
	ask := func(t ir.Test) { ways = append(ways, &ir.Match{Base: n.Base, Field: n.Field, Test: t}) }
	switch t := n.Test.(type) {
	case *ir.Text:
		var keys []string
		for _, v := range t.Values {
			if key, ok := withoutName(v); ok {
				keys = append(keys, key)
			}
		}
		op := t.Op
		switch op {
		case ir.StartsWith:
			op = ir.Equals
		case ir.Contains:
			op = ir.EndsWith
		case ir.Filename:
			return nil
		}
		if len(keys) > 0 {
			ask(&ir.Text{Op: op, Values: keys, Cased: t.Cased})
		}
	case *ir.Glob:
		last := len(t.Parts) - 1
		if last > 0 && t.Parts[last].Wild == '*' {
			last--
		}
		if key, ok := withoutName(t.Parts[last].Literal); ok {
			parts := slices.Clone(t.Parts[:last+1])
			parts[last].Literal = key
			ask(&ir.Glob{Parts: parts, Cased: t.Cased})
		}
	}
	return ways
}

// withoutName is the path of a key's unnamed value in a product where it has no name.
func withoutName(path string) (key string, ok bool) {
	at := len(path) - len(defaultValue)
	if at < 0 || !strings.EqualFold(path[at:], defaultValue) || at > 0 && path[at-1] != '\\' {
		return "", false
	}
	return strings.TrimSuffix(path[:at], `\`) + `\`, true
}

func either(at ir.Base, terms []ir.Node) ir.Node {
	if len(terms) == 1 {
		return terms[0]
	}
	return &ir.Or{Base: at, Terms: terms}
}

// asWritten replaces prefixes of paths by the product's. A prefix is at the start of a value, or after a wildcard.
func (c Column) asWritten(n *ir.Match) *ir.Match {
	var test ir.Test
	switch t := n.Test.(type) {
	case *ir.Glob:
		out := &ir.Glob{Parts: slices.Clone(t.Parts), Cased: t.Cased}
		for i, p := range t.Parts {
			if p.Wild == 0 {
				out.Parts[i].Literal = c.begun(p.Literal)
			}
		}
		test = out
	case *ir.Text:
		out := &ir.Text{Op: t.Op, Cased: t.Cased}
		for _, v := range t.Values {
			if own := c.begun(v); !slices.Contains(out.Values, own) {
				out.Values = append(out.Values, own)
			}
		}
		if slices.Equal(out.Values, t.Values) {
			return n
		}
		test = out
	default:
		return n
	}
	return &ir.Match{Base: n.Base, Field: n.Field, Test: test}
}

func (c Column) begun(text string) string {
	for _, from := range sortedNames(c.Written) {
		if len(text) >= len(from) && strings.EqualFold(text[:len(from)], from) {
			return c.Written[from] + text[len(from):]
		}
	}
	return text
}

// bothWays tests values in Sigma's form and in the product's.
func (c Column) bothWays(n *ir.Match) ir.Node {
	terms := []ir.Node{n}
	ask := func(t ir.Test) { terms = append(terms, &ir.Match{Base: n.Base, Field: n.Field, Test: t}) }
	switch t := n.Test.(type) {
	case *ir.Glob:
		if parts, changed := c.otherwise(t.Parts); changed {
			ask(&ir.Glob{Parts: parts, Cased: t.Cased})
		}
	case *ir.Text:
		for _, v := range t.Values {
			parts, changed := c.otherwise([]ir.GlobPart{{Literal: v}})
			switch {
			case !changed:
			case len(parts) == 1:
				ask(&ir.Text{Op: t.Op, Values: []string{parts[0].Literal}, Cased: t.Cased})
			default:
				if t.Op == ir.EndsWith || t.Op == ir.Contains {
					parts = append([]ir.GlobPart{{Wild: '*'}}, parts...)
				}
				if t.Op == ir.StartsWith || t.Op == ir.Contains {
					parts = append(parts, ir.GlobPart{Wild: '*'})
				}
				ask(&ir.Glob{Parts: parts, Cased: t.Cased})
			}
		}
	}
	return either(n.Base, terms)
}

// otherwise writes the literals of a pattern in the product's form.
func (c Column) otherwise(parts []ir.GlobPart) (out []ir.GlobPart, changed bool) {
	literal := func(text string) {
		switch last := len(out) - 1; {
		case text == "":
		case last >= 0 && out[last].Wild == 0:
			out[last].Literal += text
		default:
			out = append(out, ir.GlobPart{Literal: text})
		}
	}
	for _, p := range parts {
		if p.Wild != 0 {
			out = append(out, p)
			continue
		}
		for rest := p.Literal; rest != ""; {
			at, from := c.next(rest)
			literal(rest[:at])
			if from != "" {
				changed = true
				for i, text := range strings.Split(c.AlsoWritten[from], "?") {
					if i > 0 {
						out = append(out, ir.GlobPart{Wild: '?'})
					}
					literal(text)
				}
			}
			rest = rest[at+len(from):]
		}
	}
	return out, changed
}

// next finds the first part of a text that the product may write differently, or "" if there is none.
func (c Column) next(text string) (at int, from string) {
	at = len(text)
	for _, name := range sortedNames(c.AlsoWritten) {
		for i := 0; i+len(name) <= len(text) && i < at; i++ {
			if strings.EqualFold(text[i:i+len(name)], name) {
				at, from = i, name
			}
		}
	}
	return at, from
}

const hashesField = "Hashes"

// hashFields are the fields for the algorithms in Sysmon's Hashes.
var hashFields = map[string]struct {
	field  string
	length int
}{"MD5": {"md5", 32}, "SHA1": {"sha1", 40}, "SHA256": {"sha256", 64}, "IMPHASH": {"Imphash", 32}}

// splitHashes tests each hash in the field of its algorithm, if the source has separate fields.
func (m *Model) splitHashes(s *Source, n *ir.Match) (ir.Node, bool) {
	text, isText := n.Test.(*ir.Text)
	_, together := s.Fields[hashesField]
	apart, ok := s.Fields["sha256"]
	if !isText || together || !ok || apart.Type == HashSet {
		return nil, false
	}
	values := map[string][]string{}
	for _, v := range text.Values {
		algorithm, hash, _ := strings.Cut(v, "=")
		f, known := hashFields[strings.ToUpper(algorithm)]
		if !known || len(hash) != f.length {
			return nil, false
		}
		values[f.field] = append(values[f.field], hash)
	}
	var terms []ir.Node
	for _, name := range sortedNames(values) {
		var term ir.Node = &ir.Match{Base: n.Base, Field: ir.Field{Name: name}, Test: &ir.Text{Op: ir.Equals, Values: values[name]}}
		if len(s.Fields[name].Spread) > 0 {
			spread, err := m.Translate(s, term.(*ir.Match))
			if err != nil {
				return nil, false
			}
			term = spread
		}
		terms = append(terms, term)
	}
	return either(n.Base, terms), true
}
