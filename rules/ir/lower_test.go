package ir_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// TestModifiers pins what each modifier of Sigma 2.1, and each of decree's own, makes of a value.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md
func TestModifiers(t *testing.T) {
	cases := []struct{ item, want string }{
		{`F: x`, `F equals "x"`},
		{`F: [x, y]`, `F equals "x", "y"`},
		{`F: ''`, `F equals ""`},
		{`F: null`, `F is null`},
		{`F: [null, '']`, "or\n    F is null\n    F equals \"\""},
		{`F: 5`, `F eq 5`},
		{`F: '5'`, `F equals "5"`},
		{`F: [5, 6]`, `F eq 5, 6`},
		{`F: true`, `F is true`},
		{`F: '*'`, `F exists`},
		{`F: 'x*'`, `F startswith "x"`},
		{`F: '*x'`, `F endswith "x"`},
		{`F: '*x*'`, `F contains "x"`},
		{`F: 'a*b?c'`, `F like "a" * "b" ? "c"`},
		{`F: 'a\*b\?c\\'`, `F equals "a*b?c\\"`},
		{`F: 'a\\*'`, `F startswith "a\\"`},
		{`F: 'a\\\*'`, `F equals "a\\*"`},
		{`F: 'C:\x\y'`, `F equals "C:\\x\\y"`},
		{`F|contains: x`, `F contains "x"`},
		{`F|contains: 'a*b'`, `F like * "a" * "b" *`},
		{`F|startswith: x`, `F startswith "x"`},
		{`F|startswith: 'a?'`, `F like "a" ? *`},
		{`F|endswith: x`, `F endswith "x"`},
		{`F|filename: a.exe`, `F filename "a.exe"`},
		{`F|filename|contains: [net, who]`, `F filename contains "net", "who"`},
		{`F|filename|startswith: 'a?'`, `F filename like "a" ? *`},
		{`F|filename|endswith: [.tmp, x]`, `F endswith ".tmp", "x"`},
		{`F|filename|endswith: 'x\.tmp'`, `F filename endswith "x\\.tmp"`},
		{`F|filename|contains: '*'`, `F exists`},
		{`F|filename|re|i: '^a'`, `F filename matches /^a/i`},
		{`F|word: [net, who]`, `F word "net", "who"`},
		{`F|word|cased|all: [net, who]`, "and\n    F word \"net\", in this case\n    F word \"who\", in this case"},
		{`F|word: 'a*'`, `F matches /(?:\A|[^\p{L}\p{N}])a[\p{L}\p{N}]*(?:\z|[^\p{L}\p{N}])/is`},
		{`F|word|cased: '-?'`, `F matches /-[\p{L}\p{N}](?:\z|[^\p{L}\p{N}])/s`},
		{`F|word: '*'`, `F exists`},
		{`F|windash|word: '-a'`, `F word "-a", "/a", "–a", "—a", "―a"`},
		{`'|word': net`, `any value word "net"`},
		{`F|bits: 0x1410`, `F has the bits 0x1410`},
		{`F|bits: ['0x10', 3]`, "or\n    F has the bits 0x10\n    F has the bits 0x3"},
		{`F|cased: x`, `F equals "x", in this case`},
		{`F|contains|cased: x`, `F contains "x", in this case`},
		{`F|cased|startswith: 'a*b'`, `F like "a" * "b" *, in this case`},
		{`F|contains|all: [x, y]`, "and\n    F contains \"x\"\n    F contains \"y\""},
		{`F|all: [x, y]`, "and\n    F equals \"x\"\n    F equals \"y\""},
		{`F|neq: x`, "not\n    F equals \"x\""},
		{`F|contains|neq: [x, y]`, "not\n    F contains \"x\", \"y\""},
		{`F|exists: true`, `F exists`},
		{`F|exists: false`, `F does not exist`},
		{`F|re: 'a\d+'`, `F matches /a\d+/`},
		{`F|re|i: a`, `F matches /a/i`},
		{`F|re|s|m|i: a`, `F matches /a/ims`},
		{`F|re: 'a(?=b)c'`, `F matches /a(?=b)c/ (backtracking)`},
		{`F|re|all: [a, b]`, "and\n    F matches /a/\n    F matches /b/"},
		{`F|lt: 5`, `F lt 5`},
		{`F|lte: 5`, `F lte 5`},
		{`F|gt: '5'`, `F gt 5`},
		{`F|gte: 5.5`, `F gte 5.5`},
		{`F|cidr: 10.0.0.0/8`, `F in network 10.0.0.0/8`},
		{`F|cidr: ['fe80::/10', 192.168.0.0/16]`, `F in network fe80::/10, 192.168.0.0/16`},
		{`F: '5.0'`, `F equals "5.0"`},
		{`F: 0x1F`, "or\n    F eq 31\n    F equals \"0x1F\""},
		{`F: 017`, "or\n    F eq 17\n    F equals \"017\""},
		{`F: 0o17`, "or\n    F eq 15\n    F equals \"0o17\""},
		{`F: 0b11`, "or\n    F eq 3\n    F equals \"0b11\""},
		{`F: 1e3`, "or\n    F eq 1000\n    F equals \"1e3\""},
		{`F: 1.10`, "or\n    F eq 1.1\n    F equals \"1.10\""},
		{`F: +5`, "or\n    F eq 5\n    F equals \"+5\""},
		{`F: -0x10`, "or\n    F eq -16\n    F equals \"-0x10\""},
		{`F: 1_000.5`, "or\n    F eq 1000.5\n    F equals \"1_000.5\""},
		{`F: [0x17, 0x18, 7]`, "or\n    F eq 23, 24, 7\n    F equals \"0x17\", \"0x18\""},
		{`F|neq: 0x17`, "not\n    or\n      F eq 23\n      F equals \"0x17\""},
		{`F|all: [0x17, 5]`, "and\n    or\n      F eq 23\n      F equals \"0x17\"\n    F eq 5"},
		{`F|contains: 0x17`, `F contains "0x17"`},
		{`F|gt: 0x17`, `F gt 23`},
		{`F: .inf`, `F equals ".inf"`},
		{`F: 1e999`, `F equals "1e999"`},
		{`F: 2024-01-01`, `F equals "2024-01-01"`},
		{`F: '0x17'`, `F equals "0x17"`},
		{`F: !!str 0x17`, `F equals "0x17"`},
		{`F: 9007199254740993`, `F equals "9007199254740993"`},
		{`F: 0xFFFFFFFFFFFFFFFF`, "or\n    F equals \"18446744073709551615\"\n    F equals \"0xFFFFFFFFFFFFFFFF\""},
		{`'': [0x17, 1_000]`, `any value contains "0x17", "1_000"`},
		{`F: 1_000`, "or\n    F eq 1000\n    F equals \"1_000\""},
		{`F: -2.5`, `F eq -2.5`},
		{`F: [5, '6', true]`, "or\n    F eq 5\n    F equals \"6\"\n    F is true"},
		{`F: 'yes'`, `F equals "yes"`},
		{`F: 2024-01-01`, `F equals "2024-01-01"`},
		{`F|contains: 5`, `F contains "5"`},
		{`F: '?'`, `F like ?`},
		{`F: '??*'`, `F like ? ? *`},
		{`F: '**'`, `F exists`},
		{`F: '\'`, `F equals "\\"`},
		{`F: '\\x'`, `F equals "\\x"`},
		{`F|contains: '\*'`, `F contains "*"`},
		{`F|endswith: '\x.exe'`, `F endswith "\\x.exe"`},
		{`F|contains: '*x*'`, `F contains "x"`},
		{`F|startswith: '*x'`, `F contains "x"`},
		{`F|filename: 'a*.exe'`, `F matches /(?:\A|[\\/])a[^\\/]*\.exe\z/is`},
		{`F|neq|all: [x, y]`, "not\n    and\n      F equals \"x\"\n      F equals \"y\""},
		{`F|neq: null`, "not\n    F is null"},
		{`F|cidr: '::1/128'`, `F in network ::1/128`},
		{`F|neq|lt: 5`, "not\n    F lt 5"},
		{`F|base64: 'a\*'`, `F equals "YSo="`},
		{`F|base64|base64: a`, `F equals "WVE9PQ=="`},
		{`F|windash|contains|all: [' -a', ' /b']`, "and\n    F contains \" -a\", \" /a\", \" –a\", \" —a\", \" ―a\"\n    F contains \" /b\", \" -b\", \" –b\", \" —b\", \" ―b\""},
		{`F|base64offset|contains|all: [http, ftp:]`, "and\n    F contains \"aHR0c\", \"h0dH\", \"odHRw\"\n    F contains \"ZnRwO\", \"Z0cD\", \"mdHA6\""},
		{`F|windash: a-b`, `F equals "a-b"`},
		{`F|fieldref: G`, `F equals the field G`},
		{`F|fieldref|startswith: G`, `F startswith the field G`},
		{`F|endswith|fieldref: G`, `F endswith the field G`},
		{`F|fieldref|contains|cased: G`, `F contains the field G, in this case`},
		{`F|fieldref|neq: G`, "not\n    F equals the field G"},
		{`F|hour: 3`, `F hour eq 3`},
		{`F|day|gte: 3`, `F day gte 3`},
		{`F|minute|lt: 3`, `F minute lt 3`},
		{`F|week: 3`, `F week eq 3`},
		{`F|month: 3`, `F month eq 3`},
		{`F|year|gt: 2020`, `F year gt 2020`},
		{`F|windash: '-x'`, `F equals "-x", "/x", "–x", "—x", "―x"`},
		{`F|windash: '/x–y–'`, `F equals "/x–y–", "-x–y–", "–x–y–", "—x–y–", "―x–y–"`},
		{`F|windash|contains: ' -x a-b '`, `F contains " -x a-b ", " /x a-b ", " –x a-b ", " —x a-b ", " ―x a-b "`},
		{`F|base64: foo`, `F equals "Zm9v"`},
		{`F|base64|contains: 'a*'`, `F contains "YSo="`},
		{`F|base64offset|contains: http`, `F contains "aHR0c", "h0dH", "odHRw"`},
		{`F|wide|base64: a`, `F equals "YQA="`},
		{`F|utf16le|base64: a`, `F equals "YQA="`},
		{`F|utf16be|base64: a`, `F equals "AGE="`},
		{`F|utf16|base64: a`, `F equals "//5hAA=="`},
		{`F|utf16le|base64offset|contains: foobar`, `F contains "ZgBvAG8AYgBhAHIA", "YAbwBvAGIAYQByA", "mAG8AbwBiAGEAcg"`},
		{`ParentImage: x`, `parent's Image equals "x"`},
		{`ParentCommandLine|contains: x`, `parent's CommandLine contains "x"`},
		{`ParentOf: x`, `ParentOf equals "x"`},
		{`GrandParentImage: x`, `grandparent's Image equals "x"`},
		{`'|all': [a, 'b*c']`, "and\n    any value contains \"a\"\n    any value like * \"b\" * \"c\" *"},
	}
	for _, c := range cases {
		t.Run(c.item, func(t *testing.T) { assert.Equal(t, c.want, lowered(t, c.item)) })
	}
}

