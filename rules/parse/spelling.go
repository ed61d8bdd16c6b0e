package parse

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
)

// modifier gives the specification's name of a modifier in any of its spellings. Unknown names are returned unchanged.
func (p *parser) modifier(name string, at diag.Range) string {
	plain := strings.ToLower(strings.TrimSpace(name))
	if long, ok := longModifiers[plain]; ok {
		plain = long
		if name != "" {
			p.Fixable("modifier-spelling", at, plain, "the specification writes the modifier %q as %q", name, plain)
		}
		return plain
	}
	switch {
	case plain == name || !rules.IsModifier(plain):
		return name
	case plain == strings.TrimSpace(name):
		p.Fixable("modifier-spelling", at, plain, "there are spaces around the modifier %q", plain)
	default:
		p.Fixable("capital-letters", at, plain, "%q is written in lower case in the specification", name)
	}
	return plain
}

// field gives the name of a field without the spaces around it.
func (p *parser) field(name string, key *yaml.Node) string {
	plain := strings.TrimSpace(name)
	if plain != name && plain != "" {
		p.Fixable("space-around-field", p.Within(key, 0, len(name)), plain, "there are spaces around the name of the field %q", plain)
		return plain
	}
	return name
}

// longModifiers are names that only the reference implementation reads.
var longModifiers = map[string]string{"ignorecase": "i", "multiline": "m", "dotall": "s"}
