package ir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

// TestNodesAreOurs holds the tree to the nodes of the package: what only has a place is none of them.
func TestNodesAreOurs(t *testing.T) {
	var placed any = struct{ ir.Base }{}
	_, is := placed.(ir.Node)
	assert.False(t, is, "a type of another package that embeds Base is not a node")
}

// TestUnknownNodes feeds the walks a node that none of them knows.
func TestUnknownNodes(t *testing.T) {
	unknown := struct{ *ir.And }{&ir.And{Terms: []ir.Node{&ir.Const{Value: true}, &ir.Const{Value: true}}}}
	for name, walk := range map[string]func(){
		"children":  func() { ir.Children(unknown) },
		"dump":      func() { ir.Dump(&ir.Rule{Condition: unknown}) },
		"anonymous": func() { ir.Anonymous(unknown) },
		"rewrite":   func() { ir.Rewrite(&ir.Rule{Condition: unknown}, func(m *ir.Match) ir.Node { return m }) },
	} {
		assert.PanicsWithValue(t, "ir: unknown node", walk, name)
	}
}
