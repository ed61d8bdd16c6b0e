package parse

import (
	"strings"

	"decree/rules"
	"decree/rules/diag"
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
