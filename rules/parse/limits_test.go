package parse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/rules/source"
)

// TestHostileYAML keeps memory and time bounded whatever a rule file holds.
func TestHostileYAML(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		ref := "*" + string(rune('a'+i))
		bomb += fmt.Sprintf("%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.Join(slices.Repeat([]string{ref}, 9), ", "))
	}
	head := "title: T\nlogsource: {category: x}\n"
	a := head + "detection:\n  a: {F: x}\n  condition: "
	// each writes a line for each number.
	each := func(count int, form string) string {
		var b strings.Builder
		for i := range count {
			b.WriteString(strings.ReplaceAll(strings.ReplaceAll(form, "NEXT", strconv.Itoa(i+1)), "N", strconv.Itoa(i)))
		}
		return b.String()
	}
	cases := map[string]string{
		"alias bomb":      bomb,
		"nesting":         "title: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"deep mapping":    "detection:\n  a: " + strings.Repeat("{x: ", 10_000) + "1" + strings.Repeat("}", 10_000),
		"recursion":       "detection: &d\n  a: *d\n  condition: a\n",
		"unclosed":        head + each(100_000, "# comment\n") + "x: '" + each(100_000, "y\n"),
		"parentheses":     a + strings.Repeat("(", 10_000) + "a" + strings.Repeat(")", 10_000),
		"nots":            a + strings.Repeat("not ", 10_000) + "a",
		"undefined names": a + each(20_000, "selN or ") + "a\n",
		"conditions":      a + "[" + each(50_000, "1 of a*, ") + "]\n",
		"long words":      head + "detection:\n  a: {F|" + strings.Repeat("x", 1<<20) + ": y}\n  condition: " + strings.Repeat("y", 1<<20) + "\n",
		"modifiers":       head + "detection:\n  a:\n" + each(20_000, "    FN|x|y|z: 1\n") + "  condition: a\n",
		"names":           head + "detection:\n" + each(20_000, "  sN: {F: x}\n") + "  condition: " + each(20_000, "all of s* or ") + "s1\n",
		"chain of lists":  head + "lists:\n" + each(20_000, "  lN: {union: lNEXT}\n") + "  l20000: [a]\n",
		"unions": head + "lists:\n  c: [x]\n  a:\n" + each(20_000, "  - 'value N'\n") +
			"  all: {union: [" + each(50_000, "a, ") + "a]}\n" + each(200, "  uN: {union: [a, all], except: [c]}\n"),
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			rs, found := Rules("rule.yml", []byte(text), nil)
			assert.Empty(t, rs)
			assert.True(t, found.HasErrors())
			assert.LessOrEqual(t, len(found), source.ForRules.Findings+1)
			assert.Less(t, time.Since(began), time.Minute)
		})
	}
}
