package kql

import (
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// unescaped reads an element's text as what it stands for. A test that cannot tell the two apart asks the text as it is.
// https://learn.microsoft.com/en-us/kusto/query/replace-strings-function
func unescaped(text string, t ir.Test) string {
	if sameEscaped(t) {
		return text
	}
	var written, plain []string
	for _, e := range schema.Entities {
		written, plain = append(written, e[0]), append(plain, e[1])
	}
	list := func(texts []string) string { return "dynamic([" + strings.Join(quoteAll(texts), ", ") + "])" }
	return "replace_strings(" + text + ", " + list(written) + ", " + list(plain) + ")"
}

// sameEscaped tells whether a test finds the same in a text with entities as in what it stands for: no entity stands for what is
// asked, and no part of one is.
func sameEscaped(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists, *ir.Number, *ir.Bool, *ir.CIDR:
		return true
	case *ir.Text:
		for _, v := range t.Values {
			for _, e := range schema.Entities {
				inside := (t.Op == ir.Contains || t.Op == ir.EndsWith) && v != "" && (strings.Contains(v, ";") || strings.Contains(strings.ToLower(e[0]), strings.ToLower(v)))
				if inside || strings.Contains(v, e[1]) {
					return false
				}
			}
		}
		return true
	}
	return false
}
