package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
)

// TestFilters: the fields and values of a filter's tests are checked as those of a rule are, at their places. What only
// rules have is not asked of filters.
func TestFilters(t *testing.T) {
	const head = "title: F\nlogsource: {product: windows, category: process_creation}\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"as the log source has it", head + "filter: {rules: any, s: {Image: x, User: 'D\\y'}, condition: not s}\n", nil},
		{"a user without the domain", head + "filter: {rules: any, s: {User: y}, condition: not s}\n", []string{"c.yml:3:32 user-without-domain write `User|endswith: '\\y'`"}},
		{"a slip", head + "filter: {rules: any, s: {CommandLin: x}, condition: not s}\n", []string{"c.yml:3:26 absent-field did you mean `CommandLine`?"}},
		{"another case", head + "filter: {rules: any, s: {commandline: x}, condition: not s}\n", []string{"c.yml:3:26 unknown-field write `CommandLine`, as the events have it: names that the data model does not map are compared letter by letter"}},
		{"a column of a product", head + "filter: {rules: any, s: {process.command_line: x}, condition: not s}\n", []string{"c.yml:3:26 absent-field write `CommandLine`, which is this column in data model ecs"}},
		{"a column of a product with a name of a file", head + "filter: {rules: any, s: {InitiatingProcessFileName: x}, condition: not s}\n", []string{"c.yml:3:26 absent-field write `ParentImage|filename`, which is this column in data model mde"}},
		{"no such field", head + "filter: {rules: any, s: {Bee: x}, condition: not s}\n", []string{"c.yml:3:26 absent-field remove it, or use the log source that has this field"}},
		{"accepted", head + "filter: {rules: any, s: {Bee: x}, condition: not s} # decree:ignore absent-field our sensor adds it\n", nil},
		{"a field of some of its log sources", "title: F\nlogsource: {product: windows}\nfilter: {rules: any, s: {TargetFilename: x}, condition: not s}\n", nil},
		{"a field of one of several log sources", "title: F\nlogsource:\n  - {product: windows, category: file_event}\n  - {product: windows, category: process_creation}\nfilter: {rules: any, s: {TargetFilename: x}, condition: not s}\n", nil},
		{"a product that is a slip, where some sources are of any product", "title: F\nlogsource: {product: windwos, category: process_creation}\nfilter: {rules: any, s: {Image: x}, condition: not s}\n", []string{"c.yml:2:12 unknown-log-source did you mean `product: windows`?"}},
		{"a product of another vendor", "title: F\nlogsource: {product: bluecoat, category: proxy}\nfilter: {rules: any, s: {c-uri: x}, condition: not s}\n", nil},
		{"a log source with a wildcard", "title: F\nlogsource: {product: '*', category: process_creation}\nfilter: {rules: any, s: {Image: x}, condition: not s}\n", []string{"c.yml:2:12 unknown-log-source leave `product` out if any is meant"}},
		{"a log source that no model has", "title: F\nlogsource: {product: windows, service: securty}\nfilter: {rules: any, s: {Image: x}, condition: not s}\n", []string{"c.yml:2:12 unknown-log-source did you mean `service: security`?"}},
		{"a value twice", head + "filter: {rules: any, s: {Image: [x, X]}, condition: not s}\n", []string{"c.yml:3:37 duplicate-value remove one of them"}},
		{"an unused selection", head + "filter: {rules: any, s: {Image: x}, t: {Image: y}, condition: not s}\n", []string{"c.yml:3:37 unused-selection use it in the condition, or remove it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			filters, found := parse.FilterText("c.yml", []byte(c.text), parse.FilterByForm)
			require.Empty(t, found)
			var got []string
			for _, d := range lint.Run([]lint.File{{Path: "c.yml", Data: []byte(c.text), Filters: filters}}) {
				got = append(got, d.Range.String()+" "+d.Code+" "+d.Hint)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// TestNullAmongKeywordsHasOneFinding: it is an error already.
func TestNullAmongKeywordsHasOneFinding(t *testing.T) {
	file, found := parse.Documents("k.yml", []byte("title: K\nlogsource: {product: linux}\ndetection: {k: [x, null], condition: k}\n"), nil)
	require.Empty(t, found)
	_, found = ir.Lower(file.Rules[0])
	require.True(t, found.HasErrors())
	for _, d := range lint.Run([]lint.File{{Path: "k.yml", Rules: file.Rules, Lowered: []*ir.Rule{nil}}}) {
		assert.NotEqual(t, "null-in-list", d.Code)
	}
}
