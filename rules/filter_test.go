package rules

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parseFilters(t testing.TB, text string) ([]*Filter, []string) {
	t.Helper()
	fs, found := NewFolder("f", fstest.MapFS{"x.yml": {Data: []byte(text)}}).ParseFilters("x.yml")
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return fs, codes
}

const filterHead = "title: T\nlogsource: {product: windows, category: process_creation}\n"

func TestFilters(t *testing.T) {
	cases := []struct {
		name, text string
		codes      []string
	}{
		{"ids and names", filterHead + "filter: {rules: [a, b], s: {F: x}, condition: s}", nil},
		{"any", filterHead + "filter: {rules: any, s: {F: x}, condition: s}", nil},
		{"one name", filterHead + "filter: {rules: a, s: {F: x}, condition: s}", nil},
		{"two documents", filterHead + "filter: {rules: any, s: {F: x}, condition: s}\n---\n" + filterHead + "filter: {rules: any, s: {F: x}, condition: not s}", nil},
		{"no rules", filterHead + "filter: {s: {F: x}, condition: s}", []string{"missing-rules"}},
		{"empty rules", filterHead + "filter: {rules: [], s: {F: x}, condition: s}", []string{"missing-rules"}},
		{"rules that are no names", filterHead + "filter: {rules: [{a: b}], s: {F: x}, condition: s}", []string{"wrong-type"}},
		{"no condition", filterHead + "filter: {rules: any, s: {F: x}}", []string{"missing-condition"}},
		{"no log source", "title: T\nfilter: {rules: any, s: {F: x}, condition: s}", []string{"missing-logsource"}},
		{"a rule", filterHead + "detection: {s: {F: x}, condition: s}", []string{"missing-filter"}},
		{"a text", filterHead + "filter: x", []string{"wrong-type"}},
		{"rarity", filterHead + "prevalence: {p: {field: sha1}}\nfilter: {rules: any, s: {F: x}, condition: s}", []string{"filter-prevalence"}},
		{"an unknown modifier", filterHead + "filter: {rules: any, s: {F|contans: x}, condition: s}", []string{"unknown-modifier"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fs, codes := parseFilters(t, c.text)
			assert.Equal(t, c.codes, codes)
			assert.Equal(t, c.codes == nil, len(fs) > 0)
		})
	}
}

func TestFilterCovers(t *testing.T) {
	r := &Rule{ID: "AB-1", Name: "who", LogSource: LogSource{Product: "windows", Category: "process_creation"}}
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
		fs, _ := parseFilters(t, "title: T\nlogsource: "+c.source+"\nfilter: {rules: "+c.rules+", s: {F: x}, condition: s}")
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
	f.Fuzz(func(t *testing.T, text string) {
		fs, found := NewFolder("f", fstest.MapFS{"x.yml": {Data: []byte(text)}}).ParseFilters("x.yml")
		for _, d := range found {
			assert.NotEmpty(t, d.Code)
			assert.GreaterOrEqual(t, d.Range.Start.Line, 1)
		}
		for _, filter := range fs {
			require.True(t, filter.Any || len(filter.Rules) > 0)
			require.NotEmpty(t, filter.Body.Conditions)
		}
	})
}
