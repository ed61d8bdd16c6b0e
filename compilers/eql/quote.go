package eql

import (
	"fmt"
	"strings"
	"unicode"

	"decree/compilers"
	"decree/rules/diag"
)

// quote writes a string literal. It is the only way a rule's text enters a query.
func quote(s string) string {
	return compilers.Quote(s, func(r rune) string { return fmt.Sprintf(`\u{%02x}`, r) })
}

// reservedWords are the words that cannot be a bare field name.
var reservedWords = map[string]bool{"and": true, "any": true, "by": true, "false": true, "in": true, "join": true, "like": true, "maxspan": true,
	"not": true, "null": true, "of": true, "or": true, "regex": true, "sequence": true, "sample": true, "true": true, "until": true, "where": true, "with": true}

// columnName writes a column, with backquotes around each part that is not a plain word. The question mark allows the
// index to lack the field: without it, one unmapped name fails the query.
func columnName(column string) string {
	parts := strings.Split(column, ".")
	for i, p := range parts {
		if !isWord(p) || reservedWords[p] {
			parts[i] = "`" + strings.ReplaceAll(stripControls(p), "`", "``") + "`"
		}
	}
	return "?" + strings.Join(parts, ".")
}

// joinColumn writes a column as a join key: it must be mapped, so there is no question mark.
func joinColumn(column string) string { return strings.TrimPrefix(columnName(column), "?") }

func isWord(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// stripControls makes text safe for one line.
func stripControls(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

// comment writes lines as // comments. A line break in a text cannot end the comment.
func comment(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight("// "+diag.Visible(l), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Lexis is how EQL writes texts and comments. https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax
func (dialect) Lexis() compilers.Lexis {
	return compilers.Lexis{
		Texts:    []compilers.TextForm{{Open: `"""`, Close: `"""`}, {Open: `?"`, Close: `"`}, {Open: `"`, Close: `"`, Escape: true}, {Open: "`", Close: "`", Doubled: true}},
		Comments: []compilers.TextForm{{Open: "//", Close: "\n"}, {Open: "/*", Close: "*/", Lines: true}},
		Brackets: "()[]",
	}
}
