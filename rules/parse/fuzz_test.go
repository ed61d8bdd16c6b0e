package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
)

// FuzzParse feeds anything to the rule parser: it never panics, and each finding has a place in
// the file, a code and a message.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/*.yml")
	require.NoError(f, err)
	require.Greater(f, len(seeds), 50, "the seeds are gone")
	for _, s := range seeds {
		data, err := os.ReadFile(s)
		require.NoError(f, err)
		if len(data) < 4<<10 { // small inputs are tried more often
			f.Add(data)
		}
	}
	for _, s := range []string{"", "title: x", "a: &a [*a]", "- x\n---\n- y", "title: [", "\xff\xfe", "detection: {a: {b|: 1}, condition: a}",
		"detection:\n  a: [b, {c: [null, 1.5, true]}]\n  condition: [a, 1 of a*]", "prevalence: {p: {field: [1]}}", "ancestry: {x: {parent: y, ancestor: {level: 9}}}",
		"lists: {a: {union: [a]}}", "logsource: 5\ntags: {a: b}\nschedule: {every: -1h}", "x: !!binary aGk="} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := strings.Split(string(data), "\n")
		rs, found := Rules("rule.yml", data, nil)
		for _, d := range found {
			assert.NotEmpty(t, d.Code)
			assert.NotEmpty(t, d.Message)
			assertInside(t, lines, d.Range)
		}
		for _, r := range rs {
			assert.NotEmpty(t, r.Conditions)
			for _, c := range r.Conditions {
				assert.NotEmpty(t, c.Expr.String())
			}
		}
	})
}

// assertInside holds for a range that begins in the file, at most one past a line's end, and
// that does not end before it begins.
func assertInside(t *testing.T, lines []string, r diag.Range) {
	t.Helper()
	require.GreaterOrEqual(t, r.Start.Line, 1)
	require.LessOrEqual(t, r.Start.Line, len(lines))
	assert.GreaterOrEqual(t, r.Start.Col, 1)
	assert.LessOrEqual(t, r.Start.Col, 1+utf8.RuneCountInString(lines[r.Start.Line-1]))
	assert.False(t, r.End.Line < r.Start.Line || r.End.Line == r.Start.Line && r.End.Col <= r.Start.Col, "%+v", r)
}

func conditionOf(text string) (*rules.Rule, bool) {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	rs, found := Rules("rule.yml", []byte("title: T\nlogsource: {category: x}\ndetection:\n  a1: {F: x}\n  a2: {F: y}\n  b: {F: z}\n  condition: "+quoted+"\n"), nil)
	if found.HasErrors() || len(rs) != 1 {
		return nil, false
	}
	return rs[0], true
}

// shape is the tree without its places.
func shape(e rules.Expr) any {
	switch e := e.(type) {
	case rules.AndExpr:
		return []any{"and", shapes(e.Terms)}
	case rules.OrExpr:
		return []any{"or", shapes(e.Terms)}
	case rules.NotExpr:
		return []any{"not", shape(e.Term)}
	case rules.NameExpr:
		return e.Name
	case rules.OfExpr:
		return []any{e.All, e.Count, e.Pattern, e.Names}
	}
	panic("unknown condition")
}

func shapes(terms []rules.Expr) []any {
	out := make([]any, len(terms))
	for i, t := range terms {
		out[i] = shape(t)
	}
	return out
}

// TestConditionText pins how conditions are written: no parenthesis too many, none too few.
func TestConditionText(t *testing.T) {
	for text, want := range map[string]string{
		"a1":                                 "a1",
		"  a1   AND (a2) Or NOT(b)":          "a1 and a2 or not b",
		"(a1 or a2) and b":                   "(a1 or a2) and b",
		"a1 or (a2 and b)":                   "a1 or a2 and b",
		"a1 and (a2 and b)":                  "a1 and (a2 and b)",
		"a1 or (a2 or b) or a1":              "a1 or (a2 or b) or a1",
		"not (a1 and b) or not not a2":       "not (a1 and b) or not not a2",
		"any of a* and 2 of a* or all of a*": "1 of a* and 2 of a* or all of a*",
		"All Of Them":                        "all of Them",
	} {
		r, ok := conditionOf(text)
		require.True(t, ok, text)
		assert.Equal(t, want, r.Conditions[0].Expr.String())
	}
}

// FuzzCondition reads any condition, and what it reads, written out, reads back the same.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{"a1", "a1 and a2 or not b", "1 of a*", "all of them", "(a1 or (a2))", "not not a1", "2 of a* and b", "((", "a1 a2", "of", "1 of",
		"not", ")", "a1 | count() > 5", "any of them", strings.Repeat("not ", 500) + "a1", strings.Repeat("(", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := conditionOf(text)
		if !ok {
			return
		}
		require.Len(t, r.Conditions, 1)
		once := r.Conditions[0].Expr.String()
		again, ok := conditionOf(once)
		require.True(t, ok, once)
		require.Equal(t, shape(r.Conditions[0].Expr), shape(again.Conditions[0].Expr))
		require.Equal(t, once, again.Conditions[0].Expr.String())
	})
}
