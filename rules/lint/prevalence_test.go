package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

func TestBoundsWithoutEffect(t *testing.T) {
	const never, always = "the bound can never hold", "the bound always holds"
	for written, want := range map[string]string{
		"local: {distinct: host, lt: 1}":                  "the bound can never hold: a value that was seen was seen at least once",
		"local: {distinct: host, lte: 1}":                 "",
		"local: {distinct: host, eq: 0}":                  never,
		"local: {distinct: host, gte: 1}":                 always,
		"local: {distinct: host, gt: 1}":                  "",
		"among: s, local: {distinct: host, gte: 1}":       "", // which asks whether the population has the value
		"global: {lt: 0}":                                 "the bound can never hold: the vendor's prevalence is never below 0",
		"global: {gte: 0}":                                always,
		"global: {gte: 0, default: -1}":                   "",
		"global: {lte: 0}":                                "",
		"signer: {neq: 'a?'}":                             "signer is compared with whole texts",
		"signature: Signedvalid, certificate_valid: true": "",
		"signature: {neq: ['', Unknown]}":                 "",
		"signature: Unsined":                              `no signature has the state "Unsined"`,
	} {
		rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\nprevalence:\n  p: {field: sha1, "+written+"}\ndetection:\n  s: {Image: x}\n  condition: s and p\n"), nil)
		require.False(t, found.HasErrors(), "%v", found)
		got := ""
		for _, c := range prevalenceChecks {
			s := &subject{Rule: rs[0], check: c}
			c.rule(s)
			for _, d := range s.found {
				got += d.Message
			}
		}
		if want == "" {
			assert.Empty(t, got, written)
		} else {
			assert.Contains(t, got, want, written)
		}
	}
}
