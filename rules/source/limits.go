package source

import "go.yaml.in/yaml/v3"

// Limits of one file. Real files have a hundredth of this; a crafted file must not exhaust the machine.
type Limits struct {
	Size     int    // bytes
	Depth    int    // levels of nested lists and mappings in one document
	Nodes    int    // nodes of one document, with aliases expanded
	Findings int    // reported findings: a broken file of megabytes must not become gigabytes of findings
	Hint     string // what to do about a file that is too large, or has too many nodes
}

// The limits of each kind of file. The largest shipped model has a tenth of what a model may have.
var (
	// and filters
	ForRules  = Limits{Size: maxSize, Depth: 64, Nodes: 200_000, Findings: 1000, Hint: "split the file"}
	ForLists  = Limits{Size: maxSize, Depth: 64, Nodes: 200_000, Findings: 1000, Hint: "write the values as the lines of a .txt file, or split the list"}
	ForTests  = Limits{Size: maxSize, Depth: 64, Nodes: 200_000, Findings: 1000, Hint: "move recordings to files of their own"}
	ForModels = Limits{Size: 16 << 20, Depth: 64, Nodes: 500_000, Findings: 100, Hint: "split it into models that extend each other"}
)

// resolve expands aliases and merge keys. It refuses a document that grows or nests without limit.
func (f *File) resolve(n *yaml.Node) bool {
	count := 0
	var walk func(n *yaml.Node, depth int) bool
	walk = func(n *yaml.Node, depth int) bool {
		switch count++; {
		case depth > f.limits.Depth:
			f.Errorf("yaml-too-large", f.Span(n), "flatten the document; avoid aliases of aliases", "the document is nested deeper than %d levels", f.limits.Depth)
			return false
		case count > f.limits.Nodes:
			f.Errorf("yaml-too-large", f.Span(n), f.limits.Hint+"; avoid aliases of aliases", "the document expands to more than %d nodes", f.limits.Nodes)
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

// merge adds the keys of the mappings that `<<` names. A mapping's own keys win, then the first of several mappings
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
				f.Errorf("wrong-type", f.Span(k), "name the anchor of a mapping, or a list of such anchors", "`<<` must name a mapping")
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
