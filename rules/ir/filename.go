package ir

import (
	"fmt"
	"regexp"
	"strings"

	"decree/rules/regex"
)

// FilenameTest turns a text test into an equivalent test on the last component of the path, if there is one. This works
// for Filename, and for EndsWith if every value is a separator and a name.
func FilenameTest(t Test) (*Text, bool) {
	text, ok := t.(*Text)
	if !ok {
		return nil, false
	}
	if text.Op == Filename {
		return text, true
	}
	if text.Op != EndsWith {
		return nil, false
	}
	names := make([]string, len(text.Values))
	for i, v := range text.Values {
		if len(v) < 2 || v[0] != '\\' || strings.ContainsAny(v[1:], `\/`) {
			return nil, false
		}
		names[i] = v[1:]
	}
	return &Text{Op: Filename, Values: names, Cased: text.Cased}, true
}

// filenamePattern is a file name with wildcards, which match no separator: what follows the last one must be the whole name.
func filenamePattern(ps []GlobPart, cased bool) Test {
	var b strings.Builder
	b.WriteString(`(?:\A|[\\/])`)
	for _, p := range ps {
		switch p.Wild {
		case '*':
			b.WriteString(`[^\\/]*`)
		case '?':
			b.WriteString(`[^\\/]`)
		case 0:
			if cased {
				b.WriteString(regexp.QuoteMeta(p.Literal))
			} else {
				b.WriteString(regex.AnyCase(p.Literal, regexp.QuoteMeta))
			}
		default:
			panic(fmt.Sprintf("ir: unknown wildcard %q in a file name", p.Wild))
		}
	}
	b.WriteString(`\z`)
	flags := "is"
	if cased {
		flags = "s"
	}
	t := &Regex{Expr: b.String(), Flags: flags}
	e, err := regex.Parse(t.Expr, t.Flags)
	if err != nil {
		panic(fmt.Sprintf("ir: the expression %q: %v", t.Expr, err)) // it is made of quoted text
	}
	t.parsed = e
	return t
}
