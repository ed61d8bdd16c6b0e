package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestIdentities runs pairs of rules that mean the same on random events with hostile values.
func TestIdentities(t *testing.T) {
	const names = "  a: {F|contains: x, G: 'y*'}\n  b1: {F: 'x*'}\n  b2: {G|endswith: z}\n  b3: {F|re: '[xyz]'}\n"
	condition := func(c string) string { return names + "  condition: " + c }
	item := func(i string) string { return "  a:\n    " + i + "\n  condition: a" }
	pairs := []struct{ one, other string }{
		{condition("not (a and b1)"), condition("not a or not b1")},
		{condition("not (a or b1)"), condition("not a and not b1")},
		{condition("not not a"), condition("a")},
		{condition("a and (b1 or b2)"), condition("a and b1 or a and b2")},
		{condition("a or b1 and b2"), condition("a or (b1 and b2)")},
		{condition("1 of b*"), condition("b1 or b2 or b3")},
		{condition("all of b*"), condition("b1 and b2 and b3")},
		{condition("2 of b*"), condition("b1 and b2 or b1 and b3 or b2 and b3")},
		{condition("all of them"), condition("a and b1 and b2 and b3")},
		{condition("not 1 of b*"), condition("not b1 and not b2 and not b3")},
		{item("F: [x, y*, '*z']"), "  a: {F: x}\n  b: {F: y*}\n  c: {F: '*z'}\n  condition: a or b or c"},
		{item("F|contains|all: [x, y]"), "  a: {F|contains: x}\n  b: {F|contains: y}\n  condition: a and b"},
		{item("F|contains|neq: [x, y]"), "  a: {F|contains: [x, y]}\n  condition: not a"},
		{item("F: 'x*'"), item("F|startswith: x")},
		{item("F: '*x'"), item("F|endswith: x")},
		{item("F: '*x*'"), item("F|contains: x")},
		{item("F|contains: 'x?y'"), item("F: '*x?y*'")},
		{item("F: '*'"), item("F|exists: true")},
		{item("F: null"), item("F|exists: false")},
		{item(`F|filename: 'x'`), "  a: {F: x}\n  b: {F|endswith: ['\\x', '/x']}\n  condition: a or b"},
		{item(`F|re|i: '^xy\z'`), item("F: xy")},
		{item("F|cased: x"), item(`F|re: '^x\z'`)},
		{item("F|gte: 5"), "  a: {F|lt: 5}\n  b: {F|gte: -1000000}\n  condition: b and not a"},
		{"  a: {F: x, G: y}\n  condition: a", "  a: {F: x}\n  b: {G: y}\n  condition: a and b"},
		{"  a: [{F: x}, {G: y}]\n  condition: a", "  a: {F: x}\n  b: {G: y}\n  condition: a or b"},
		{"  a: [x, y]\n  condition: a", "  a:\n    '|all': [x]\n  b:\n    '|all': [y]\n  condition: a or b"},
	}
	r := rand.New(rand.NewPCG(5, 6))
	value := func() any {
		switch r.IntN(8) {
		case 0:
			return nil
		case 1:
			return r.IntN(12)
		case 2:
			return []any{"x", "Y", "zz"}[:r.IntN(4)]
		}
		var b strings.Builder
		for range r.IntN(5) {
			b.WriteString([]string{"x", "Y", "z", "X", `\`, "/", "*", "?", "\n", "é", "\u212a"}[r.IntN(11)])
		}
		return b.String()
	}
	var lines []string
	for i := range 6000 {
		fields := map[string]any{"EventRecordID": i}
		for _, f := range []string{"F", "G"} {
			if r.IntN(6) > 0 {
				fields[f] = value()
			}
		}
		line, err := json.Marshal(fields)
		require.NoError(t, err)
		lines = append(lines, string(line))
	}
	for _, p := range pairs {
		t.Run(p.one, func(t *testing.T) {
			one := enginetest.IDs(t, engine.Options{}, []*ir.Rule{lowered.Rule(t, "detection:\n"+p.one+"\n")}, lines...)
			other := enginetest.IDs(t, engine.Options{}, []*ir.Rule{lowered.Rule(t, "detection:\n"+p.other+"\n")}, lines...)
			assert.Equal(t, other, one, p.other)
			assert.NotEmpty(t, one, "it proves nothing: no event matches")
			assert.Less(t, len(one), len(lines), fmt.Sprintf("it proves nothing: every event matches %s", p.one))
		})
	}
}