func TestLoweringErrors(t *testing.T) {
	cases := []struct{ item, code string }{
		{`F|contains|startswith: x`, "modifier-conflict"},
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
	files, err := parse.RuleFiles(folder, ".")
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

// TestTwoDashes gives every combination of them.
func TestTwoDashes(t *testing.T) {
	lowered, found := ir.Lower(ruleOf(t, "detection:\n  a: {F|windash: '-a /b'}\n  condition: a\n"))
	require.Empty(t, found)
	values := lowered.Names[0].Body.(*ir.Match).Test.(*ir.Text).Values
	assert.Len(t, values, 25)
	assert.Equal(t, "-a /b", values[0])
	assert.Contains(t, values, "—a -b")
}

// TestManyDashes says more dashes than are spelled out in one pattern, which finds exactly what all the texts would.
func TestManyDashes(t *testing.T) {
	for item, want := range map[string]string{
		`F|windash: '-a /b -c –d'`:                     `F like - "a " - "b " - "c " - "d"`,
		`F|windash|contains: ' -a -a -a -a -a -a -a0'`: `F like * " " - "a " - "a " - "a " - "a " - "a " - "a " - "a0" *`,
		`F|startswith|windash: 'x -a -b -c -d'`:        `F like "x " - "a " - "b " - "c " - "d" *`,
		`F|windash|cased: '-a*-b -c -d -e'`:            `F like - "a" * - "b " - "c " - "d " - "e", in this case`,
		`F|windash|windash|endswith: 'a-b -c -d -e-f'`: `F endswith "a-b -c -d -e-f", "a-b -c -d /e-f", "a-b -c -d –e-f", "a-b -c -d —e-f", "a-b -c -d ―e-f", "a-b -c /d -e-f", "a-b -c /d /e-f", "a-b -c /d –e-f", "a-b -c /d —e-f", "a-b -c /d ―e-f", "a-b -c –d -e-f", "a-b -c –d /e-f", "a-b -c –d –e-f", "a-b -c –d —e-f", "a-b -c –d ―e-f", "a-b -c —d -e-f", "a-b -c —d /e-f", "a-b -c —d –e-f", "a-b -c —d —e-f", "a-b -c —d ―e-f", and 105 more`,
	} {
		assert.Equal(t, want, lowered(t, item), item)
	}
}

// TestExpansionIsBounded counts what a rule's values become over all of its items, before anything is made.
func TestExpansionIsBounded(t *testing.T) {
	dashes, long := strings.Repeat(" -a", 8), strings.Repeat("a", 10_000)
	items := func(n int, item string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "    "+item+"\n", i)
		}
		return b.String()
	}
	lists := "lists: {many: [" + strings.TrimSuffix(strings.Repeat("abcdef", 1)+", "+func() string {
		var b strings.Builder
		for i := range 400 {
			fmt.Fprintf(&b, "v%d, ", i)
		}
		return b.String()
	}(), ", ") + "]}\n"
	for name, text := range map[string]string{
		"dashes of file names":             items(1, "F%d|windash|filename: '"+dashes+"'"),
		"dashes below an encoding":         items(1, "F%d|windash|base64: '"+dashes+"'"),
		"dashes of many items":             items(900, "F%d|windash|contains: ' -a -b -c'"),
		"offsets of many items":            items(40, "F%d|windash|wide|base64offset|contains: ' -abc -def -ghi -jkl -mno'"),
		"an encoding on an encoding":       "    F|" + strings.Repeat("base64|", 120) + "contains: abc\n",
		"long texts":                       items(20, "F%d|windash|contains: ' -a -b -c"+long+"'"),
		"the product of lists":             items(1, "F%d|expand: '%%many%%%%many%%'"),
		"the products of many items":       items(300, "F%d|expand|contains: 'x%%many%%'"),
		"a product that overflows":         items(1, "F%d|expand: '"+strings.Repeat("%%many%%", 200)+"'"),
		"lists of which all must be found": items(300, "F%d|expand|contains|all: '%%many%%'"),
	} {
		t.Run(name, func(t *testing.T) {
			lowered, found := ir.Lower(ruleOf(t, lists+"detection:\n  a:\n"+text+"  condition: a\n"))
			assert.Nil(t, lowered)
			require.Len(t, found, 1)
			assert.Equal(t, "too-many-values", found[0].Code)
		})
	}
	for name, text := range map[string]string{
		"a hundred items of seven dashes": items(100, "F%d|windash|contains: ' -a -a -a -a -a -a -a'"),
		"three dashes, many times":        items(100, "F%d|windash|contains: ' -a -a -a'"),
		"a list as it is, many times":     items(1000, "F%d|expand: '%%many%%'"),
	} {
		t.Run(name, func(t *testing.T) {
			_, found := ir.Lower(ruleOf(t, lists+"detection:\n  a:\n"+text+"  condition: a\n"))
			assert.False(t, found.HasErrors(), "%v", found)
		})
	}
}

