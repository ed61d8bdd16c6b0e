package compilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

func codesOf(found diag.Diagnostics) []string {
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return codes
}

// TestEachConstructIsAFeature finds each construct in a rule that uses it: a dialect without it refuses the rule, and
// another takes it.
func TestEachConstructIsAFeature(t *testing.T) {
	detection := func(item string) string { return "detection:\n  a: {" + item + "}\n  condition: a\n" }
	prevalence := func(is, condition string) string {
		return "prevalence:\n  p: {field: sha1, " + is + "}\ndetection:\n  a: {Image: x}\n  condition: " + condition + "\n"
	}
	for construct, text := range map[Construct]string{
		Cased:                detection("Image|cased: x"),
		Wildcards:            detection("CommandLine: 'a*b?c'"),
		Regexes:              detection("CommandLine|re: 'a+'"),
		BacktrackingRegexes:  detection(`CommandLine|re: '(a)\1'`),
		Keywords:             "detection:\n  a: [x]\n  condition: a\n",
		FieldRefs:            detection("Image|fieldref: CommandLine"),
		TimeParts:            detection("CommandLine|hour: 3"),
		CIDRs:                "logsource: {product: windows, category: network_connection}\n" + detection("DestinationIp|cidr: 10.0.0.0/8"),
		DeepAncestors:        "ancestry:\n  x: {grandparent: {CommandLine: a}}\ndetection:\n  a: {Image: x}\n  condition: a and x\n",
		DeepUnderNegation:    "ancestry:\n  x: {grandparent: {CommandLine: a}}\ndetection:\n  a: {Image: x}\n  condition: a and not x\n",
		PrevalencePopulation: prevalence("among: a, local: {distinct: host, lte: 3}", "a and p"),
		PrevalenceRank:       prevalence("local: {distinct: host, rarest: 3}", "a and p"),
		PrevalenceCount:      prevalence("local: {distinct: host, lte: 3}", "a and p"),
		PrevalenceNegated:    prevalence("local: {distinct: host, lte: 3}", "a and not p"),
		GlobalPrevalence:     prevalence("global: {lt: 250, default: 0}", "a and p"),
	} {
		t.Run(string(construct), func(t *testing.T) {
			r := lowered.Rule(t, text)
			model := lowered.Model(t, "mde")
			plan, found := onePlan("test", Features{}, r, Options{Model: model})
			require.Empty(t, found)
			require.NotNil(t, plan)
			plan, found = onePlan("test", Features{construct: {Message: "cannot", Hint: "do without"}}, r, Options{Model: model})
			assert.Nil(t, plan)
			assert.Equal(t, []string{string(construct)}, codesOf(found))
			assert.Equal(t, "do without", found[0].Hint)
			assert.Positive(t, found[0].Range.Start.Line)
		})
	}
}

func TestWhatARuleAloneRulesOut(t *testing.T) {
	for name, c := range map[string]struct{ text, code, message string }{
		"a contradiction":             {"detection:\n  a: {ProcessId|gt: 5}\n  b: {ProcessId|lt: 3}\n  condition: a and b\n", NeverMatches, "the rule can never match in the source"},
		"too many combinations":       {"detection:\n  s1: {Image: 1}\n  s2: {Image: 2}\n  s3: {Image: 3}\n  s4: {Image: 4}\n  s5: {Image: 5}\n  s6: {Image: 6}\n  s7: {Image: 7}\n  s8: {Image: 8}\n  s9: {Image: 9}\n  s10: {Image: 10}\n  s11: {Image: 11}\n  s12: {Image: 12}\n  condition: 6 of s*\n", "too-many-choices", "6 of 12 names"},
		"a value that cannot be made": {"extract: {E: {field: User, lower: true}}\nprevalence:\n  p: {field: E, local: {distinct: host, lte: 3}}\ndetection:\n  a: {Image: x}\n  condition: a and p\n", "no-translation", "E cannot be made of it"},
		"who, which cannot be made":   {"extract: {E: {field: User, lower: true}}\nprevalence:\n  p: {field: sha1, local: {distinct: E, lte: 3}}\ndetection:\n  a: {Image: x}\n  condition: a and p\n", "no-translation", "E cannot be made of it"},
		"who saw it":                  {"prevalence:\n  p: {field: sha1, local: {distinct: colour, lte: 3}}\ndetection:\n  a: {Image: x}\n  condition: a and p\n", "no-entity", "has no column for colour"},
	} {
		t.Run(name, func(t *testing.T) {
			plan, found := onePlan("test", Features{}, lowered.Rule(t, c.text), Options{Model: lowered.Model(t, "mde")})
			assert.Nil(t, plan)
			require.NotEmpty(t, found)
			assert.Equal(t, c.code, found[0].Code)
			assert.Contains(t, found[0].Message, c.message)
		})
	}
}

// TestNotesAreToldOnce holds that a note of a condition names what it does where the condition stands, and that none
// comes twice.
func TestNotesAreToldOnce(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {Image: x}\n  b: {Image: y}\n  condition: not a and b\n")
	plan, found := onePlan("test", Features{}, r, Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	nodes := FlatConjuncts(plan.Conditions())
	for range 2 {
		plan.NoteOf(nodes[0].(*ir.Not).Term, "code", "false-positives", "below a negation")
		plan.NoteOf(nodes[1], "code", "false-positives", "as it is")
		plan.Note("code", "cost", diag.Range{}, "slow")
	}
	var effects []string
	for _, n := range plan.Notes {
		effects = append(effects, n.Effect)
	}
	assert.ElementsMatch(t, []string{"false-negatives", "false-positives", "cost"}, effects)
}

// TestJoinsNameCloseFields: a product that names processes otherwise has a field that is close.
func TestJoinsNameCloseFields(t *testing.T) {
	rs := lowered.Rules(t, "title: T\nlogsource: {product: windows, category: file_event}\njoins: {j: {rule: o, same: [host, ProcessUid], before: 1m}}\ndetection: {s: {TargetFilename: x}, condition: s and j}\n---\n"+
		"title: O\nname: o\nlogsource: {product: windows, category: file_event}\ndetection: {s: {TargetFilename: y}, condition: s}\n")
	_, found := NewPlans("kql", nil, rs[0], Options{Model: lowered.Model(t, "mde")})
	require.Len(t, found, 1)
	assert.Equal(t, "join-field", found[0].Code)
	assert.Contains(t, found[0].Hint, "closest mapped fields: ProcessGuid, ProcessId")
}
