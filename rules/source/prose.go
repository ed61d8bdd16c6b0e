package source

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Prose reads a text for people. YAML reads a text with an unquoted colon as a mapping; Prose restores the text.
func (f *File) Prose(to *string, n *yaml.Node, what string) {
	if n.Kind == yaml.MappingNode {
		if text, ok := f.colon(n); ok {
			*to = text
			return
		}
	}
	f.Text(to, n, what)
}

// colon reads `a: b` as one text, with a finding. ok is false if the mapping has values other than texts.
func (f *File) colon(n *yaml.Node) (text string, ok bool) {
	var lines []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode || v.Kind != yaml.ScalarNode {
			return "", false
		}
		line := k.Value + ":"
		if !IsNull(v) {
			line += " " + v.Value
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 || n.Line != n.Content[0].Line || n.Column != n.Content[0].Column { // braces begin before it
		return "", false
	}
	text = strings.Join(lines, "\n")
	k, v := n.Content[0], n.Content[1]
	at := f.Span(k)
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if len(lines) == 1 && v.Line == k.Line && (k.Style|v.Style)&quoted == 0 && f.verbatim(k) && f.verbatim(v) && !IsNull(v) {
		at.End = f.Span(v).End
		f.Fixable("colon-in-text", at, Quoted(text), "a text with a colon needs quotes: YAML reads this as a mapping")
		return text, true
	}
	f.Warnf("colon-in-text", at, "write the text in quotes", "a text with a colon needs quotes: YAML reads this as a mapping")
	return text, true
}
