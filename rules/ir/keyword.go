package ir

import (
	"slices"

	"decree/rules"
)

// keyword makes a field's test into one of the whole event. A keyword is text: a number is its
// digits, and what every event would match is an error.
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
	l.errorf("invalid-keyword", v.Range, "write a text to look for, or name a field", "this is no keyword: it must be text that not every event holds")
	return t
}

// anywhere makes a keyword's test: a keyword without modifiers may stand anywhere in a value, and
// its wildcards reach as far as the value does.
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