// manyValues is a rule with as many values in one item as an item may have.
func manyValues(t testing.TB) *rules.Rule {
	var text strings.Builder
	text.WriteString("detection:\n  a:\n    F|contains:\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "      - value%d\n", i)
	}
	text.WriteString("  condition: a\n")
	return ruleOf(t, text.String())
}

// TestManyValues lowers 100,000 values into one test. Anything quadratic would take minutes.
func TestManyValues(t *testing.T) {
	r := manyValues(t)
	began := time.Now()
	lowered, found := ir.Lower(r)
	require.Empty(t, found)
	assert.Less(t, time.Since(began), time.Minute)
	values := lowered.Names[0].Body.(*ir.Match).Test.(*ir.Text).Values
	require.Len(t, values, 100_000)
	assert.Equal(t, "value99999", values[99_999])
}

func BenchmarkLowerManyValues(b *testing.B) {
	r := manyValues(b)
	for b.Loop() {
		if _, found := ir.Lower(r); found.HasErrors() {
			b.Fatal(found)
		}
	}
}

// TestNoModifierIsPassedOver pins that what the parser knows as a modifier has a meaning here: one that has none panics.
func TestNoModifierIsPassedOver(t *testing.T) {
	for _, name := range rules.ModifierNames() {
		assert.NotPanics(t, func() { ir.Lower(ruleOf(t, "detection:\n  a: {Image|"+name+": '1'}\n  condition: a\n")) }, name)
	}
	r := ruleOf(t, "detection:\n  a: {Image|all: ['1', '2']}\n  condition: a\n")
	r.Searches[0].Body.(rules.AllOf).Items[0].Modifiers[0].Name = "unheard-of"
	assert.PanicsWithValue(t, "ir: unknown modifier unheard-of", func() { ir.Lower(r) })
}

