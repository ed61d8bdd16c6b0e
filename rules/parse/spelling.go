package parse

import (
	"strings"

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
	if plain != name && rules.IsModifier(plain) {
		p.Fixable("capital-letters", at, plain, "%q is written in lower case in the specification", name)
		return plain
	}
	return name
}

// longModifiers are names that only the reference implementation reads.
var longModifiers = map[string]string{"ignorecase": "i", "multiline": "m", "dotall": "s"}
