package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"decree/rules/diag"
)

// The texts and lists of texts of a rule in which a colon stands without quotes most often.
var (
	proseKeys     = []string{"title", "name", "description", "author", "license"}
	proseListKeys = []string{"falsepositives", "references", "fields", "tags"}
)

var (
	topLevelKey = regexp.MustCompile(`^([a-z_]+):(?:\s+(.*?))?\s*$`)
	listEntry   = regexp.MustCompile(`^\s*-\s+(.*?)\s*$`)
)

// quoteColons puts the texts of a file that YAML does not read because of a colon in quotes. It gives the file so changed,
// and a finding for each.
func (p *parser) quoteColons() (string, diag.Diagnostics) {
	lines := slices.Clone(p.Lines())
	var found diag.Diagnostics
	section := ""
	for i, line := range lines {
		var text string
		if m := topLevelKey.FindStringSubmatch(line); m != nil {
			section = m[1]
			if slices.Contains(proseKeys, section) {
				text = m[2]
			}
		} else if m := listEntry.FindStringSubmatch(line); m != nil && slices.Contains(proseListKeys, section) {
			text = m[1]
		}
		if !strings.Contains(text, ": ") || strings.ContainsAny(text[:1], "'\"[{|>&*!#%@`") || strings.Contains(text, " #") {
			continue
		}
		start := strings.LastIndex(line, text)
		at := p.At(i+1, utf8.RuneCountInString(line[:start])+1)
		at.End.Col = at.Start.Col + utf8.RuneCountInString(text)
		quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
		lines[i] = line[:start] + quoted + line[start+len(text):]
		found.Warnf("colon-in-text", at, "write `"+quoted+"`", "a text with a colon needs quotes: to YAML this is a mapping")
		found[len(found)-1].Fix = quoted
	}
	return strings.Join(lines, "\n"), found
}
