package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestEQLQuoting compiles hostile values with a model and reads them back with the parser.
func TestEQLQuoting(t *testing.T) {
	t.Parallel()
	needEQL(t)
	values := []string{`a"b`, `a\`, `\"`, "a\nb\rc\td", "a\x00\x1b\x7f", `"""`, "x\u2028\u202e\u200b", `" or true or ?x == "`, "// c", "/* c */", "\U0001f600", `\u{41}`}
	model := &schema.Model{Name: "m", Sources: []schema.Source{{Table: "process", Fields: map[string]schema.Column{"F": {Name: "a.F-x"}}}}}
	var queries []string
	for _, v := range values {
		r := &ir.Rule{Source: &rules.Rule{Title: "break\nout */ " + v}, Condition: &ir.Match{Field: ir.Field{Name: "F"}, Test: &ir.Text{Op: ir.Equals, Values: []string{v}, Cased: true}}}
		q, found := eql.New().Compile(r, compilers.Options{Model: model})
		require.Empty(t, found)
		queries = append(queries, q.Text)
	}
	for i, r := range CheckEQL(t, queries, nil, "") {
		require.Nil(t, r.Error, queries[i])
		assert.Equal(t, []string{values[i]}, r.Strings)
	}
}
