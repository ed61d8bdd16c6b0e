package parse

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
)

// word reads one of a few words, in capitals too. A word that is none of them is an error.
func (p *parser) word(code string, n *yaml.Node, allowed []string) string {
	if isNull(n) {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		p.errorf("wrong-type", p.span(n), "one of "+strings.Join(allowed, ", "), "%s must be one word", strings.ReplaceAll(strings.TrimPrefix(code, "invalid-"), "-", " "))
		return ""
	}
	plain := strings.ToLower(strings.TrimSpace(n.Value))
	switch {
	case slices.Contains(allowed, n.Value):
	case slices.Contains(allowed, plain):
		p.fixable("capital-letters", p.span(n), plain, "%q has capital letters, and the specification's word has none", n.Value)
	default:
		p.oneOf(code, n, n.Value, allowed)
		return n.Value
	}
	return plain
}

// modifier gives the name of a modifier in any of its spellings; unknown ones are given back as they are.
func (p *parser) modifier(name string, at diag.Range) string {
	plain := strings.ToLower(strings.TrimSpace(name))
	if long, ok := longModifiers[plain]; ok {
		plain = long
		if name != "" {
			p.fixable("modifier-spelling", at, plain, "the specification writes the modifier %q as %q", name, plain)
		}
		return plain
	}
	if plain != name && rules.IsModifier(plain) {
		p.fixable("capital-letters", at, plain, "%q has capital letters, and the specification's word has none", name)
		return plain
	}
	return name
}

// longModifiers are names that the reference implementation knows beside those of the specification.
var longModifiers = map[string]string{"ignorecase": "i", "multiline": "m", "dotall": "s"}

// id reads an id. One that is no UUID still names the rule.
func (p *parser) id(to *string, n *yaml.Node) {
	p.text(to, n, "id")
	if isNull(n) || n.Kind != yaml.ScalarNode {
		return
	}
	*to = rules.CanonicalID(n.Value)
	switch {
	case *to != n.Value:
		p.fixable("id-form", p.span(n), *to, "the id is a UUID in another form than most tools read")
	case !rules.IsUUID(*to):
		p.warnf("invalid-id", p.span(n), "generate one, for example with `uuidgen`", "id %q is not a UUID", *to)
	}
}

// prose reads a text. One with a colon that stands without quotes is a mapping to YAML, and is read as the text it was meant to be.
func (p *parser) prose(to *string, n *yaml.Node, what string) {
	if n.Kind == yaml.MappingNode {
		if text, ok := p.colon(n); ok {
			*to = text
			return
		}
	}
	p.text(to, n, what)
}

// colon reads `a: b` as the text it is, with a finding; ok is false where more than texts stand there.
func (p *parser) colon(n *yaml.Node) (text string, ok bool) {
	var lines []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode || v.Kind != yaml.ScalarNode {
			return "", false
		}
		line := k.Value + ":"
		if !isNull(v) {
			line += " " + v.Value
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 || n.Line != n.Content[0].Line || n.Column != n.Content[0].Column { // braces begin before it
		return "", false
	}
	text = strings.Join(lines, "\n")
	k, v := n.Content[0], n.Content[1]
	at := p.span(k)
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if len(lines) == 1 && v.Line == k.Line && (k.Style|v.Style)&quoted == 0 && p.verbatim(k) && p.verbatim(v) && !isNull(v) {
		at.End = p.span(v).End
		p.fixable("colon-in-text", at, "'"+strings.ReplaceAll(text, "'", "''")+"'", "a text with a colon needs quotes: to YAML this is a mapping")
		return text, true
	}
	p.warnf("colon-in-text", at, "write the text in quotes", "a text with a colon needs quotes: to YAML this is a mapping")
	return text, true
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
