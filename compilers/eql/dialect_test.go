package eql

import (
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// model is a small data model like Elastic Defend's process events.
func model() *schema.Model {
	return &schema.Model{Name: "ecs", Time: []string{"@timestamp"}, Sources: []schema.Source{{
		Name: "process", Category: "process_creation", Product: "windows", Table: "process",
		Scope: []schema.ScopeTest{{Column: "host.os.type", Values: []string{"windows"}}, {Column: "event.type", Values: []string{"start"}}},
		Fields: map[string]schema.Column{
			"Image": {Name: "process.executable", Filename: "process.name"}, "CommandLine": {Name: "process.command_line"},
			"OriginalFileName": {Name: "process.pe.original_file_name"}, "sha1": {Name: "process.hash.sha1"},
			"Port": {Name: "destination.port", Type: schema.Int}, "Signed": {Name: "dll.signed", Type: schema.Bool},
			"Ip": {Name: "source.ip", Type: schema.IP}, "Odd-Name": {Name: "winlog.event_data.Odd-Name"},
			"OnlyName": {Name: "process.name", Holds: "filename"}, "Path": {Name: "file.path"},
		},
		Ancestors:  map[int]map[string]schema.Column{1: {"Image": {Name: "process.parent.executable", Filename: "process.parent.name"}, "CommandLine": {Name: "process.parent.command_line"}}},
		Entities:   map[string]schema.Column{"host": {Name: "host.id"}, "sha1": {Name: "process.hash.sha1"}},
		Keys:       map[int][]string{0: {"process.entity_id"}, 1: {"process.parent.entity_id"}},
		Reputation: schema.Reputation{Prefix: "decree.", Availability: "availability", Failed: "Error", Global: "global_prevalence", Signature: "signature_state", LocalCount: "count.hosts", LocalRank: "rank.rank"},
		Indices:    []string{"logs-*"},
	}}}
}

func rule(cond ir.Node) *ir.Rule {
	return &ir.Rule{Condition: cond, Source: &rules.Rule{Title: "T", LogSource: rules.LogSource{Category: "process_creation", Product: "windows"}}}
}

func field(name string, t ir.Test) *ir.Match { return &ir.Match{Field: ir.Field{Name: name}, Test: t} }

func ancestor(level int, name string, t ir.Test) *ir.Match {
	return &ir.Match{Field: ir.Field{Name: name, Level: level}, Test: t}
}

func is(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values} }

// condition compiles one condition and gives it without header and scope.
func condition(t *testing.T, n ir.Node) string {
	t.Helper()
	q, ds := New().Compile(rule(n), compilers.Options{Model: model()})
	require.Empty(t, ds)
	_, text, found := strings.Cut(q.Text, "?event.type : \"start\" and\n  ")
	require.True(t, found, q.Text)
	text, _, found = strings.Cut(text, "\n  // Begin environment-specific filter.")
	require.True(t, found, q.Text)
	return text
}

