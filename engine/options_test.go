package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestMemoryThatNoRuleNeedsIsForMatches: the shares of processes and of populations go to matches where no rule asks
// for them, and all shares together stay within the bound.
func TestMemoryThatNoRuleNeedsIsForMatches(t *testing.T) {
	const head = "title: T\nlogsource: {product: windows, category: process_creation}\n"
	const most = 1 << 20
	optionsFor := func(rule string) Options {
		e, found := New([]*ir.Rule{lowered.Rule(t, head+rule)}, Options{MaxMemory: most, Model: lowered.Model(t, "windows")})
		require.Empty(t, found)
		return e.opt
	}
	plain := optionsFor("detection: {a: {Image: x}, condition: a}\n")
	deep := optionsFor("ancestry: {up: {ancestor: {level: 3, Image: x}}}\ndetection: {a: {Image: x}, condition: a and up}\n")
	rare := optionsFor("ancestry: {up: {ancestor: {level: 3, Image: x}}}\nprevalence: {few: {field: sha1, local: {distinct: host, lte: 3}}}\ndetection: {a: {Image: x}, condition: a and few and up}\n")
	assert.Greater(t, plain.matchMemory(), deep.matchMemory())
	assert.Greater(t, deep.matchMemory(), rare.matchMemory())
	assert.Equal(t, most/16, rare.matchMemory())
	for _, o := range []Options{plain, deep, rare} {
		used := o.eventMemory() + o.suppressibleMemory() + 2*o.matchMemory() + o.processMemory() + o.rarityMemory(1) - o.unused
		assert.LessOrEqual(t, used, most)
	}
}

// TestExtractsOfOneNameAreApart: two rules of one run make fields of one name from texts that differ by a brace.
func TestExtractsOfOneNameAreApart(t *testing.T) {
	const head = "title: T\nlogsource: {product: windows, category: process_creation}\n"
	both := []*ir.Rule{
		lowered.Rule(t, head+"extract: {M: {text: '{User}{{User}}'}}\ndetection: {a: {M: 'z{User}'}, condition: a}\n"),
		lowered.Rule(t, head+"extract: {M: {text: '{User}{User}'}}\ndetection: {a: {M: zz}, condition: a}\n"),
		lowered.Rule(t, head+"extract: {M: {text: '{User}; lower'}}\ndetection: {a: {M: 'Z; lower'}, condition: a}\n"),
		lowered.Rule(t, head+"extract: {M: {text: '{User}', lower: true}}\ndetection: {a: {M|cased: z}, condition: a}\n"),
	}
	e, found := New(both, Options{})
	require.Empty(t, found)
	require.NoError(t, e.Add(&event.Event{Source: "x", Line: 1, Raw: []byte(`{"User":"z","Image":"q"}`)}))
	results, _, err := e.Finish()
	require.NoError(t, err)
	assert.Len(t, results, 4)
}
