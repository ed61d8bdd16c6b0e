package schema

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"decree/rules/anycase"
	"decree/rules/ir"
)

// path tests a path in Sigma's form and in the product's, in the columns that hold it.
func (c Column) path(n *ir.Match) (ir.Node, error) {
	if err := c.inExpression(n.Test); err != nil {
		return n, err
	}
	written := c.bothSpellings(c.asWritten(n))
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

// unnamed tests for the unnamed value of a key, which has an empty name in the product. Nothing follows the name of a
// value.
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
		case ir.Filename, ir.Word:
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
				out.Parts[i].Literal = c.productPrefix(p.Literal)
			}
		}
		test = out
	case *ir.Text:
		out := &ir.Text{Op: t.Op, Cased: t.Cased}
		for _, v := range t.Values {
			if own := c.productPrefix(v); !slices.Contains(out.Values, own) {
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

// inExpression refuses an expression that names a part of paths that the product writes otherwise, unless it names both
// spellings.
func (c Column) inExpression(t ir.Test) error {
	re, ok := t.(*ir.Regex)
	if !ok || len(c.Written)+len(c.AlsoWritten) == 0 {
		return nil
	}
	texts := re.Parse().Texts()
	for _, spellings := range []map[string]string{c.Written, c.AlsoWritten} {
		for _, from := range sortedNames(spellings) {
			named, other := strings.TrimSuffix(from, `\`), strings.TrimSuffix(spellings[from], `\`)
			switch {
			case !anyNames(texts, named):
			case other == "":
				return fmt.Errorf("the product may leave out %s, and expressions are not translated: leave it out", named)
			case !anyNames(texts, other):
				return fmt.Errorf("the product writes %s as %s, and expressions are not translated: name both in it, or none", named, other)
			}
		}
	}
	return nil
}

// anyNames tells whether one of the texts of an expression has a part of a path, and, if the part is of words, not only
// a longer word that has it in it. What follows the part's letters may be anything where the part has question marks.
func anyNames(texts []string, part string) bool {
	letters := strings.TrimRight(part, "?")
	name, open := []rune(folded(letters)), letters != part
	if letters == "" {
		return false
	}
	first, last := ofWord(name[0]), !open && ofWord(name[len(name)-1])
	return slices.ContainsFunc(texts, func(text string) bool {
		in := []rune(folded(text))
		for at := range in {
			end := at + len(name)
			if end <= len(in) && slices.Equal(in[at:end], name) && (!first || at == 0 || !ofWord(in[at-1])) && (!last || end == len(in) || !ofWord(in[end])) {
				return true
			}
		}
		return false
	})
}

func ofWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (c Column) productPrefix(text string) string {
	for _, from := range sortedNames(c.Written) {
		if rest, ok := anycase.CutPrefix(text, from); ok {
			return c.Written[from] + rest
		}
	}
	return text
}

// bothSpellings tests values in Sigma's form and in the product's.
func (c Column) bothSpellings(n *ir.Match) ir.Node {
	terms := []ir.Node{n}
	ask := func(t ir.Test) { terms = append(terms, &ir.Match{Base: n.Base, Field: n.Field, Test: t}) }
	switch t := n.Test.(type) {
	case *ir.Glob:
		if parts, changed := c.otherSpelling(t.Parts); changed {
			ask(&ir.Glob{Parts: parts, Cased: t.Cased})
		}
	case *ir.Text:
		for _, v := range t.Values {
			parts, changed := c.otherSpelling([]ir.GlobPart{{Literal: v}})
			switch {
			case !changed || len(parts) == 0:
			case t.Op == ir.Word:
				ask(ir.WordPattern(parts, t.Cased))
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

// otherSpelling writes the literals of a pattern in the product's form.
func (c Column) otherSpelling(parts []ir.GlobPart) (out []ir.GlobPart, changed bool) {
	for _, p := range parts {
		if p.Wild != 0 {
			out = append(out, p)
			continue
		}
		for rest := p.Literal; rest != ""; {
			at, from := c.nextSpelled(rest)
			out = appendLiteral(out, rest[:at])
			if from != "" {
				out, changed = appendPattern(out, c.AlsoWritten[from]), true
			}
			rest = rest[at+len(from):]
		}
	}
	return out, changed
}

// appendPattern appends a text in which ? stands for any character.
func appendPattern(parts []ir.GlobPart, text string) []ir.GlobPart {
	for i, literal := range strings.Split(text, "?") {
		if i > 0 {
			parts = append(parts, ir.GlobPart{Wild: '?'})
		}
		parts = appendLiteral(parts, literal)
	}
	return parts
}

// appendLiteral appends a text to the literal that a pattern ends with, or as another one.
func appendLiteral(parts []ir.GlobPart, text string) []ir.GlobPart {
	switch last := len(parts) - 1; {
	case text == "":
	case last >= 0 && parts[last].Wild == 0:
		parts[last].Literal += text
	default:
		parts = append(parts, ir.GlobPart{Literal: text})
	}
	return parts
}

// nextSpelled finds the first part of a text that the product may write differently, or "" if there is none.
func (c Column) nextSpelled(text string) (at int, from string) {
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
