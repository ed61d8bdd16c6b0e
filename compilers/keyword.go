package compilers

import (
	"slices"
	"strings"

	"decree/rules/diag"
	"decree/rules/ir"
)

var (
	xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlFull = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
)

// inJSON writes a text as in JSON, with as few escapes as possible.
func inJSON(v string) string {
	text, err := diag.JSON(v)
	if err != nil {
		panic(err) // a text always marshals
	}
	return string(text[1 : len(text)-1])
}

// storedForms are the forms of a value in an event that is stored as text: unchanged, in JSON, and in XML. Some XML
// writers escape quotes, others do not.
var storedForms = []func(string) string{func(v string) string { return v }, inJSON, xmlText.Replace, xmlFull.Replace}

// StoredForms gives the tests that together search for a keyword in all these forms. A regular expression is not
// changed.
func StoredForms(t ir.Test) []ir.Test {
	switch t := t.(type) {
	case *ir.Text:
		all := *t
		all.Values = nil
		for _, v := range t.Values {
			for _, way := range storedForms {
				if form := way(v); !slices.Contains(all.Values, form) {
					all.Values = append(all.Values, form)
				}
			}
		}
		return []ir.Test{&all}
	case *ir.Glob:
		var tests []ir.Test
		for _, way := range storedForms {
			form := storedGlob(t, way)
			if !slices.ContainsFunc(tests, func(before ir.Test) bool { return slices.Equal(before.(*ir.Glob).Parts, form.Parts) }) {
				tests = append(tests, form)
			}
		}
		return tests
	}
	return []ir.Test{t}
}

// storedGlob gives a pattern whose literals are written in another way.
func storedGlob(t *ir.Glob, way func(string) string) *ir.Glob {
	form := *t
	form.Parts = slices.Clone(t.Parts)
	for i, p := range form.Parts {
		if p.Wild == 0 {
			form.Parts[i].Literal = way(p.Literal)
		}
	}
	return &form
}

// EscapesNote says what a regular expression among keywords may miss.
const EscapesNote = "an expression is asked of the text as it is stored, where JSON and XML may write a backslash, a quote or an ampersand otherwise"

// WordEscapesNote says what a word among keywords may miss.
const WordEscapesNote = "a word is asked of the text as it is stored, where the letter of an escape, as in \\n, may stand before it"

// MeetsEscapes tells whether an expression needs a character that JSON or XML may escape.
func MeetsEscapes(t *ir.Regex) bool {
	return strings.ContainsAny(t.Expr, `&<>"'`) || strings.Contains(t.Expr, `\\`)
}