func TestTests(t *testing.T) {
	cased := func(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values, Cased: true} }
	cases := []struct {
		name  string
		field string
		test  ir.Test
		want  string
	}{
		{"equals", "Path", is(ir.Equals, "a"), `?file.path : "a"`},
		{"equals any", "Path", is(ir.Equals, "a", "b"), `?file.path : ("a", "b")`},
		{"equals empty", "Path", is(ir.Equals, ""), `?file.path in~ ("")`},
		{"starts", "Path", is(ir.StartsWith, `C:\`), `?file.path : "C:\\*"`},
		{"ends", "Path", is(ir.EndsWith, `\a.exe`), `?file.path : "*\\a.exe"`},
		{"contains", "Path", is(ir.Contains, "a", "b"), `?file.path : ("*a*", "*b*")`},
		{"contains nothing", "Path", is(ir.Contains, ""), `?file.path != null`},
		{"literal star", "Path", is(ir.Contains, "a*b"), `stringContains~(?file.path, "a*b")`},
		{"literal question mark", "Path", is(ir.Equals, "a?", "b"), `?file.path : "b" or ?file.path in~ ("a?")`},
		{"cased equals", "Path", cased(ir.Equals, "aB"), `?file.path == "aB"`},
		{"cased any", "Path", cased(ir.Equals, "aB", "c*"), `?file.path == "aB" or ?file.path == "c*"`},
		{"cased contains", "Path", cased(ir.Contains, "aB"), `?file.path like "*aB*"`},
		{"cased literal", "Path", cased(ir.EndsWith, "a*"), `endsWith(?file.path, "a*")`},
		{"beyond ascii", "Path", is(ir.Contains, "é.x"), `?file.path regex ".*[éÉ]\\.[xX].*"`},
		{"file name by column", "Image", is(ir.Filename, "cmd.exe"), `?process.name : "cmd.exe"`},
		{"file name in path", "Path", is(ir.Filename, "a.exe"), `?file.path : "a.exe" or ?file.path : ("*\\a.exe", "*/a.exe")`},
		{"file name with separator", "Path", is(ir.Filename, `a\b`), `false`},
		{"glob", "Path", &ir.Glob{Parts: []ir.GlobPart{{Literal: "a"}, {Wild: '*'}, {Literal: "b"}, {Wild: '?'}}}, `?file.path : "a*b?"`},
		{"cased glob", "Path", &ir.Glob{Cased: true, Parts: []ir.GlobPart{{Literal: "a"}, {Wild: '*'}}}, `?file.path like "a*"`},
		{"glob with literal star", "Path", &ir.Glob{Parts: []ir.GlobPart{{Literal: "a*"}, {Wild: '?'}}}, `?file.path regex "[aA]\\*."`},
		{"regex", "Path", &ir.Regex{Expr: `^a\d+$`}, `?file.path regex "a([0-9])+(\n)?"`},
		{"number", "Port", &ir.Number{Op: "eq", Values: []float64{80, 443}}, `?destination.port in (80, 443)`},
		{"number order", "Port", &ir.Number{Op: "gte", Values: []float64{1024}}, `?destination.port >= 1024`},
		{"number in text", "Path", &ir.Number{Op: "eq", Values: []float64{5}}, `?file.path : "5"`},
		{"text for number", "Port", is(ir.Equals, "80"), `?destination.port == 80`},
		{"bool", "Signed", &ir.Bool{Value: true}, `?dll.signed == true`},
		{"bool in text", "Path", &ir.Bool{Value: false}, `?file.path : "false"`},
		{"text for bool", "Signed", is(ir.Equals, "True"), `?dll.signed == true`},
		{"null", "Path", &ir.Null{}, `?file.path == null`},
		{"exists", "Path", &ir.Exists{Value: true}, `?file.path != null`},
		{"exists not", "Path", &ir.Exists{}, `?file.path == null`},
		{"cidr", "Ip", &ir.CIDR{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fe80::/10")}}, `cidrMatch(?source.ip, "10.0.0.0/8", "fe80::/10")`},
		{"no address", "Ip", is(ir.Equals, "-"), `false`},
		{"odd field", "Odd-Name", is(ir.Equals, "a"), "?winlog.event_data.`Odd-Name` : \"a\""},
		{"quotes", "Path", is(ir.Equals, "a\"\\\n\x00\u202e"), `?file.path : "a\"\\\n\u{00}\u{202e}"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := condition(t, field(c.field, c.test))
			assert.Equal(t, c.want, strings.TrimSuffix(strings.TrimPrefix(got, "("), map[bool]string{true: ")"}[strings.HasPrefix(got, "(")]))
		})
	}
}

