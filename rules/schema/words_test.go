package schema

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/source"
)

// TestPartsFindTheWordsThatWholeValuesFind: in each column of the models that has words of its own, an event with such
// a word is found by the word as a whole value if and only if it is by a test of its beginning or of a part.
func TestPartsFindTheWordsThatWholeValuesFind(t *testing.T) {
	columns := 0
	for _, name := range Names() {
		m, err := Load(name)
		require.NoError(t, err)
		for i := range m.Sources {
			s := &m.Sources[i]
			for field, c := range s.Fields {
				if len(c.Values) > 0 {
					columns++
				}
				for _, word := range slices.Concat(slices.Collect(maps.Values(c.Values))...) {
					finds := func(test ir.Test) bool {
						own, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: field}, Test: test})
						require.NoError(t, err, "%s, %s: %s %s", name, s.Name, field, ir.Describe(test))
						return finds(t, own, word)
					}
					whole := finds(&ir.Text{Op: ir.Equals, Values: []string{word}})
					for _, op := range []ir.TextOp{ir.StartsWith, ir.EndsWith, ir.Contains} {
						assert.Equal(t, whole, finds(&ir.Text{Op: op, Values: []string{word}}), "%s, %s: %s %s %s", name, s.Name, field, op, word)
					}
				}
			}
		}
	}
	assert.Greater(t, columns, 50)
}

// finds tells whether a translated test holds if the column has a value.
func finds(t *testing.T, n ir.Node, value string) bool {
	switch n := n.(type) {
	case *ir.Const:
		return n.Value
	case *ir.Not:
		return !finds(t, n.Term, value)
	case *ir.Match:
		if of, ok := n.Test.(*ir.Elements); ok {
			return finds(t, of.Body, value)
		}
		test, err := ofText(n.Test)
		require.NoError(t, err)
		return test(value)
	}
	_, all := n.(*ir.And)
	for _, one := range ir.Children(n) {
		if finds(t, one, value) != all {
			return !all
		}
	}
	return all
}

func TestOfTextKnowsEachTestOfPartOfAValue(t *testing.T) {
	assert.Panics(t, func() { _, _ = ofText(&ir.FieldRef{}) }, "a test of whole values")
}

// TestAValueThatMayBeAWord is one of Sigma's values or of the product's words. Where a column may have others, any is.
func TestAValueThatMayBeAWord(t *testing.T) {
	words := Column{Values: map[string]source.OneOrMore{"4624": {"LogonSuccess"}}}
	closed := words
	closed.Closed = true
	for value, want := range map[string][2]bool{"4624": {true, true}, "logonsuccess": {true, true}, "four": {true, false}} {
		assert.Equal(t, want, [2]bool{words.MayBeWord(value), closed.MayBeWord(value)}, value)
	}
	assert.False(t, Column{}.MayBeWord("four"), "a column without words")
}
