package parse

import (
	"go.yaml.in/yaml/v3"

	"decree/rules"
)

// keyRanges records the positions of the metadata. The model keeps only its texts.
func (p *parser) keyRanges(top *yaml.Node) []rules.KeyRange {
	count := 0
	for i := 1; i < len(top.Content); i += 2 {
		count++
		if top.Content[i].Kind == yaml.SequenceNode {
			count += len(top.Content[i].Content)
		}
	}
	out := make([]rules.KeyRange, 0, count)
	add := func(key string, index int, n *yaml.Node) {
		at := p.Range(n)
		out = append(out, rules.KeyRange{Key: key, Index: int32(index), StartLine: int32(at.Start.Line), StartCol: int32(at.Start.Col), EndLine: int32(at.End.Line), EndCol: int32(at.End.Col)})
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i].Value, top.Content[i+1]
		add(key, -1, value)
		if value.Kind == yaml.SequenceNode {
			for j, item := range value.Content {
				add(key, j, item)
			}
		}
	}
	return out
}
