package parse

import (
	"gopkg.in/yaml.v3"

	"decree/rules"
)

// keyRanges records the positions of the metadata. The model keeps only its texts.
func (p *parser) keyRanges(top *yaml.Node) []rules.KeyRange {
	var out []rules.KeyRange
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i].Value, top.Content[i+1]
		out = append(out, rules.KeyRange{Key: key, Index: -1, Range: p.Range(value)})
		if value.Kind == yaml.SequenceNode {
			for j, item := range value.Content {
				out = append(out, rules.KeyRange{Key: key, Index: j, Range: p.Range(item)})
			}
		}
	}
	return out
}
