package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// compiled makes an engine of rules, each given by its items.
func compiled(t testing.TB, rulesItems ...string) *Engine {
	t.Helper()
	var rs []*ir.Rule
	for _, items := range rulesItems {
		text := "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n  a: {" + items + "}\n  condition: a\n"
		r := lowered.Rule(t, text)
		rs = append(rs, r)
	}
	e, found := New(rs, Options{})
	require.Empty(t, found)
	return e
}

func TestEqualPredicatesOfDifferentRulesAreOneAtom(t *testing.T) {
	for _, item := range []string{
		`F: x`, `F|contains: [x, y]`, `F|endswith|cased: X`, `F: 'a*b'`, `F|re: 'a.c'`, `F|re: '(?=a)a'`, `F|re|i: 'a.c'`, `F: 5`, `F|gt: 5`, `F: true`,
		`F|cidr: 10.0.0.0/8`, `F|fieldref: G`, `F|hour: 5`, `F: '*'`, `F: null`, `ParentImage: x`,
	} {
		one := len(compiled(t, item).atoms.All())
		assert.LessOrEqual(t, one, 2, "%s: the test, and perhaps a text that it needs", item)
		assert.Len(t, compiled(t, item, item, item).atoms.All(), one, item)
	}
}

func TestPredicatesThatDifferAreNotOneAtom(t *testing.T) {
	for _, pair := range [][2]string{
		{`F: x`, `G: x`}, {`F: x`, `F: y`}, {`F: x`, `F|contains: x`}, {`F|contains: [x, y]`, `F|contains: 'x", "y'`},
		{`F: 'a*b'`, `F: 'a?b'`}, {`F: 'a*b?c'`, `F: 'a*b\?c'`}, {`F: 'a*b'`, `F|cased: 'a*b'`}, {`F|re: 'a.c'`, `F|re|i: 'a.c'`}, {`F|re: 'a.c'`, `F|re|s: 'a.c'`},
		{`F: 5`, `F: '5'`}, {`F|gt: 5`, `F|gte: 5`}, {`F: true`, `F: 'true'`}, {`F|cidr: 10.0.0.0/8`, `F|cidr: 10.0.0.0/9`},
		{`F|fieldref: G`, `F|fieldref: H`}, {`F|fieldref: G`, `F|fieldref|startswith: G`}, {`F|hour: 5`, `F|minute: 5`}, {`F|exists: true`, `F|exists: false`},
		{`F: [` + numbered(30, 1) + `]`, `F: [` + numbered(30, 2) + `]`}, {`F|contains: [` + quotedNumbers(30, 1) + `]`, `F|contains: [` + quotedNumbers(30, 2) + `]`},
	} {
		a, b := len(compiled(t, pair[0]).atoms.All()), len(compiled(t, pair[1]).atoms.All())
		assert.Greater(t, len(compiled(t, pair[0], pair[1]).atoms.All()), max(a, b), "%s and %s", pair[0], pair[1])
	}
}

// numbered lists numbers from 1, the last of them another by the seed.
func numbered(n, seed int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprint(i)
	}
	parts[n-1] = fmt.Sprint(1000 + seed)
	return strings.Join(parts, ", ")
}

func quotedNumbers(n, seed int) string {
	return "'" + strings.ReplaceAll(numbered(n, seed), ", ", "', '") + "'"
}
