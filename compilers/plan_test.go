package compilers

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// onePlan is the first plan of a rule.
func onePlan(dialect string, lacks Features, r *ir.Rule, opt Options) (*Plan, diag.Diagnostics) {
	plans, found := NewPlans(dialect, lacks, r, opt)
	if len(plans) == 0 {
		return nil, found
	}
	return plans[0], found
}

// hashes is a rule that asks for a hash of each algorithm.
func hashes(algorithms ...string) string {
	length := map[string]int{"MD5": 32, "IMPHASH": 32, "SHA1": 40}
	var values []string
	for _, a := range algorithms {
		values = append(values, a+"="+strings.Repeat("a", length[a]))
	}
	return "detection:\n  a: {Hashes|contains: [" + strings.Join(values, ", ") + "]}\n  condition: a\n"
}

func TestPlanReportsEveryGap(t *testing.T) {
	lacks := Features{
		Cased:         {Message: "no case", Hint: "drop it"},
		Regexes:       {Approximate: true, Effect: "false-positives", Message: "nearly"},
		DeepAncestors: {Message: "no ancestors"},
	}
	cases := []struct {
		name, yaml string
		accept     []string
		codes      []string
		notes      []string
	}{
		{"exact", "detection:\n  a: {Image: x}\n  condition: a\n", nil, nil, nil},
		{"a gap", "detection:\n  a: {Image|cased: x}\n  condition: a\n", nil, []string{"cased"}, nil},
		{"two gaps and a missing column", "detection:\n  a: {Image|cased: x, CommandLine|re: x, Nothing: x}\n  condition: a\n", nil, []string{"cased", "regex", "no-column"}, nil},
		{"accepted for one command", "detection:\n  a: {CommandLine|re: x}\n  condition: a\n", []string{"regex"}, nil, []string{"regex"}},
		{"all accepted, but what has no approximation", "detection:\n  a: {CommandLine|re: x, Image|cased: x}\n  condition: a\n", []string{"all"}, []string{"cased"}, nil},
		{"accepted in the rule", "approximate: {test: [regex]}\ndetection:\n  a: {CommandLine|re: x}\n  condition: a\n", nil, nil, []string{"regex"}},
		{"accepted for another target", "approximate: {other: [regex]}\ndetection:\n  a: {CommandLine|re: x}\n  condition: a\n", nil, []string{"regex"}, nil},
		{"an ancestor on the event", "ancestry:\n  x:\n    grandparent: {Image|filename: a.exe}\ndetection:\n  a: {Image: x}\n  condition: a and x\n", nil, nil, nil},
		{"an ancestor elsewhere", "ancestry:\n  x:\n    grandparent: {CommandLine: a}\ndetection:\n  a: {Image: x}\n  condition: a and x\n", nil, []string{"deep-ancestor"}, nil},
		{"more of an ancestor than the event has", "ancestry:\n  x:\n    grandparent: {Image|startswith: 'C:\\'}\ndetection:\n  a: {Image: x}\n  condition: a and x\n", nil, []string{"deep-ancestor"}, nil},
		{"hashes of which some have a column", hashes("MD5", "IMPHASH", "SHA1"), nil, []string{"lost-hashes"}, nil},
		{"what has one is kept", hashes("MD5", "IMPHASH", "SHA1"), []string{"lost-hashes"}, nil, []string{"lost-hashes"}},
		{"nothing would be left", hashes("IMPHASH"), []string{"lost-hashes"}, []string{"no-column"}, nil},
		{"nothing is lost", hashes("MD5", "SHA1"), nil, nil, nil},
		{"an entity nobody has", "prevalence:\n  p: {field: colour, local: {distinct: host, lte: 3}}\ndetection:\n  a: {Image: x}\n  condition: a and p\n", nil, []string{"no-entity"}, nil},
	}
	model := lowered.Model(t, "mde")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, found := onePlan("test", lacks, lowered.Rule(t, c.yaml), Options{Model: model, Approximate: c.accept})
			var codes, notes []string
			for _, d := range found {
				codes = append(codes, d.Code)
				assert.Positive(t, d.Range.Start.Line)
			}
			assert.Equal(t, c.codes, codes)
			require.Equal(t, len(c.codes) > 0, plan == nil)
			if plan != nil {
				for _, n := range plan.Notes {
					notes = append(notes, n.Code)
				}
			}
			assert.Equal(t, c.notes, notes)
		})
	}
}