// TestElements pins what tests of arrays become, and which are refused.
func TestElements(t *testing.T) {
	read := func(items string) (string, string) {
		r, found := ir.Lower(ruleOf(t, "sigma-version: 3\nancestry: {up: {parent: {'F[any]': {a: x}}}}\nextract: {E: {field: F, split: '/', at: 0}}\ndetection:\n  a:\n"+items))
		if r == nil {
			return "", found[0].Code
		}
		return ir.Dump(r), ""
	}
	got, code := read(`    targets[any]:
      type: [User, Group]
      'changes[none].Parent|startswith': x
      'Image[-1]': {p: {a: 1}, q: {b: 2}, r: [{c: 3}, {c: null}], condition: 2 of them and not p}
    'tags[all_or_empty]': x
  condition: a
`)
	assert.Empty(t, code)
	assert.Equal(t, `extract E: F; split "/" at 0
a:
  and
    targets has an element with
      and
        type equals "User", "Group"
        changes has no element with
          Parent startswith "x"
        Image has element -1 with
          and
            at least 2 of
              a eq 1
              b eq 2
              or
                c eq 3
                c is null
            not
              a eq 1
    tags has only elements with
      . equals "x"
`, got)
	for items, want := range map[string]string{
		"    'F[any]': {a|fieldref: b}\n  condition: a\n":             "elements-place",
		"    'F[any]': {a|re: '(?=x)y'}\n  condition: a\n":            "elements-place",
		"    'F[any]': {'|all': [x, y]}\n  condition: a\n":            "elements-place",
		"    'E[any]': x\n  condition: a\n":                           "elements-place",
		"    F: x\n  condition: a and up\n":                           "elements-place",
		"    'F[any]': {'G[all]': {a|fieldref: b}}\n  condition: a\n": "elements-place",
	} {
		_, code := read(items)
		assert.Equal(t, want, code, items)
	}
}

// TestExamineElements has a condition of elements that names what is not there: it is reported where it is read, and the rest is examined.
func TestExamineElements(t *testing.T) {
	for _, condition := range []string{"y", "not y", "x and y", "1 of y*", "x or"} {
		read, _ := parse.Documents("rule.yml", []byte("title: T\nsigma-version: 3\nlogsource: {product: azure}\ndetection:\n  a:\n    'F[any]': {x: {a|re: '('}, condition: "+condition+"}\n  condition: a\n"), nil)
		require.Len(t, read.Broken, 1, condition)
		assert.Equal(t, "invalid-regex", ir.Examine(read.Broken[0])[0].Code, condition)
	}
}
