package ir

import (
	"fmt"
	"slices"
	"strings"
)

// FilenameTest turns a test of a path into an equivalent test of its last component, where that is a value of its own.
// This works for Filename and OfFilename, and for EndsWith if every value is a separator and a name.
func FilenameTest(t Test) (Test, bool) {
	if of, ok := t.(*OfFilename); ok {
		return of.Test, true
	}
	text, ok := t.(*Text)
	if !ok {
		return nil, false
	}
	if text.Op == Filename {
		return &Text{Op: Equals, Values: text.Values, Cased: text.Cased, List: text.List}, true
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
	return &Text{Op: Equals, Values: names, Cased: text.Cased}, true
}

// ofFilename tests the last component of a path. A path ends as its last component does, unless a value has a
// separator.
func ofFilename(t Test) Test {
	switch of := t.(type) {
	case *Exists: // every value has a last component, which may be empty
		return t
	case *Text:
		if of.Op == EndsWith && !slices.ContainsFunc(of.Values, func(v string) bool { return strings.ContainsAny(v, `\/`) }) {
			return t
		}
	}
	return &OfFilename{t}
}

// filenamePattern is a file name with wildcards, which match no separator: what follows the last one must be the whole
// name.
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
			b.WriteString(literalExpr(p.Literal, cased))
		default:
			panic(fmt.Sprintf("ir: unknown wildcard %q in a file name", p.Wild))
		}
	}
	b.WriteString(`\z`)
	return exprOf(b.String(), cased)
}
