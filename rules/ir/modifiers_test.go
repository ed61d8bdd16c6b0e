package ir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

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
		{`F|contains|contains: x`, `F contains "x"`},
		{`F|re|re: x`, `F matches /x/`},
		{`F|re|i|i: x`, `F matches /x/i`},
		{`F|lt|lt: 5`, `F lt 5`},
		{`F|hour|hour: 5`, `F hour eq 5`},
		{`F|filename|filename: x`, `F filename "x"`},
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
		{`F|weekday: [Saturday, '7', 1]`, "or\n    F weekday eq 6\n    F weekday eq 7\n    F weekday eq 1"},
		{`F|weekday|gte: saturday`, `F weekday gte 6`},
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

// TestNoModifierIsPassedOver pins that what the parser knows as a modifier has a meaning here: one that has none
// panics.
func TestNoModifierIsPassedOver(t *testing.T) {
	for _, name := range rules.ModifierNames() {
		assert.NotPanics(t, func() { ir.Lower(ruleOf(t, "detection:\n  a: {Image|"+name+": '1'}\n  condition: a\n")) }, name)
	}
	r := ruleOf(t, "detection:\n  a: {Image|all: ['1', '2']}\n  condition: a\n")
	r.Searches[0].Body.(rules.AllOf).Items[0].Modifiers[0].Name = "unheard-of"
	assert.PanicsWithValue(t, "ir: unknown modifier unheard-of", func() { ir.Lower(r) })
}
