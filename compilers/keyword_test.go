package compilers

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

// TestKeywordsAreAskedInEachStoredForm holds that a keyword is asked as it is, and as JSON and XML write it.
func TestKeywordsAreAskedInEachStoredForm(t *testing.T) {
	for value, want := range map[string][]string{
		"plain": {"plain"}, `dir\sub`: {`dir\sub`, `dir\\sub`}, "a & b": {"a & b", "a &amp; b"}, `say "hi"`: {`say "hi"`, `say \"hi\"`, "say &quot;hi&quot;"},
		`<'\u0026'>`: {`<'\u0026'>`, `<'\\u0026'>`, `&lt;'\u0026'&gt;`, `&lt;&apos;\u0026&apos;&gt;`}, "a\tb": {"a\tb", `a\tb`},
	} {
		assert.Equal(t, []ir.Test{&ir.Text{Op: ir.Contains, Values: want}}, StoredForms(&ir.Text{Op: ir.Contains, Values: []string{value}}), value)
	}
	globs := StoredForms(&ir.Glob{Parts: []ir.GlobPart{{Wild: '*'}, {Literal: `a\"`}, {Wild: '?'}, {Literal: "&"}, {Wild: '*'}}})
	var literals []string
	for _, g := range globs {
		literals = append(literals, g.(*ir.Glob).Parts[1].Literal+" "+g.(*ir.Glob).Parts[3].Literal)
	}
	assert.Equal(t, []string{`a\" &`, `a\\\" &`, `a\" &amp;`, `a\&quot; &amp;`}, literals)
	expression := &ir.Regex{Expr: `a\\b`}
	assert.Equal(t, []ir.Test{expression}, StoredForms(expression))
	assert.True(t, MeetsEscapes(expression))
	assert.False(t, MeetsEscapes(&ir.Regex{Expr: `a\d+b`}))
}
