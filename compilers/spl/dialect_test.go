package spl

import (
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
	"decree/tests/fixture/lowered"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func model(t *testing.T) *schema.Model {
	t.Helper()
	m := lowered.Model(t, "splunk-windows")
	for i := range m.Sources {
		m.Sources[i].Log = "" // fields here have names that no log knows
	}
	return m
}

func rule(cond ir.Node) *ir.Rule {
	return &ir.Rule{Condition: cond, Source: &rules.Rule{Title: "T", LogSource: rules.LogSource{Category: "process_creation", Product: "windows"}}}
}

func field(name string, t ir.Test) *ir.Match { return &ir.Match{Field: ir.Field{Name: name}, Test: t} }

func ancestor(level int, name string, t ir.Test) *ir.Match {
	return &ir.Match{Field: ir.Field{Name: name, Level: level}, Test: t}
}

func is(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values} }
func not(n ir.Node) ir.Node                      { return &ir.Not{Term: n} }
func and(terms ...ir.Node) ir.Node               { return &ir.And{Terms: terms} }
func or(terms ...ir.Node) ir.Node                { return &ir.Or{Terms: terms} }
func eq(name, value string) ir.Node              { return field(name, is(ir.Equals, value)) }
func compile(t *testing.T, r *ir.Rule) *compilers.Query {
	t.Helper()
	q, ds := New().Compile(r, compilers.Options{Model: model(t), Approximate: []string{"time-part"}})
	require.Empty(t, ds)
	return q
}

// body compiles one condition and gives what follows the log source's scope.
func body(t *testing.T, n ir.Node) string {
	t.Helper()
	q := compile(t, rule(n))
	_, text, ok := strings.Cut(q.Text, `EventCode="1"`)
	require.True(t, ok, q.Text)
	text, _, ok = strings.Cut(text, "``` Begin environment")
	require.True(t, ok, q.Text)
	return strings.TrimSpace(text)
}

