package wording

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture/lowered"
)

func rule(t *testing.T, body string) *ir.Rule {
	t.Helper()
	return lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\n"+body)
}

// TestWords says each kind of test and connective in words.
func TestWords(t *testing.T) {
	for _, c := range []struct{ detection, want string }{
		{`{a: {Image: x}, condition: a}`, `a: Image is x`},
		{`{a: {Image: [x, y]}, condition: a}`, `a: Image is one of x, y`},
		{`{a: {Image: ''}, condition: a}`, `a: Image is empty`},
		{`{a: {Image|startswith: x}, condition: a}`, `a: Image starts with x`},
		{`{a: {Image|endswith|cased: x}, condition: a}`, `a: Image ends with (in exactly this case) x`},
		{`{a: {Image|contains: x}, condition: a}`, `a: Image contains x`},
		{`{a: {Image|filename: x.exe}, condition: a}`, `a: the file name of Image is x.exe`},
		{`{a: {Image: 'a*b?c'}, condition: a}`, `a: Image has the form a*b?c`},
		{`{a: {Image|re|i|m|s: 'a.b'}, condition: a}`, `a: Image matches the regular expression (in any case, line by line, over several lines) a.b`},
		{`{a: {Image|re: 'a.b'}, condition: a}`, `a: Image matches the regular expression a.b`},
		{`{a: {Size|gte: 5}, condition: a}`, `a: Size is at least 5`},
		{`{a: {Size: [1, 2]}, condition: a}`, `a: Size is one of 1, 2`},
		{`{a: {Signed: true}, condition: a}`, `a: Signed is true`},
		{`{a: {Image: null}, condition: a}`, `a: Image is missing`},
		{`{a: {Image|exists: true}, condition: a}`, `a: Image is there`},
		{`{a: {Image|exists: false}, condition: a}`, `a: Image is missing`},
		{`{a: {Ip|cidr: [10.0.0.0/8, '::1/128']}, condition: a}`, `a: Ip is an address in one of 10.0.0.0/8, ::1/128`},
		{`{a: {Image|fieldref: ParentImage}, condition: a}`, `a: Image is the value of parent's Image`},
		{`{a: {UtcTime|hour|lt: 6}, condition: a}`, `a: the hour of UtcTime (UTC) is less than 6`},
		{`{a: {UtcTime|weekday: sunday}, condition: a}`, `a: the weekday (1 is Monday) of UtcTime (UTC) is 7`},
		{`{a: {GrandParentImage: x, ParentImage: y}, condition: a}`, `a: all of these hold (grandparent's Image is x; parent's Image is y)`},
		{`{a: [word], condition: a}`, `a: any value of the event contains word`},
		{`{a: {A: 1}, b: {B: 2}, condition: a and not b}`, `all of these hold (a: A is 1; this does not hold (b: B is 2))`},
		{`{a: {A: 1}, b: {B: 2}, condition: not (a or b)}`, `none of these holds (a: A is 1; b: B is 2)`},
		{`{a: {A: 1}, b: {B: 2}, condition: not (a and b)}`, `these do not all hold (a: A is 1; b: B is 2)`},
		{`{x1: {A: 1}, x2: {B: 2}, x3: {C: 3}, condition: 2 of x*}`, `at least 2 of these hold (x1: A is 1; x2: B is 2; x3: C is 3)`},
		{`{a: {A: 1}, b: {B: 2}, condition: a or b}`, `at least one of these holds (a: A is 1; b: B is 2)`},
	} {
		assert.Equal(t, c.want, Rule(rule(t, "detection: "+c.detection+"\n")).String(), c.detection)
	}
	assert.Equal(t, "every event", Node(&ir.Const{Value: true}).String())
	assert.Equal(t, "no event", Node(&ir.Const{}).String())
	assert.Equal(t, "x: this holds (y: every event)", Node(&ir.Named{Name: "x", Body: &ir.Named{Name: "y", Body: &ir.Const{Value: true}}}).String())
	assert.Equal(t, "this does not hold (every event)", Node(&ir.Not{Term: &ir.Const{Value: true}}).String())
}