func TestPlanWithoutALogSource(t *testing.T) {
	model := lowered.Model(t, "mde")
	r := lowered.Rule(t, "detection:\n  a: {Image: x}\n  condition: a\n")
	r.Source.LogSource.Category = "no_such_category"
	plan, found := onePlan("test", nil, r, Options{Model: model})
	require.Nil(t, plan)
	require.Len(t, found, 1)
	assert.Equal(t, "no-log-source", found[0].Code)
	assert.Equal(t, "data model mde has no log source {product: windows, category: no_such_category}", found[0].Message)
	assert.Equal(t, "choose another --model, or add the source to a model file (extends: mde)", found[0].Hint)
	r.Source.LogSource.Category, r.Source.LogSource.Service = "process_creation", "sysmon"
	_, found = onePlan("test", nil, r, Options{Model: model})
	require.Len(t, found, 1)
	assert.Equal(t, "leave `service: sysmon` out if such events of other logs will do, choose another --model, or add the source to a model file (extends: mde)", found[0].Hint)
}

// TestHintsOfNoLogSource list what the models have of the product, and no source without a name.
func TestHintsOfNoLogSource(t *testing.T) {
	d := NoLogSource(rules.LogSource{Product: "linux", Service: "orders"}, lowered.Model(t, "splunk-linux"))
	assert.Contains(t, d.Hint, "log sources of linux in these models: auditd, ")
}

// TestPlanSaysWhatNoLogSourceHelps names what the target cannot say wherever the events are, so that nobody adds a
// source in vain.
func TestPlanSaysWhatNoLogSourceHelps(t *testing.T) {
	model := lowered.Model(t, "ecs")
	r := lowered.Rule(t, "detection:\n  a: [x]\n  condition: a\n")
	r.Source.LogSource = rules.LogSource{Product: "onelogin", Service: "onelogin.events"}
	for _, c := range []struct {
		lack Support
		want []string
	}{{Support{Message: "no"}, []string{"no-log-source", "keywords"}}, {Support{Approximate: true}, []string{"no-log-source"}}} {
		plan, found := onePlan("test", Features{Keywords: c.lack}, r, Options{Model: model})
		require.Nil(t, plan)
		var codes []string
		for _, d := range found {
			codes = append(codes, d.Code)
		}
		assert.Equal(t, c.want, codes)
	}
}

func TestHeader(t *testing.T) {
	r := lowered.Rule(t, "id: 5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178\ndescription: "+
		"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen\n"+
		"detection:\n  a: {Image: x}\n  condition: a\n")
	p := &Plan{Rule: r, Notes: []Note{{Code: "code", Effect: "cost", Message: "slow"}}}
	assert.Equal(t, []string{"T", "id: 5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178",
		"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
		"seventeen eighteen", "note: code (cost): slow"}, p.Header())
}

// TestPlanTellsWhatLostHashesDo holds the note of a loss to the side on which it errs.
func TestPlanTellsWhatLostHashesDo(t *testing.T) {
	model := lowered.Model(t, "mde")
	asked := hashes("MD5", "IMPHASH")
	for effect, rule := range map[string]string{
		"false-negatives": asked,
		"false-positives": strings.Replace(asked, "condition: a", "b: {Image|endswith: x.exe}\n  condition: b and not a", 1),
	} {
		plan, found := onePlan("test", Features{}, lowered.Rule(t, rule), Options{Model: model, Approximate: []string{"all"}})
		require.Empty(t, found)
		require.Len(t, plan.Notes, 1)
		assert.Equal(t, effect, plan.Notes[0].Effect)
		assert.Equal(t, "data model mde has no column for Imphash: the query searches for 1 of 2 hashes", plan.Notes[0].Message)
		dump := ir.Dump(plan.Rule)
		assert.Contains(t, dump, "md5")
		assert.NotContains(t, dump, "Imphash")
	}
}

// TestPlanKnowsWhoReadsSecondColumns refuses fields in one of two columns where a dialect reads one.
func TestPlanKnowsWhoReadsSecondColumns(t *testing.T) {
	model := lowered.Model(t, "mde")
	r := lowered.Rule(t, "logsource: {product: windows, category: registry_event}\ndetection:\n  a: {TargetObject|endswith: '\\a\\b'}\n  condition: a\n")
	_, found := onePlan("test", Features{}, r, Options{Model: model})
	assert.Empty(t, found)
	_, found = onePlan("test", Features{SecondColumns: {Message: "no"}}, r, Options{Model: model})
	require.Len(t, found, 1)
	assert.Equal(t, "second-column", found[0].Code)

	for direction, code := range map[string][]string{"": {"second-column"}, ", Initiated: 'false'": nil} { // the rule tells which
		r = lowered.Rule(t, "logsource: {product: windows, category: network_connection}\ndetection:\n  a: {DestinationPort: 22"+direction+"}\n  condition: a\n")
		_, found = onePlan("test", Features{SecondColumns: {Message: "no"}}, r, Options{Model: model})
		var codes []string
		for _, d := range found {
			codes = append(codes, d.Code)
		}
		assert.Equal(t, code, codes, direction)
	}
}

