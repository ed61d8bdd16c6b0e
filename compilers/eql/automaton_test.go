package eql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

// TestLettersOfAllScriptsAreCountedAsOne holds that an expression over all of Unicode's letters is judged as quickly as
// one over a few.
func TestLettersOfAllScriptsAreCountedAsOne(t *testing.T) {
	began := time.Now()
	for _, expr := range []string{`\pL.{8,20}\pN.{3,30}\p{Lu}x`, `a.{20}b`, `(?:\pL|\pN){3}.{1,30}\p{Ll}+.{12}\p{Greek}`} {
		_, err := expression(&ir.Regex{Expr: expr})
		assert.Error(t, err, expr)
	}
	_, err := expression(&ir.Regex{Expr: `^\pZ\p{Nd}+`})
	assert.NoError(t, err)
	assert.Less(t, time.Since(began), time.Minute)
}
