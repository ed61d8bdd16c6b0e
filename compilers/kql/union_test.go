package kql

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestLogsThatHaveTheFieldsAreAskedTogether compiles to all tables of the log source that can answer.
func TestLogsThatHaveTheFieldsAreAskedTogether(t *testing.T) {
	m := lowered.Model(t, "sentinel")
	for detection, tables := range map[string][]string{
		"s: {CommandLine: x}":                                        {"SecurityEvent", "WindowsEvent"},
		"s: {OriginalFileName: x}":                                   {"WindowsEvent"},
		"s: [{OriginalFileName: x}, {CommandLine: x}]":               {"SecurityEvent", "WindowsEvent"},
		"s: {CommandLine: x, EventID: 4688}":                         {"SecurityEvent", "WindowsEvent"},
		"s: {CommandLine: x, EventID: 1}":                            {"WindowsEvent"},
		"s: {CommandLine: x}\n  no: {OriginalFileName|exists: true}": {"WindowsEvent"},
	} {
		condition := "s"
		if strings.Contains(detection, "no:") {
			condition = "s and not no"
		}
		r := lowered.Rule(t, "detection:\n  "+detection+"\n  condition: "+condition+"\n")
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found, detection)
		for _, table := range []string{"SecurityEvent", "WindowsEvent"} {
			assert.Equal(t, slices.Contains(tables, table), strings.Contains("\n"+strings.ReplaceAll(q.Text, "  ", ""), "\n"+table+"\n"), "%s in %s\n%s", table, detection, q.Text)
		}
	}
}

// TestSourcesLeftOutAreNamed: a source whose events lack what a rule or its filter excludes by is not asked, and the
// query says so.
func TestSourcesLeftOutAreNamed(t *testing.T) {
	m := lowered.Model(t, "sentinel")
	for _, c := range []struct{ detection, want string }{
		{"s: {Image: a}, no: {OriginalFileName: b}, condition: s and not no", "not searched: security_process_creation. Their events have no OriginalFileName, by which the rule or its filter excludes"},
		{"s: {Image: a}, no: {User: b}, condition: s and not no", ""},
		{"s: {Image: a}, no: {OriginalFileName: b}, condition: s or no", ""},
		{"s: {Image: a}, condition: s and not rare", "not searched: security_process_creation. Their events have no sha1, by which the rule or its filter excludes"},
		{"s: {Image: a}, condition: s and not new", "not searched: security_process_creation. Their events have no Company, by which the rule or its filter excludes"},
		{"s: {Image: a}, condition: s or rare", ""},
		{"s: {Image: a}, condition: s or new", ""},
		{"s: {Image: a}, condition: s and not (not rare)", ""},
	} {
		text := "detection: {" + c.detection + "}\n"
		if strings.Contains(c.detection, "rare") {
			text = "prevalence: {rare: {field: sha1, local: {distinct: host, lte: 1}}}\n" + text
		}
		if strings.Contains(c.detection, "new") {
			text = "first_seen: {new: {fields: [host, Company], over: 1d}}\n" + text
		}
		r := lowered.Rules(t, "title: T\nlogsource: {product: windows, category: process_creation}\n"+text)[0]
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		got := ""
		for _, n := range q.Notes {
			if n.Code == "sources-left-out" {
				got = n.Message
			}
		}
		assert.Equal(t, c.want, got, c.detection)
	}
}

// TestAPopulationOverSeveralTablesIsRefused: how rare a value is is counted in one table, and a rule that would need
// several is refused, not planned.
func TestAPopulationOverSeveralTablesIsRefused(t *testing.T) {
	r := lowered.Rule(t, "title: T\nlogsource: {category: process_creation}\nschedule: {every: 1h, lookback: 1h}\nprevalence: {rare: {field: sha1, local: {distinct: host, gte: 2}}}\n"+
		"detection: {s: {Image: x}, condition: s and rare}\n")
	q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "mde")})
	require.Nil(t, q)
	require.True(t, found.HasErrors())
	assert.Equal(t, "several-sources", found[len(found)-1].Code)
}
