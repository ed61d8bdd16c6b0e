package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

var (
	topLevelKey = regexp.MustCompile(`^([a-z_]+):(?:\s+(.*?))?\s*$`)
	listEntry   = regexp.MustCompile(`^\s*-\s+(.*?)\s*$`)
)

// quoteColons adds quotes to texts that YAML cannot read because of a colon. It gives the changed file, and a finding
// for each text.
func (p *parser) quoteColons() (string, diag.Diagnostics) {
	lines := slices.Clone(p.Lines())
	var found diag.Diagnostics
	prose := rules.NoProse
	for i, line := range lines {
		var text string
		if m := topLevelKey.FindStringSubmatch(line); m != nil {
			prose = proseOf(m[1])
			if prose == rules.ProseText {
				text = m[2]
			}
		} else if m := listEntry.FindStringSubmatch(line); m != nil && prose == rules.ProseList {
			text = m[1]
		}
		if !strings.Contains(text, ": ") || strings.ContainsAny(text[:1], "'\"[{|>&*!#%@`") || strings.Contains(text, " #") {
			continue
		}
		start := strings.LastIndex(line, text)
		at := p.At(i+1, utf8.RuneCountInString(line[:start])+1)
		at.End.Col = at.Start.Col + utf8.RuneCountInString(text)
		quoted := source.Quoted(text)
		lines[i] = line[:start] + quoted + line[start+len(text):]
		found.Warnf("colon-in-text", at, "write `"+quoted+"`", "a text with a colon needs quotes: YAML reads this as a mapping")
		found[len(found)-1].Fix = quoted
	}
	return strings.Join(lines, "\n"), found
}

// proseOf is how the section of a name holds texts for people.
func proseOf(name string) rules.Prose {
	for _, s := range sections {
		if s.Name == name {
			return s.Prose
		}
	}
	return rules.NoProse
}
