package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestQuotedNumbers are right where every model has a text.
func TestQuotedNumbers(t *testing.T) {
	for fragment, want := range map[string][]string{
		"detection: {selection: {IntegrityLevel: '4096'}, condition: selection}":                                                             nil,
		"logsource: {product: windows, category: network_connection}\ndetection: {selection: {DestinationPort: '80'}, condition: selection}": {"number-as-text"},
		"detection: {selection: {CommandLine: -'a b'}, condition: selection}":                                                                {"dash-without-space"},
		`detection: {selection: {CommandLine: "-'a b'"}, condition: selection}`:                                                              nil,
		"detection: {selection: {CommandLine: [-'a b', \"-'c'\"]}, condition: selection}":                                                    nil,
		"detection: {selection: {CommandLine|contains: '-\"a\" -\"b\"'}, condition: selection}":                                              nil,
		"detection: {selection: {'|re': 'by+tes>=5'}, condition: selection}":                                                                 nil,
		"detection: {selection: {UtcTime|day: [1.5, 32, 7]}, condition: selection}":                                                          {"time-part-out-of-range", "time-part-out-of-range"},
		"detection: {selection: [bytesTotal >= 524288000], condition: selection}":                                                            {"comparison-as-text"},
		"detection: {selection: {OriginalFileName: '\\?'}, condition: selection}":                                                            nil,
		"detection: {selection: {CommandLine|contains: [exec, EXEC]}, condition: selection}":                                                 {"duplicate-value"},
	} {
		found := Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), fragment)
	}
}

// TestDashesWithoutSpaces are told from texts that begin with a dash by their lines.
func TestDashesWithoutSpaces(t *testing.T) {
	for values, want := range map[string][]string{
		"-'a'\n      -\"b c\"":         {"dash-without-space"},
		"-enc\n      -nop":             {"dash-without-space"},
		"-enc a\n      b -nop":         nil,
		"-enc\n      - nop":            {"dash-without-space"},
		"\"-enc\n      -nop\"":         nil,
		"- -'a'\n      - -'b'":         nil,
		">-\n       -enc\n       -nop": nil,
	} {
		text := over(t, base, "detection:") + "detection:\n  selection:\n    CommandLine|contains:\n      " + values + "\n  condition: selection\n"
		found := Run([]File{parsed(t, firstFile, []byte(text)), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), values)
	}
}

// TestBlocksOfYAML: what a block has of line breaks is meant, but for the last one.
func TestBlocksOfYAML(t *testing.T) {
	for value, want := range map[string][]string{
		"|\n      net\n      time":   {"line-break-at-end"},
		"|-\n      net\n      time":  nil,
		">\n      net\n      time":   {"line-break-at-end"},
		">-\n      net\n      time":  nil,
		`"C:\ntds.dit"`:              {"line-break-in-path"},
		"['y', \"\\temp\\\\a.exe\"]": {"line-break-in-path"},
	} {
		rule := "detection:\n  selection:\n    CommandLine|contains: " + value + "\n  condition: selection"
		assert.Equal(t, want, codesOf(Run([]File{file(t, firstFile, rule), file(t, secondFile, secondRule)})), value)
	}
}

// TestLineBreaksAtTheEnd: the hint is one for what is written, a block or a text in quotes over several lines.
func TestLineBreaksAtTheEnd(t *testing.T) {
	for value, hint := range map[string]string{
		"|\n      net":           "write `|-` or `>-` in place of `|` or `>`",
		"\"net\n      time\\n\"": "write the text on one line, or without the line break at its end",
		"'net\n\n      '":        "write the text on one line, or without the line break at its end",
	} {
		rule := "detection:\n  selection:\n    CommandLine|contains: " + value + "\n  condition: selection"
		found := Run([]File{parsed(t, firstFile, []byte(over(t, base, "detection: null")+rule+"\n")), file(t, secondFile, secondRule)})
		require.Len(t, found, 1, value)
		assert.Equal(t, hint, found[0].Hint, value)
	}
}
