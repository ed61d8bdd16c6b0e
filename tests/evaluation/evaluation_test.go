// Package evaluation holds what each construct of Sigma's specification means, as data: detections, events, and whether
// they match. In: *.yml, written from https://github.com/SigmaHQ/sigma-specification (version 2.1). The engine must
// give each verdict, and each dialect must make a query of the rule or name a gap.
package evaluation

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
)

// construct is a rule, or a part of one, with events that match it and events that do not.
type construct struct {
	Name      string    `yaml:"name"`
	Version   int       `yaml:"version"` // of Sigma
	Lists     yaml.Node `yaml:"lists"`
	Ancestry  yaml.Node `yaml:"ancestry"`
	Item      string    `yaml:"item"`      // one field item: `Image|endswith: x`
	Detection yaml.Node `yaml:"detection"` // or a whole detection
	Filter    yaml.Node `yaml:"filter"`    // of a filter document for the rule
	Matches   []any     `yaml:"matches"`
	Others    []any     `yaml:"others"` // events that do not match
}

// sequence is a file of rules and correlations over a series of events: which of them complete one.
type sequence struct {
	Name   string   `yaml:"name"`
	Rules  string   `yaml:"rules"`
	Events []any    `yaml:"events"`
	Alerts []string `yaml:"alerts"` // ids of the events at which the last correlation of the file matches
}

// least is how many verdicts the tables hold at least: a file that was lost is noticed.
const least = 750

// TestEveryModifierHasVerdicts notices a modifier of which no table says what it means.
func TestEveryModifierHasVerdicts(t *testing.T) {
	data, err := os.ReadFile("modifiers.yml")
	require.NoError(t, err)
	for _, name := range rules.ModifierNames() {
		assert.Regexp(t, `\|`+name+"[|:\"']", string(data), "add verdicts of %s to tests/evaluation/modifiers.yml", name)
	}
}

func TestVerdicts(t *testing.T) {
	files, err := filepath.Glob("*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	count := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var table struct {
			Constructs []construct `yaml:"constructs"`
			Sequences  []sequence  `yaml:"sequences"`
		}
		require.NoError(t, yaml.Unmarshal(data, &table), file)
		require.NotEmpty(t, len(table.Constructs)+len(table.Sequences), file)
		for _, c := range table.Constructs {
			count += len(c.Matches) + len(c.Others)
			t.Run(filepath.Base(file)+"/"+c.Name+c.Item, func(t *testing.T) { c.check(t) })
		}
		for _, s := range table.Sequences {
			count += len(s.Events)
			t.Run(filepath.Base(file)+"/"+s.Name, func(t *testing.T) { s.check(t) })
		}
	}
	assert.GreaterOrEqual(t, count, least)
	t.Logf("%d verdicts", count)
}

func (c *construct) check(t *testing.T) {
	require.NotEmpty(t, len(c.Matches)+len(c.Others), "a construct without a verdict")
	rule := c.rule(t)
	for want, events := range map[bool][]any{true: c.Matches, false: c.Others} {
		for _, e := range events {
			assert.Equal(t, want, len(matched(t, []*ir.Rule{rule}, nil, e)) > 0, "%s", raw(t, e))
		}
	}
	compiles(t, func(d compilers.Dialect, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
		return d.Compile(rule, opt)
	})
}

// rule writes the construct as a file and reads it.
func (c *construct) rule(t *testing.T) *ir.Rule {
	doc := map[string]any{"title": "T", "name": "tested", "logsource": map[string]string{"product": "windows", "category": "process_creation"}}
	if c.Version > 0 {
		doc["sigma-version"] = c.Version
	}
	for key, n := range map[string]*yaml.Node{"lists": &c.Lists, "ancestry": &c.Ancestry, "detection": &c.Detection} {
		if n.Kind != 0 {
			doc[key] = n
		}
	}
	text, err := yaml.Marshal(doc)
	require.NoError(t, err)
	if c.Item != "" {
		text = append(text, "detection:\n  s:\n    "+strings.ReplaceAll(c.Item, "\n", "\n    ")+"\n  condition: s\n"...)
	}
	rs, found := parse.Rules("rule.yml", text, nil)
	require.False(t, found.HasErrors(), "%v", found)
	require.Len(t, rs, 1)
	lowered, found := ir.Lower(rs[0])
	require.NotNil(t, lowered, "%v", found)
	if c.Filter.Kind == 0 {
		return lowered
	}
	text, err = yaml.Marshal(map[string]any{"title": "F", "logsource": map[string]string{"product": "windows"}, "filter": &c.Filter})
	require.NoError(t, err)
	filters, found := parse.Filters(source.NewFolder("f", fstest.MapFS{"f.yml": {Data: text}}), "f.yml", parse.FilterByForm)
	require.Len(t, filters, 1, "%v", found)
	if !filters[0].Covers(rs[0]) {
		return lowered
	}
	required, found := ir.LowerFilter(filters[0])
	require.NotNil(t, required, "%v", found)
	return lowered.Filtered(filters[0], required)
}

func (s *sequence) check(t *testing.T) {
	read, found := parse.Documents("rules.yml", []byte(s.Rules), nil)
	require.False(t, found.HasErrors(), "%v", found)
	lowered := map[*rules.Rule]*ir.Rule{}
	var rs []*ir.Rule
	for _, r := range read.Rules {
		one, found := ir.Lower(r)
		require.NotNil(t, one, "%v", found)
		lowered[r] = one
		rs = append(rs, one)
	}
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.False(t, found.HasErrors(), "%v", found)
	correlations, found := ir.LowerCorrelations(linked, lowered)
	require.False(t, found.HasErrors(), "%v", found)
	require.NotEmpty(t, correlations)
	tested := read.Correlations[len(read.Correlations)-1].Body
	alerts := []string{}
	for _, r := range matched(t, rs, correlations, s.Events...) {
		if r.Rule.Source == tested {
			alerts = append(alerts, r.EventID)
		}
	}
	assert.Equal(t, append([]string{}, s.Alerts...), alerts)
	for _, c := range correlations {
		compiles(t, func(d compilers.Dialect, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
			return d.CompileCorrelation(c, opt)
		})
	}
}

func raw(t *testing.T, e any) []byte {
	data, err := json.Marshal(e)
	require.NoError(t, err)
	return data
}

func matched(t *testing.T, rs []*ir.Rule, cs []*ir.Correlation, events ...any) []engine.Result {
	model, err := schema.Load("sigma")
	require.NoError(t, err)
	e, found := engine.New(rs, engine.Options{Model: model, Correlations: cs})
	require.Empty(t, found)
	for i, one := range events {
		require.NoError(t, e.Add(&event.Event{Source: "case", Line: i + 1, Raw: raw(t, one)}))
	}
	results, _, err := e.Finish()
	require.NoError(t, err)
	return results
}

// compiles holds each dialect to a query, or to gaps that have a code and a place.
func compiles(t *testing.T, compile func(compilers.Dialect, compilers.Options) (*compilers.Query, diag.Diagnostics)) {
	for _, dialect := range dialects.All {
		model := schema.Preferred(dialect.Name())[0]
		m, err := schema.Load(model)
		require.NoError(t, err)
		query, found := compile(dialect, compilers.Options{Model: m})
		if query != nil {
			assert.NotEmpty(t, query.Text)
			continue
		}
		require.True(t, found.HasErrors(), fmt.Sprint(model, " gives neither a query nor a reason"))
		for _, d := range found {
			assert.NotEmpty(t, d.Code)
			assert.NotZero(t, d.Range.Start.Line, "%v", d)
		}
	}
}
