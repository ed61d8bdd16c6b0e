package spl

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
)

// TestTimesAreNoTexts: _time is a number, so that a test of its text would find nothing.
func TestTimesAreNoTexts(t *testing.T) {
	for test, refused := range map[string]bool{"TimeCreated: 2024-01-01T00:00:00Z": true, "TimeCreated|startswith: '2024'": true, "TimeCreated|re: '^2024'": true,
		"TimeCreated|hour|lt: 6": false, "TimeCreated|exists: true": false} {
		r := lowered.Rule(t, "logsource: {product: windows, service: security}\ndetection:\n  s: {"+test+"}\n  condition: not s\n")
		_, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "splunk-windows")})
		assert.Equal(t, refused, slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "datetime-text" }), test)
	}
}
