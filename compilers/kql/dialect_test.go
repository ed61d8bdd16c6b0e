package kql

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func model(t *testing.T) *schema.Model {
	t.Helper()
	m := lowered.Model(t, "mde")
	return m
}

// body compiles a condition and gives what stands between the scope and the filter's place.
func body(t *testing.T, r *ir.Rule) string {
	t.Helper()
	q, found := New().Compile(r, compilers.Options{Model: model(t)})
	require.Empty(t, found)
	_, text, ok := strings.Cut(q.Text, "| where ActionType =~ \"ProcessCreated\"\n")
	require.True(t, ok, q.Text)
	text, _, ok = strings.Cut(text, "// Begin environment")
	require.True(t, ok, q.Text)
	return strings.TrimSpace(text)
}

func condition(n ir.Node) *ir.Rule {
	return &ir.Rule{Condition: n, Source: &rules.Rule{Title: "T", LogSource: rules.LogSource{Category: "process_creation"}}}
}

func TestTests(t *testing.T) {
	is := func(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values} }
	cased := func(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values, Cased: true} }
	glob := &ir.Glob{Parts: []ir.GlobPart{{Literal: "a."}, {Wild: '?'}, {Literal: `\`}, {Wild: '*'}}}
	cases := []struct {
		name, field string
		test        ir.Test
		want        string
	}{
		{"equals", "CommandLine", is(ir.Equals, "a"), `ProcessCommandLine =~ "a"`},
		{"equals any", "CommandLine", is(ir.Equals, "a", "b"), `ProcessCommandLine in~ ("a", "b")`},
		{"equals, cased", "CommandLine", cased(ir.Equals, "a"), `ProcessCommandLine == "a"`},
		{"equals any, cased", "CommandLine", cased(ir.Equals, "a", "b"), `ProcessCommandLine in ("a", "b")`},
		{"empty", "CommandLine", is(ir.Equals, ""), `isempty(ProcessCommandLine)`},
		{"empty or a value", "CommandLine", is(ir.Equals, "", "a"), `isempty(ProcessCommandLine) or ProcessCommandLine =~ "a"`},
		{"contains nothing", "CommandLine", is(ir.Contains, ""), `isnotempty(ProcessCommandLine)`},
		{"contains any", "CommandLine", is(ir.Contains, `a"\`, "b"), `ProcessCommandLine contains "a\"\\" or ProcessCommandLine contains "b"`},
		{"contains, cased", "CommandLine", cased(ir.Contains, "a"), `ProcessCommandLine contains_cs "a"`},
		{"starts, cased", "CommandLine", cased(ir.StartsWith, "a"), `ProcessCommandLine startswith_cs "a"`},
		{"ends, cased", "CommandLine", cased(ir.EndsWith, "a"), `ProcessCommandLine endswith_cs "a"`},
		{"path ends with a name", "Image", is(ir.EndsWith, `\a.exe`, `\b.exe`), `FileName in~ ("a.exe", "b.exe")`},
		{"path ends with part of a name", "Image", is(ir.EndsWith, `a.exe`), `FolderPath endswith "a.exe"`},
		{"path ends with two parts", "Image", is(ir.EndsWith, `\x\a.exe`), `FolderPath endswith "\\x\\a.exe"`},
		{"path is a folder", "Image", is(ir.EndsWith, `\`), `FolderPath endswith "\\"`},
		{"file name", "Image", is(ir.Filename, "a.exe"), `FileName =~ "a.exe"`},
		{"file name in a text", "CommandLine", is(ir.Filename, "a.exe"), `extract(@"[^\\/]*\z", 0, ProcessCommandLine) =~ "a.exe"`},
		{"glob", "CommandLine", glob, `ProcessCommandLine matches regex @"(?is)\Aa\..\\.*\z"`},
		{"regex", "CommandLine", &ir.Regex{Expr: `^a\d"`, Flags: "i"}, `ProcessCommandLine matches regex "(?i)^a[0-9]\""`},
		{"regex that matches nothing too", "CommandLine", &ir.Regex{Expr: `a*`}, `isnotempty(ProcessCommandLine) and ProcessCommandLine matches regex @"a*"`},
		{"regex with a quoted part", "CommandLine", &ir.Regex{Expr: `\Qa.b\E`}, `ProcessCommandLine matches regex @"a\.b"`},
		{"number", "ProcessId", &ir.Number{Op: "eq", Values: []float64{4, 8}}, `ProcessId in (4, 8)`},
		{"number in a text", "Product", &ir.Number{Op: "gte", Values: []float64{4.5}}, `toreal(ProcessVersionInfoProductName) >= 4.5`},
		{"text that is a number", "ProcessId", is(ir.Equals, "4"), `ProcessId == 4`},
		{"text against a number", "ProcessId", is(ir.StartsWith, "4"), `tostring(ProcessId) startswith "4"`},
		{"text that a number is never written as", "ProcessId", is(ir.Equals, "007"), `tostring(ProcessId) =~ "007"`},
		{"bool", "CommandLine", &ir.Bool{Value: true}, `ProcessCommandLine =~ "true"`},
		{"null", "CommandLine", &ir.Null{}, `isempty(ProcessCommandLine)`},
		{"null number", "ProcessId", &ir.Null{}, `isnull(ProcessId)`},
		{"exists", "CommandLine", &ir.Exists{Value: true}, `isnotempty(ProcessCommandLine)`},
		{"exists not", "ProcessId", &ir.Exists{Value: false}, `isnull(ProcessId)`},
		{"cidr", "CommandLine", &ir.CIDR{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fe80::/10")}},
			`ipv4_is_in_range(replace_regex(ProcessCommandLine, @"(?i)^::ffff:|%.*$", ""), "10.0.0.0/8")
    or ipv6_is_in_range(replace_regex(ProcessCommandLine, @"%.*$", ""), "fe80::/10")`},
		{"field equals field", "CommandLine", &ir.FieldRef{Other: ir.Field{Name: "CommandLine", Level: 1}},
			`isnotempty(ProcessCommandLine) and isnotempty(InitiatingProcessCommandLine) and tolower(ProcessCommandLine) == tolower(InitiatingProcessCommandLine)`},
		{"number equals number", "ProcessId", &ir.FieldRef{Other: ir.Field{Name: "LogonId"}}, `ProcessId == LogonId`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, "| where "+c.want, body(t, condition(&ir.Match{Field: ir.Field{Name: c.field}, Test: c.test})))
		})
	}
}

// TestNegation pins that no null decides what stands below a not.
func TestNegation(t *testing.T) {
	cases := []struct {
		name, detection, want string
	}{
		{"text", `s: {CommandLine: a}`, `not(ProcessCommandLine =~ "a")`},
		{"number", `s: {ProcessId: 5}`, `not(isnotnull(ProcessId) and ProcessId == 5)`},
		{"less", `s: {ProcessId|lt: 5}`, `not(isnotnull(ProcessId) and ProcessId < 5)`},
		{"number in a text", `s: {Product|lt: 5}`, `not(isnotnull(toreal(ProcessVersionInfoProductName)) and toreal(ProcessVersionInfoProductName) < 5)`},
		{"cidr", `s: {CommandLine|cidr: [10.0.0.0/8, 192.168.0.0/16]}`, `not(coalesce(ipv4_is_in_any_range(replace_regex(ProcessCommandLine, @"(?i)^::ffff:|%.*$", ""), "10.0.0.0/8", "192.168.0.0/16"), false))`},
		{"hour", `s: {ProcessCreationTime|hour: 3}`, ``},
		{"weekday", `s: {Product|weekday|gte: saturday}`, `not(isnotnull(todatetime(ProcessVersionInfoProductName)) and (toint(dayofweek(todatetime(ProcessVersionInfoProductName)) / 1d) + 6) % 7 + 1 >= 6)`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := lowered.Rule(t, "detection:\n  "+c.detection+"\n  condition: not s\n")
			if c.want == "" {
				_, found := New().Compile(r, compilers.Options{Model: model(t)})
				require.True(t, found.HasErrors())
				assert.Equal(t, "no-column", found[0].Code)
				return
			}
			assert.Equal(t, "| where "+c.want, body(t, r))
		})
	}
}

func TestStructure(t *testing.T) {
	cases := []struct {
		name, detection, want string
	}{
		{"and", "a: {CommandLine: a, OriginalFileName: b}\n  condition: a", "| where ProcessCommandLine =~ \"a\"\n| where ProcessVersionInfoOriginalFileName =~ \"b\""},
		{"or of and", "a: {CommandLine: a, OriginalFileName: b}\n  b: {CommandLine: c}\n  condition: a or b",
			`| where (ProcessCommandLine =~ "a" and ProcessVersionInfoOriginalFileName =~ "b") or ProcessCommandLine =~ "c"`},
		{"not and", "a: {CommandLine: a, OriginalFileName: b}\n  condition: not a", `| where not(ProcessCommandLine =~ "a" and ProcessVersionInfoOriginalFileName =~ "b")`},
		{"two of three", "a1: {CommandLine: a}\n  a2: {CommandLine: b}\n  a3: {CommandLine: c}\n  condition: 2 of a*",
			"| where (ProcessCommandLine =~ \"a\" and ProcessCommandLine =~ \"b\")\n    or (ProcessCommandLine =~ \"a\" and ProcessCommandLine =~ \"c\")\n    or (ProcessCommandLine =~ \"b\" and ProcessCommandLine =~ \"c\")"},
		{"keywords", "k: [a, 'b c']\n  condition: k", `| where * contains "a" or * contains "b c"`},
		{"parent as a field", "a: {ParentImage|endswith: '\\cmd.exe'}\n  condition: a", `| where InitiatingProcessFileName =~ "cmd.exe"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, body(t, lowered.Rule(t, "detection:\n  "+c.detection+"\n")))
		})
	}
}