func TestTests(t *testing.T) {
	cased := func(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values, Cased: true} }
	glob := &ir.Glob{Parts: []ir.GlobPart{{Literal: "a."}, {Wild: '?'}, {Literal: "b"}, {Wild: '*'}}}
	cases := []struct {
		name, field string
		test        ir.Test
		want        string
	}{
		{"equals", "User", is(ir.Equals, "a"), `User="a"`},
		{"equals any", "User", is(ir.Equals, "a", "b"), `User IN ("a", "b")`},
		{"equals quote and backslash", "User", is(ir.Equals, `a"\b`), `User="a\"\\b"`},
		{"equals empty", "User", is(ir.Equals, ""), `| where isnotnull(mvfind(User, "(?i)\\A\\z"))`},
		{"text that looks like a number", "User", is(ir.Equals, "007"), `User="007"`},
		{"text that is an address", "User", is(ir.Equals, "10.0.0.1"), `User="10.0.0.1"`},
		{"text that is a block of addresses", "User", is(ir.Equals, "10.0.0.0/8"), `| where isnotnull(mvfind(User, "(?i)\\A10\\.0\\.0\\.0/8\\z"))`},
		{"text that is one in IPv6", "User", is(ir.Equals, "fe80::/10", "a"), `| where isnotnull(mvfind(User, "(?i)\\A(?:fe80::/10|a)\\z"))`},
		{"text in which one is", "User", is(ir.Contains, "10.0.0.0/8"), `User="*10.0.0.0/8*"`},
		{"literal star", "User", is(ir.Equals, "a*"), `| where isnotnull(mvfind(User, "(?i)\\Aa\\*\\z"))`},
		{"literal question mark", "User", is(ir.Equals, "a?"), `User="a?"`},
		{"newline", "User", is(ir.Contains, "a\nb"), `| where isnotnull(mvfind(User, "(?i)a\\x{A}b"))`},
		{"starts", "Image", is(ir.StartsWith, `C:\a`), `Image="C:\\a*"`},
		{"starts, backslash before the wildcard", "Image", is(ir.StartsWith, `C:\`), `| where isnotnull(mvfind(Image, "(?i)\\AC:\\\\"))`},
		{"ends", "Image", is(ir.EndsWith, `\a.exe`), `Image="*\\a.exe"`},
		{"contains", "Image", is(ir.Contains, "a", "b"), `Image IN ("*a*", "*b*")`},
		{"file name", "Image", is(ir.Filename, "a.exe"), `Image IN ("a.exe", "*\\a.exe", "*/a.exe")`},
		{"file names with parts of their own, which no path ends in", "Image", is(ir.Filename, `a\b.exe`, "c/", "d\ne"), `| where isnotnull(mvfind(Image, "(?i)(?:\\A|[\\\\/])d\\x{A}e\\z"))`},
		{"file names that look like numbers", "Image", cased(ir.Filename, "1", "2.exe"), `| where isnotnull(mvfind(Image, "(?:\\A|[\\\\/])(?:1|2\\.exe)\\z"))`},
		{"file name, cased", "Image", cased(ir.Filename, "A.exe"), `| where isnotnull(mvfilter(in(replace(Image, "(?s)^.*[\\\\/]", ""), "A.exe")))`},
		{"cased", "Image", cased(ir.Contains, "a", "B"), `| where isnotnull(mvfind(Image, "(?:a|B)"))`},
		{"odd name", "Odd-Name", is(ir.Equals, "a"), `"Odd-Name"="a"`},
		{"odd name in where", "Odd-Name", cased(ir.Equals, "a"), `| where isnotnull(mvfind('Odd-Name', "\\Aa\\z"))`},
		{"word as a name", "Not", cased(ir.Equals, "a"), `| where isnotnull(mvfind('Not', "\\Aa\\z"))`},
		{"glob", "Image", glob, `| where isnotnull(mvfind(Image, "(?i)(?s)\\Aa\\..b.*\\z"))`},
		{"regex", "Image", &ir.Regex{Expr: `^a\d"`, Flags: "i"}, `| where isnotnull(mvfind(Image, "(?i)^a[0-9]\""))`},
		{"lookahead", "Image", &ir.Regex{Expr: `a(?=b)`}, `| where isnotnull(mvfind(Image, "a(?=b)"))`},
		{"number", "ProcessId", &ir.Number{Op: "eq", Values: []float64{4}}, `ProcessId=4`},
		{"numbers", "ProcessId", &ir.Number{Op: "eq", Values: []float64{4, -8}}, `ProcessId IN (4, -8)`},
		{"number where the product may write it in several ways", "Other", &ir.Number{Op: "eq", Values: []float64{4, 8}}, `| where isnotnull(mvfilter(tonumber(Other)=4 OR tonumber(Other)=8))`},
		{"number that is not whole", "ProcessId", &ir.Number{Op: "eq", Values: []float64{4.5}}, `| where isnotnull(mvfilter(tonumber(ProcessId)=4.5))`},
		{"number beyond those that are told apart", "ProcessId", &ir.Number{Op: "eq", Values: []float64{1 << 53}}, `| where isnotnull(mvfilter(tonumber(ProcessId)=9007199254740992))`},
		{"at most", "ProcessId", &ir.Number{Op: "lte", Values: []float64{4.5}}, `| where isnotnull(mvfilter(tonumber(ProcessId)<=4.5))`},
		{"letters that have one lower case, as all that equal them have it", "User", is(ir.Equals, "ÄÖ"), `User="ÄÖ"`},
		{"a letter of two lower cases", "User", is(ir.Equals, "aς"), `| where isnotnull(mvfind(User, "(?i)\\Aaς\\z"))`},
		{"a letter that has the lower case of another", "User", is(ir.Contains, "İ"), `| where isnotnull(mvfind(User, "(?i)İ"))`},
		{"a file name of such a letter", "Image", is(ir.Filename, "İ.exe"), `| where isnotnull(mvfind(Image, "(?i)(?:\\A|[\\\\/])İ\\.exe\\z"))`},
		{"bool", "Signed", &ir.Bool{Value: true}, `Signed="true"`},
		{"null", "User", &ir.Null{}, `NOT User=*`},
		{"exists", "User", &ir.Exists{Value: true}, `User=*`},
		{"cidr", "Ip", &ir.CIDR{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fe80::/10")}},
			`| where isnotnull(mvfilter(cidrmatch("10.0.0.0/8", replace(Ip, "(?i)^::ffff:|%.*$", "")) OR cidrmatch("fe80::/10", replace(Ip, "%.*$", ""))))`},
		{"hash", "sha1", is(ir.Equals, "ab"), "| rex field=Hashes \"(?i)(?:^|,)SHA1=(?<decree_hash_sha1>[^,]+)\"\n| where isnotnull(mvfind(decree_hash_sha1, \"(?i)\\\\Aab\\\\z\"))"},
		{"field equals field", "User", &ir.FieldRef{Other: ir.Field{Name: "User", Level: 1}},
			`| where if(isnotnull(User) AND isnotnull(ParentUser) AND "=".lower(User)="=".lower(ParentUser), 1, 0)=1`},
		{"field starts with field", "A", &ir.FieldRef{Op: ir.StartsWith, Other: ir.Field{Name: "B"}, Cased: true},
			`| where if(isnotnull(A) AND isnotnull(B) AND "=".substr(A, 1, len(B))="=".B, 1, 0)=1`},
		{"hour", "UtcTime", &ir.TimePart{Part: "hour", Op: "gte", Values: []float64{22}},
			`| where isnotnull(mvfilter(tonumber(strftime(coalesce(tonumber(UtcTime), strptime(UtcTime, "%Y-%m-%dT%H:%M:%S"), strptime(UtcTime, "%Y-%m-%d %H:%M:%S")), "%H"))>=22))`},
		{"weekday", "UtcTime", &ir.TimePart{Part: "weekday", Op: "gte", Values: []float64{6}},
			`| where isnotnull(mvfilter((tonumber(strftime(coalesce(tonumber(UtcTime), strptime(UtcTime, "%Y-%m-%dT%H:%M:%S"), strptime(UtcTime, "%Y-%m-%d %H:%M:%S")), "%w"))+6)%7+1>=6))`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, strings.TrimSuffix(body(t, field(c.field, c.test)), "\n| fields - decree_*"))
		})
	}
}

func TestStructure(t *testing.T) {
	cased := field("D", &ir.Text{Op: ir.Equals, Values: []string{"d"}, Cased: true})
	const d = `isnotnull(mvfind(D, "\\Ad\\z"))`
	const a = `isnotnull(mvfind(A, "(?i)\\Aa\\z"))`
	const b = `isnotnull(mvfind(B, "(?i)\\Ab\\z"))`
	cases := []struct {
		name string
		node ir.Node
		want string
	}{
		{"and", and(eq("A", "a"), eq("B", "b")), `A="a" B="b"`},
		{"or", or(eq("A", "a"), eq("B", "b")), `(A="a" OR B="b")`},
		{"or of and", or(and(eq("A", "a"), eq("B", "b")), eq("C", "c")), `((A="a" B="b") OR C="c")`},
		{"not or", not(or(eq("A", "a"), eq("B", "b"))), `NOT (A="a" OR B="b")`},
		{"not not", and(not(eq("A", "a")), eq("B", "b")), `NOT A="a" B="b"`},
		{"conjunct of each kind", and(eq("A", "a"), cased), "A=\"a\"\n| where " + d},
		{"mixed or goes to where whole", or(eq("A", "a"), cased), `| where ` + a + ` OR ` + d},
		{"mixed not goes to where whole", not(and(eq("A", "a"), or(eq("B", "b"), cased))), `| where NOT (` + a + ` AND (` + b + ` OR ` + d + `))`},
		{"two of three", &ir.AtLeast{Count: 2, Terms: []ir.Node{eq("A", "a"), eq("B", "b"), eq("C", "c")}},
			`((A="a" B="b") OR (A="a" C="c") OR (B="b" C="c"))`},
		{"keyword", &ir.Keyword{Test: is(ir.Contains, `a "b"`, "c.d")}, `| where isnotnull(mvfind(_raw, "(?i)(?:a \"b\"|a \\\\\"b\\\\\"|a &quot;b&quot;|c\\.d)"))`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, body(t, c.node)) })
	}
}

func reference() *ir.Rule {
	chain := &ir.Named{Name: "xp_cmdshell", Body: and(ancestor(1, "CommandLine", is(ir.StartsWith, `"cmd.exe" /c`)), ancestor(2, "Image", is(ir.Filename, "sqlservr.exe")))}
	listed := &ir.Named{Name: "listed", Body: field("Image", is(ir.Filename, "net.exe", "whoami.exe", "certutil.exe", "powershell.exe"))}
	rare := &ir.Prevalence{Name: "rare_unsigned", Among: chain, Spec: rules.Prevalence{Name: "rare_unsigned", Field: "sha1",
		Local: &rules.LocalPrevalence{Distinct: "host", Rarest: 1000}, Global: []rules.Bound{{Op: "lt", Value: 250}},
		Reputation: []rules.ReputationTest{{Part: "signature", Is: &rules.Membership{Not: true, Values: []string{"SignedValid"}}}}, Unavailable: "exclude"}}
	r := rule(and(chain, or(listed, rare)))
	r.Source.Title = "SQL Server spawning a suspicious grandchild process"
	r.Source.ID = "2f0d6c4e-3f4a-4d53-9f0e-6c1f6f3f2a10"
	r.Source.Changelog = []rules.Change{{Version: "2.0"}}
	r.Source.Schedule = rules.Schedule{Every: time.Hour, Lookback: 2 * time.Hour}
	return r
}

func TestReference(t *testing.T) {
	r := reference()
	r.Filter = not(eq("User", `CORP\backup`))
	q, ds := New().Compile(r, compilers.Options{Model: model(t)})
	require.Empty(t, ds)
	got := q.Text
	for _, a := range q.Assets {
		got += "=== " + a.Name + " (" + a.Purpose + ")\n" + a.Content
	}
	const file = "testdata/sql_server_suspicious_grandchild.spl"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestDeepUnderNegationKeepsEveryEvent(t *testing.T) {
	got := body(t, not(ancestor(2, "Image", is(ir.Filename, "a.exe"))))
	assert.NotContains(t, got, "IN (", "nothing may be narrowed: events without a known ancestor match")
	assert.Contains(t, got, "| where NOT coalesce(decree_above_1, 0)=1")
}

func TestThirdLevelTakesTwoHops(t *testing.T) {
	got := body(t, and(eq("User", "a"), ancestor(3, "Image", is(ir.Equals, "b"))))
	assert.Equal(t, 2, strings.Count(got, "mvexpand decree_key"))
}

func TestUnnameableField(t *testing.T) {
	_, ds := New().Compile(rule(field("it's", is(ir.Equals, "a"))), compilers.Options{Model: model(t)})
	require.Len(t, ds, 1)
	assert.Equal(t, "field-name", ds[0].Code)
}
