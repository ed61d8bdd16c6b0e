package kql

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
)

// TestTimesAreNoTexts: Kusto writes a time with seven digits of a second, whatever the event has.
func TestTimesAreNoTexts(t *testing.T) {
	for test, refused := range map[string]bool{"TimeCreated: 2024-01-01T00:00:00Z": true, "TimeCreated: '20?4*'": true, "TimeCreated|re: '^2024'": true, "TimeCreated|gt: 5": true,
		"TimeCreated|bits: 1": true, "TimeCreated|cidr: 10.0.0.0/8": true, "TimeCreated|filename|contains: x": true, "TimeCreated|fieldref: param1": true, "param1|fieldref: TimeCreated": true,
		"Year: '2024'": true, "TimeCreated|fieldref: TimeCreated": false, "TimeCreated|hour|lt: 6": false, "TimeCreated|exists: true": false, "TimeCreated: null": false, "param1: x": false} {
		r := lowered.Rule(t, "logsource: {product: windows, service: system}\nextract: {Year: {field: TimeCreated, re: '^([0-9]+)'}}\ndetection:\n  s: {"+test+"}\n  condition: not s\n")
		_, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
		assert.Equal(t, refused, slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "datetime-text" }), "%s %v", test, found)
	}
}