func TestConnectives(t *testing.T) {
	a, b, c := field("Path", is(ir.Equals, "a")), field("Path", is(ir.Equals, "b")), field("Path", is(ir.Equals, "c"))
	low := field("Port", &ir.Number{Op: "lt", Values: []float64{5}})
	assert.Equal(t, `(?file.path : "a" or (?file.path : "b" and ?file.path : "c"))`, condition(t, &ir.Or{Terms: []ir.Node{a, &ir.And{Terms: []ir.Node{b, c}}}}))
	assert.Equal(t, `not(?file.path : "a" or ?file.path : "b")`, condition(t, &ir.Not{Term: &ir.Or{Terms: []ir.Node{a, b}}}))
	assert.Equal(t, `not(?destination.port != null and ?destination.port < 5)`, condition(t, &ir.Not{Term: low}))
	assert.Equal(t, `((?file.path : "a" and ?file.path : "b") or (?file.path : "a" and ?file.path : "c") or (?file.path : "b" and ?file.path : "c"))`,
		condition(t, &ir.AtLeast{Count: 2, Terms: []ir.Node{a, b, c}}))
}

func TestRefused(t *testing.T) {
	path := ir.Field{Name: "Path"}
	cases := []struct {
		name string
		node ir.Node
		code string
	}{
		{"keyword", &ir.Keyword{Test: is(ir.Contains, "a")}, "keywords"},
		{"fieldref", &ir.Match{Field: path, Test: &ir.FieldRef{Other: path}}, "fieldref"},
		{"time part", &ir.Match{Field: path, Test: &ir.TimePart{Part: "hour"}}, "time-part"},
		{"backtracking", &ir.Match{Field: path, Test: &ir.Regex{Expr: "a", Backtracking: true}}, "regex-backtracking"},
		{"word boundary", &ir.Match{Field: path, Test: &ir.Regex{Expr: `\ba`}}, "eql-unsupported"},
		{"inner anchor", &ir.Match{Field: path, Test: &ir.Regex{Expr: `a^b`}}, "eql-unsupported"},
		{"line anchor", &ir.Match{Field: path, Test: &ir.Regex{Expr: `^a`, Flags: "m"}}, "eql-unsupported"},
		{"ordered text", &ir.Match{Field: path, Test: &ir.Number{Op: "lt", Values: []float64{1}}}, "eql-unsupported"},
		{"network of text", &ir.Match{Field: path, Test: &ir.CIDR{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}, "eql-unsupported"},
		{"contains in number", field("Port", is(ir.Contains, "8")), "eql-unsupported"},
		{"grandparent unaccepted", ancestor(2, "Image", is(ir.EndsWith, `\a.exe`)), "deep-ancestor"},
		{"grandparent under not", &ir.Not{Term: ancestor(2, "Image", is(ir.EndsWith, `\a.exe`))}, "deep-ancestor-negated"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q, ds := New().Compile(rule(c.node), compilers.Options{Model: model()})
			assert.Nil(t, q)
			var codes []string
			for _, d := range ds {
				codes = append(codes, d.Code)
			}
			assert.Contains(t, codes, c.code)
		})
	}
	_, ds := New().Compile(rule(ancestor(3, "Image", is(ir.EndsWith, `\a.exe`))), compilers.Options{Model: model(), Approximate: []string{"all"}})
	require.Len(t, ds, 1)
	assert.Equal(t, "ancestor-too-far", ds[0].Code)
}

func reference() *ir.Rule {
	chain := &ir.Named{Name: "grandchild", Body: &ir.And{Terms: []ir.Node{
		ancestor(2, "Image", is(ir.EndsWith, `\sqlservr.exe`)), ancestor(1, "CommandLine", is(ir.StartsWith, `"cmd.exe" /c`))}}}
	rare := &ir.Prevalence{Name: "rare", Among: chain, Spec: rules.Prevalence{Field: "sha1", Local: &rules.LocalPrevalence{Distinct: "host", Rarest: 1000},
		Global: []rules.Bound{{Op: "lt", Value: 250}}, Reputation: []rules.ReputationTest{{Part: "signature", Is: &rules.Membership{Not: true, Values: []string{"SignedValid"}}}}, Unavailable: "exclude"}}
	r := rule(&ir.And{Terms: []ir.Node{chain, &ir.Or{Terms: []ir.Node{field("Image", is(ir.Filename, "whoami.exe", "certutil.exe")), rare}}}})
	r.Source.Title, r.Source.ID = "SQL Server child", "0xFF-0178"
	r.Source.Schedule.Lookback = 2 * time.Hour
	r.Source.Changelog = []rules.Change{{Version: "2.0"}}
	r.Source.Approximate = map[string][]string{"eql": {"deep-ancestor", "prevalence-population", "prevalence-rank"}}
	return r
}

