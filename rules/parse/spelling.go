package parse

import (
	"strings"
	"unicode/utf8"

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
func (p *parser) field(key *yaml.Node, part keyPart) string {
	plain := strings.TrimSpace(part.text)
	at := p.Within(key, part.offset, part.length)
	switch {
	case plain == "" && part.length > 0:
		p.Errorf("unnamed-field", at, "write the name of a field, or begin with `|` to look for the values anywhere in the event", "the name of this field has only spaces and characters that cannot be seen")
		return key.Value
	case plain != part.text:
		p.Fixable("space-around-field", at, plain, "there are spaces around the name of the field %q", plain)
	}
	return plain
}

// lookAlikes gives what is meant by characters that come with text copied from a page or a document: other vertical
// lines, spaces that are not U+0020, and what cannot be seen.
var lookAlikes = strings.NewReplacer("\u01c0", "|", "\u2223", "|", "\u2758", "|", "\uff5c", "|", "\u00a6", "|",
	"\u00a0", " ", "\u2007", " ", "\u202f", " ", "\u3000", " ",
	"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u2060", "", "\ufeff", "")

// bars are the vertical line and what only looks like it.
const bars = "|\u01c0\u2223\u2758\uff5c\u00a6"

// keyPart is a part of an item's key between vertical lines: its text as it was meant, and where it stands in the key,
// in bytes.
type keyPart struct {
	text           string
	offset, length int
}

// keyParts gives the field of an item, and its modifiers.
func (p *parser) keyParts(key *yaml.Node) (parts []keyPart) {
	plain, separators := lookAlikes.Replace(key.Value), "|"
	if plain != key.Value {
		separators = bars
	}
	for offset, rest := 0, key.Value; ; {
		end := strings.IndexAny(rest, separators)
		text := rest
		if end >= 0 {
			text = rest[:end]
		}
		parts = append(parts, keyPart{lookAlikes.Replace(text), offset, len(text)})
		if end < 0 {
			break
		}
		_, bar := utf8.DecodeRuneInString(rest[end:])
		offset, rest = offset+end+bar, rest[end+bar:]
	}
	if unnamed := parts[0].text == "" && parts[0].length > 0; plain != key.Value && !unnamed {
		p.Fixable("look-alike-character", p.Span(key), plain, "%q has characters that only look like others, or that cannot be seen", key.Value)
	}
	return parts
}

// longModifiers are names that only the reference implementation reads.
var longModifiers = map[string]string{"ignorecase": "i", "multiline": "m", "dotall": "s"}