func TestManyValuesBecomeOneExpression(t *testing.T) {
	values := make([]string, maxTerms+1)
	for i := range values {
		values[i] = strings.Repeat(".", i+1)
	}
	text := body(t, condition(&ir.Match{Field: ir.Field{Name: "CommandLine"}, Test: &ir.Text{Op: ir.EndsWith, Values: values}}))
	assert.True(t, strings.HasPrefix(text, `| where ProcessCommandLine matches regex @"(?i)(?:\.|\.\.|`), text)
	assert.True(t, strings.HasSuffix(text, `\.)\z"`), text)
}

// goldens are the rules whose whole queries are pinned: the library's two that each model has, and what they do not
// use.
func goldens(t *testing.T) map[string]*ir.Rule {
	queries := map[string]*ir.Rule{}
	for _, name := range []string{"sql_server_suspicious_child", "sql_server_suspicious_grandchild"} {
		queries[name] = lowered.Shipped(t, "windows/process_creation/"+name+".yml")
	}
	queries["deep"] = lowered.Rule(t, deepRule)
	queries["two_rarities"] = lowered.Rule(t, twoRarities)
	return queries
}

func assertGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestGolden(t *testing.T) {
	for name, r := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			filter := lowered.Rule(t, "detection:\n  f: {AccountName: 'CORP\\backup'}\n  condition: f\n")
			r.Filter = ir.Anonymous(&ir.Not{Term: filter.Condition})
			q, found := New().Compile(r, compilers.Options{Model: withAccount(t)})
			require.Empty(t, found)
			assertGolden(t, "testdata/"+name+".kql", q.Text)
		})
	}
}

