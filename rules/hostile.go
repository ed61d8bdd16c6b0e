package rules

import "gopkg.in/yaml.v3"

// What one document may hold. Rules are written by people and hold a hundredth of this; the
// bounds keep a hostile file from taking the machine.
const (
	maxDepth = 64
	maxNodes = 200_000
)

// resolve replaces aliases by what they name, refusing what grows or nests without bound.
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
		return true
	}
	return walk(n, 0)
}
