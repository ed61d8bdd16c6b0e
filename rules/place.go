package rules

import (
	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// document is what a rule was read from, for places that the model does not keep.
type document struct {
	top  *yaml.Node
	span func(*yaml.Node) diag.Range
}

// Key gives the place of a top-level key's value, and of one of its entries where index is not
// negative. Without the key it is the rule's own place.
func (r *Rule) Key(key string, index int) diag.Range {
	if r.document.top == nil {
		return r.Range
	}
	content := r.document.top.Content
	for i := 0; i+1 < len(content); i += 2 {
		if content[i].Value != key {
			continue
		}
		value := content[i+1]
		if index >= 0 && index < len(value.Content) {
			value = value.Content[index]
		}
		return r.document.span(value)
	}
	return r.Range
}