func TestListsAndRarity(t *testing.T) {
	r := lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
	text := Rule(r).String()
	for _, part := range []string{
		`xp_cmdshell: all of these hold (parent's CommandLine starts with "cmd.exe" /c; the file name of grandparent's Image is sqlservr.exe)`,
		`listed: the file name of Image is a value of the list %watched%`,
		`rare_unsigned: the sha1 is rare (only events of the searched period for which xp_cmdshell holds are counted; it is one of the 1000 values with the fewest different values of host;`,
		`its prevalence in the world is less than 250; where that is unknown, it counts as 0; its signature is not SignedValid; where the look-up fails, it does not count as rare)`,
	} {
		assert.Contains(t, text, part)
	}
	other := rule(t, "prevalence: {rare: {field: sha1, local: {distinct: host, lte: 3, gt: 1}, signer: {eq: [a, b]}, unavailable: include}}\ndetection: {a: {Image: x}, condition: a and rare}\n")
	assert.Contains(t, Rule(other).String(), "all events of the log source in the searched period are counted; the number of different values of host that have it is at most 3 and is more than 1; its signer is one of a, b; where the look-up fails, it counts as rare")
	known := rule(t, "prevalence: {p: {field: sha1, certificate_valid: false, root_signer_microsoft: true, threat: {neq: a}, global_first_seen: {within: 30d}}}\ndetection: {a: {Image: x}, condition: a and p}\n")
	assert.Contains(t, Rule(known).String(), "p: the sha1 is rare (its certificate is not valid; Microsoft signed the root of its certificate; its threat is not a; it was first seen in the world at most 30 days before the event;")
	actor := rule(t, "prevalence: {p: {field: sha1, of: actor, threat: x}, q: {field: sha1, of: parent, threat: x}}\ndetection: {a: {Image: x}, condition: a and p and q}\n")
	assert.Contains(t, Rule(actor).String(), "p: the actor's sha1 is rare")
	assert.Contains(t, Rule(actor).String(), "q: the parent's sha1 is rare")
	longer := rule(t, "prevalence: {rare: {field: sha1, among: a, local: {distinct: host, lte: 3, over: 14d}}}\ndetection: {a: {Image: x}, condition: a and rare}\n")
	assert.Contains(t, Rule(longer).String(), "only events of the last 14 days for which a holds are counted")
}

// TestOtherEvents says joins, first_seen and arrays in words.
func TestOtherEvents(t *testing.T) {
	among := &ir.Rule{Condition: &ir.Named{Name: "dropped", Body: &ir.Const{Value: true}}}
	mine, theirs := ir.Field{Name: "User"}, ir.Field{Name: "TargetUserName"}
	for _, c := range []struct {
		join ir.Join
		want string
	}{
		{ir.Join{Bounds: []rules.Bound{{Op: "gte", Value: 1}}, Mine: []ir.Field{mine}, Theirs: []ir.Field{theirs}, Before: 2 * time.Hour}, "there is at least one match of logon (whose TargetUserName is the event's User; up to 2 hours before the event)"},
		{ir.Join{Bounds: []rules.Bound{{Op: "gt", Value: 2}, {Op: "lte", Value: 9}}, Distinct: &theirs, Mine: []ir.Field{mine}, Theirs: []ir.Field{mine}, After: time.Minute}, "there are more than 2 and at most 9 different values of TargetUserName in matches of logon (with the same User; up to 1 minute after the event)"},
		{ir.Join{Bounds: []rules.Bound{{Op: "gte", Value: 3}}, Mine: []ir.Field{mine}, Theirs: []ir.Field{mine}, Before: time.Minute, After: time.Minute}, "there are at least 3 matches of logon (with the same User; up to 1 minute before or after the event)"},
		{ir.Join{First: true, Rule: among, Mine: []ir.Field{mine}, Theirs: []ir.Field{mine}, Before: 14 * 24 * time.Hour}, "it is the first event in 14 days with its values of User (only earlier events for which this holds count: logon; an event without one of these values is not the first)"},
	} {
		c.join.To.Text = "logon"
		assert.Equal(t, c.want, Node(&c.join).String())
	}
	body := &ir.Match{Field: ir.Field{Name: ir.ElementItself}, Test: &ir.Text{Values: []string{"x"}}}
	assert.Equal(t, "the last element of tags satisfies this (it is x)", Node(&ir.Match{Field: ir.Field{Name: "tags"}, Test: &ir.Elements{Which: rules.ElementAt, At: -1, Body: body}}).String())
}

