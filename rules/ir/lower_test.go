package ir_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture"
)

func ruleOf(t testing.TB, text string) *rules.Rule {
	t.Helper()
	rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {category: process_creation}\n"+text), nil)
	require.False(t, found.HasErrors(), found)
	require.Len(t, rs, 1)
	return rs[0]
}

// lowered gives the tree of a rule with one item under the name `a`.
func lowered(t *testing.T, item string) string {
	t.Helper()
	r, found := ir.Lower(ruleOf(t, "detection:\n  a:\n    "+item+"\n  condition: a\n"))
	require.Empty(t, found)
	return strings.TrimSpace(strings.TrimPrefix(ir.Dump(r), "a:\n"))
}

func TestLoweringErrors(t *testing.T) {
	cases := []struct{ item, code string }{
		{`F|contains|startswith: x`, "modifier-conflict"},
		{`F|lt|gt: 5`, "modifier-conflict"},
		{`F|i: x`, "modifier-conflict"},
		{`F|re|lt: 5`, "modifier-conflict"},
		{`F|re: '('`, "invalid-regex"},
		{`F|re|fieldref: x`, "modifier-conflict"},
		{`F|fieldref|gte: G`, "modifier-conflict"},
		{`F|lt|fieldref: G`, "modifier-conflict"},
		{`F|fieldref|hour: G`, "modifier-conflict"},
		{`F|cidr: x`, "invalid-cidr"},
		{`F|bits: x`, "invalid-bits"},
		{`F|bits: 1.5`, "invalid-bits"},
		{`F|bits: 0`, "invalid-bits"},
		{`F|bits: -1`, "invalid-bits"},
		{`F|bits: 0x8000000000000000`, "invalid-bits"},
		{`F|bits: true`, "invalid-bits"},
		{`F|bits|gt: 5`, "modifier-conflict"},
		{`F|bits|windash: 5`, "modifier-conflict"},
		{`F|word|contains: x`, "modifier-conflict"},
		{`F|word|fieldref: G`, "modifier-conflict"},
		{`F|contains|filename: x`, "modifier-conflict"},
		{`F|filename|cidr: 10.0.0.0/8`, "modifier-conflict"},
		{`F|filename|contains|fieldref: G`, "modifier-conflict"},
		{`'|filename|contains': x`, "invalid-keyword"},
		{`F|exists: x`, "invalid-exists"},
		{`F|lt: x`, "invalid-number"},
		{`F|contains: null`, "modifier-conflict"},
		{`F|base64offset|contains: a`, "invalid-encoding"},
		{`F|expand: '%nothing%'`, "no-such-list"},
	}
	for _, c := range cases {
		t.Run(c.item, func(t *testing.T) {
			r, found := ir.Lower(ruleOf(t, "detection:\n  a:\n    "+c.item+"\n  condition: a\n"))
			require.Nil(t, r)
			require.NotEmpty(t, found)
			assert.Equal(t, c.code, found[0].Code)
			assert.Positive(t, found[0].Range.Start.Line)
		})
	}
}

// TestPositionsOfAnExpression: there is one at most.
func TestPositionsOfAnExpression(t *testing.T) {
	for item, want := range map[string]bool{`F|contains|re|endswith: x`: false, `F|re|startswith|endswith: x`: false, `F|re|endswith|endswith: x`: true, `F|contains|re|contains: x`: true} {
		_, found := ir.Lower(ruleOf(t, "detection:\n  a:\n    "+item+"\n  condition: a\n"))
		assert.Equal(t, want, !found.HasErrors(), "%s: %v", item, found)
	}
}

func TestSections(t *testing.T) {
	r, found := ir.Lower(ruleOf(t, `
lists:
  one: [a, b]
  two: [c]
  both: {union: [one, two]}
  most: {union: [one], except: [two]}
  unused: [z]
ancestry:
  chain:
    parent: {CommandLine|startswith: x}
    grandparent: {Image|filename: y}
    ancestor: {within: 2, User: z}
prevalence:
  rare: {field: sha1, among: chain, local: {distinct: host, rarest: 10, lte: 3}, global: {lt: 250, default: 1}, signature: {neq: Valid}, signer: [A, B], unavailable: include}
detection:
  listed: {Image|expand: '%both%'}
  mixed: {Image|contains|expand: '\%most%\'}
  condition: chain and (listed or rare) and not mixed
`))
	require.Empty(t, found)
	assert.Equal(t, `list one: 2 values
list two: 1 values
list both: 3 values = one + two
and
  chain:
    and
      parent's CommandLine startswith "x"
      grandparent's Image filename "y"
      or
        parent's User equals "z"
        grandparent's User equals "z"
  or
    listed:
      Image equals %both%
    rare:
      prevalence of sha1
        among chain
        distinct host lte 3
        the 10 rarest
        global lt 250, 1 when unknown
        signature not in "Valid"
        signer in "A", "B"
        a failed look-up: include
  not
    mixed:
      Image contains "\\a\\", "\\b\\"
`, ir.Dump(r))
}

