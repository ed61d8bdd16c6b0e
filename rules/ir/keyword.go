package ir

import (
	"slices"

	"decree/rules"
)

// keyword turns a test of a field into a test of the whole event. A keyword is text: a number becomes its digits, and a
// keyword that every event would match is an error.
func (l *lowerer) keyword(c *chain, v rules.Value, t Test) Test {
	switch of := t.(type) {
	case *Number:
		if c.compare == "" {
			return &Text{Op: Contains, Values: []string{v.Text}}
		}
	case *Bool:
		return &Text{Op: Contains, Values: []string{v.Text}}
	case *Text:
		if !slices.Contains(of.Values, "") {
			if c.opSet == "" {
				return anywhere(t)
			}
			return t
		}
	case *Glob:
		if c.opSet == "" {
			return anywhere(t)
		}
		return t
	case *Regex:
		return t
	}
	l.errorf("invalid-keyword", v.Range, "write a text to search for, or name a field", "this cannot be a keyword: it is not text, or every event would match")
	return t
}

// anywhere makes the test of a keyword without modifiers. Such a keyword may occur anywhere in a value, and its
// wildcards reach to the ends of the value.
func anywhere(t Test) Test {
	switch t := t.(type) {
	case *Text:
		return &Text{Op: Contains, Values: t.Values, Cased: t.Cased, List: t.List}
	case *Glob:
		parts := slices.Clone(t.Parts)
		if parts[0].Wild != '*' {
			parts = slices.Insert(parts, 0, GlobPart{Wild: '*'})
		}
		if parts[len(parts)-1].Wild != '*' {
			parts = append(parts, GlobPart{Wild: '*'})
		}
		return &Glob{Parts: parts, Cased: t.Cased}
	}
	return t
}
