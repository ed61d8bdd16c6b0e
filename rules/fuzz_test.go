package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzParse feeds anything to the rule parser: it never panics, and each finding has a place in
// the file, a code and a message.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("library/windows/*/*.yml")
	require.NoError(f, err)
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		data, err := os.ReadFile(s)
		require.NoError(f, err)
		f.Add(data)
	}
	for _, s := range []string{"", "title: x", "a: &a [*a]", "- x\n---\n- y", "title: [", "\xff\xfe", "detection: {a: {b|: 1}, condition: a}",
		"detection:\n  a: [b, {c: [null, 1.5, true]}]\n  condition: [a, 1 of a*]", "prevalence: {p: {field: [1]}}", "ancestry: {x: {parent: y, ancestor: {level: 9}}}",
		"lists: {a: {union: [a]}}", "logsource: 5\ntags: {a: b}\nschedule: {every: -1h}", "x: !!binary aGk="} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := strings.Count(string(data), "\n") + 2
		rs, found := Parse("rule.yml", data, nil)
		for _, d := range found {
			assert.NotEmpty(t, d.Code)
			assert.NotEmpty(t, d.Message)
			assert.GreaterOrEqual(t, d.Range.Start.Line, 1, d.Error())
			assert.LessOrEqual(t, d.Range.Start.Line, lines, d.Error())
			assert.GreaterOrEqual(t, d.Range.Start.Col, 1, d.Error())
		}
		for _, r := range rs {
			assert.NotEmpty(t, r.Conditions)
		}
	})
}

// written prints a condition so that it reads back as itself.
func written(e Expr) string {
	switch e := e.(type) {
	case AndExpr:
		return joined(e.Terms, " and ")
	case OrExpr:
		return joined(e.Terms, " or ")
	case NotExpr:
		return "not " + inner(e.Term)
	case NameExpr:
		return e.Name
	case OfExpr:
		if e.All {
			return "all of " + e.Pattern
		}
		return fmt.Sprintf("%d of %s", e.Count, e.Pattern)
	}
	panic("unknown condition")
}

func joined(terms []Expr, word string) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = inner(t)
	}
	return strings.Join(parts, word)
}

// inner puts parentheses round what is not one word.
func inner(e Expr) string {
	switch e.(type) {
	case AndExpr, OrExpr:
		return "(" + written(e) + ")"
	}
	return written(e)
}

func conditionOf(text string) (*Rule, bool) {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	rs, found := Parse("rule.yml", []byte("title: T\nlogsource: {category: x}\ndetection:\n  a1: {F: x}\n  a2: {F: y}\n  b: {F: z}\n  condition: "+quoted+"\n"), nil)
	if found.HasErrors() || len(rs) != 1 {
		return nil, false
	}
	return rs[0], true
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
		once := written(r.Conditions[0].Expr)
		again, ok := conditionOf(once)
		require.True(t, ok, once)
		require.Equal(t, once, written(again.Conditions[0].Expr))
	})
}

// TestHostileYAML keeps memory and time bounded whatever a rule file holds.
func TestHostileYAML(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		ref := "*" + string(rune('a'+i))
		bomb += fmt.Sprintf("%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.Join(slices.Repeat([]string{ref}, 9), ", "))
	}
	cases := map[string]string{
		"alias bomb":   bomb,
		"nesting":      "title: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"deep mapping": "detection:\n  a: " + strings.Repeat("{x: ", 10_000) + "1" + strings.Repeat("}", 10_000),
		"recursion":    "detection: &d\n  a: *d\n  condition: a\n",
		"parentheses":  "title: T\nlogsource: {category: x}\ndetection:\n  a: {F: x}\n  condition: " + strings.Repeat("(", 10_000) + "a" + strings.Repeat(")", 10_000),
		"nots":         "title: T\nlogsource: {category: x}\ndetection:\n  a: {F: x}\n  condition: " + strings.Repeat("not ", 10_000) + "a",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			rs, found := Parse("rule.yml", []byte(text), nil)
			assert.Empty(t, rs)
			assert.True(t, found.HasErrors())
			assert.Less(t, len(found), 100)
		})
	}
}
