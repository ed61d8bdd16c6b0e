package kql

import (
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// unescaped decodes the text of an element. If a test has the same result on the encoded text, it is not decoded.
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

// sameEscaped tells whether a test has the same result on a text with entities and on the decoded text: it does not
// search for a character that an entity stands for, or for a part of an entity.
func sameEscaped(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists, *ir.Number, *ir.Bits, *ir.Bool, *ir.CIDR:
		return true
	case *ir.Text:
		for _, v := range t.Values {
			for _, e := range schema.Entities {
				inside := (t.Op == ir.Contains || t.Op == ir.EndsWith || t.Op == ir.Word) && v != "" && (strings.Contains(v, ";") || strings.Contains(strings.ToLower(e[0]), strings.ToLower(v)))
				if inside || strings.Contains(v, e[1]) {
					return false
				}
			}
		}
		return true
	}
	return false
}
