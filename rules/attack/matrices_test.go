package attack_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/attack"
)

// TestOtherMatrices have ids of their own: none is in the table of Enterprise.
func TestOtherMatrices(t *testing.T) {
	assert.Equal(t, "ICS", attack.OtherMatrix("t0883"))
	assert.Equal(t, "Mobile", attack.OtherMatrix("t1429"))
	assert.Equal(t, "Mobile", attack.OtherMatrix("t1430.001"))
	for _, name := range []string{"t0136", "execution", "t08831"} {
		assert.Empty(t, attack.OtherMatrix(name), name)
	}
	for _, name := range attack.Names() {
		assert.Empty(t, attack.OtherMatrix(name), name)
	}
}

func TestSuccessors(t *testing.T) {
	assert.Equal(t, []string{"stealth", "defense-impairment"}, attack.Successors("defense-evasion"))
	assert.Empty(t, attack.Successors("execution"))
}
