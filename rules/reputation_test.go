package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWhatPrevalenceAsks(t *testing.T) {
	p := &Prevalence{Reputation: []ReputationTest{{Part: "issuer", Is: &Membership{Values: []string{"x"}}}}}
	assert.True(t, p.Asks("issuer") && p.AsksReputation() && !p.Asks("global") && !p.Asks("signer"))
	assert.True(t, (&Prevalence{Global: []Bound{{Op: "lt", Value: 5}}}).Asks("global"))
	assert.False(t, (&Prevalence{Local: &LocalPrevalence{}}).AsksReputation())
	assert.Zero(t, p.FirstSeenWithin())
	p.Reputation = append(p.Reputation, ReputationTest{Part: "global_first_seen", Within: time.Hour})
	assert.Equal(t, time.Hour, p.FirstSeenWithin())
}

// TestMembership: a text that is missing is empty.
func TestMembership(t *testing.T) {
	in, out := &Membership{Values: []string{"Evil", "x"}}, &Membership{Values: []string{""}, Not: true}
	assert.True(t, in.Has("EVIL") && !in.Has("") && !in.Has("evi"))
	assert.True(t, out.Has("x") && !out.Has(""))
}

func TestPeriodOfAPopulation(t *testing.T) {
	p := &Prevalence{Local: &LocalPrevalence{Over: 24 * time.Hour}}
	assert.Equal(t, 24*time.Hour, p.Period(time.Hour))
	assert.Zero(t, p.Period(0), "without a lookback it is all that is searched")
	assert.Zero(t, p.Period(48*time.Hour))
	assert.Zero(t, (&Prevalence{}).Period(time.Hour))
}