// TestGoldenOfSentinel pins the same rules where processes are linked by one text.
func TestGoldenOfSentinel(t *testing.T) {
	for _, name := range []string{"sentinel", "asim"} {
		m := lowered.Model(t, name)
		for rule, r := range goldens(t) {
			t.Run(name+" "+rule, func(t *testing.T) {
				q, found := New().Compile(r, compilers.Options{Model: m})
				require.Empty(t, found)
				assertGolden(t, "testdata/"+name+"/"+rule+".kql", q.Text)
			})
		}
	}
}

// withAccount is the model with a field for the filter of these tests.
func withAccount(t *testing.T) *schema.Model {
	m := model(t)
	m.Sources[0].Fields["AccountName"] = schema.Column{Name: "AccountName"}
	return m
}

const deepRule = `
schedule: {every: 1h, lookback: 90m}
ancestry:
  chain:
    parent: {Image|filename: cmd.exe}
    grandparent: {CommandLine|contains: agent}
    ancestor: {level: 3, Image|endswith: '\services.exe'}
detection:
  own: {Image|filename: whoami.exe}
  condition: own and not chain
`

const twoRarities = `
schedule: {every: 1h, lookback: 24h}
prevalence:
  rare_here: {field: sha256, local: {distinct: user, lte: 3}}
  rare_there: {field: sha1, among: own, global: {lt: 10, default: 5}, signer: [A, B], unavailable: include}
detection:
  own: {CommandLine|contains: x}
  other: {CommandLine|contains: y}
  condition: own and (rare_here or not rare_there) and other
`

