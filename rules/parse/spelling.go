package parse

import (
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// modifier gives the name of a modifier in any of its spellings; unknown ones are given back as they are.
func (p *parser) modifier(name string, at diag.Range) string {
	plain := strings.ToLower(strings.TrimSpace(name))
	if long, ok := longModifiers[plain]; ok {
		plain = long
		if name != "" {
			p.Fixable("modifier-spelling", at, plain, "the specification writes the modifier %q as %q", name, plain)
		}
		return plain
	}
	if plain != name && rules.IsModifier(plain) {
		p.Fixable("capital-letters", at, plain, "%q has capital letters, and the specification's word has none", name)
		return plain
	}
	return name
}

// longModifiers are names that the reference implementation knows beside those of the specification.
var longModifiers = map[string]string{"ignorecase": "i", "multiline": "m", "dotall": "s"}

// id reads an id. One that is no UUID still names the rule.
func (p *parser) id(to *string, n *yaml.Node) {
	p.Text(to, n, "id")
	if source.IsNull(n) || n.Kind != yaml.ScalarNode {
		return
	}
	*to = rules.CanonicalID(n.Value)
	switch {
	case *to != n.Value:
		p.Fixable("id-form", p.Span(n), *to, "the id is a UUID in another form than most tools read")
	case !rules.IsUUID(*to):
		p.Warnf("invalid-id", p.Span(n), "generate one, for example with `uuidgen`", "id %q is not a UUID", *to)
	}
}
