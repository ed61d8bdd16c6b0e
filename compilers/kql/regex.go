package kql

import (
	"regexp"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/regex"
)

// maxAlternatives limits the length of an expression with many texts. Rust's crate compiles to at most 10 MB, which an
// expression that ignores case reaches at about 200,000 characters.
const maxAlternatives = 50_000

// expression is the author's expression for Kusto, in the syntax of Rust's regex crate.
// https://learn.microsoft.com/en-us/kusto/query/regex
func expression(t *ir.Regex) string {
	text, err := t.Parse().In(regex.Rust)
	if err != nil {
		panic("kql: an expression that was to be refused: " + err.Error())
	}
	return text
}

// textRegexes are expressions that together match any of the values of a test.
func textRegexes(t *ir.Text, values []string) []string {
	var all []string
	var quoted []string
	length := 0
	for i, v := range values {
		text := literalRegex(v, t.Cased)
		if t.Op == ir.Word {
			text = wordRegex(v, text)
		}
		quoted = append(quoted, text)
		length += len(v)
		if length > maxAlternatives || i == len(values)-1 {
			all = append(all, textRegex(t, quoted))
			quoted, length = nil, 0
		}
	}
	return all
}

// literalRegex is an expression for a literal text. It ignores case unless cased.
func literalRegex(s string, cased bool) string {
	if cased {
		return regexp.QuoteMeta(s)
	}
	return regex.AnyCase(s, regexp.QuoteMeta)
}

// wordRegex is an expression for a word, of one for its text.
func wordRegex(word, expr string) string {
	first, last := ir.WordEdges(word)
	if first {
		expr = `(?:\A|[^` + ir.Letters + `])` + expr
	}
	if last {
		expr += `(?:\z|[^` + ir.Letters + `])`
	}
	return expr
}

func textRegex(t *ir.Text, quoted []string) string {
	expr := quoted[0]
	if len(quoted) > 1 {
		expr = "(?:" + strings.Join(quoted, "|") + ")"
	}
	switch t.Op {
	case ir.Equals, ir.Filename: // a file name has been taken off its path
		expr = `\A` + expr + `\z`
	case ir.StartsWith:
		expr = `\A` + expr
	case ir.EndsWith:
		expr += `\z`
	}
	if t.Cased {
		return expr
	}
	return "(?i)" + expr
}

// globRegex matches a text with wildcards against the whole value.
func globRegex(t *ir.Glob) string {
	flags := "(?is)"
	if t.Cased {
		flags = "(?s)"
	}
	return flags + compilers.GlobRegex(t.Parts, "["+ir.Dashes+"]", func(text string) string { return literalRegex(text, t.Cased) })
}

// filenameRegex matches a file name at the end of a path.
func filenameRegex(t *ir.Text) string {
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = literalRegex(v, t.Cased)
	}
	expr := `(?:\A|[\\/])(?:` + strings.Join(names, "|") + `)\z`
	if t.Cased {
		return expr
	}
	return "(?i)" + expr
}
