package ir

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"decree/rules/regex"
)

// Letters is a class of regular expressions: the characters that words consist of. All others separate words, an
// underscore too. Kusto's terms are of these characters:
// https://learn.microsoft.com/en-us/kusto/query/datatypes-string-operators#what-is-a-term
const Letters = `\p{L}\p{N}`

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// WordEdges tells at which ends a word has a letter or a digit. There, a text may not go on with another one.
func WordEdges(word string) (first, last bool) {
	head, _ := utf8.DecodeRuneInString(word)
	tail, _ := utf8.DecodeLastRuneInString(word)
	return word != "" && isLetter(head), word != "" && isLetter(tail)
}

// HasWord tells whether a text has a word as Kusto's `has` does: the word is in it, and no letter or digit is beside
// one of the word's own. A word may have separators inside and at its ends. Case counts.
func HasWord(text, word string) bool { return WordIndex(text, word) >= 0 }

// WordIndex is the byte at which the first such word begins in a text, or -1.
func WordIndex(text, word string) int {
	first, last := WordEdges(word)
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return -1
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !(first && isLetter(before)) && !(last && isLetter(after)) {
			return at
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
}

// WordPattern is a word with wildcards, which match letters and digits: the pattern is of whole words.
func WordPattern(ps []GlobPart, cased bool) Test {
	edge := func(p GlobPart, end string, at func(string) bool) string {
		if p.Wild == AnyDash || p.Wild == 0 && !at(p.Literal) {
			return ""
		}
		return "(?:" + end + "|[^" + Letters + "])"
	}
	first := func(s string) bool { first, _ := WordEdges(s); return first }
	last := func(s string) bool { _, last := WordEdges(s); return last }
	var b strings.Builder
	b.WriteString(edge(ps[0], `\A`, first))
	for _, p := range ps {
		switch p.Wild {
		case '*':
			b.WriteString("[" + Letters + "]*")
		case '?':
			b.WriteString("[" + Letters + "]")
		case AnyDash:
			b.WriteString("[" + Dashes + "]")
		case 0:
			b.WriteString(literalExpr(p.Literal, cased))
		default:
			panic(fmt.Sprintf("ir: unknown wildcard %q in a word", p.Wild))
		}
	}
	b.WriteString(edge(ps[len(ps)-1], `\z`, last))
	return exprOf(b.String(), cased)
}

// literalExpr writes a text for an expression made by exprOf.
func literalExpr(text string, cased bool) string {
	if cased {
		return regexp.QuoteMeta(text)
	}
	return regex.AnyCase(text, regexp.QuoteMeta)
}

// exprOf is a test of an expression that is made of quoted texts.
func exprOf(expr string, cased bool) *Regex {
	flags := "is"
	if cased {
		flags = "s"
	}
	t := &Regex{Expr: expr, Flags: flags}
	e, err := regex.Parse(t.Expr, t.Flags)
	if err != nil {
		panic(fmt.Sprintf("ir: the expression %q: %v", t.Expr, err))
	}
	t.parsed = e
	return t
}
