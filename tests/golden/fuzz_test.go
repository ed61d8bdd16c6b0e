package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// FuzzCompile writes whatever can be read as a rule in every dialect and data model: none panics, each says why it
// refuses, and the same rule becomes the same query.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob("cases/*/rule.yml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte("title: T\nlogsource: {category: process_creation}\nlists: {l: ['a*', '\\', '\"', '']}\ndetection: {s: {Image|filename|expand: '%l%'}, k: ['`', \"\\u2028\"], condition: not (s or k)}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, found := rules.Parse("rule.yml", text, nil)
		if found.HasErrors() {
			return
		}
		for _, source := range parsed {
			r, found := ir.Lower(source)
			if found.HasErrors() {
				continue
			}
			for _, d := range []compilers.Dialect{kql.New(), spl.New(), eql.New()} {
				for _, name := range d.Models() {
					m, err := schema.Shared(name)
					require.NoError(t, err)
					for _, lists := range compilers.ListPlaces {
						opt := compilers.Options{Model: m, Approximate: []string{"all"}, Lists: lists}
						q, found := d.Compile(r, opt)
						require.Equal(t, q == nil, found.HasErrors(), "%s: %v", name, found)
						if q == nil {
							continue
						}
						again, _ := d.Compile(r, opt)
						assert.Equal(t, q, again)
					}
				}
			}
		}
	})
}
