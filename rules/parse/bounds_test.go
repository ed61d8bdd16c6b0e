package parse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

// TestBareNumbers: a mistake in a bound or a key is one error, whose hint says what to write.
func TestBareNumbers(t *testing.T) {
	const start = "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s and p}\n"
	for written, want := range map[string]string{
		"prevalence:\n  p: {field: sha1, global: 100}\n":                   "write `global: {lte: 100}`",
		"prevalence:\n  p: {field: Hashes, signature: Unsigned}\n":         "ask by sha1 or sha256, the hashes of a file, or leave the reputation out",
		"prevalence:\n  p: {field: sha25, global: {lt: 100}}\n":            "did you mean `sha256`?",
		"prevalence:\n  p: {field: sha1, global: [a]}\n":                   "write it as `key: value` lines",
		"prevalence:\n  p: {field: sha1, signed: false}\n":                 "did you mean `signature`?",
		"prevalence:\n  p: {field: sha1, signatur: Unsigned}\n":            "did you mean `signature`?",
		"joins:\n  p: {rule: other, same: [host], within: 5m, count: 3}\n": "write `count: {gte: 3}`",
	} {
		_, found := parse.Documents("c.yml", []byte(start+written), nil)
		require.Len(t, found, 1, "%s: %v", written, found)
		assert.Equal(t, want, found[0].Hint, written)
	}
}
