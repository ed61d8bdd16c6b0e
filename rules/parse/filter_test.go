package parse

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

func parseFiltersAs(t testing.TB, how FilterCondition, text string) ([]*rules.Filter, diag.Diagnostics) {
	t.Helper()
	folder := source.NewFolder("f", fstest.MapFS{"x.yml": {Data: []byte(text)}})
	return Filters(folder, "x.yml", how)
}

func codesIn(found diag.Diagnostics) []string {
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return codes
}

const filterHead = "title: T\nlogsource: {product: windows, category: process_creation}\n"

func TestFilters(t *testing.T) {
	cases := []struct {
		name, text string
		codes      []string
	}{
		{"ids and names", filterHead + "filter: {rules: [a, b], s: {F: x}, condition: not s}", nil},
		{"any", filterHead + "filter: {rules: any, s: {F: x}, condition: not s}", nil},
		{"one name", filterHead + "filter: {rules: a, s: {F: x}, condition: not s}", nil},
		{"two documents", filterHead + "filter: {rules: any, s: {F: x}, condition: not s}\n---\n" + filterHead + "filter: {rules: any, s: {F: x}, condition: not s}", nil},
		{"no rules", filterHead + "filter: {s: {F: x}, condition: not s}", []string{"filter-without-rules"}},
		{"empty rules", filterHead + "filter: {rules: [], s: {F: x}, condition: not s}", []string{"filter-without-rules"}},
		{"rules without a value", filterHead + "filter: {rules: , s: {F: x}, condition: not s}", []string{"filter-without-rules"}},
		{"without not", filterHead + "filter: {rules: any, s: {F: x}, condition: s}", []string{"filter-without-not"}},
		{"not in a part", filterHead + "filter: {rules: any, s: {F: x}, t: {F: y}, condition: s and not t}", []string{"filter-mixed-condition"}},
		{"rules that are no names", filterHead + "filter: {rules: [{a: b}], s: {F: x}, condition: not s}", []string{"wrong-type"}},
		{"no condition", filterHead + "filter: {rules: any, s: {F: x}}", []string{"missing-condition"}},
		{"no log source", "title: T\nfilter: {rules: any, s: {F: x}, condition: not s}", []string{"missing-logsource"}},
		{"a rule", filterHead + "detection: {s: {F: x}, condition: s}", []string{"not-a-filter"}},
		{"a correlation", "title: T\ncorrelation: {type: event_count}", []string{"not-a-filter"}},
		{"a rule that is a filter too", filterHead + "detection: {s: {F: x}, condition: s}\nfilter: {rules: any, s: {F: x}, condition: not s}", []string{"unknown-key"}},
		{"an empty document behind it", filterHead + "filter: {rules: any, s: {F: x}, condition: not s}\n---\n", nil},
		{"no mapping", "filters/deployment.yml", []string{"not-a-rule"}},
		{"a text", filterHead + "filter: x", []string{"wrong-type"}},
		{"rarity", filterHead + "prevalence: {p: {field: sha1}}\nfilter: {rules: any, s: {F: x}, condition: not s}", []string{"filter-prevalence"}},
		{"an unknown modifier", filterHead + "filter: {rules: any, s: {F|contans: x}, condition: not s}", []string{"unknown-modifier"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fs, found := parseFiltersAs(t, FilterByForm, c.text)
			assert.Equal(t, c.codes, codesIn(found))
			assert.Equal(t, !found.HasErrors(), len(fs) > 0)
		})
	}
}

