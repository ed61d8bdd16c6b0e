package spl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestSemantics pins what Splunk's languages really mean, as its manuals say (Search Manual, "Use the search
// command", "Wildcards"; Search Reference, "where", "search", "Comparison and conditional functions").
// Events are what the written predicate matches and what it does not.
func TestSemantics(t *testing.T) {
	cased := func(field string, values ...string) ir.Node {
		return &ir.Match{Field: ir.Field{Name: field}, Test: &ir.Text{Op: ir.Equals, Values: values, Cased: true}}
	}
	regex := func(field, expr string) ir.Node {
		return &ir.Match{Field: ir.Field{Name: field}, Test: &ir.Regex{Expr: expr}}
	}
	for _, c := range []struct {
		name string
		node ir.Node
		want string
	}{
		{"search compares without case: f=A also matches a", eq("F", "A"), `F="A"`},
		{"where compares with case: only what asks for that goes there plainly", cased("F", "A"), `| where isnotnull(mvfind(F, "\\AA\\z"))`},
		{"OR binds tighter than AND in search: always in parentheses", and(eq("A", "a"), or(eq("B", "b"), eq("C", "c"))), `A="a" (B="b" OR C="c")`},
		{"AND below OR keeps its parentheses too", or(eq("A", "a"), and(eq("B", "b"), eq("C", "c"))), `(A="a" OR (B="b" C="c"))`},
		{"a literal asterisk cannot be escaped in search: it goes to where", eq("F", "a*b"), `| where isnotnull(mvfind(F, "(?i)\\Aa\\*b\\z"))`},
		{"a question mark is not a wildcard in search", eq("F", "a?b"), `F="a?b"`},
		{"Sigma's ? is one character and is not widened to *", field("F", &ir.Glob{Parts: []ir.GlobPart{{Literal: "a"}, {Wild: '?'}, {Literal: "b"}}}), `| where isnotnull(mvfind(F, "(?i)(?s)\\Aa.b\\z"))`},
		{"NOT f=x holds for events without f, f!=x would not", not(eq("F", "x")), `NOT F="x"`},
		{"where drops events when a comparison is null: a negation is made of what is never null", not(cased("F", "x")), `| where NOT isnotnull(mvfind(F, "\\Ax\\z"))`},
		{"an expression under OR is a boolean of where, not a trailing regex", or(regex("F", "a+"), eq("G", "b")), `| where isnotnull(mvfind(F, "a+")) OR isnotnull(mvfind(G, "(?i)\\Ab\\z"))`},
		{"an expression under NOT too", not(regex("F", "a+")), `| where NOT isnotnull(mvfind(F, "a+"))`},
		{"$ is PCRE's, here and in the engine", regex("F", `a$`), `| where isnotnull(mvfind(F, "a$"))`},
		{"the search command compares texts: 1 is not 1.0", eq("F", "1"), `F="1"`},
		{"and finds addresses in a block of them", eq("F", "10.0.0.0/8"), `| where isnotnull(mvfind(F, "(?i)\\A10\\.0\\.0\\.0/8\\z"))`},
		{"PCRE's escapes first, then the string's", field("F", is(ir.Contains, `a\*"`)), `| where isnotnull(mvfind(F, "(?i)a\\\\\\*\""))`},
		{"an odd name stands in double quotes in search", eq("a-b", "x"), `"a-b"="x"`},
		{"and in single quotes in where", cased("a-b", "x"), `| where isnotnull(mvfind('a-b', "\\Ax\\z"))`},
		{"a word ends at what is not a letter or digit, in search and where alike", field("F", is(ir.Word, "net", " -a")), `| where isnotnull(mvfind(F, "(?i)(?:(?<![\\p{L}\\p{N}])net(?![\\p{L}\\p{N}])| \\-a(?![\\p{L}\\p{N}]))"))`},
		{"a file name is what follows the last separator", field("F", &ir.OfFilename{Test: is(ir.StartsWith, "net")}), `| where isnotnull(mvfilter(match(replace(F, "(?s)^.*[\\\\/]", ""), "(?i)\\Anet")))`},
		{"an expression is asked of it too", field("F", &ir.OfFilename{Test: &ir.Regex{Expr: "a+$"}}), `| where isnotnull(mvfilter(match(replace(F, "(?s)^.*[\\\\/]", ""), "a+$")))`},
		{"and a pattern", field("F", &ir.OfFilename{Test: &ir.Glob{Parts: []ir.GlobPart{{Literal: "a"}, {Wild: '?'}}}}), `| where isnotnull(mvfilter(match(replace(F, "(?s)^.*[\\\\/]", ""), "(?i)(?s)\\Aa.\\z")))`},
		{"bits are digits of a hexadecimal text, or what divisions leave of a number", field("F", &ir.Bits{Mask: 0x16}), `| where isnotnull(mvfilter(match(F, "(?i)\\A0x(?!0*(?:[89a-f]|[1-9a-f][0-9a-f]+)[0-9a-f]{15}\\z)[0-9a-f]*[13579bdf][67ef]\\z") OR (match(F, "\\A[+-]?[0-9]{1,15}\\z") AND floor(tonumber(F)/2)-4*floor(tonumber(F)/8)=3 AND floor(tonumber(F)/16)-2*floor(tonumber(F)/32)=1)))`},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, body(t, c.node)) })
	}
}

