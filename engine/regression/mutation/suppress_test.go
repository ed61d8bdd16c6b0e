package mutation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMutantsOfSuppression pins what is changed of suppression, and that tests notice it.
func TestMutantsOfSuppression(t *testing.T) {
	r := rule(t, "suppress: {by: [host, F], for: 2h}\ndetection:\n  a: {F|exists: true}\n  condition: a\n")
	var got []string
	for _, m := range Mutants(r) {
		if m.Kind == "suppress" {
			got = append(got, m.At.String()[len("rule.yml:"):]+" "+m.Change)
		}
	}
	assert.Equal(t, []string{
		"3:11 suppress: every match alerts", "3:11 suppress: half the time", "3:11 suppress: double the time", "3:11 suppress: whatever host is", "3:11 suppress: whatever F is",
	}, got)

	survivors := func(events, expect string) (out []string) {
		report, err := Judge(r, trials(t, "cases:\n  - {name: a, events: ["+events+"], expect: {ids: ["+expect+"]}}\n"))
		require.NoError(t, err)
		for _, m := range report.Survivors {
			if m.Kind == "suppress" {
				out = append(out, m.Change)
			}
		}
		return out
	}
	first, other := "{id: 1, host: h, F: x, UtcTime: '2026-03-01T10:00:00Z'}", ", {id: 2, host: h, F: x, UtcTime: '2026-03-01T11:59:59Z'}, {id: 3, host: h, F: x, UtcTime: '2026-03-01T12:00:00Z'}"
	assert.Len(t, survivors(first, "'1'"), 5)
	assert.Equal(t, []string{"suppress: whatever host is", "suppress: whatever F is"}, survivors(first+other, "'1', '3'"))
	assert.Empty(t, survivors(first+other+", {id: 4, host: g, F: x, UtcTime: '2026-03-01T10:00:01Z'}, {id: 5, host: h, F: y, UtcTime: '2026-03-01T10:00:01Z'}", "'1', '3', '4', '5'"))
}
