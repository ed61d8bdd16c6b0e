package ir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
)

func lowerText(t *testing.T, extract, detection string) (*ir.Rule, []string) {
	t.Helper()
	rs, found := parse.Rules("r.yml", []byte("title: T\nlogsource: {product: windows}\nextract:\n"+extract+"detection:\n  a: {"+detection+"}\n  condition: a\n"), nil)
	require.False(t, found.HasErrors(), "%v", found)
	r, found := ir.Lower(rs[0])
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return r, codes
}

// TestExtractsAreRefused names what lowering does not take.
func TestExtractsAreRefused(t *testing.T) {
	for extract, code := range map[string]string{
		"{field: F, re: 'a'}":                                  "extract-without-group",
		"{field: F, re: 'a('}":                                 "invalid-regex",
		"{field: F, re: '(?<=x)(a)'}":                          "unsupported-regex",
		"{field: F, re: '(a)(?=b)'}":                           "unsupported-regex",
		"{field: F, re: '(a$)'}":                               "unsupported-regex",
		"{field: F, re: '(?m)^(a)'}":                           "unsupported-regex",
		"{field: F, re: '(a{2000})'}":                          "unsupported-regex",
		"{field: GrandParentImage, argv: 0}":                   "extract-ancestor",
		"{field: F, map: [{exists: true, to: a}]}":             "invalid-map",
		"{field: F, map: [{equals: null, to: a}]}":             "invalid-map",
		"{field: F, map: [{'re': '(a)\\1', to: a}]}":           "unsupported-regex",
		"{field: F, map: [{'fieldref': G, to: a}]}":            "invalid-map",
		"{field: F, map: [{'contains|startswith': G, to: a}]}": "modifier-conflict",
	} {
		_, codes := lowerText(t, "  X: "+extract+"\n", "X: a")
		assert.Contains(t, codes, code, extract)
	}
}

// TestExtractsOfARule finds extracts by their names, and what they read.
func TestExtractsOfARule(t *testing.T) {
	r, codes := lowerText(t, "  X: {field: F, argv: 1}\n  Y: {text: '{X}{ParentImage}{X}'}\n", "Y: a, G|fieldref: X")
	require.Empty(t, codes)
	y := r.Own(ir.Field{Name: "Y"})
	require.NotNil(t, y.Extract)
	assert.Equal(t, []ir.Field{{Name: "F"}, {Name: "Image", Level: 1}}, y.Reads())
	assert.Equal(t, "ParentImage", y.Reads()[1].SigmaName())
	assert.Equal(t, "GrandParentImage", ir.Field{Name: "Image", Level: 2}.SigmaName())
	assert.Nil(t, r.Own(ir.Field{Name: "Z"}).Extract)
	assert.Nil(t, (*ir.Rule)(nil).Own(ir.Field{Name: "Y"}).Extract)
	assert.Contains(t, ir.Dump(r), "extract X: F; argv 1\n")
	assert.NotEqual(t, r.Extracts[0].Describe(), y.Extract.Describe())

	spec := *r.Extracts[0].Spec
	spec.At = 2
	changed := *r.Extracts[0]
	changed.Spec = &spec
	other := r.WithExtract(r.Extracts[0], &changed)
	assert.NotEqual(t, other.Own(ir.Field{Name: "Y"}).Extract.Describe(), y.Extract.Describe())
	assert.Contains(t, ir.Dump(other), "extract X: F; argv 2\n")
	assert.Contains(t, ir.Dump(r), "extract X: F; argv 1\n", "the rule itself stays")
	r, codes = lowerText(t, "  M: {field: F, map: [{contains|all: [a, b], to: x}, {'re': c, to: y}]}\n", "M: x")
	require.Empty(t, codes)
	assert.Contains(t, r.Extracts[0].Describe(), `contains ["a"] false`)
	assert.Empty(t, ir.Examine(r.Source))
	assert.NotNil(t, r.Filtered(&rules.Filter{Body: &rules.Rule{}}, r.Condition).Filter)
	assert.False(t, ir.AsksPrevalence(r.Condition))
	assert.Equal(t, "F", ir.Anonymous(r.Extracts[0].Rows[0].When).(*ir.And).Terms[0].(*ir.Match).Field.Name)
	assert.True(t, ir.WhenMissing(&ir.Exists{}))
	assert.NotNil(t, ir.URLPart("host").Parse())
	assert.Equal(t, []string{"F"}, []string{spec.Reads()[0].Name})
	assert.Equal(t, rules.ExtractArgv, spec.Op)
}

