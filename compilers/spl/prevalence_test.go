package spl

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
	"decree/rules/ir"
)

func TestPopulationOfAllEventsIsCountedBeforeTheRest(t *testing.T) {
	rare := &ir.Prevalence{Name: "rare", Spec: rules.Prevalence{Name: "rare", Field: "user",
		Local: &rules.LocalPrevalence{Distinct: "host", Bounds: []rules.Bound{{Op: "lte", Value: 3}}}}}
	assert.Equal(t, `| eval decree_value_1=if(isnotnull(User) AND User!="", lower(User), null())
| eventstats dc(eval(lower(host))) as decree_count_1 by decree_value_1
| eval decree_rare_1=if(isnotnull(decree_value_1) AND decree_count_1<=3, 1, 0)
| where isnotnull(mvfind(A, "(?i)\\Aa\\z")) AND NOT decree_rare_1=1`, body(t, and(eq("A", "a"), not(rare))))
}

func TestFailedLookupsMayBeIncluded(t *testing.T) {
	rare := &ir.Prevalence{Name: "rare", Spec: rules.Prevalence{Name: "rare", Field: "sha1", Unavailable: "include",
		Signer: &rules.Membership{Values: []string{"Evil Corp"}}}}
	assert.Contains(t, body(t, rare), `isnotnull(decree_value_1) AND (lower(coalesce(decree_availability_1, ""))="error" OR in(lower(coalesce(decree_signer_1, "")), "evil corp"))`)
}
