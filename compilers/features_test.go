package compilers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
)

// TestEveryConstructIsListed holds what dialects lack, and the pages of codes, to the list of constructs.
func TestEveryConstructIsListed(t *testing.T) {
	pages := map[string]bool{}
	for _, g := range compilers.Gaps() {
		pages[g.Code] = true
	}
	listed := map[compilers.Construct]bool{}
	for _, c := range compilers.Constructs {
		listed[c.Name] = true
		assert.NotEmpty(t, c.Title, c.Name)
	}
	for _, d := range []compilers.Dialect{kql.New(), spl.New(), eql.New()} {
		for construct := range d.Lacks() {
			assert.True(t, listed[construct], "%s: %s", d.Name(), construct)
			assert.True(t, pages[string(construct)], "%s has a page", construct)
		}
		clear(d.Lacks())
		assert.NotEmpty(t, d.Lacks(), "it is a copy")
	}
}