// TestExtractsWithSeveralValues are refused where one value is read, also in the rules that a join or a correlation
// reads.
func TestExtractsWithSeveralValues(t *testing.T) {
	const several = "extract:\n  All: {field: CommandLine, argv: any}\n  Lower: {field: All, lower: true}\n  One: {text: '{All}'}\n"
	rule := func(sections, condition string) string {
		return "title: T\nname: t\nlogsource: {product: windows}\n" + several + sections + "detection:\n  a: {All: x}\n  condition: " + condition + "\n"
	}
	counts := func(parts string) string {
		return rule("", "a") + "---\ntitle: C\ncorrelation: {rules: [t], timespan: 1h, " + parts + "}\n"
	}
	joins := func(parts string) string {
		return "title: J\nlogsource: {product: windows}\njoins: {j: {rule: t, before: 1h, " + parts + "}}\ndetection:\n  a: {CommandLine: x}\n  condition: a and j\n---\n" + rule("", "a")
	}
	for text, want := range map[string]string{
		rule("first_seen: {f: {fields: [All], over: 1d}}\n", "a and f"):                         "first_seen reads one value, and the extract \"All\" has several",
		rule("first_seen: {f: {fields: [Lower], over: 1d}}\n", "a and f"):                       "first_seen reads one value, and the extract \"Lower\" has several",
		rule("first_seen: {f: {fields: [One], over: 1d}}\n", "a and f"):                         "",
		rule("suppress: {by: [All], for: 1h}\n", "a"):                                           "suppress reads one value, and the extract \"All\" has several",
		rule("prevalence: {p: {field: Lower, local: {distinct: host, lte: 2}}}\n", "a and p"):   "prevalence \"p\" counts an extract of several values",
		joins("same: {User: Lower}"):                                                            "same reads one value, and the extract \"Lower\" has several",
		joins("same: {User: One}"):                                                              "",
		joins("same: [User], count: {distinct: All, gte: 2}"):                                   "distinct reads one value, and the extract \"All\" has several",
		counts("type: event_count, group-by: [All], condition: {gte: 2}"):                       "group-by reads one value, and the extract \"All\" has several",
		counts("type: event_count, group-by: [x], aliases: {x: {t: All}}, condition: {gte: 2}"): "group-by reads one value, and the extract \"All\" has several",
		counts("type: value_count, condition: {field: All, gte: 2}"):                            "field reads one value, and the extract \"All\" has several",
		counts("type: event_count, group-by: [One], condition: {gte: 2}"):                       "",
		counts("type: event_count, condition: {gte: 2}") + "suppress: {by: [All], for: 1h}\n":   "suppress reads one value, and the extract \"All\" has several",
		counts("type: event_count, condition: {gte: 2}") + "name: c\n---\ntitle: D\ncorrelation: {rules: [c], type: event_count, timespan: 1h, group-by: [All], condition: {gte: 2}}\n": "group-by reads one value, and the extract \"All\" has several",
	} {
		file, found := parse.Documents("r.yml", []byte(text), nil)
		require.False(t, found.HasErrors(), "%v\n%s", found, text)
		_, found = parse.LinkJoins(file.Rules, file.Correlations)
		require.Empty(t, found)
		linked, found := parse.Link(file.Rules, file.Correlations)
		require.Empty(t, found)
		lowered := map[*rules.Rule]*ir.Rule{}
		var trees []*ir.Rule
		var all diag.Diagnostics
		for _, r := range file.Rules {
			tree, more := ir.Lower(r)
			if all = append(all, more...); tree != nil {
				lowered[r], trees = tree, append(trees, tree)
			}
		}
		if !all.HasErrors() {
			_, more := ir.LinkJoins(trees, lowered)
			all = append(all, more...)
			_, more = ir.LowerCorrelations(linked, lowered)
			all = append(all, more...)
		}
		if want == "" {
			assert.Empty(t, all, text)
			continue
		}
		require.Len(t, all, 1, text)
		assert.Equal(t, want, all[0].Message, text)
		assert.Contains(t, []string{"extract-several", "prevalence-extract"}, all[0].Code)
		assert.NotEmpty(t, all[0].Hint)
		assert.Positive(t, all[0].Range.Start.Line)
	}
}
