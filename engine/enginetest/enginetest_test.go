package enginetest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestRulesRunOnLines runs a rule on the events of two products.
func TestRulesRunOnLines(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {CommandLine|contains: whoami}\n  condition: a\n")
	for name, line := range map[string]string{
		"windows": enginetest.SecurityProcess(7, "A", "01", 1, 0, "who.exe", "whoami"),
		"mde":     enginetest.DefenderProcess(7, "10:00:00", "h", "x", "whoami"),
	} {
		opt := engine.Options{Model: lowered.Model(t, name)}
		assert.Equal(t, []string{"7"}, enginetest.IDs(t, opt, []*ir.Rule{r}, line), name)
		opt.Now = enginetest.Time("12:00:00")
		_, stats := enginetest.Run(t, opt, []*ir.Rule{r}, line, "{}")
		assert.Equal(t, 2, stats.Events)
	}
}