// TestFilterConditions says what each form of a condition asks of the events of a rule.
func TestFilterConditions(t *testing.T) {
	const unsure = "" // an error
	cases := []struct{ condition, byForm, suppress, require string }{
		{"a", "not a", "not a", "a"},
		{"1 of a*", "not 1 of a*", "not 1 of a*", "1 of a*"},
		{"a and b", "not (a and b)", "not (a and b)", "a and b"},
		{"not a", "not a", "not not a", "not a"},
		{"not 1 of a*", "not 1 of a*", "not not 1 of a*", "not 1 of a*"},
		{"not all of them", "not all of them", "not not all of them", "not all of them"},
		{"not (a or b)", "not (a or b)", "not not (a or b)", "not (a or b)"},
		{"(not (a))", "not a", "not not a", "not a"},
		{"not (a and not b)", "not (a and not b)", "not not (a and not b)", "not (a and not b)"},
		{"not a and not b", "not a and not b", "not (not a and not b)", "not a and not b"},
		{"not a or not 1 of b*", "not a or not 1 of b*", "not (not a or not 1 of b*)", "not a or not 1 of b*"},
		{"a and not b", unsure, "not (a and not b)", "a and not b"},
		{"not a and b", unsure, "not (not a and b)", "not a and b"},
		{"a or not b", unsure, "not (a or not b)", "a or not b"},
		{"not not a", unsure, "not not not a", "not not a"},
		{"[not a, not b]", "not a and not b", "not not a and not not b", "not a and not b"},
		{"[a, b]", "not a and not b", "not a and not b", "a and b"},
		{"[a or b, not b]", "not (a or b) and not b", "not (a or b) and not not b", "(a or b) and not b"},
	}
	for _, c := range cases {
		text := filterHead + "filter: {rules: any, a: {F: x}, b: {F: y}, condition: " + c.condition + "}"
		for how, want := range map[FilterCondition]string{FilterByForm: c.byForm, FilterSuppress: c.suppress, FilterRequire: c.require} {
			t.Run(c.condition+" "+string(how), func(t *testing.T) {
				fs, found := parseFiltersAs(t, how, text)
				if want == unsure {
					assert.Equal(t, []string{"filter-mixed-condition"}, codesIn(found))
					assert.Empty(t, fs)
					return
				}
				require.Len(t, fs, 1, "%v", found)
				assert.Equal(t, want, fs[0].Required.String())
			})
		}
	}
}

// TestFilterConditionFindings says what is noted about conditions that tools read differently.
func TestFilterConditionFindings(t *testing.T) {
	for _, c := range []struct {
		how             FilterCondition
		condition, want string
	}{
		{FilterByForm, "s", "warning filter-without-not write `not s`, which every tool reads the same way"},
		{FilterByForm, "1 of s*", "warning filter-without-not write `not 1 of s*`, which every tool reads the same way"},
		{FilterByForm, "s or s", "warning filter-without-not write `not (s or s)`, which every tool reads the same way"},
		{FilterByForm, "not s", ""},
		{FilterSuppress, "s", ""},
		{FilterSuppress, "not s", "warning filter-keeps-only remove `not` to suppress them"},
		{FilterSuppress, "s and not s", ""},
		{FilterRequire, "s", "warning filter-keeps-only write `not s` to suppress them"},
		{FilterRequire, "not s", ""},
		{FilterRequire, "s and not s", ""},
	} {
		fs, found := parseFiltersAs(t, c.how, filterHead+"filter: {rules: any, s: {F: x}, condition: "+c.condition+"}")
		assert.Len(t, fs, 1)
		got := ""
		for _, d := range found {
			got += d.Severity.String() + " " + d.Code + " " + d.Hint
		}
		assert.Equal(t, c.want, got, "%s: %s", c.how, c.condition)
	}
}

func TestFilterCovers(t *testing.T) {
	r := &rules.Rule{ID: "AB-1", Name: "who", LogSource: rules.LogSource{Product: "windows", Category: "process_creation"}}
	cases := []struct {
		source, rules string
		want          bool
	}{
		{"{product: windows}", "any", true},
		{"{product: Windows, category: process_creation}", "[ab-1]", true},
		{"{category: process_creation}", "[other, who]", true},
		{"{product: windows}", "[Who]", false},
		{"{product: windows}", "['']", false},
		{"{product: linux}", "any", false},
		{"{product: windows, service: security}", "any", false},
	}
	for _, c := range cases {
		fs, _ := parseFiltersAs(t, FilterByForm, "title: T\nlogsource: "+c.source+"\nfilter: {rules: "+c.rules+", s: {F: x}, condition: s}")
		if len(fs) == 0 {
			assert.False(t, c.want, c)
			continue
		}
		assert.Equal(t, c.want, fs[0].Covers(r), c)
	}
}

// FuzzFilters feeds anything to the filter parser.
func FuzzFilters(f *testing.F) {
	f.Add(filterHead + "filter: {rules: [a], s: {F: x}, condition: s}")
	f.Add("filter: [1]\nprevalence: x")
	f.Add("0\x000") // half a character of UTF-16: no line to point at
	f.Fuzz(func(t *testing.T, text string) {
		fs, found := parseFiltersAs(t, FilterByForm, text)
		for _, d := range found {
			assert.NotEmpty(t, d.Code)
			assert.True(t, d.Range.Start.Line >= 1 || d.Code == source.UnreadableFile, d)
		}
		for _, filter := range fs {
			require.True(t, filter.Any || len(filter.Rules) > 0)
			require.NotEmpty(t, filter.Body.Conditions)
			require.NotNil(t, filter.Required)
		}
	})
}
