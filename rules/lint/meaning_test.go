package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
)

// TestContradiction has a row for each way in which tests of one field bear on each other.
func TestContradiction(t *testing.T) {
	for _, c := range []struct {
		a, b, condition string
		want            bool
	}{
		{`Image|endswith: '\a.exe'`, `Image|endswith: .exe`, "a and not b", true},
		{`Image|endswith: .exe`, `Image|endswith: '\a.exe'`, "a and not b", false},
		{`Image|endswith: ['\a.exe', '\b.exe']`, `Image|endswith: ['\B.exe', '\A.exe', '\c.exe']`, "a and not b", true},
		{`Image|endswith: ['\a.exe', '\b.exe']`, `Image|endswith: '\a.exe'`, "a and not b", false},
		{`Image|endswith: '\a.exe'`, `ParentImage|endswith: '\a.exe'`, "a and not b", false},
		{`Image|startswith: 'C:\a'`, `Image|startswith: 'C:\'`, "a and not b", true},
		{`Image|startswith: 'C:\a'`, `Image|endswith: 'a'`, "a and not b", false},
		{`Image: 'C:\a'`, `Image|startswith: 'c:\'`, "a and not b", true},
		{`Image: 'C:\a'`, `Image|filename: 'C:\a'`, "a and not b", false},
		{`Image|filename: a.exe`, `Image|filename: A.exe`, "a and not b", true},
		{`Image|contains: abc`, `Image|contains: b`, "a and not b", true},
		{`Image|contains: abc`, `Image|contains|cased: b`, "a and not b", false},
		{`Image|contains|cased: aBc`, `Image|contains: b`, "a and not b", true},
		{`Image|contains: abc`, `Image|contains: [x, b]`, "a and not b", true},
		{`Image|contains: a`, `{Image|contains: a, User: x}`, "a and not b", false},
		{`{Image|contains: a, User: x}`, `Image|contains: a`, "a and not b", true},
		{`Image|contains: a`, `Image|contains: a`, "a or not b", false},
		{`Image|contains: a`, `Image|contains: a`, "not a and not b", false},
		{`Image: 'C:\a'`, `Image: 'C:\b'`, "a and b", true},
		{`Image: ['C:\a', 'C:\b']`, `Image: 'c:\B'`, "a and b", false},
		{`Image: 'C:\a.exe'`, `Image|endswith: '\b.exe'`, "a and b", true},
		{`Image|endswith: '\a.exe'`, `Image: 'C:\a.exe'`, "a and b", false},
		{`Image|endswith: '\a.exe'`, `Image|endswith: '\b.exe'`, "a and b", true},
		{`Image|endswith: exe`, `Image|endswith: '\b.exe'`, "a and b", false},
		{`Image|startswith: 'C:\a\b'`, `Image|startswith: 'C:\a'`, "a and b", false},
		{`Image|startswith: 'C:\a\b'`, `Image|startswith: 'D:\'`, "a and b", true},
		{`Image: abc`, `Image|contains: bd`, "a and b", true},
		{`Image|contains: a`, `Image|contains: b`, "a and b", false},
		{`Image|endswith: '\a.exe'`, `Image|endswith: '\b.exe'`, "a or b", false},
		{`ProcessId|gt: 10`, `ProcessId|lt: 5`, "a and b", true},
		{`ProcessId|gt: 5`, `ProcessId|lt: 10`, "a and b", false},
		{`ProcessId|gt: 5`, `ProcessId|gte: 10`, "a and b", false},
		{`ProcessId|gt: 5`, `ProcessId|lt: 6`, "a and b", false},
		{`ProcessId|gte: 5`, `ProcessId|lte: 5`, "a and b", false},
		{`ProcessId|gt: 5`, `ProcessId|lte: 5`, "a and b", true},
		{`ProcessId|gt: 10`, `ProcessId|lt: 5`, "a or b", false},
		{`ProcessId|gt: 10`, `TerminalSessionId|lt: 5`, "a and b", false},
		{`ProcessId: 4`, `ProcessId|gt: 4`, "a and b", true},
		{`ProcessId: [4, 5]`, `ProcessId|gt: 4`, "a and b", false},
		{`ProcessId: [4, 5]`, `ProcessId: 6`, "a and b", true},
		{`ProcessId: [4, 5]`, `ProcessId: [5, 6]`, "a and b", false},
		{`ProcessId: 4`, `ProcessId: 0x10`, "a and b", false}, // 0x10 is looked for as text, too
		{`UtcTime|hour|gt: 3`, `UtcTime|hour|lt: 4`, "a and b", true},
		{`UtcTime|hour|gte: 3`, `UtcTime|hour|lt: 4`, "a and b", false},
		{`UtcTime|hour: 3`, `UtcTime|minute: 4`, "a and b", false},
		{`IsExecutable: true`, `IsExecutable: false`, "a and b", true},
		{`IsExecutable: true`, `IsExecutable: true`, "a and b", false},
		{`Image: null`, `Image|contains: a`, "a and b", true},
		{`Image|exists: false`, `Image|exists: true`, "a and b", true},
		{`Image|exists: false`, `Image: null`, "a and b", false},
		{`Image|exists: true`, `Image|contains: a`, "a and b", false},
	} {
		f := file(t, firstFile, "detection:\n  a: "+braced(c.a)+"\n  b: "+braced(c.b)+"\n  condition: "+c.condition+"\n")
		assert.Equal(t, c.want, slices.Contains(codesOf(Run([]File{f})), "contradiction"), "a: %s, b: %s: %s", c.a, c.b, c.condition)
	}
}

