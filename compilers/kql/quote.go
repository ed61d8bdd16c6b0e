package kql

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"decree/compilers"
	"decree/rules/diag"
)

// quote writes a string literal. It is the only way a rule's text enters a query outside comments.
// https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/string
func quote(s string) string {
	return compilers.Quote(s, func(r rune) string {
		if r <= 0xffff {
			return fmt.Sprintf(`\u%04x`, r)
		}
		high, low := utf16.EncodeRune(r)
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	})
}

// verbatim writes a pattern as a literal without escapes, if possible.
func verbatim(s string) string {
	for _, r := range s {
		if r == '"' || r == utf8.RuneError || !unicode.IsPrint(r) {
			return quote(s)
		}
	}
	return `@"` + s + `"`
}

func quoteAll(values []string) []string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return quoted
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reservedWords are names that mean something else without brackets.
var reservedWords = map[string]bool{"and": true, "or": true, "not": true, "in": true, "has": true, "by": true, "on": true, "where": true, "between": true,
	"contains": true, "startswith": true, "endswith": true, "matches": true, "let": true, "set": true, "true": true, "false": true, "null": true,
	"dynamic": true, "datetime": true, "timespan": true, "bool": true, "int": true, "long": true, "real": true, "string": true, "guid": true,
	"with": true, "of": true, "kind": true, "asc": true, "desc": true, "nulls": true, "first": true, "last": true, "to": true, "step": true, "from": true}

// columnName writes a column's name, in brackets if it is not a plain word.
func columnName(name string) string {
	if plainName.MatchString(name) && !reservedWords[strings.ToLower(name)] {
		return name
	}
	return "[" + quote(name) + "]"
}

// comment writes lines as comments: nothing in one can end it early.
func comment(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("// " + diag.Visible(l) + "\n")
	}
	return b.String()
}

// WithoutComments removes the comments of a query. A literal never has a line break, so that a line that begins with
// slashes is a comment.
func WithoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimLeft(line, " "), "//") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Lexis is how KQL writes texts and comments. https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/string
func (dialect) Lexis() compilers.Lexis {
	return compilers.Lexis{
		Texts: []compilers.TextForm{{Open: "```", Close: "```", Lines: true}, {Open: "~~~", Close: "~~~", Lines: true}, {Open: `@"`, Close: `"`, Doubled: true}, {Open: "@'", Close: "'", Doubled: true},
			{Open: `"`, Close: `"`, Escape: true}, {Open: "'", Close: "'", Escape: true}},
		Comments: []compilers.TextForm{{Open: "//", Close: "\n"}},
		Brackets: "()[]{}",
	}
}
