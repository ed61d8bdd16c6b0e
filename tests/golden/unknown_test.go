package golden

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/compilers/kql"
	"decree/engine"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// strangeNode and strangeTest are what nobody knows: no node and no test of the tree is one.
type strangeNode struct{ *ir.Match }
type strangeTest struct{ *ir.Text }

// TestUnknownNodesAreNeverOutput: whatever reads a tree panics on what it does not know, wherever that stands.
func TestUnknownNodesAreNeverOutput(t *testing.T) {
	known := &ir.Match{Field: ir.Field{Name: "Image"}, Test: &ir.Text{Op: ir.Equals, Values: []string{"a"}}}
	node := strangeNode{known}
	test := &ir.Match{Field: ir.Field{Name: "Image"}, Test: strangeTest{&ir.Text{Op: ir.Equals, Values: []string{"a"}}}}
	for name, n := range map[string]ir.Node{
		"a node": node, "a node below a name": &ir.Named{Name: "n", Body: &ir.Or{Terms: []ir.Node{known, node}}}, "a negated node": &ir.Not{Term: node},
		"a node of some": &ir.AtLeast{Count: 2, Terms: []ir.Node{known, known, node}}, "a test": test, "a negated test": &ir.Not{Term: test},
	} {
		t.Run(name, func(t *testing.T) {
			r := &ir.Rule{Source: &rules.Rule{Title: "T", LogSource: rules.LogSource{Product: "windows", Category: "process_creation"}}, Condition: n}
			filtered := &ir.Rule{Source: r.Source, Condition: known, Filter: n}
			assert.Panics(t, func() { ir.Dump(r) }, "dump")
			for _, d := range dialects.All {
				m, err := schema.Load(schema.Preferred(d.Name())[0])
				require.NoError(t, err)
				assert.Panics(t, func() { d.Compile(r, compilers.Options{Model: m}) }, d.Name())
				assert.Panics(t, func() { d.Compile(filtered, compilers.Options{Model: m}) }, d.Name()+", in a filter")
			}
			if _, ok := n.(*ir.Match); !ok {
				assert.Panics(t, func() { _, _ = engine.New([]*ir.Rule{r}, engine.Options{}) }, "the engine")
				assert.Panics(t, func() { _, _ = engine.NewExplainer(r, engine.Options{}) }, "explain")
			}
		})
	}
}

// TestUnknownListsAreNeverOutput: a test that names a list which its rule does not have.
func TestUnknownListsAreNeverOutput(t *testing.T) {
	m, err := schema.Load("mde")
	require.NoError(t, err)
	named := &ir.Match{Field: ir.Field{Name: "Image"}, Test: &ir.Text{Op: ir.Equals, Values: []string{"a"}, List: "nobody"}}
	r := &ir.Rule{Source: &rules.Rule{Title: "T", LogSource: rules.LogSource{Product: "windows", Category: "process_creation"}}, Condition: named}
	assert.PanicsWithValue(t, "kql: unknown list nobody", func() { kql.New().Compile(r, compilers.Options{Model: m}) })
	union := *r
	union.Lists = []ir.List{{Name: "nobody", Values: []string{"a"}, Union: []string{"missing"}}}
	assert.PanicsWithValue(t, "kql: unknown list missing", func() { kql.New().Compile(&union, compilers.Options{Model: m}) })
}
