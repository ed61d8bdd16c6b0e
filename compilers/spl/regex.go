package spl

import (
	"decree/rules/ir"
	"decree/rules/regex"
)

// expression is the author's, as PCRE says it: classes by their members, which is what they mean whether Unicode's properties are asked for or not,
// and free of characters that a query cannot hold. ok is false for what cannot be written so.
// https://www.pcre.org/current/doc/html/pcre2pattern.html
func expression(t *ir.Regex) (text string, ok bool) {
	text, err := t.Parse().In(regex.PCRE)
	return text, err == nil
}
