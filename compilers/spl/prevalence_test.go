package spl

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

func TestPopulationOfAllEventsIsCountedBeforeTheRest(t *testing.T) {
	rare := &ir.Prevalence{Name: "rare", Spec: rules.Prevalence{Name: "rare", Field: "user",
		Local: &rules.LocalPrevalence{Distinct: "host", Bounds: []rules.Bound{{Op: "lte", Value: 3}}}}}
	assert.Equal(t, `| eval decree_value_1=if(isnotnull(mvindex(User, 0)) AND mvindex(User, 0)!="", lower(mvindex(User, 0)), null())
| eventstats dc(eval(lower(host))) as decree_count_1 by decree_value_1
| eval decree_rare_1=if(isnotnull(decree_value_1) AND decree_count_1<=3, 1, 0)
| where isnotnull(mvfind(A, "(?i)\\Aa\\z")) AND NOT decree_rare_1=1`, body(t, and(eq("A", "a"), not(rare))))
}

// TestPopulationBesideTheRule holds that an event matches whose value the population has seen, in it or not.
func TestPopulationBesideTheRule(t *testing.T) {
	rare := &ir.Prevalence{Name: "rare", Among: eq("A", "a"), Spec: rules.Prevalence{Name: "rare", Field: "user",
		Local: &rules.LocalPrevalence{Distinct: "host", Bounds: []rules.Bound{{Op: "lte", Value: 3}}}}}
	assert.Equal(t, `| eval decree_value_1=if(isnotnull(mvindex(User, 0)) AND mvindex(User, 0)!="", lower(mvindex(User, 0)), null())
| eval decree_among_1=if(isnotnull(mvfind(A, "(?i)\\Aa\\z")), 1, 0)
| eventstats max(decree_among_1) as decree_seen_1 dc(eval(if(decree_among_1=1, lower(host), null()))) as decree_count_1 by decree_value_1
| eval decree_value_1=if(coalesce(decree_seen_1, 0)=1, decree_value_1, null())
| eval decree_rare_1=if(isnotnull(decree_value_1) AND decree_count_1<=3, 1, 0)
| where decree_rare_1=1`, strings.TrimSuffix(body(t, or(rare)), "\n"))
}

// TestRanksAreCountedOverAllEvents holds that no command keeps just the latest 10,000, as streamstats does:
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.4/search-commands/streamstats
// Fields of sort are separated by commas: the same, sort.
func TestRanksAreCountedOverAllEvents(t *testing.T) {
	rare := &ir.Prevalence{Name: "rare", Spec: rules.Prevalence{Name: "rare", Field: "user", Local: &rules.LocalPrevalence{Distinct: "host", Rarest: 5}}}
	text := body(t, rare)
	assert.NotContains(t, text, "streamstats")
	assert.Contains(t, text, `| sort 0 num(decree_count_1), str(decree_value_1)
| autoregress decree_value_1 AS decree_rank_1_before
| eval decree_rank_1=if(isnull(decree_value_1), 0, if("=".decree_value_1!=coalesce("=".decree_rank_1_before, ""), 1, 0))
| accum decree_rank_1
`)
}

func TestFailedLookupsMayBeIncluded(t *testing.T) {
	rare := &ir.Prevalence{Name: "rare", Spec: rules.Prevalence{Name: "rare", Field: "sha1", Unavailable: "include",
		Reputation: []rules.ReputationTest{{Part: "signer", Is: &rules.Membership{Values: []string{"Evil Corp"}}}}}}
	assert.Contains(t, body(t, rare), `isnotnull(decree_value_1) AND (lower(coalesce(decree_availability_1, ""))="error" OR in(lower(coalesce(decree_signer_1, "")), "evil corp"))`)
}

// TestEachValuesReputationIsShown: of two values, the second does not overwrite what is known of the first.
func TestEachValuesReputationIsShown(t *testing.T) {
	signed := func(name, field string) ir.Node {
		return &ir.Prevalence{Name: name, Spec: rules.Prevalence{Name: name, Field: field, Reputation: []rules.ReputationTest{{Part: "signer", Is: &rules.Membership{Values: []string{"Evil Corp"}}}}}}
	}
	text := body(t, and(signed("one", "sha1"), signed("two", "sha256")))
	assert.Contains(t, text, "eval ProfileAvailability=if(decree_rare_1=1, decree_availability_1, null()),\n    Signer=if(decree_rare_1=1, decree_signer_1, null())")
	assert.Contains(t, text, "eval ProfileAvailability_2=if(decree_rare_2=1, decree_availability_2, null()),\n    Signer_2=if(decree_rare_2=1, decree_signer_2, null())")
}

// TestAColumnThatIsAnotherInSomeEvents: what the rule's condition tells settles the column of an extract, but nothing
// that events are counted by.
func TestAColumnThatIsAnotherInSomeEvents(t *testing.T) {
	m := *lowered.Model(t, "splunk-windows")
	m.Sources = slices.Clone(m.Sources)
	for i := range m.Sources {
		m.Sources[i].Fields = maps.Clone(m.Sources[i].Fields)
		m.Sources[i].Fields["Who"] = schema.Column{Name: "One", Instead: schema.Instead{Column: "Two", When: "EventCode", Is: []string{"4625"}}}
	}
	const head = "logsource: {product: windows, service: security}\n"
	for rule, want := range map[string]string{
		"extract: {u: {field: Who, lower: true}}\ndetection:\n  s: {EventID: 4625, u: bob}\n  condition: s\n":                                                                      "decree_made_0_u=Two",
		"extract: {u: {field: Who, lower: true}}\ndetection:\n  s: {EventID: 4672, u: bob}\n  condition: s\n":                                                                      "decree_made_0_u=One",
		"extract: {u: {field: Who, lower: true}}\ndetection:\n  s: {u: bob}\n  condition: s\n":                                                                                     "decree_either_one=if(",
		"extract: {u: {field: Who, lower: true}}\nprevalence: {p: {field: u, local: {distinct: host, lte: 1}}}\ndetection:\n  s: {EventID: 4625}\n  condition: s and p\n":          "decree_either_one=if(",
		"prevalence: {p: {field: host, among: q, local: {distinct: IpAddress, lte: 1}}}\ndetection:\n  q: {Who: bob}\n  s: {EventID: 4625}\n  condition: s and p\n":                "decree_either_one=if(",
		"prevalence: {p: {field: host, among: q, local: {distinct: IpAddress, lte: 1}}}\ndetection:\n  q: {Who: bob, EventID: 4672}\n  s: {EventID: 4625}\n  condition: s and p\n": "isnotnull(mvfind(One,",
	} {
		q, found := New().Compile(lowered.Rule(t, head+rule), compilers.Options{Model: &m})
		if q == nil {
			assert.Equal(t, want, found[0].Code, rule)
			continue
		}
		assert.Contains(t, q.Text, want, rule)
	}
}
