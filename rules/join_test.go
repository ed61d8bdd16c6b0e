package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
)

// TestAJoinedRuleIsAPart: of the rule of its own file that joins it, unless the join says generate.
func TestAJoinedRuleIsAPart(t *testing.T) {
	here, elsewhere := &Rule{Range: diag.Range{File: "a.yml"}}, &Rule{Range: diag.Range{File: "b.yml"}}
	for _, c := range []struct {
		join Join
		want bool
	}{
		{Join{}, false}, {Join{Other: here}, true}, {Join{Other: here, Generate: true}, false}, {Join{Other: elsewhere}, false},
	} {
		assert.Equal(t, c.want, c.join.IsPart(&Rule{Range: diag.Range{File: "a.yml"}}))
	}
}

// TestNamesOfAllSections: a condition may use the names of searches, ancestry, prevalence and joins.
func TestNamesOfAllSections(t *testing.T) {
	r := &Rule{Searches: []Search{{Name: "s"}}, Ancestry: []Ancestry{{Name: "a"}}, Prevalence: []Prevalence{{Name: "p"}}, Joins: []Join{{Name: "j"}}}
	assert.Equal(t, []string{"s", "a", "p", "j"}, r.Names())
}

// TestWhatPrevalenceAsks: of a vendor's reputation, part by part in one order.
func TestWhatPrevalenceAsks(t *testing.T) {
	is := &Membership{Values: []string{"x"}}
	p := &Prevalence{Root: is, Signature: is, Signer: is, Issuer: is}
	var parts []string
	for _, test := range p.ReputationTests() {
		parts = append(parts, test.Part)
	}
	assert.Equal(t, []string{"signature", "signer", "issuer", "root"}, parts)
	assert.True(t, p.Asks("issuer") && p.AsksReputation() && !p.Asks("global"))
	assert.True(t, (&Prevalence{Global: []Bound{{Op: "lt", Value: 5}}}).Asks("global"))
	assert.False(t, (&Prevalence{Local: &LocalPrevalence{}}).AsksReputation())
}
