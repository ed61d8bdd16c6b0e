package parse

import "gopkg.in/yaml.v3"

// What one document may hold. Rules are written by people and hold a hundredth of this; the
// bounds keep a hostile file from taking the machine.
const (
	maxDepth = 64
	maxNodes = 200_000
)

// resolve replaces aliases by what they name and merge keys by what they bring, refusing what grows or nests without bound.
func (p *parser) resolve(n *yaml.Node) bool {
	count := 0
	var walk func(n *yaml.Node, depth int) bool
	walk = func(n *yaml.Node, depth int) bool {
		count++
		if depth > maxDepth || count > maxNodes {
			p.errorf("yaml-too-large", p.span(n), "flatten the document; avoid aliases of aliases",
				"this document nests deeper than %d or unfolds to more than %d nodes", maxDepth, maxNodes)
			return false
		}
		for i, c := range n.Content {
			if c.Kind == yaml.AliasNode {
				c = c.Alias
				n.Content[i] = c
			}
			if !walk(c, depth+1) {
				return false
			}
		}
		p.merge(n)
		return true
	}
	return walk(n, 0)
}

// merge puts what `<<` names behind a mapping's own keys, which win; of several mappings, the first wins
// (https://yaml.org/type/merge.html).
func (p *parser) merge(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	var own, brought []*yaml.Node
	has := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() != "!!merge" {
			has[k.Value] = true
			own = append(own, k, v)
			continue
		}
		for _, from := range listNodes(v) {
			if from.Kind != yaml.MappingNode {
				p.errorf("wrong-type", p.span(k), "name a mapping with an anchor, or a list of such", "`<<` must name a mapping")
				continue
			}
			brought = append(brought, from.Content...)
		}
	}
	for i := 0; i+1 < len(brought); i += 2 {
		if k := brought[i]; !has[k.Value] {
			has[k.Value] = true
			own = append(own, k, brought[i+1])
		}
	}
	n.Content = own
}
