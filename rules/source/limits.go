package source

import "gopkg.in/yaml.v3"

// Limits bound what one file may hold: people write a hundredth of it, and a crafted file must not take the machine.
type Limits struct {
	Size     int    // bytes
	Depth    int    // of nested lists and mappings, of one document
	Nodes    int    // of one document, aliases unfolded
	Findings int    // that are told: a broken file of megabytes must not become gigabytes of findings
	Hint     string // what to do about a file that is too large
}

// The limits of each kind of file. The largest model that is shipped has a tenth of what a model may hold.
var (
	ForRules  = Limits{Size: MaxSize, Depth: 64, Nodes: 200_000, Findings: 1000, Hint: "split the file"} // and lists and filters
	ForTests  = Limits{Size: MaxSize, Depth: 64, Nodes: 200_000, Findings: 1000, Hint: "move recordings to files of their own"}
	ForModels = Limits{Size: 16 << 20, Depth: 64, Nodes: 500_000, Findings: 100, Hint: "divide it into models that extend each other"}
)

// resolve replaces aliases by what they name and merge keys by what they bring, refusing what grows or nests without bound.
func (f *File) resolve(n *yaml.Node) bool {
	count := 0
	var walk func(n *yaml.Node, depth int) bool
	walk = func(n *yaml.Node, depth int) bool {
		count++
		if depth > f.limits.Depth || count > f.limits.Nodes {
			f.Errorf("yaml-too-large", f.Span(n), "flatten the document; avoid aliases of aliases",
				"this document nests deeper than %d or unfolds to more than %d nodes", f.limits.Depth, f.limits.Nodes)
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
		f.merge(n)
		return true
	}
	return walk(n, 0)
}

// merge puts what `<<` names behind a mapping's own keys, which win; of several mappings, the first wins
// (https://yaml.org/type/merge.html).
func (f *File) merge(n *yaml.Node) {
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
		for _, from := range Items(v) {
			if from.Kind != yaml.MappingNode {
				f.Errorf("wrong-type", f.Span(k), "name a mapping with an anchor, or a list of such", "`<<` must name a mapping")
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