func TestGaps(t *testing.T) {
	cases := []struct{ name, yaml, want string }{
		{"lookaround", "detection:\n  a: {CommandLine|re: 'a(?=b)c'}\n  condition: a\n", "regex-backtracking"},
		{"no column", "detection:\n  a: {Nothing: x}\n  condition: a\n", "no-column"},
		{"reputation of a name", "prevalence:\n  p: {field: md5, global: {lt: 3}}\ndetection:\n  a: {CommandLine: x}\n  condition: a and p\n", "no-reputation"},
		{"a signer's root", "prevalence:\n  p: {field: sha1, root: [x]}\ndetection:\n  a: {CommandLine: x}\n  condition: a and p\n", "no-column"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q, found := New().Compile(lowered.Rule(t, c.yaml), compilers.Options{Model: model(t)})
			require.Nil(t, q)
			require.NotEmpty(t, found)
			assert.Equal(t, c.want, found[0].Code)
			assert.Positive(t, found[0].Range.Start.Line)
		})
	}
}

// TestReputationThatAModelLacks holds that a model without reputation is said once.
func TestReputationThatAModelLacks(t *testing.T) {
	asim := lowered.Model(t, "asim")
	const yaml = "logsource: {category: proxy}\nprevalence:\n  p: {field: domain, global: {lt: 3}, signature: Unsigned}\ndetection:\n  a: {cs-method: GET}\n  condition: a and p\n"
	q, found := New().Compile(lowered.Rule(t, yaml), compilers.Options{Model: asim})
	require.Nil(t, q)
	codes := []string{}
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	assert.Equal(t, []string{"no-reputation"}, codes)
}

// TestLongQueriesAreNoted: Sentinel runs no query of more than 10,000 characters by schedule, and Defender names no
// such bound.
func TestLongQueriesAreNoted(t *testing.T) {
	var values []string
	for i := range 300 {
		values = append(values, fmt.Sprintf("a value of some thirty letters %d", i))
	}
	noted := func(model string, values []string) []compilers.Note {
		m := lowered.Model(t, model)
		r := &ir.Rule{Source: &rules.Rule{LogSource: rules.LogSource{Product: "windows", Category: process}},
			Condition: &ir.Match{Field: ir.Field{Name: "CommandLine"}, Test: &ir.Text{Op: ir.Equals, Values: values}}}
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		var long []compilers.Note
		for _, n := range q.Notes {
			if n.Code == "long-query" {
				assert.Contains(t, q.Text, "note: long-query")
				long = append(long, n)
			}
		}
		return long
	}
	assert.Len(t, noted("sentinel", values), 1)
	assert.Len(t, noted("sentinel-event", values), 1)
	assert.Len(t, noted("asim", values), 1)
	assert.Empty(t, noted("sentinel", values[:100]))
	assert.Empty(t, noted("mde", values))
}