// TestWhatTellsWhichColumnHasAValue: the rule's conditions tell it of the rule's own events, also of what an extract is
// made of and of a join, but not of events that a prevalence condition counts.
func TestWhatTellsWhichColumnHasAValue(t *testing.T) {
	model := lowered.Model(t, "mde")
	const head = "logsource: {product: windows, category: network_connection}\n"
	for rule, refused := range map[string]bool{
		"extract: {x: {field: DestinationHostname, lower: true}}\ndetection:\n  s: {x: a, Initiated: 'true'}\n  condition: s\n":                                                               false,
		"extract: {x: {field: DestinationHostname, lower: true}}\ndetection:\n  s: {x: a}\n  condition: s\n":                                                                                  true,
		"extract: {x: {field: DestinationHostname, lower: true}}\nprevalence: {p: {field: x, local: {distinct: host, lte: 1}}}\ndetection:\n  s: {Initiated: 'true'}\n  condition: s and p\n": true,
		"prevalence: {p: {field: DestinationIp, local: {distinct: host, lte: 1}}}\ndetection:\n  s: {Initiated: 'true'}\n  condition: s and p\n":                                              true,
		"prevalence: {p: {field: Image, among: q, local: {distinct: host, lte: 1}}}\ndetection:\n  q: {DestinationPort: 22}\n  s: {Initiated: 'true'}\n  condition: s and p\n":                true,
		"prevalence: {p: {field: Image, among: q, local: {distinct: host, lte: 1}}}\ndetection:\n  q: {DestinationPort: 22}\n  s: {Initiated: 'true'}\n  condition: s and q and p\n":          true,
		"prevalence: {p: {field: Image, among: q, local: {distinct: host, lte: 1}}}\ndetection:\n  q: {DestinationPort: 22, Initiated: 'true'}\n  condition: q and p\n":                       false,
		"prevalence: {p: {field: Image, local: {distinct: host, lte: 1}}}\ndetection:\n  s: {DestinationPort: 22, Initiated: 'true'}\n  condition: s and p\n":                                 false,
		"first_seen: {n: {fields: [DestinationIp], over: 7d}}\ndetection:\n  s: {Initiated: 'true'}\n  condition: s and n\n":                                                                  false,
		"first_seen: {n: {fields: [DestinationIp], over: 7d}}\ndetection:\n  s: {Image: a}\n  condition: s and n\n":                                                                           true,
	} {
		_, found := onePlan("test", Features{SecondColumns: {Message: "no"}}, lowered.Rule(t, head+rule), Options{Model: model})
		var codes []string
		for _, d := range found {
			codes = append(codes, d.Code)
		}
		assert.Equal(t, refused, slices.Contains(codes, "second-column"), "%s%v", rule, codes)
	}
}

// TestPlanKnowsWhoReadsNamedValues refuses fields in auditd's lines where a dialect does not take them out.
func TestPlanKnowsWhoReadsNamedValues(t *testing.T) {
	model := lowered.Model(t, "sentinel")
	r := lowered.Rule(t, "logsource: {product: linux, service: auditd}\ndetection:\n  a: {type: EXECVE}\n  condition: a\n")
	_, found := onePlan("test", Features{}, r, Options{Model: model})
	assert.Empty(t, found)
	_, found = onePlan("test", Features{NamedValues: {Message: "no"}}, r, Options{Model: model})
	require.Len(t, found, 1)
	assert.Equal(t, "named-values", found[0].Code)

	inXML := lowered.Model(t, "sentinel-event")
	for i := range inXML.Sources {
		inXML.Sources[i].UnlistedIn, inXML.Sources[i].Requires = "", ""
	}
	r = lowered.Rule(t, "logsource: {product: windows, category: registry_add}\ndetection:\n  a: {EventID: 12}\n  condition: a\n")
	_, found = onePlan("test", Features{NamedValues: {Message: "no"}}, r, Options{Model: inXML})
	require.Len(t, found, 1)
	assert.Equal(t, "named-values", found[0].Code, "of the scope")
}

// TestPartsOfHashes: where each algorithm has a column, the finding says that only whole hashes can be asked for.
func TestPartsOfHashes(t *testing.T) {
	for value, whole := range map[string]bool{"MD5=aabb": false, "aabb": false, "SHA256=" + strings.Repeat("a", 63): false, "MD5=" + strings.Repeat("a", 32): true} {
		rule := lowered.Rule(t, "detection:\n  a: {Hashes|contains: '"+value+"'}\n  condition: a\n")
		_, found := onePlan("test", nil, rule, Options{Model: lowered.Model(t, "ecs")})
		if whole {
			assert.Empty(t, found, value)
			continue
		}
		require.Len(t, found, 1, value)
		assert.Equal(t, "no-column", found[0].Code)
		assert.Equal(t, "data model ecs has a column for each algorithm in its source process_creation, and none for Hashes: only whole hashes can be asked for", found[0].Message)
	}
}
