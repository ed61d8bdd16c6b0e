package regression

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules/library"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
)

func TestTheSchemaTakesTheLibrarysTests(t *testing.T) {
	compiled, checked := fixture.Schema(t, JSONSchema), 0
	require.NoError(t, fs.WalkDir(library.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".test.yml") {
			return err
		}
		data, err := fs.ReadFile(library.FS(), p)
		require.NoError(t, err)
		var v any
		require.NoError(t, yaml.Unmarshal(data, &v))
		assert.NoError(t, compiled.Validate(v), p)
		checked++
		return nil
	}))
	assert.GreaterOrEqual(t, checked, 2)
}

// TestTheSchemaAgreesWithTheReader holds the two to each other on what a test file may say.
func TestTheSchemaAgreesWithTheReader(t *testing.T) {
	compiled := fixture.Schema(t, JSONSchema)
	const event = "events: [{id: a}]"
	for text, ok := range map[string]bool{
		"cases: [{name: a, " + event + ", expect: {ids: [a, 5]}}]":                                                                                                                 true,
		"cases: [{name: a, " + event + ", expect: {indexes: []}}]":                                                                                                                 true,
		"cases: [{name: a, events: '{\"id\":1}', expect: {count: 0}}]":                                                                                                             true,
		"cases: [{name: a, " + event + ", expect: {none: true}}, {name: b, " + event + ", same_as: {case: a, by: count}}]":                                                         true,
		"fixtures: {f: {" + event + ", reputation: [{sha1: x, GlobalPrevalence: 5}]}}\ncases: [{name: a, use: f, model: mde, expect: {at_least: 1}}]":                              true,
		"cases: [{name: a, " + event + ", expect: {none: true, details: [{id: a, selections: [], ancestors: {level: 1, found: false}, prevalence: {p: {rank: 1, rare: true}}}]}}]": true,
		"cases: [{name: a, rule: one, " + event + ", expect: {none: true}}]":                                                                                                       true,
		"cases: [{name: a, rule: [one], " + event + ", expect: {none: true}}]":                                                                                                     false,
		"cases: []": false,
		"case: [{name: a, " + event + ", expect: {none: true}}]":                      false,
		"cases: [{" + event + ", expect: {none: true}}]":                              false,
		"cases: [{name: a, expect: {none: true}}]":                                    false,
		"cases: [{name: a, " + event + "}]":                                           false,
		"cases: [{name: a, " + event + ", expect: {none: true, count: 0}}]":           false,
		"cases: [{name: a, " + event + ", expect: {id: [a]}}]":                        false,
		"cases: [{name: a, " + event + ", expect: {none: false}}]":                    false,
		"cases: [{name: a, " + event + ", expect: {count: -1}}]":                      false,
		"cases: [{name: a, model: no, " + event + ", expect: {count: 1}}]":            false,
		"cases: [{name: a, " + event + ", expect: {none: true, details: [{id: a}]}}]": false,
	} {
		var v any
		require.NoError(t, yaml.Unmarshal([]byte(text), &v))
		_, found := Parse(nil, "t", []byte(text), parse.FilterByForm)
		assert.Equal(t, ok, len(found) == 0, text)
		assert.Equal(t, ok, compiled.Validate(v) == nil, "%s: %v", text, compiled.Validate(v))
	}
}

func TestTheSchemaKnowsTheModels(t *testing.T) {
	var text struct {
		Defs struct {
			Case struct {
				Properties struct{ Model struct{ Enum []string } }
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(JSONSchema, &text))
	assert.Equal(t, schema.Names(), text.Defs.Case.Properties.Model.Enum)
}
