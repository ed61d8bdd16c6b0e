package spl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestOneOfTwoColumns: wherever a query reads a value that is in another column in some events, the field that has it
// is made first.
func TestOneOfTwoColumns(t *testing.T) {
	const made = `eval decree_either_subjectusername=if(isnotnull(mvfind(EventCode, "(?i)\\A(?:4624|`
	const logon = "detection: {s: {EventID|gte: 4624, user: bob}, condition: s}\n"
	for name, c := range map[string]struct{ text, reads string }{
		"a test":     {logon, `where isnotnull(mvfilter(tonumber(EventCode)>=4624)) AND isnotnull(mvfind(decree_either_subjectusername, "(?i)\\Abob\\z"))`},
		"prevalence": {"prevalence: {p: {field: user, local: {distinct: host, lte: 1}}}\ndetection: {s: {EventID: 4625}, condition: s and p}\n", "lower(mvindex(decree_either_subjectusername, 0))"},
		"first seen": {"first_seen: {p: {fields: [user], over: 2d}}\ndetection: {s: {EventID: 4625}, condition: s and p}\n", `"=".lower(mvindex(decree_either_subjectusername, 0))`},
		"an extract": {"extract: {short: {field: user, split: '@', at: 0}}\ndetection: {s: {short: bob}, condition: s}\n", "mvmap(decree_either_subjectusername, mvindex(split("},
	} {
		q, found := New().Compile(lowered.Rule(t, "title: T\nlogsource: {product: windows, service: security}\n"+c.text), compilers.Options{Model: lowered.Model(t, "splunk-windows")})
		require.Empty(t, found, name)
		assert.Contains(t, q.Text, made, name)
		assert.Contains(t, q.Text, c.reads, name)
		assert.Less(t, strings.Index(q.Text, made), strings.Index(q.Text, c.reads), name)
		assert.Contains(t, q.Text, "| fields - decree_*\n", name)
	}
	q, found := compileCorrelation(t, "title: A\nname: any\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: [4625, 4672]}, condition: s}\n---\n"+
		"title: C\ncorrelation: {type: event_count, rules: [any], group-by: [user], timespan: 1h, condition: {gte: 2}}\n")
	require.Empty(t, found)
	assert.Contains(t, q.Text, made)
	assert.Contains(t, q.Text, `eval decree_group="=".lower(mvindex(decree_either_subjectusername, 0))`)
}

// TestColumnsOfEither holds what the field is made of: the column that a third tells, or the first that has a value.
// The base search is asked neither, and the rows of a data model have all of them.
func TestColumnsOfEither(t *testing.T) {
	instead := schema.Column{Name: "process", Instead: schema.Instead{Column: "other", When: "side", Is: []string{"In", "on"}}}
	orElse := schema.Column{Name: "process", OrElse: "other"}
	for i, c := range []struct {
		column       schema.Column
		emptyMissing bool
		value        string
	}{
		{instead, false, `if(isnotnull(mvfind(side, "(?i)\\A(?:In|on)\\z")), other, process)`},
		{orElse, false, `if(isnotnull(process), process, other)`},
		{orElse, true, `if(isnotnull(mvfilter(len(process)>0)), process, other)`},
	} {
		for _, name := range []string{"splunk-windows", "cim"} {
			m := lowered.Model(t, name)
			m.EmptyIsMissing = c.emptyMissing
			for _, s := range m.Find("process_creation", "windows", "") {
				s.Fields["CommandLine"] = c.column
			}
			q, found := New().Compile(lowered.Rule(t, "logsource: {category: process_creation, product: windows}\ndetection: {s: {CommandLine: x}, condition: s}\n"), compilers.Options{Model: m})
			require.Empty(t, found, fmt.Sprint(i, name))
			assert.Contains(t, q.Text, "| eval decree_either_process="+c.value+"\n", fmt.Sprint(i, name))
			if name == "cim" {
				assert.Contains(t, q.Text, "Processes.other")
				assert.Contains(t, q.Text, `other=if(in(other, "", "unknown"), null(), other)`)
			}
		}
	}
}