// TestEverySearchHasItsScope holds that both forms of a Windows log are searched, and the event code asked.
func TestEverySearchHasItsScope(t *testing.T) {
	text := compile(t, rule(eq("F", "x"))).Text
	assert.Contains(t, text, `(source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" OR source="WinEventLog:Microsoft-Windows-Sysmon/Operational") EventCode="1"`)
}

// TestNothingIsCutOffSilently holds that ancestors are found without a subsearch or join, which end at 50,000
// rows or a minute without a word.
func TestNothingIsCutOffSilently(t *testing.T) {
	text := compile(t, rule(and(eq("F", "x"), ancestor(2, "Image", is(ir.EndsWith, `\a.exe`))))).Text
	assert.Contains(t, text, "eventstats")
	assert.NotRegexp(t, `\bjoin\b|\bappend\b|\bmap\b|\[ *search`, text)
}

// TestCorrelationSemantics pins what correlations are written with, and what they are not, as the Search Reference says
// of streamstats, accum, filldown, autoregress, sort, mvexpand, transaction and eval.
func TestCorrelationSemantics(t *testing.T) {
	const counted = "title: C\ncorrelation: {type: value_count, rules: [failed, logon], group-by: [IpAddress, TargetUserName], timespan: 90s, condition: {field: Computer, gte: 2}}\n"
	const ordered = "title: C\ncorrelation: {type: temporal_ordered, rules: [failed, logon, whoami], timespan: 90s}\n"
	for _, c := range []struct{ name, text, has, hasNot string }{
		{"streamstats keeps max_stream_window events, 10,000, and drops others silently", counted, `\| accum decree_enter_1 AS `, `streamstats`},
		{"bin cuts what straddles a boundary of the clock", counted, `decree_at=if\(decree_step="out", _time\+90, _time\)`, `\| (bin|bucket|timechart) `},
		{"transaction evicts what does not fit", ordered, `\| filldown decree_last_1\n`, `\| transaction `},
		{"join, append and map end at 50,000 rows or a minute", ordered, ` OR `, `\| (join|append|map|multisearch|union) |\[`},
		{"sort leaves 10,000 rows unless told 0", counted, `\| sort 0 `, `\| sort [^0]`},
		{"sort takes texts for numbers where they look like them: it is told which is which", counted, `sort 0 str\(decree_group\), num\(decree_at\), str\(decree_step\)`, `sort 0 decree_`},
		{"what comes in at the moment that another goes out meets it: in sorts before out", counted, `split\("in,out", ","\)`, `-str\(`},
		{"where compares texts with case: keys are in lower case", counted, `lower\(mvindex\(IpAddress, 0\)\)`, `eventstats [^|]* by IpAddress`},
		{"accum knows no groups: what came in goes out again in each", counted, `0-decree_enter_1`, ` accum [^|]* by `},
		{"filldown would carry the group above: the first row of a group is given a value", ordered, `coalesce\(decree_above, ""\)!=decree_group, _time-91\)`, ``},
		{"rows of one time stand in any order: what one of them is, all are told", ordered, `eventstats max\(decree_in_1\) as decree_now_1 [^|]*by decree_group, _time`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, found := compileCorrelation(t, c.text)
			require.Empty(t, found)
			assert.Regexp(t, c.has, q.Text)
			if c.hasNot != "" {
				assert.NotRegexp(t, c.hasNot, q.Text)
			}
		})
	}
}
