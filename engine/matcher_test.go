package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestEventsAreNumberedAnew: what was found of an event very long ago says nothing of one that has its number.
func TestEventsAreNumberedAnew(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image|contains: abc, User|re: '^x+$'}, condition: a}\n")
	e, found := New([]*ir.Rule{rule}, Options{Model: lowered.Model(t, "sigma")})
	require.Empty(t, found)
	m := e.newMatcher()
	for order, c := range []struct {
		text    string
		number  uint32
		matches bool
	}{
		{`{"Image": "zabc", "User": "xx"}`, 0, true},
		{`{"Image": "zabd", "User": "xx"}`, maxEvents, false},
		{`{"Image": "zabc", "User": "xx"}`, 1, true},
	} {
		m.gen = max(m.gen, c.number)
		in := event.Input{Origin: event.Origin{Order: order}, Content: event.TextContent([]byte(c.text))}
		require.NoError(t, m.load(in))
		if c.number > 0 {
			require.LessOrEqual(t, m.gen, c.number%maxEvents+1)
		}
		matched, err := m.run(m.p.units[0])
		require.NoError(t, err)
		require.Equal(t, c.matches, matched, c.text)
		require.Equal(t, c.text, string(m.keep(in).Raw))
	}
}
