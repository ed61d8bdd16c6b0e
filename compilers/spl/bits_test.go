package spl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestBitsOfLongNumbers: a search does not see bits of decimal numbers of more than 15 digits, and says what it misses.
func TestBitsOfLongNumbers(t *testing.T) {
	for condition, want := range map[string]string{"s": "false-negatives", "not s": "false-positives"} {
		r := lowered.Rule(t, "logsource: {product: windows, category: process_access}\ndetection:\n  s: {GrantedAccess|bits: 0x10}\n  condition: "+condition+"\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "splunk-windows")})
		require.NotNil(t, q, "%v", found)
		require.Len(t, q.Notes, 1)
		assert.Equal(t, "bits-digits", q.Notes[0].Code)
		assert.Equal(t, want, q.Notes[0].Effect, condition)
	}
}
