package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"decree/rules/anycase"
	"decree/rules/ir"
)

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

// productTest gives a test with the product's words for whole values, and its form of data of the registry.
func (c Column) productTest(t ir.Test) (ir.Test, error) {
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
		own, whole, err := c.productValue(v, text.Cased)
		if err != nil {
			return nil, err
		}
		if whole {
			wholes++
		}
		for _, word := range own {
			changed = changed || word != v
			if !changed || !anycase.Contains(out.Values, word) {
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

// MayBeWord tells whether the product has words for values of the column, and a value may be one of these values or
// words.
func (c Column) MayBeWord(v string) bool {
	_, _, err := c.productValue(v, false)
	return len(c.Values) > 0 && err == nil
}

// productValue gives the product's words for one of Sigma's values, in this case alone if cased is set. whole tells
// whether a word is the whole value of the column, whichever part of Sigma's value the test names.
func (c Column) productValue(v string, cased bool) (own []string, whole bool, err error) {
	for _, from := range sortedNames(c.Values) {
		if from == v || !cased && strings.EqualFold(from, v) {
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

// partOfWord translates a test that is not of whole values, such as `startswith: Add user`, in a column that has other
// words for some of Sigma's values. It finds the words that a test of whole values finds: a word stands for the values
// that the column has it for, and for the value that is written the same, unless the column has another word for that.
func (c Column) partOfWord(n *ir.Match) (ir.Node, error) {
	switch n.Test.(type) {
	case *ir.Null, *ir.Exists, *ir.Elements:
		return n, nil
	}
	holds, err := ofText(n.Test)
	if err != nil {
		return n, fmt.Errorf("column %s has words of its own for some of Sigma's values, and whether these match cannot be told: %w", c.Name, err)
	}
	words := func(of []string) ir.Node {
		return &ir.Match{Base: n.Base, Field: n.Field, Test: &ir.Text{Op: ir.Equals, Values: of}}
	}
	asked, excluded := c.wordsOf(holds)
	if c.Closed {
		if err := c.holdsForSome(n.Test, holds); err != nil {
			return n, err
		}
	}
	switch {
	case c.closed() && len(asked) == 0:
		return &ir.Const{Base: n.Base}, nil
	case c.closed():
		return words(asked), nil
	}
	ways := []ir.Node{n}
	if len(excluded) > 0 && !c.Multivalue {
		ways[0] = &ir.And{Base: n.Base, Terms: []ir.Node{n, &ir.Not{Base: n.Base, Term: words(excluded)}}}
	}
	if len(asked) > 0 {
		ways = append(ways, words(asked))
	}
	return either(n.Base, ways), nil
}

// wordsOf gives the words that are asked for besides the test itself, because it holds for a value that they stand for,
// and those that are excluded from it, because it holds for the word alone. A closed column is asked for words only.
func (c Column) wordsOf(holds func(v string) bool) (asked, excluded []string) {
	add := func(to *[]string, word string) {
		if !anycase.Contains(*to, word) {
			*to = append(*to, word)
		}
	}
	var written []string // the words that are tested as they are written
	for _, from := range sortedNames(c.Values) {
		for _, word := range c.Values[from] {
			add(&written, word)
			if holds(from) {
				add(&asked, word)
			}
		}
	}
	if c.Type == Bool {
		add(&written, "false")
		add(&written, "true")
	}
	for _, word := range written {
		renamed := slices.ContainsFunc(sortedNames(c.Values), func(from string) bool {
			return strings.EqualFold(from, word) && !anycase.Contains(c.Values[from], word)
		})
		switch {
		case !holds(word) || anycase.Contains(asked, word):
		case renamed:
			add(&excluded, word)
		case c.closed():
			add(&asked, word)
		}
	}
	return asked, excluded
}

// closed tells whether a column has no values but its words.
func (c Column) closed() bool { return len(c.Values) > 0 && (c.Closed || c.Type == Bool) }

// hasValue tells whether a column may have one of Sigma's values, as it is or as a word of its own. It may be empty.
func (c Column) hasValue(v string) bool {
	if !c.closed() || v == "" {
		return true
	}
	asked, _ := c.wordsOf(textTest(&ir.Text{Op: ir.Equals, Values: []string{v}}))
	return len(asked) > 0
}

// holdsForSome checks that each text of a test of part of a value is one of some value of a closed column.
func (c Column) holdsForSome(t ir.Test, holds func(v string) bool) error {
	if text, ok := t.(*ir.Text); ok {
		for _, v := range text.Values {
			if asked, _ := c.wordsOf(textTest(&ir.Text{Op: text.Op, Cased: text.Cased, Values: []string{v}})); len(asked) == 0 {
				return c.noValue(v)
			}
		}
		return nil
	}
	if asked, _ := c.wordsOf(holds); len(asked) == 0 {
		return c.noValue(ir.Describe(t))
	}
	return nil
}

func (c Column) noValue(v string) error {
	return fmt.Errorf("column %s tells only %s, and not %q", c.Name, strings.Join(sortedNames(c.Values), ", "), v)
}

// ofText gives a test of part of a value as a function of its text. The error says why a test cannot be run here.
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
	case *ir.CIDR:
		return t.Has, nil
	case *ir.TimePart: // words are no times
		return func(string) bool { return false }, nil
	}
	panic(fmt.Sprintf("schema: %T is not a test of part of a value", t))
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
