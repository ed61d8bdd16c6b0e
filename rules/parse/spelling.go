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

// lookAlikes gives what is meant by characters that come with text copied from a page or a document: other vertical
// lines, spaces that are not U+0020, and what cannot be seen.
var lookAlikes = strings.NewReplacer("\u01c0", "|", "\u2223", "|", "\u2758", "|", "\uff5c", "|", "\u00a6", "|",
	"\u00a0", " ", "\u2007", " ", "\u202f", " ", "\u3000", " ",
	"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u2060", "", "\ufeff", "")

// withoutLookAlikes gives the key of an item as it was meant.
func (p *parser) withoutLookAlikes(key *yaml.Node) *yaml.Node {
	plain := lookAlikes.Replace(key.Value)
	if plain == key.Value {
		return key
	}
	p.Fixable("look-alike-character", p.Span(key), plain, "%q has characters that only look like others, or that cannot be seen", key.Value)
	meant := *key
	meant.Value = plain
	return &meant
}

// longModifiers are names that only the reference implementation reads.
var longModifiers = map[string]string{"ignorecase": "i", "multiline": "m", "dotall": "s"}