func TestReference(t *testing.T) {
	q, ds := New().Compile(reference(), compilers.Options{Model: model()})
	require.Empty(t, ds)
	var b strings.Builder
	b.WriteString(q.Text)
	for _, a := range q.Assets {
		assert.True(t, json.Valid([]byte(a.Content)), a.Name)
		b.WriteString("\n=== " + a.Name + ": " + a.Purpose + "\n" + a.Content)
	}
	var names []string
	for _, a := range q.Assets {
		names = append(names, a.Name)
	}
	assert.Equal(t, []string{"index.decree-reputation.json", "enrich-policy.decree-reputation.json",
		"transform.decree-count-sql-server-child-rare.json", "enrich-policy.decree-count-sql-server-child-rare.json",
		"index.decree-rank-sql-server-child-rare.json", "watch.decree-rank-sql-server-child-rare.json", "enrich-policy.decree-rank-sql-server-child-rare.json",
		"ingest-pipeline.decree-sql-server-child-rare.json"}, names)
	const golden = "testdata/reference.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}

// TestFilterHasItsPlace pins that the environment's filter stands between its marks.
func TestFilterHasItsPlace(t *testing.T) {
	path := field("Path", is(ir.Equals, "a"))
	r := rule(&ir.Or{Terms: []ir.Node{path, path}})
	r.Filter = &ir.Not{Term: field("Path", is(ir.Contains, "b"))}
	q, ds := New().Compile(r, compilers.Options{Model: model()})
	require.Empty(t, ds)
	_, text, _ := strings.Cut(q.Text, "?event.type")
	assert.Equal(t, ` : "start" and
  (?file.path : "a" or ?file.path : "a")
  // Begin environment-specific filter.
  and not(?file.path : "*b*")
  // End environment-specific filter.
`, text)
}

// TestPopulationQuery pins what a transform is told of a population: exactly, or less.
func TestPopulationQuery(t *testing.T) {
	cases := []struct {
		name string
		node ir.Node
		want string
	}{
		{"prefix", field("Path", is(ir.StartsWith, `C:\`)), `{"prefix":{"file.path":{"case_insensitive":true,"value":"C:\\"}}}`},
		{"wildcard is escaped", field("Path", is(ir.Contains, `a*\?`)), `{"wildcard":{"file.path":{"case_insensitive":true,"value":"*a\\*\\\\\\?*"}}}`},
		{"name", field("Image", is(ir.EndsWith, `\a.exe`)), `{"term":{"process.name":{"case_insensitive":true,"value":"a.exe"}}}`},
		{"or", &ir.Or{Terms: []ir.Node{field("Path", is(ir.Equals, "a", "b")), &ir.Not{Term: field("Path", &ir.Exists{Value: true})}}},
			`{"bool":{"should":[{"bool":{"should":[{"term":{"file.path":{"case_insensitive":true,"value":"a"}}},{"term":{"file.path":{"case_insensitive":true,"value":"b"}}}]}},{"bool":{"must_not":[{"exists":{"field":"file.path"}}]}}]}}`},
		{"an ancestor elsewhere", ancestor(2, "Image", is(ir.EndsWith, `\a.exe`)), ""},
		{"or with one", &ir.Or{Terms: []ir.Node{field("Path", is(ir.Equals, "a")), ancestor(2, "Image", is(ir.EndsWith, `\a.exe`))}}, ""},
		{"not of one", &ir.Not{Term: &ir.And{Terms: []ir.Node{field("Path", is(ir.Equals, "a")), field("Path", &ir.Regex{Expr: "a"})}}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := &writer{plan: &compilers.Plan{Model: model(), Source: &model().Sources[0]}, counted: &ir.Prevalence{Among: c.node}}
			got := w.populationQuery()[2:]
			if c.want == "" {
				assert.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			text, err := json.Marshal(got[0])
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(text))
		})
	}
}
