package rules

import (
	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// place is where a top-level key's value stands, or with an index of 0 or more one of its entries.
type place struct {
	key   string
	index int
	at    diag.Range
}

// places notes where the metadata stands, of which the model keeps the texts alone.
func (p *parser) places(top *yaml.Node) []place {
	var out []place
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i].Value, top.Content[i+1]
		out = append(out, place{key, -1, p.inside(p.span(value))})
		if value.Kind == yaml.SequenceNode {
			for j, entry := range value.Content {
				out = append(out, place{key, j, p.inside(p.span(entry))})
			}
		}
	}
	return out
}

// Key gives the place of a top-level key's value, and of one of its entries where index is not
// negative. Without the key it is the rule's own place.
func (r *Rule) Key(key string, index int) diag.Range {
	for _, p := range r.places {
		if p.key == key && p.index == index {
			return p.at
		}
	}
	return r.Range
}