func braced(item string) string {
	if item[0] == '{' {
		return item
	}
	return "{" + item + "}"
}

// TestOtherThanThePages has what a check must tell apart beyond its page's example.
func TestOtherThanThePages(t *testing.T) {
	for _, c := range []struct {
		code, item string
		want       bool
	}{
		{"absent-field", "ComandLine|contains: x", true},
		{"unknown-field", "ComandLine|contains: x", false},
		{"unknown-field", "parentimage|contains: x", true},
		{"unknown-field", "ParentImage|contains: x", false},
		{"unknown-field", "commandline|contains: x", true},
		{"unknown-field", "CommandLine|contains: x", false},
		{"unknown-field", "SomethingElse|contains: x", false},
		{"absent-field", "'CommandLine:contains': x", false},
		{"modifier-in-name", "CommandLine.contains: x", true},
		{"modifier-in-name", "CommandLine__startswith: x", true},
		{"modifier-in-name", "CommandLine EndsWith: x", true},
		{"modifier-in-name", "CommandLine|endswith: x", false},
		{"modifier-in-name", "contains: x", false},
		{"duplicate-value", "CommandLine: [null, '']", false},
		{"duplicate-value", "CommandLine: [5, '5']", false},
		{"duplicate-value", "CommandLine: [null, null]", true},
		{"null-in-list", "CommandLine: null", false},
		{"null-in-list", "CommandLine: [null]", false},
		{"null-in-list", "CommandLine|neq: [null, a]", false},
		{"absent-field", "CommandLine|fieldref: Nothing.contains", true},
		{"empty-text", "CommandLine|re: ''", true},
		{"empty-text", "CommandLine: ''", false},
		{"invisible-character", "CommandLine|contains: '\u200b'", false},
		{"invisible-character", "CommandLine|contains: '*\u00a0\u00a0*'", false},
		{"invisible-character", "CommandLine|contains: '🐕\u200d🦺'", false},
		{"invisible-character", "CommandLine|contains: 'net\u200b'", true},
		{"invisible-character", "CommandLine|contains: '\ufeffnet'", true},
		{"invisible-character", "CommandLine|re: 'a\u00a0b'", false},
		{"unportable-regex", `CommandLine|re: '\bwho'`, true},
		{"unportable-regex", `CommandLine|re: 'a(b|\Bwho)'`, true},
		{"unportable-regex", `CommandLine|re: 'a(?=b)c'`, true},
		{"unportable-regex", `CommandLine|re: '(a)\1'`, true},
		{"unportable-regex", `CommandLine|re: '\\bwho'`, false},
		{"regex-in-slashes", `CommandLine|re: '/foo/i'`, true},
		{"regex-in-slashes", `CommandLine|re: '/a.*b/gims'`, true},
		{"regex-in-slashes", `CommandLine|re|i: '/tmp/.*/'`, false},
		{"regex-in-slashes", `CommandLine|re: '/a\/b/i'`, true},
		{"regex-in-slashes", `CommandLine|re: '/etc/x'`, false},
		{"regex-in-slashes", `CommandLine|re: '/usr/bin/su'`, false},
		{"regex-in-slashes", `CommandLine|re: '/usr/bin/sg'`, false},
		{"regex-in-slashes", `CommandLine|re: '/bin/yum'`, false},
		{"regex-in-slashes", `CommandLine|contains: '/foo/i'`, false},
		{"regex-instead-of-modifier", `CommandLine|re: '/foo/i'`, false},
		{"regex-instead-of-modifier", `CommandLine|re: 'foo'`, true},
		{"missing-comma", `Image|endswith: ['\a.exe''\b.exe']`, true},
		{"missing-comma", `Image|endswith: '\a.exe, \b.exe'`, true},
		{"missing-comma", `Image|endswith: '\a.exe \b.exe'`, true},
		{"missing-comma", `Image|endswith: '\a.exe.exe'`, false},
		{"missing-comma", `Image|endswith: '\Some Folder\b.exe'`, false},
		{"missing-comma", `CommandLine|contains: '\a.exe \b.exe'`, false},
	} {
		f := file(t, firstFile, "detection:\n  a: {"+c.item+"}\n  condition: a\n")
		assert.Equal(t, c.want, slices.Contains(codesOf(Run([]File{f})), c.code), c.item)
	}
}

