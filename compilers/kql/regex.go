package kql

import (
	"fmt"
	"regexp"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
)

// Kusto's expressions are those of Rust's regex crate, and Sigma's those of RE2. To Kusto the classes and boundaries of words are Unicode's, < and >
// behind a backslash are boundaries too, a set may hold sets and be joined with others by &&, -- and ~~, and { always begins a number of times.
// https://learn.microsoft.com/en-us/kusto/query/regex
var ofASCII = map[string]string{`\d`: `0-9`, `\w`: `0-9A-Za-z_`, `\s`: `\t\n\f\r `}

// maxAlternatives bounds the length of an expression of many texts: Rust's crate compiles to 10 MB at most, which without regard to case is
// reached at some 200,000 characters.
const maxAlternatives = 50_000

// regexText is the author's expression with its flags, as Kusto says it.
func regexText(t *ir.Regex) string {
	var b strings.Builder
	if t.Flags != "" {
		b.WriteString("(?" + t.Flags + ")")
	}
	for _, p := range compilers.RegexParts(t.Expr) {
		switch {
		case p.Kind == compilers.RegexChar:
			b.WriteString(char(p))
		case p.Kind == compilers.RegexClass:
			b.WriteString(class(p))
		case p.Text == `\b`, p.Text == `\B`:
			b.WriteString("(?-u:" + p.Text + ")")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// char writes a character that stands for itself.
func char(p compilers.RegexPart) string {
	switch {
	case p.Escaped() && (p.Rune == '<' || p.Rune == '>'):
		return string(p.Rune)
	case p.Escaped() && '0' <= p.Text[1] && p.Text[1] <= '9': // octal, which the crate leaves out by default
		return fmt.Sprintf(`\x{%X}`, p.Rune)
	case !p.Escaped() && (p.Rune == '{' && !p.InSet || p.InSet && strings.ContainsRune(`[&~-`, p.Rune)):
		return `\` + p.Text
	}
	return p.Text
}

// class writes a class of characters.
func class(p compilers.RegexPart) string {
	lower := strings.ToLower(p.Text)
	members, perl := ofASCII[lower]
	switch {
	case strings.HasPrefix(p.Text, `\p{^`):
		return `\P{` + p.Text[len(`\p{^`):]
	case strings.HasPrefix(p.Text, `\P{^`):
		return `\p{` + p.Text[len(`\P{^`):]
	case !perl:
		return p.Text
	case lower != p.Text:
		return "[^" + members + "]"
	case p.InSet:
		return members
	}
	return "[" + members + "]"
}

// alternatives are expressions that together find any of the values as the test says.
func alternatives(t *ir.Text, values []string) []string {
	var all []string
	var quoted []string
	length := 0
	for i, v := range values {
		quoted = append(quoted, regexp.QuoteMeta(v))
		length += len(v)
		if length > maxAlternatives || i == len(values)-1 {
			all = append(all, anyOf(t, quoted))
			quoted, length = nil, 0
		}
	}
	return all
}

func anyOf(t *ir.Text, quoted []string) string {
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

// globRegex finds a text with wildcards, which covers the whole value.
func globRegex(t *ir.Glob) string {
	flags := "(?is)"
	if t.Cased {
		flags = "(?s)"
	}
	var b strings.Builder
	b.WriteString(flags + `\A`)
	for _, p := range t.Parts {
		switch p.Wild {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case ir.AnyDash:
			b.WriteString("[" + ir.Dashes + "]")
		default:
			b.WriteString(regexp.QuoteMeta(p.Literal))
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// nameRegex finds a file name at the end of a path.
func nameRegex(t *ir.Text) string {
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = regexp.QuoteMeta(v)
	}
	expr := `(?:\A|[\\/])(?:` + strings.Join(names, "|") + `)\z`
	if t.Cased {
		return expr
	}
	return "(?i)" + expr
}
