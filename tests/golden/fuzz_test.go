package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// FuzzCompile writes whatever can be read as a rule in every dialect and data model: none panics, each says why it
// refuses, and the same rule becomes the same query.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob("cases/*/rule.yml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for i := 0; i < len(files); i += fixture.Times(4, 1) { // TestCases writes all of them
		text, err := os.ReadFile(files[i])
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte("title: T\nlogsource: {category: process_creation}\nlists: {l: ['a*', '\\', '\"', '']}\ndetection: {s: {Image|filename|expand: '%l%'}, k: ['`', \"\\u2028\"], condition: not (s or k)}\n"))
	f.Add([]byte("title: T\nlogsource: {category: process_creation}\ndetection: {s: {User|fieldref: ParentUser, ParentUser|fieldref|endswith: CommandLine}, condition: s}\n"))
	f.Add([]byte("title: C\ncorrelation: {type: value_count, rules: [r], group-by: [User], timespan: 5m, condition: {field: Image, gte: 3}}\n---\ntitle: R\nname: r\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image|endswith: a}, condition: s}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, found := parse.Documents("rule.yml", text, nil)
		if found.HasErrors() {
			return
		}
		if _, found = parse.LinkJoins(file.Rules, file.Correlations); found.HasErrors() {
			return
		}
		lowered := map[*rules.Rule]*ir.Rule{}
		var trees []*ir.Rule
		for _, source := range file.Rules {
			if r, found := ir.Lower(source); !found.HasErrors() {
				lowered[source], trees = r, append(trees, r)
			}
		}
		joined, _ := ir.LinkJoins(trees, lowered)
		for _, r := range joined {
			written(t, func(d compilers.Dialect, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
				return d.Compile(r, opt)
			})
		}
		linked, found := parse.Link(file.Rules, file.Correlations)
		if found.HasErrors() {
			return
		}
		correlations, _ := ir.LowerCorrelations(linked, lowered)
		for _, c := range correlations {
			written(t, func(d compilers.Dialect, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
				return d.CompileCorrelation(c, opt)
			})
		}
	})
}

// written writes in every dialect, data model and place of lists.
func written(t *testing.T, compile func(compilers.Dialect, compilers.Options) (*compilers.Query, diag.Diagnostics)) {
	for _, d := range dialects.All {
		for _, name := range schema.Preferred(d.Name()) {
			m, err := schema.Load(name)
			require.NoError(t, err)
			for _, lists := range compilers.ListPlaces {
				opt := compilers.Options{Model: m, Approximate: []string{"all"}, Lists: lists}
				q, found := compile(d, opt)
				require.Equal(t, q == nil, found.HasErrors(), "%s: %v", name, found)
				if q != nil {
					again, _ := compile(d, opt)
					assert.Equal(t, q, again)
				}
			}
		}
	}
}
