package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTagsOfTheSpecification are examples of the specification's page of tags, one of which has capitals.
func TestTagsOfTheSpecification(t *testing.T) {
	assert.Empty(t, Run([]File{file(t, firstFile, "tags: [attack.t1059, car.2016-04-005, cve.2021-44228, d3fend.d3-am, d3fend.d3f-WindowsNtOpenFile, detection.threat-hunting, stp.3k, tlp.amber]"), file(t, secondFile, secondRule)}))
}

// TestTagsWithoutANamespace have one finding, which knows what ATT&CK has ids for.
func TestTagsWithoutANamespace(t *testing.T) {
	for tag, want := range map[string][2]string{
		"t1059.003":         {"misspelt-tag-namespace", "write `attack.t1059.003`"},
		"t1059":             {"invalid-tag", "write `attack.t1059`"},
		"execution":         {"invalid-tag", "write `attack.execution`"},
		"sec":               {"invalid-tag", "write `namespace.name` in lower case, such as attack.t1059"},
		"ta0002":            {"invalid-tag", "write `attack.execution`"},
		"ta0005":            {"invalid-tag", "write `attack.stealth` or `attack.defense-impairment`"},
		"ds0022":            {"invalid-tag", "write `attack.ds0022`"},
		"s0002":             {"invalid-tag", "write `attack.s0002`"},
		"attack.ta0002":     {"attack-tactic-id", "write `attack.execution`"},
		"detection.ds0022":  {"invalid-detection-tag", "write `attack.ds0022`"},
		"detection.ta0002":  {"invalid-detection-tag", "write `attack.execution`"},
		"detection.hunting": {"invalid-detection-tag", "one of dfir, emerging-threats, threat-hunting"},
		"mitre.ds0022":      {"misspelt-tag-namespace", "write `attack.ds0022`"},
		"mitre.ta0002":      {"misspelt-tag-namespace", "write `attack.execution`"},
		"own.s1234":         {"unknown-tag-namespace", "keep it if it is your own; Sigma's are attack, car, cve, d3fend, detection, stp, tlp"},
	} {
		found := Run([]File{file(t, firstFile, "tags: ["+tag+"]"), file(t, secondFile, secondRule)})
		require.Len(t, found, 1, tag)
		assert.Equal(t, want, [2]string{found[0].Code, found[0].Hint}, tag)
	}
}

// TestTagsOfOthers are told from misspelt ones, and each namespace is reported once.
func TestTagsOfOthers(t *testing.T) {
	for tags, want := range map[string][]string{
		"wrg.observed, wrg.severity.high, dist.public": {"unknown-tag-namespace", "unknown-tag-namespace"},
		"atack.execution": {"misspelt-tag-namespace"},
		"mitre.t1059.001": {"misspelt-tag-namespace"},
		"attack.t0883":    nil,                    // industrial systems
		"attack.t1429":    {"unknown-attack-tag"}, // phones, and the rule is about Windows
	} {
		found := Run([]File{file(t, firstFile, "tags: ["+tags+"]"), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), tags)
	}
	assert.NotContains(t, codesOf(Run([]File{file(t, firstFile, "tags: [attack.t1429]\nlogsource: {product: android, service: apps}"), file(t, secondFile, secondRule)})), "unknown-attack-tag")
}
