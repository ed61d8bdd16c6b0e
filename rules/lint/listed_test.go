package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
)

// TestValuesOfLists are literal, and those that can never be found are reported once for each use.
func TestValuesOfLists(t *testing.T) {
	for fragment, want := range map[string][]string{
		"lists: {l: ['*cert*', '*x']}\ndetection: {selection: {CommandLine|expand: '%l%'}, condition: selection}":                                                         {"wildcard-in-list"},
		"lists: {l: [a, 'C:\\x\\*']}\ndetection: {selection: {Image|startswith|expand: '%l%'}, condition: selection}":                                                     {"wildcard-in-list"},
		"lists: {l: ['*cert']}\ndetection: {selection: {CommandLine|contains|expand: '%l%'}, condition: selection}":                                                       {"wildcard-in-list"},
		"lists: {d: [CORP], u: [bob, 'alice*']}\ndetection: {selection: {User|expand: '%d%\\%u%'}, condition: selection}":                                                 {"wildcard-in-list"},
		"lists: {l: ['del *.*', '*']}\ndetection: {selection: {CommandLine|contains|expand: '%l%'}, condition: selection}":                                                nil,
		"lists: {l: [a.exe, 'C:\\d\\b.exe', '\"c.exe\"']}\ndetection: {selection: {Image|filename|expand: '%l%'}, condition: selection}":                                  {"folder-in-filename"},
		"lists: {l: [a.exe, 'C:\\d\\b.exe']}\ndetection: {selection: {Image|expand: '%l%', ParentImage: '%l%'}, condition: selection}":                                    {"name-without-path", "placeholder-without-expand"},
		"detection: {selection: {Image|endswith: '%l%', ParentImage|startswith: '%TEMP%', CommandLine|contains: '%l%'}, condition: selection}":                            {"placeholder-without-expand"},
		"lists: {l: [a.exe, 'C:\\d\\b.exe']}\ndetection: {selection: {Image|endswith|expand: '%l%'}, condition: selection}":                                               nil,
		"lists: {l: ['C:\\d\\b.exe']}\ndetection: {selection: {Image|expand: '%l%'}, condition: selection}":                                                               nil,
		"lists: {l: [a.exe, b.exe]}\ndetection: {selection: {Image|filename|expand: '%l%'}, condition: selection}":                                                        nil,
		"lists: {l: ['a.exe, b.exe', c.exe]}\ndetection: {selection: {Image|filename|expand: '%l%'}, condition: selection}":                                               {"comma-in-list"},
		"lists: {l: ['a.example, b.example,']}\ndetection: {selection: {CommandLine|contains|expand: '%l%'}, condition: selection}":                                       {"comma-in-list"},
		"lists: {l: ['a.exe, b.exe']}\ndetection: {selection: {CommandLine|re|expand: '%l%'}, condition: selection}":                                                      {"regex-instead-of-modifier"},
		"lists: {l: ['Run a.exe, then b.exe.', '\"a.exe\", \"b.exe\"', 'a, b', '1,5', a.exe]}\ndetection: {selection: {CommandLine|expand: '%l%'}, condition: selection}": nil,
		"lists: {l: [10.0.0.0/8, 192.0.2.0/24], m: ['a/b']}\ndetection: {selection: {CommandLine|expand: ['%l%', '%m%']}, condition: selection}":                          {"network-as-text"},
	} {
		found := Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})
		found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == "modifier-beyond-sigma" })
		assert.Equal(t, want, codesOf(found), fragment)
	}
}

// TestValuesInMessages are shown as they are written: a backslash of a path is one.
func TestValuesInMessages(t *testing.T) {
	for fragment, value := range map[string]string{
		`lists: {l: ['C:\d\b.exe']}
detection: {selection: {Image|filename|expand: '%l%'}, condition: selection}`: `"C:\d\b.exe"`,
		`lists: {l: ['C:\d\*']}
detection: {selection: {Image|startswith|expand: '%l%'}, condition: selection}`: `"C:\d\*"`,
		`lists: {l: ['d\a.exe, d\b.exe']}
detection: {selection: {Image|expand: '%l%'}, condition: selection}`: `"d\a.exe, d\b.exe"`,
		`detection: {selection: {CommandLine|contains: ['\d\b.exe', '\D\b.exe']}, condition: selection}`:  `"\d\b.exe"`,
		`detection: {selection: {CommandLine|contains: ['\d\b.exe', 'x\d\b.exe']}, condition: selection}`: `"\d\b.exe"`,
	} {
		found := Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})
		shown := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return strings.Contains(d.Message, value) })
		assert.True(t, shown, "%s: %v", fragment, found)
	}
}
