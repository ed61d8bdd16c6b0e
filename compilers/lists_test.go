package compilers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/tests/fixture/lowered"
)

// TestWhereListsGo compiles a rule whose list is too long for a query, and one whose list is not, with each choice.
func TestWhereListsGo(t *testing.T) {
	long := strings.Join(numbered(250), ", ")
	const short = `'b"c.exe', d.exe`
	for _, c := range []struct {
		dialect compilers.Dialect
		model   string
		values  string
		test    string
		places  string
		want    string // in the query
		table   bool
	}{
		{spl.New(), "splunk-windows", short, "filename", "", `Image IN ("b\"c.exe", `, false},
		{spl.New(), "splunk-windows", short, "filename", "apart", `AS decree_name_1 OUTPUT value AS decree_listed_1`, true},
		{spl.New(), "splunk-windows", long, "filename", "", `| where isnotnull(decree_listed_1)`, true},
		{spl.New(), "splunk-windows", long, "filename", "inline", `in(lower(replace(Image`, false},
		{spl.New(), "splunk-windows", long, "contains", "", `Image IN ("*x0.exe*", `, false},
		{spl.New(), "splunk-windows", long, "cased", "", `isnotnull(mvfind(Image, "\\A(?:x0`, false},
		{spl.New(), "splunk-windows", long, "contains", "apart", `| where isnotnull(decree_listed_1)`, true},
		{spl.New(), "splunk-windows", short, "contains", "apart", `AS Image OUTPUT value AS decree_listed_1`, true},
		{spl.New(), "splunk-windows", short, "endswith", "apart", `AS Image OUTPUT value AS decree_listed_1`, true},
		{spl.New(), "splunk-windows", `'a*b'`, "contains", "apart", `isnotnull(mvfind(Image, "(?i)a\\*b"))`, false},
		{kql.New(), "sentinel", short, "contains", "apart", `contains "b\"c.exe"`, false},
		{spl.New(), "cim", short, "", "apart", `| lookup decree_tools_`, true},
		{kql.New(), "mde", short, "filename", "", `let tools = dynamic(["b\"c.exe", "d.exe"]);`, false},
		{kql.New(), "mde", short, "filename", "inline", `FileName in~ ("b\"c.exe", "d.exe")`, false},
		{kql.New(), "mde", long, "filename", "apart", `let tools = dynamic([`, false},
		{kql.New(), "sentinel", short, "filename", "", `let tools = dynamic([`, false},
		{kql.New(), "sentinel", short, "filename", "apart", "let tools = _GetWatchlist(\"decree_tools_", true},
		{kql.New(), "asim", long, "", "", `TargetProcessName in~ (tools)`, true},
		{eql.New(), "ecs", short, "", "apart", `?process.executable : ("b\"c.exe", "d.exe")`, false},
	} {
		t.Run(strings.Join([]string{c.model, c.test, c.places, c.want}, " "), func(t *testing.T) {
			modifiers := "|expand"
			if c.test != "" {
				modifiers = "|" + c.test + modifiers
			}
			m := lowered.Model(t, c.model)
			r := lowered.Rule(t, "lists: {tools: ["+c.values+
				"]}\ndetection: {s: {'Image"+modifiers+"': '%tools%'}, condition: s}\n")
			q, found := c.dialect.Compile(r, compilers.Options{Model: m, Lists: c.places})
			require.NotNil(t, q, "%v", found)
			assert.Contains(t, q.Text, c.want)
			var tables []string
			definitions := ""
			for _, a := range q.Assets {
				if strings.HasSuffix(a.Name, ".csv") {
					tables = append(tables, a.Content)
				} else {
					definitions += a.Content
				}
			}
			if !c.table {
				assert.Empty(t, tables)
				return
			}
			require.Len(t, tables, 1)
			assert.True(t, strings.HasPrefix(tables[0], "value\n"))
			if c.values == short {
				before, after := "", ""
				if c.test == "contains" || c.test == "endswith" {
					before = "*"
				}
				if c.test == "contains" {
					after = "*"
				}
				assert.Equal(t, fmt.Sprintf("value\n\"%[1]sb\"\"c.exe%[2]s\"\n%[1]sd.exe%[2]s\n", before, after), tables[0])
				assert.Equal(t, before != "", strings.Contains(definitions, "match_type = WILDCARD(value)"))
			}
		})
	}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("x%d.exe", i)
	}
	return names
}

func TestTableOf(t *testing.T) {
	a, b := compilers.TableOf("my tools", []string{"a"}), compilers.TableOf("my tools", []string{"a", "b"})
	assert.Regexp(t, `^decree_my_tools_[0-9a-f]{8}$`, a)
	assert.NotEqual(t, a, b, "lists of one name and other values are other tables")
}

// TestUnionWithAListThatStandsApart: a watchlist is not an array that others could be joined to.
func TestUnionWithAListThatStandsApart(t *testing.T) {
	m := lowered.Model(t, "sentinel")
	r := lowered.Rule(t, "lists: {tools: ["+strings.Join(numbered(250), ", ")+
		"], more: [y.exe], all: {union: [tools, more]}}\ndetection:\n  s: {Image|filename|expand: '%tools%'}\n  u: {CommandLine|cased|expand: '%all%'}\n  condition: s or u\n")
	q, found := kql.New().Compile(r, compilers.Options{Model: m})
	require.NotNil(t, q, "%v", found)
	assert.NotContains(t, q.Text, "array_concat")
	assert.Contains(t, q.Text, "let tools = _GetWatchlist(")
	assert.Contains(t, q.Text, "let all = dynamic([\n  \"x0.exe\", ")
	assert.Contains(t, q.Text, `"y.exe"]);`)
}
