package mutation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/regression"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/tests/fixture/lowered"
)

func rule(t *testing.T, body string) *ir.Rule {
	t.Helper()
	return lowered.Rule(t, "title: T\nlogsource: {product: windows}\n"+body)
}

// TestMutants pins every change that is made, and where it is said to be.
func TestMutants(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"conjunction", "detection:\n  a: {F: 1}\n  b: {G: 2}\n  condition: a and b\n", `drop 4:3 without a
negate 4:3 not a
drop 5:3 without b
negate 5:3 not b
and-or 6:14 any instead of all of: a, b
threshold 4:10 F: 2 instead of 1
threshold 5:10 G: 3 instead of 2
`},
		{"values", "detection:\n  a:\n    F|contains:\n      - one\n      - '2'\n  condition: a\n", `negate 5:5 not F contains "one", "2"
value 6:9 F: without "one"
value 7:9 F: without "2"
modifier 5:5 F: startswith instead of contains
modifier 5:5 F: endswith instead of contains
case 5:5 F: only in this case
`},
		{"negation", "detection:\n  a: {F|exists: true}\n  b: {G: true}\n  condition: a and not b\n", `drop 4:3 without a
negate 4:3 not a
drop 6:20 without not b
and-or 6:14 any instead of all of: a, not b
negate 6:20 b, without its ` + "`not`" + `
value 5:7 G: false instead of true
`},
		{"of them", "detection:\n  a1: {F: 1}\n  a2: {F: 2}\n  a3: {F: 3}\n  condition: 2 of a*\n", `drop 4:3 without a1
negate 4:3 not a1
drop 5:3 without a2
negate 5:3 not a2
drop 6:3 without a3
negate 6:3 not a3
threshold 7:14 1 instead of 2 of: a1, a2, a3
threshold 7:14 3 instead of 2 of: a1, a2, a3
threshold 4:11 F: 2 instead of 1
threshold 5:11 F: 3 instead of 2
threshold 6:11 F: 4 instead of 3
`},
		{"an array", "sigma-version: 3\ndetection:\n  a:\n    Items[any]:\n      Name|contains:\n        - one\n        - two\n      Parts[none]:\n        x: {G: 1}\n        condition: x\n  condition: a\n", `negate 6:5 not Items has an element with (Name contains "one", "two" and Parts has no element with (G eq 1))
modifier 6:5 Items: [all] instead of [any]
value 8:11 Items: Name: without "one"
value 9:11 Items: Name: without "two"
modifier 7:7 Items: Name: startswith instead of contains
modifier 7:7 Items: Name: endswith instead of contains
case 7:7 Items: Name: only in this case
modifier 10:7 Items: Parts: [all_or_empty] instead of [none]
threshold 11:16 Items: Parts: G: 2 instead of 1
`},
		{"words", "detection:\n  a: {F|word: net}\n  condition: a\n", `negate 4:7 not F word "net"
value 4:15 F: "neu" instead of "net"
modifier 4:7 F: equals instead of word
modifier 4:7 F: contains instead of word
case 4:7 F: only in this case
`},
		{"file names", "detection:\n  a: {F|filename|contains: net}\n  condition: a\n", `negate 4:7 not F filename contains "net"
modifier 4:7 F: of the whole path instead of its file name
value 4:28 F: "neu" instead of "net"
modifier 4:7 F: startswith instead of contains
modifier 4:7 F: endswith instead of contains
case 4:7 F: only in this case
`},
		{"bits", "detection:\n  a: {F|bits: 5}\n  condition: a\n", `negate 4:7 not F has the bits 0x5
modifier 4:7 F: equals 0x5 instead of its bits
value 4:7 F: without the bit 0x1
value 4:7 F: without the bit 0x4
`},
		{"elements", "sigma-version: 3\ndetection:\n  a: {'F[any]': {G: 1, H|exists: true}}\n  condition: a\n", `negate 5:7 not F has an element with (G eq 1 and H exists)
modifier 5:7 F: [all] instead of [any]
threshold 5:21 F: G: 2 instead of 1
`},
		{"wildcards", "detection:\n  a: {F: 'a*b?'}\n  condition: a\n", `negate 4:7 not F like "a" * "b" ?
wildcard 4:7 F: without wildcard 2 (*)
wildcard 4:7 F: without wildcard 4 (?)
wildcard 4:7 F: wildcard 4 is * instead of ?
modifier 4:7 F: also after other text
modifier 4:7 F: also before other text
case 4:7 F: only in this case
`},
		{"expressions", "detection:\n  a: {F|re: '^(?:foo|bar)$'}\n  condition: a\n", `negate 4:7 not F matches /^(?:foo|bar)$/
case 4:7 F: flags "i" instead of ""
regex 4:7 F: without \A
regex 4:7 F: without the alternative foo
regex 4:7 F: without the alternative bar
regex 4:7 F: without (?-m:$)
`},
		{"networks", "detection:\n  a: {F|cidr: 10.0.0.0/8}\n  condition: a\n", `negate 4:7 not F in network 10.0.0.0/8
threshold 4:15 F: 10.0.0.0/7 instead of 10.0.0.0/8
threshold 4:15 F: 10.0.0.0/9 instead of 10.0.0.0/8
`},
		{"bounds", "detection:\n  a: {F|lt: 5}\n  condition: a\n", `negate 4:7 not F lt 5
threshold 4:7 F: lte instead of lt
threshold 4:13 F: 4 instead of 5
`},
		{"ancestors", "detection:\n  a: {ParentImage: 5}\n  condition: a\n", `negate 4:7 not parent's Image eq 5
threshold 4:20 parent's Image: 6 instead of 5
ancestor 4:7 Image instead of parent's Image
ancestor 4:7 grandparent's Image instead of parent's Image
`},
		{"reputation", "prevalence:\n  p: {field: sha1, signer: [a, b], certificate_valid: true, global_first_seen: {within: 4h}}\ndetection:\n  a: {F: 1}\n  condition: p\n", `negate 4:3 not prevalence p
prevalence 4:3 p always holds
prevalence 4:3 p: without signer
prevalence 4:3 p: the opposite signer
prevalence 4:3 p: signer without "a"
prevalence 4:3 p: signer without "b"
prevalence 4:3 p: without certificate_valid
prevalence 4:3 p: the opposite certificate_valid
prevalence 4:3 p: without global_first_seen
prevalence 4:3 p: global_first_seen within half the time
prevalence 4:3 p: global_first_seen within double the time
prevalence 4:3 p: include failed look-ups
`},
		{"a longer period", "prevalence:\n  p: {field: sha1, local: {distinct: host, lte: 1, over: 4h}}\ndetection:\n  a: {F: 1}\n  condition: p\n", `negate 4:3 not prevalence p
prevalence 4:3 p always holds
prevalence 4:3 p: without local
prevalence 4:3 p: counted in the lookback alone
prevalence 4:3 p: half the period
prevalence 4:3 p: double the period
prevalence 4:3 p: local without lte 1
prevalence 4:3 p: local lte 0 instead of lte 1
prevalence 4:3 p: local lte 2 instead of lte 1
prevalence 4:3 p: local lt 1 instead of lte 1
`},
		{"prevalence", "prevalence:\n  p: {field: sha1, local: {distinct: host, rarest: 1}, global: {lt: 9}, signature: {neq: S}}\ndetection:\n  a: {F: 1}\n  condition: p\n", `negate 4:3 not prevalence p
prevalence 4:3 p always holds
prevalence 4:3 p: without local
prevalence 4:3 p: rarest 2 instead of 1
prevalence 4:3 p: global without lt 9
prevalence 4:3 p: global lt 8 instead of lt 9
prevalence 4:3 p: global lt 10 instead of lt 9
prevalence 4:3 p: global lte 9 instead of lt 9
prevalence 4:3 p: 10 instead of 0 when unknown
prevalence 4:3 p: without signature
prevalence 4:3 p: the opposite signature
prevalence 4:3 p: include failed look-ups
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got strings.Builder
			for _, m := range Mutants(rule(t, c.body)) {
				got.WriteString(m.Kind + " " + strings.TrimPrefix(m.At.String(), "rule.yml:") + " " + m.Change + "\n")
			}
			assert.Equal(t, c.want, got.String())
		})
	}
}

// TestMutantsOfJoins drops a join, shifts its window, changes what must be the same and what is counted.
func TestMutantsOfJoins(t *testing.T) {
	rs := lowered.Rules(t, "title: T\nlogsource: {product: windows}\njoins:\n  j: {rule: o, same: [host, User], before: 2h, count: {distinct: Image, gte: 2}}\ndetection:\n  a: {F: 1}\n  condition: a and j\n---\ntitle: O\nname: o\nlogsource: {product: windows}\ndetection: {s: {F: 2}, condition: s}\n")
	var changes []string
	for _, m := range Mutants(rs[0]) {
		if m.Kind == "join" {
			changes = append(changes, m.Change)
		}
	}
	assert.Equal(t, []string{"j always holds", "j: whatever host is", "j: whatever User is", "j: half the time before", "j: double the time before", "j: before and after exchanged",
		"j: all matches counted, not distinct Image", "j: gte 1 instead of gte 2", "j: gte 3 instead of gte 2", "j: gt 2 instead of gte 2"}, changes)
}

// TestMutantsThatLackAJoin are run as the others are, also where a filter of the case covers the rule that they no
// longer join.
func TestMutantsThatLackAJoin(t *testing.T) {
	const text = "title: T\nlogsource: {product: windows}\njoins:\n  j: {rule: o, same: [host], before: 2h}\nfirst_seen:\n  f: {fields: [host, G], over: 1d, among: a}\n" +
		"detection:\n  a: {F: 1}\n  condition: a and j and f\n---\ntitle: O\nname: o\nlogsource: {product: windows}\ndetection: {s: {F: 2}, condition: s}\n"
	const events = "events: [{F: 2, Computer: x, UtcTime: '2026-03-01 10:00:00'}, {F: 1, G: y, Computer: x, UtcTime: '2026-03-01 10:30:00'}]"
	for _, c := range []string{
		"{name: one, " + events + ", expect: {indexes: [2]}}",
		"{name: none, " + events + ", filters: [{title: F, logsource: {product: windows}, filter: {rules: [o], n: {F: 2}, condition: not n}}], expect: {none: true}}",
	} {
		report, err := Judge(lowered.Rules(t, text)[0], trials(t, "cases: ["+c+"]"))
		require.NoError(t, err, c)
		assert.Positive(t, report.Killed, c)
	}
}

func TestAMutantLeavesTheRuleAsItIs(t *testing.T) {
	r := rule(t, "detection:\n  a: {F|contains: [x, y], G: 2}\n  b: {H: z*z}\n  condition: a and not b or b\n")
	before := ir.Dump(r)
	for _, m := range Mutants(r) {
		assert.NotEqual(t, before, ir.Dump(m.Rule), m.Change)
	}
	assert.Equal(t, before, ir.Dump(r))
}

func TestEquivalent(t *testing.T) {
	body := func(items, condition string) string {
		return "detection:\n" + items + "  condition: " + condition + "\n"
	}
	ab := "  a: {F: 1}\n  b: {G: 2}\n"
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"De Morgan", body(ab, "not (a and b)"), body(ab, "not a or not b"), true},
		{"absorbed", body(ab, "a or a and b"), body(ab, "a or (a and b) or (b and a)"), true},
		{"and is not or", body(ab, "a and b"), body(ab, "a or b"), false},
		{"a value inside another", body("  a: {F|contains: [net, net1]}\n", "a"), body("  a: {F|contains: net}\n", "a"), true},
		{"a value that is not", body("  a: {F|startswith: [net, xnet]}\n", "a"), body("  a: {F|startswith: net}\n", "a"), false},
		{"a name that ends so", body("  a: {F|filename: x.exe}\n  b: {F|endswith: .exe}\n", "a and b"), body("  a: {F|filename: x.exe}\n  b: {F|endswith: .exe}\n", "a or (a and b)"), true},
		{"a word inside another", body("  a: {F|word: [' net', 'a net']}\n", "a"), body("  a: {F|word: ' net'}\n", "a"), true},
		{"a word that is in part of another", body("  a: {F|word: [net, nets]}\n", "a"), body("  a: {F|word: net}\n", "a"), false},
		{"a word is a part", body("  a: {F|word: net}\n  b: {F|contains: et}\n", "a or b"), body("  a: {F|word: net}\n  b: {F|contains: et}\n", "b or (a and b)"), true},
		{"case", body("  a: {F|contains|cased: net}\n  b: {F|contains: NET}\n", "a or b"), body("  a: {F|contains|cased: net}\n  b: {F|contains: NET}\n", "b or (a and b)"), true},
		{"case the other way", body("  a: {F|contains|cased: net}\n  b: {F|contains: NET}\n", "a or b"), body("  a: {F|contains|cased: net}\n  b: {F|contains: NET}\n", "a or (a and b)"), false},
		{"absent", body("  a: {F: null}\n  b: {F|exists: true}\n", "a or b"), body("  a: {F|exists: false}\n  b: {F|exists: true}\n", "not (a and b)"), true},
		{"bounds", body("  a: {F|lt: 5}\n  b: {F|lte: 5}\n", "a and b"), body("  a: {F|lt: 5}\n  b: {F|lte: 5}\n", "a and (a or b)"), true},
		{"networks", body("  a: {F|cidr: [10.0.0.0/8, 10.1.0.0/16]}\n", "a"), body("  a: {F|cidr: 10.0.0.0/8}\n", "a"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, Equivalent(rule(t, c.a), rule(t, c.b)))
			assert.Equal(t, c.want, Equivalent(rule(t, c.b), rule(t, c.a)))
		})
	}
}

// trials reads cases.
func trials(t *testing.T, text string) []Trial {
	t.Helper()
	file, found := regression.Parse(nil, "rule.test.yml", []byte(text), parse.FilterByForm)
	require.Empty(t, found)
	var out []Trial
	for _, c := range file.Cases {
		trial, err := c.Trial()
		require.NoError(t, err)
		out = append(out, trial)
	}
	return out
}

// TestSuggestionsKill writes the suggestions, reads them as a test file, and judges again: what they are
// said to kill they do, and here that is everything.
func TestSuggestionsKill(t *testing.T) {
	const weak = "cases:\n  - {name: other, events: [{id: 1, F: nothing}], expect: {none: true}}\n"
	for _, body := range []string{
		"detection:\n  a: {F|contains: [one, two], G|endswith: '\\x.exe'}\n  b: {H|startswith: z}\n  condition: a and not b\n",
		"detection:\n  a1: {F: 1}\n  a2: {G: 2}\n  a3: {H: 3}\n  condition: 2 of a*\n",
		"detection:\n  a: {F: 'a*b?c'}\n  condition: a\n",
		"detection:\n  a: {F|re: '^(?:foo|bar)$'}\n  condition: a\n",
		"detection:\n  a: {F|cidr: [10.0.0.0/8, 192.168.0.0/16]}\n  b: {G|gte: 5}\n  condition: a or b\n",
		"detection:\n  a: {ParentImage|filename: x.exe, Image|endswith: \\y.exe}\n  condition: a\n",
		"detection:\n  a: {F|word: [net, who], G|bits: 0x11, H|filename|contains: a}\n  b: {F|startswith: z}\n  condition: a and not b\n",
		"detection:\n  a: {F|hour: 3, G: null}\n  condition: a\n",
		"detection:\n  a: {id|startswith: evt-, F: [x, y]}\n  condition: a\n",
	} {
		t.Run(body, func(t *testing.T) {
			r := rule(t, body)
			before, err := Judge(r, trials(t, weak))
			require.NoError(t, err)
			require.NotEmpty(t, before.Survivors)
			cases, err := Suggest(r, before.Survivors)
			require.NoError(t, err)
			var text strings.Builder
			WriteCases(&text, "rule.yml", cases)
			added := trials(t, "cases:\n"+text.String())
			base, err := Matched(added[0], []*ir.Rule{r})
			require.NoError(t, err)
			assert.True(t, added[0].AsExpected(base[0]))
			after, err := Judge(r, append(added, trials(t, weak)...))
			require.NoError(t, err)
			assert.Empty(t, after.Survivors, text.String())
			assert.Equal(t, before.Total(), after.Total())
		})
	}
}