func TestNegatedTests(t *testing.T) {
	r := rule(t, "detection: {a: {A: x}, b: {B: y}, c: {C: z}, condition: a and not (b and not c)}\n")
	var names []string
	for m := range Negated(r.Condition) {
		names = append(names, m.(*ir.Match).Field.Name)
	}
	assert.Equal(t, []string{"B"}, names)
}

func TestCorrelations(t *testing.T) {
	const logon = "title: Logon\nname: logon\nlogsource: {product: windows, service: security}\ndetection: {a: {EventID: 4625}, condition: a}\n---\ntitle: Other\nname: other\nlogsource: {product: windows, service: security}\ndetection: {a: {EventID: 4624}, condition: a}\n---\ntitle: C\nname: c\n"
	for _, c := range []struct{ correlation, want string }{
		{"{type: event_count, rules: [logon], group-by: [TargetUserName, IpAddress], timespan: 1h, condition: {gte: 10}}",
			"all of these hold (it reads the matches of logon; they have the same TargetUserName, IpAddress; within 1 hour the number of matches is at least 10)"},
		{"{type: value_count, rules: [logon], timespan: 90m, condition: {gte: 10, field: IpAddress}}", "all of these hold (it reads the matches of logon; within 1 hour 30 minutes the number of different values of IpAddress is at least 10)"},
		{"{type: value_percentile, rules: [logon], timespan: 1d, condition: {gte: 10, field: Size, percentile: 95}}", "all of these hold (it reads the matches of logon; within 1 day percentile 95 of Size is at least 10)"},
		{"{type: temporal, rules: [logon, other], timespan: 1s}", "all of these hold (it reads the matches of logon, other; within 1 second (all of these hold (a match of logon; a match of other)))"},
		{"{type: temporal_ordered, rules: [logon, other], timespan: 5m}", "all of these hold (it reads the matches of logon, other; within 5 minutes, in this order (all of these hold (a match of logon; a match of other)))"},
		{"{type: temporal, rules: [logon, other], timespan: 5m, condition: {gte: 1}}", "all of these hold (it reads the matches of logon, other; within 5 minutes the number of different rules that match is at least 1)"},
		{"{type: temporal, rules: [logon, other], timespan: 5m, condition: logon and not other}", "all of these hold (it reads the matches of logon, other; within 5 minutes (all of these hold (a match of logon; this does not hold (a match of other))))"},
	} {
		_, cs := lowered.Correlations(t, logon+"correlation: "+c.correlation+"\n")
		assert.Equal(t, c.want, Correlation(cs[0]).String(), c.correlation)
	}
	assert.Equal(t, "0 seconds", Duration(0))
	assert.Equal(t, "1 day 2 hours 3 minutes 4 seconds", Duration(26*time.Hour+3*time.Minute+4*time.Second))
}

// TestEveryGoldenCaseHasWords says the condition of each golden case, so that a new kind of node or test is looked at
// here.
func TestEveryGoldenCaseHasWords(t *testing.T) {
	cases, err := filepath.Glob("../../tests/golden/cases/*/rule.yml")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		folder, err := source.OpenFolder(filepath.Dir(file))
		require.NoError(t, err)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		parsed, _ := parse.Documents("rule.yml", text, folder)
		for _, r := range parsed.Rules {
			l, found := ir.Lower(r)
			if l == nil {
				t.Fatal(found)
			}
			words := Rule(l).String()
			assert.NotEmpty(t, strings.TrimSpace(words), file)
			assert.NotContains(t, words, "%!", file)
		}
	}
}
