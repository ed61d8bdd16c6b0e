package profile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/engine"
	"decree/rules"
	"decree/rules/ir"
)

func TestPrint(t *testing.T) {
	p := &engine.Profile{Bytes: 5e6}
	for i := range shownCosts + 2 {
		rule := &ir.Rule{Source: &rules.Rule{Title: fmt.Sprintf("Rule %02d", i)}}
		p.ByRules = append(p.ByRules, engine.RuleCost{Rule: rule, Time: time.Second - time.Duration(i)*time.Millisecond, Asked: 10, Matched: i})
	}
	s, out, errs := clitest.Streams("")
	require.NoError(t, Print(s, p, engine.Stats{Events: 1000}, 1234*time.Millisecond, 500*time.Millisecond))
	assert.Empty(t, out.String())
	assert.Contains(t, errs.String(), "2000 events/s, 10.0 MB/s; rules loaded in 1.23s, events in 500ms\n")
	expensive, frequent, ok := strings.Cut(errs.String(), "\nthe most frequent matches:\n")
	require.True(t, ok)
	assert.Contains(t, expensive, "\nthe most expensive rules:\nTIME   EVALUATED  MATCHED  RULE\n1s     10         0        Rule 00\n")
	assert.NotContains(t, expensive, "Rule 11")
	assert.Contains(t, frequent, "11       Rule 11\n")
	assert.NotContains(t, frequent, "Rule 00")
}

func TestARunWithoutMatches(t *testing.T) {
	s, _, errs := clitest.Streams("")
	require.NoError(t, Print(s, &engine.Profile{}, engine.Stats{}, 0, 0))
	assert.Contains(t, errs.String(), "0 events/s")
	assert.NotContains(t, errs.String(), "most")
}