// TestHintsKeepModifiers: what a hint says to write has the modifiers that are there.
func TestHintsKeepModifiers(t *testing.T) {
	for _, c := range []struct{ code, item, hint string }{
		{"regex-in-slashes", "CommandLine|re: '/foo.bar/sgi'", "unless it is a path, write `CommandLine|re|i|s: foo.bar`"},
		{"regex-in-slashes", "CommandLine|re|i|i: '/foo/iiigg'", "unless it is a path, write `CommandLine|re|i: foo`"},
		{"regex-in-slashes", "CommandLine|re|i: '/foo/s'", "unless it is a path, write `CommandLine|re|i|s: foo`"},
		{"modifier-in-name", "CommandLine.contains: [a, b]", "write `CommandLine|contains`"},
		{"modifier-in-name", "CommandLine.contains|all: [a, b]", "write `CommandLine|contains|all`"},
	} {
		found := Run([]File{file(t, firstFile, "detection:\n  a: {"+c.item+"}\n  condition: a\n")})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == c.code })
		if assert.GreaterOrEqual(t, at, 0, c.item) {
			assert.Equal(t, c.hint, found[at].Hint)
		}
	}
}

// TestNamesThatAreCounted: entities are few and short, so that a name near one is misspelt; extracts and fields of a
// process above are known.
func TestNamesThatAreCounted(t *testing.T) {
	for _, c := range []struct{ field, distinct, near string }{
		{"sha1", "host", ""}, {"CommandLine", "user", ""}, {"ParentImage", "host", ""}, {"Script", "host", ""}, {"Unheard", "host", ""},
		{"sha11", "host", "`sha1`"}, {"CommandLin", "host", "`CommandLine`"}, {"sha1", "hots", "`host`"},
	} {
		f := file(t, firstFile, "extract: {Script: {field: CommandLine, argv: 1}}\nprevalence:\n  p: {field: "+c.field+", local: {distinct: "+c.distinct+", lte: 1}}\ndetection:\n  a: {Image: x, Script: y}\n  condition: a and p\n")
		hints := ""
		for _, d := range Run([]File{f}) {
			if d.Code == "unknown-field" {
				hints += d.Hint
			}
		}
		if c.near == "" {
			assert.Empty(t, hints, c)
		} else {
			assert.Contains(t, hints, c.near, c)
		}
	}
}

// TestManyTestsOfOneFieldAreBounded holds that a conjunction of many tests is looked through in bounded time.
func TestManyTestsOfOneFieldAreBounded(t *testing.T) {
	var values strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&values, "'*%d*', ", i)
	}
	began := time.Now()
	found := Run([]File{file(t, "rule.yml", "detection:\n  selection: {CommandLine|contains|all: ["+values.String()+"x]}\n  condition: selection\n")})
	assert.False(t, slices.Contains(codesOf(found), "contradiction"))
	assert.Less(t, time.Since(began), time.Minute)
}