func TestConditions(t *testing.T) {
	cases := []struct{ condition, want string }{
		{"a1 or a2 and not b", "or\n  a1\n  and\n    a2\n    not\n      b"},
		{"(a1 or a2) and b", "and\n  or\n    a1\n    a2\n  b"},
		{"not (a1 and not b)", "not\n  and\n    a1\n    not\n      b"},
		{"not not b", "b"},
		{"1 of a*", "or\n  a1\n  a2\n  a3"},
		{"any of a*", "or\n  a1\n  a2\n  a3"},
		{"all of a*", "and\n  a1\n  a2\n  a3"},
		{"2 of a*", "at least 2 of\n  a1\n  a2\n  a3"},
		{"3 of a*", "and\n  a1\n  a2\n  a3"},
		{"all of them", "and\n  a1\n  a2\n  a3\n  b"},
		{"1 OF A* OR b", ""},
		{"1 OF a? OR b", "or\n  a1\n  a2\n  a3\n  b"},
		{"a1 and (a2 and a3)", "and\n  a1\n  a2\n  a3"},
	}
	for _, c := range cases {
		t.Run(c.condition, func(t *testing.T) {
			text := "title: T\nlogsource: {category: x}\ndetection:\n"
			for _, n := range []string{"a1", "a2", "a3", "b", "_hidden"} {
				text += fmt.Sprintf("  %s: {F_%s: x}\n", n, n)
			}
			rs, found := parse.Rules("rule.yml", []byte(text+"  condition: "+c.condition+"\n"), nil)
			if c.want == "" {
				require.NotEmpty(t, found)
				return
			}
			require.Empty(t, found)
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			var names []string
			for _, line := range strings.Split(strings.TrimSpace(ir.Dump(r)), "\n") {
				if !strings.Contains(line, "F_") {
					names = append(names, strings.TrimSuffix(line, ":"))
				}
			}
			assert.Equal(t, c.want, strings.Join(names, "\n"))
		})
	}
}

// TestEveryPublicRuleLowers has each rule of the public corpus become a tree.
func TestEveryPublicRuleLowers(t *testing.T) {
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		rs, _ := parse.RulesIn(folder, f)
		require.NotEmpty(t, rs, f)
		for _, r := range rs {
			lowered, found := ir.Lower(r)
			require.NotNil(t, lowered, "%s: %v", f, found)
			assert.NotEmpty(t, ir.Dump(lowered))
		}
	}
}

// TestWhatTheReferenceReads pins what is read with a warning, because the specification says otherwise or nothing.
func TestWhatTheReferenceReads(t *testing.T) {
	for _, c := range []struct{ item, want, code string }{
		{`F|cidr: 10.1.2.3`, `F in network 10.1.2.3/32`, "network-form"},
		{`F|cidr: 'fe80::1'`, `F in network fe80::1/128`, "network-form"},
		{`F|cidr: 10.1.2.3/8`, `F in network 10.0.0.0/8`, "network-form"},
		{`F|cidr: 10.0.0.0/255.255.0.0`, `F in network 10.0.0.0/16`, "network-form"},
		{`F|cidr: 'fe80::1/10'`, `F in network fe80::/10`, "network-form"},
		{`F|exists: yes`, `F exists`, "truth-word"},
		{`F|exists: Off`, `F does not exist`, "truth-word"},
		{`F|exists: 'true'`, `F exists`, "truth-word"},
		{`F|re|contains: 'a|b'`, `F matches /a|b/`, "regex-position"},
		{`F|re|startswith: 'a|b'`, `F matches /^(?:a|b)/`, "regex-position"},
		{`F|re|endswith: 'a|b'`, `F matches /(?:a|b)$/`, "regex-position"},
		{`F|endswith|re|i: 'a|b'`, `F matches /(?:a|b)$/i`, "regex-position"},
		{`F|re|m|startswith: 'a|b'`, `F matches /\A(?:a|b)/m`, "regex-position"},
	} {
		r, found := ir.Lower(ruleOf(t, "detection:\n  a:\n    "+c.item+"\n  condition: a\n"))
		require.Len(t, found, 1, c.item)
		assert.Equal(t, diag.Warning, found[0].Severity, c.item)
		assert.Equal(t, c.code, found[0].Code, c.item)
		assert.Equal(t, c.want, strings.TrimSpace(strings.TrimPrefix(ir.Dump(r), "a:\n")), c.item)
	}
	for _, item := range []string{`F|cidr: 10.0.0.0/255.0.255.0`, `F|cidr: 10.1.2`, `F|cidr: 'fe80::1%eth0'`, `F|cidr: 'fe80::/255.0.0.0'`, `F|exists: 1`, `F|re|cidr: a`, `F|re|filename: a`} {
		_, found := ir.Lower(ruleOf(t, "detection:\n  a:\n    "+item+"\n  condition: a\n"))
		assert.True(t, found.HasErrors(), item)
	}
}
