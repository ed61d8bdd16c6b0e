package kql

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestNoNumberInANegatedElement: a field that is not a number is null in Kusto, and a negation of null finds nothing.
func TestNoNumberInANegatedElement(t *testing.T) {
	for condition, guarded := range map[string]bool{"s": false, "not s": true, "t and not (s and t)": true} {
		r := lowered.Rule(t, "sigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n  s: {'TargetResources[0]': {'changes[-1]': {size|gte: 1}}}\n  t: {Category: x}\n  condition: "+condition+"\n")
		q, problems := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, problems)
		test := "toreal(tostring(TargetResources[0].changes[-1].size))"
		assert.Contains(t, q.Text, test+" >= 1")
		guard := "isnotnull(" + test + ") and "
		if guarded {
			assert.Contains(t, q.Text, guard, condition)
		} else {
			assert.NotContains(t, q.Text, guard, condition)
		}
	}
}
