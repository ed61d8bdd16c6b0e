package kql

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/schema"
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

const oneWithoutValue = `name: three
title: Three
dialect: kql
time: [T]
id: [Id]
sources:
  - {name: first, product: p, service: s, table: First, fields: {A: {column: A}}, columns: {T: datetime, Id: string, A: string}}
  - {name: second, product: p, service: s, table: Second, fields: {A: {column: A}, V: {column: V}}, columns: {T: datetime, Id: string, A: string, V: string}}
  - {name: third, product: p, service: s, table: Third, fields: {A: {column: A}, V: {column: V}}, columns: {T: datetime, Id: string, A: string, V: string}}
`

// TestAPopulationIsCountedInASourceThatHasTheValue, also where an earlier source has the rule's join alone.
func TestAPopulationIsCountedInASourceThatHasTheValue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "model.yml")
	require.NoError(t, os.WriteFile(file, []byte(oneWithoutValue), 0o600))
	m, err := schema.LoadFile(file)
	require.NoError(t, err)
	r := lowered.Rules(t, "title: T\nlogsource: {product: p, service: s}\nprevalence: {rare: {field: V, local: {distinct: A, lte: 1}}}\njoins: {j: {rule: o, same: [A], before: 1h}}\n"+
		"detection: {s: {A: x}, condition: s and (rare or j)}\n---\ntitle: O\nname: o\nlogsource: {product: p, service: s}\ndetection: {s: {A: y}, condition: s}\n")[0]
	q, found := New().Compile(r, compilers.Options{Model: m, Approximate: []string{"several-sources"}})
	require.NotNil(t, q, found)
	assert.Contains(t, q.Text, "let candidates = materialize(\n  Second\n")
	assert.True(t, slices.ContainsFunc(q.Notes, func(n compilers.Note) bool {
		return n.Code == "several-sources" && strings.HasPrefix(n.Message, "only second is searched")
	}))
}

// TestAPopulationOfAFieldThatOneSourceLacks has no events there: the source is asked, and the rule is not told to do
// without the field.
func TestAPopulationOfAFieldThatOneSourceLacks(t *testing.T) {
	r := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\nprevalence: {rare: {field: host, among: q, local: {distinct: Image, lte: 1}}}\n"+
		"detection: {q: {Company: a}, s: {Image: x}, condition: s and rare}\n")
	opt := compilers.Options{Model: lowered.Model(t, "sentinel")}
	q, found := New().Compile(r, opt)
	require.Nil(t, q)
	require.Len(t, found, 1)
	assert.Equal(t, "several-sources", found[0].Code)
	opt.Approximate = []string{"several-sources"}
	q, found = New().Compile(r, opt)
	require.NotNil(t, q, found)
	assert.Contains(t, q.Text, "\n  SecurityEvent\n")
	assert.NotContains(t, q.Text, "Company")
}
