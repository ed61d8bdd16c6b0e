package ir_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

// TestExpansionIsBounded counts what a rule's values become over all of its items, before anything is made.
func TestExpansionIsBounded(t *testing.T) {
	dashes, long := strings.Repeat(" -a", 8), strings.Repeat("a", 10_000)
	items := func(n int, item string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "    "+item+"\n", i)
		}
		return b.String()
	}
	lists := "lists: {many: [" + strings.TrimSuffix(strings.Repeat("abcdef", 1)+", "+func() string {
		var b strings.Builder
		for i := range 400 {
			fmt.Fprintf(&b, "v%d, ", i)
		}
		return b.String()
	}(), ", ") + "]}\n"
	for name, text := range map[string]string{
		"dashes of file names":             items(1, "F%d|windash|filename: '"+dashes+"'"),
		"dashes below an encoding":         items(1, "F%d|windash|base64: '"+dashes+"'"),
		"dashes of many items":             items(900, "F%d|windash|contains: ' -a -b -c'"),
		"offsets of many items":            items(40, "F%d|windash|wide|base64offset|contains: ' -abc -def -ghi -jkl -mno'"),
		"an encoding on an encoding":       "    F|" + strings.Repeat("base64|", 120) + "contains: abc\n",
		"long texts":                       items(20, "F%d|windash|contains: ' -a -b -c"+long+"'"),
		"the product of lists":             items(1, "F%d|expand: '%%many%%%%many%%'"),
		"the products of many items":       items(300, "F%d|expand|contains: 'x%%many%%'"),
		"a product that overflows":         items(1, "F%d|expand: '"+strings.Repeat("%%many%%", 200)+"'"),
		"lists of which all must be found": items(300, "F%d|expand|contains|all: '%%many%%'"),
	} {
		t.Run(name, func(t *testing.T) {
			lowered, found := ir.Lower(ruleOf(t, lists+"detection:\n  a:\n"+text+"  condition: a\n"))
			assert.Nil(t, lowered)
			require.Len(t, found, 1)
			assert.Equal(t, "too-many-values", found[0].Code)
		})
	}
	for name, text := range map[string]string{
		"a hundred items of seven dashes": items(100, "F%d|windash|contains: ' -a -a -a -a -a -a -a'"),
		"three dashes, many times":        items(100, "F%d|windash|contains: ' -a -a -a'"),
		"a list as it is, many times":     items(1000, "F%d|expand: '%%many%%'"),
	} {
		t.Run(name, func(t *testing.T) {
			_, found := ir.Lower(ruleOf(t, lists+"detection:\n  a:\n"+text+"  condition: a\n"))
			assert.False(t, found.HasErrors(), "%v", found)
		})
	}
}

// manyValues is a rule with as many values in one item as an item may have.
func manyValues(t testing.TB) *rules.Rule {
	var text strings.Builder
	text.WriteString("detection:\n  a:\n    F|contains:\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "      - value%d\n", i)
	}
	text.WriteString("  condition: a\n")
	return ruleOf(t, text.String())
}

// TestManyValues lowers 100,000 values into one test. Anything quadratic would take minutes.
func TestManyValues(t *testing.T) {
	r := manyValues(t)
	began := time.Now()
	lowered, found := ir.Lower(r)
	require.Empty(t, found)
	assert.Less(t, time.Since(began), time.Minute)
	values := lowered.Names[0].Body.(*ir.Match).Test.(*ir.Text).Values
	require.Len(t, values, 100_000)
	assert.Equal(t, "value99999", values[99_999])
}

func BenchmarkLowerManyValues(b *testing.B) {
	r := manyValues(b)
	for b.Loop() {
		if _, found := ir.Lower(r); found.HasErrors() {
			b.Fatal(found)
		}
	}
}
