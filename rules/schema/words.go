package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"decree/rules/ir"
)

// partOfWord translates a test that is not of whole values, such as `startswith: Add user`, in a column that has other
// words for some of Sigma's values. It asks for the words of those values for which the test holds. Values without
// another word are tested as they are, so that the words of values for which it does not hold are excluded.
func (c Column) partOfWord(n *ir.Match) (ir.Node, error) {
	switch n.Test.(type) {
	case *ir.Null, *ir.Exists:
		return n, nil
	}
	holds, err := ofText(n.Test)
	if err != nil {
		return n, fmt.Errorf("column %s has words of its own for some of Sigma's values, and whether these match cannot be told: %w", c.Name, err)
	}
	var asked, excluded []string
	for _, from := range sortedNames(c.Values) {
		if word := c.Values[from]; holds(from) && !hasFold(asked, word) {
			asked = append(asked, word)
		}
	}
	for _, from := range sortedNames(c.Values) {
		if word := c.Values[from]; holds(word) && !hasFold(asked, word) && !hasFold(excluded, word) {
			excluded = append(excluded, word)
		}
	}
	words := func(of []string) ir.Node {
		return &ir.Match{Base: n.Base, Field: n.Field, Test: &ir.Text{Op: ir.Equals, Values: of}}
	}
	var ways []ir.Node
	switch {
	case c.Type == Bool && len(asked) > 0: // it has no values but these
	case len(excluded) > 0 && !c.Multivalue:
		ways = append(ways, &ir.And{Base: n.Base, Terms: []ir.Node{n, &ir.Not{Base: n.Base, Term: words(excluded)}}})
	default:
		ways = append(ways, n)
	}
	if len(asked) > 0 {
		ways = append(ways, words(asked))
	}
	return either(n.Base, ways), nil
}

// sameWords checks that two fields that are compared are stored in the same words.
func sameWords(n *ir.Match, ref *ir.FieldRef, col, other Column) error {
	if maps.Equal(col.Values, other.Values) {
		return nil
	}
	return fmt.Errorf("the product has words of its own for some values of %s or of %s: they cannot be compared", n.Field, ref.Other)
}

// ofText gives a test of a value as a function of its text. A test that no text passes, such as that of a network, is
// false. The error says why a test cannot be run here.
func ofText(t ir.Test) (func(v string) bool, error) {
	switch t := t.(type) {
	case *ir.Text:
		return textTest(t), nil
	case *ir.Glob:
		return ofText(t.Expression())
	case *ir.Regex:
		re, err := t.Parse().Compile()
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	case *ir.OfFilename:
		of, err := ofText(t.Test)
		return func(v string) bool { return of(lastComponent(v)) }, err
	case *ir.Number:
		return func(v string) bool {
			n, err := strconv.ParseFloat(v, 64)
			return err == nil && slices.ContainsFunc(t.Values, func(asked float64) bool { return comparisons[t.Op](n, asked) })
		}, nil
	case *ir.Bits:
		return func(v string) bool {
			bits, ok := ir.ParseBits(v)
			return ok && bits&t.Mask == t.Mask
		}, nil
	}
	return func(string) bool { return false }, nil
}

func textTest(t *ir.Text) func(v string) bool {
	fold := folded
	if t.Cased {
		fold = func(v string) string { return v }
	}
	compare := textComparisons[t.Op]
	return func(v string) bool {
		v = fold(v)
		return slices.ContainsFunc(t.Values, func(asked string) bool { return compare(v, fold(asked)) })
	}
}

var textComparisons = map[ir.TextOp]func(v, asked string) bool{
	ir.Equals:     func(v, asked string) bool { return v == asked },
	ir.StartsWith: strings.HasPrefix,
	ir.EndsWith:   strings.HasSuffix,
	ir.Contains:   strings.Contains,
	ir.Word:       ir.HasWord,
	ir.Filename:   func(v, asked string) bool { return lastComponent(v) == asked },
}

// lastComponent is the part of a path after the last separator.
func lastComponent(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

// hasFold tells whether a text is among others, without regard to case.
func hasFold(texts []string, v string) bool {
	return slices.ContainsFunc(texts, func(had string) bool { return strings.EqualFold(had, v) })
}
