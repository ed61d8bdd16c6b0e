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
		"TimeCreated: '20?4*'": true, "TimeCreated|gt: 5": true, "TimeCreated|bits: 1": true, "TimeCreated|cidr: 10.0.0.0/8": true, "TimeCreated|fieldref: Param1": true, "Param1|fieldref: TimeCreated": true,
		"TimeCreated|fieldref|startswith: TimeCreated": true, "Year: '2024'": true, "Param1|fieldref: Year": true, "TimeCreated|fieldref: TimeCreated": false,
		"TimeCreated|hour|lt: 6": false, "TimeCreated|exists: true": false, "Param1: x": false} {
		r := lowered.Rule(t, "logsource: {product: windows, service: security}\nextract: {Year: {field: TimeCreated, re: '^([0-9]+)'}}\ndetection:\n  s: {"+test+"}\n  condition: not s\n")
		_, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "splunk-windows")})
		assert.Equal(t, refused, slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "datetime-text" }), test)
	}
}
