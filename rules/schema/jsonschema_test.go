package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/tests/fixture"
)

// textKeys gives a document the keys that JSON has: levels are numbers in YAML.
func textKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = textKeys(inner)
		}
	case map[any]any:
		out := map[string]any{}
		for k, inner := range v {
			out[fmt.Sprint(k)] = textKeys(inner)
		}
		return out
	case []any:
		for i, inner := range v {
			v[i] = textKeys(inner)
		}
	}
	return v
}

func TestTheSchemaTakesTheShippedModels(t *testing.T) {
	compiled := fixture.Schema(t, JSONSchema)
	for _, name := range Names() {
		data, err := shipped.ReadFile("models/" + name + ".yml")
		require.NoError(t, err)
		var v any
		require.NoError(t, yaml.Unmarshal(data, &v))
		assert.NoError(t, compiled.Validate(textKeys(v)), name)
	}
}

// TestTheSchemaAgreesWithTheReader holds the two to each other on what a model may say.
func TestTheSchemaAgreesWithTheReader(t *testing.T) {
	compiled := fixture.Schema(t, JSONSchema)
	for text, ok := range map[string]bool{
		"recognise: [{fields: [a]}, {any: [a, b], without: [c]}, {values: {a: [x*, 5]}}]": true,
		"sources: [{name: a, ancestors: {1: {Image: {column: b}}}, keys: {0: [c]}}]":      true,
		"recognise: [{without: [a]}]":                                false,
		"recognise: [{values: {a: []}}]":                             false,
		"recognise: [{fields: ['']}]":                                false,
		"recognise: [{field: [a]}]":                                  false,
		"recognize: []":                                              false,
		"lists: table":                                               false,
		"sources: [{fields: {a: {column: b}}}]":                      false,
		"sources: [{name: a, fields: {a: {}}}]":                      false,
		"sources: [{name: a, fields: {a: {column: b, type: text}}}]": false,
		"sources: [{name: a, entities: {owner: {column: b}}}]":       false,
		"sources: [{name: a, ancestors: {6: {}}}]":                   false,
		"dialect: kql\nempty_is_missing: true":                       true,
		"dialect: kql\nempty_is_missing: false":                      false,
		"dialect: spl\nempty_is_missing: false":                      true,
		"empty_is_missing: false":                                    true,
	} {
		text = "name: mine\nextends: windows\n" + text
		var v any
		require.NoError(t, yaml.Unmarshal([]byte(text), &v))
		_, err := read("m.yml", []byte(text))
		assert.Equal(t, ok, err == nil, "%s: %v", text, err)
		found := compiled.Validate(textKeys(v))
		assert.Equal(t, ok, found == nil, "%s: %v", text, found)
	}
}

// TestTheSchemaHasEveryKey: what a model's types can read is in the schema, and nothing else.
func TestTheSchemaHasEveryKey(t *testing.T) {
	type object struct {
		Properties map[string]any
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(JSONSchema, &schema))
	for _, c := range []struct {
		of   any
		have map[string]any
	}{
		{Model{}, schema.Properties}, {Source{}, schema.Defs["source"].Properties}, {Column{}, schema.Defs["column"].Properties}, {ScopeTest{}, schema.Defs["scope"].Properties},
		{Sign{}, schema.Defs["sign"].Properties}, {Reputation{}, schema.Defs["reputation"].Properties},
	} {
		var want, have []string
		for i := range reflect.TypeOf(c.of).NumField() {
			if name, _, _ := strings.Cut(reflect.TypeOf(c.of).Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
				want = append(want, name)
			}
		}
		for name := range c.have {
			have = append(have, name)
		}
		slices.Sort(want)
		slices.Sort(have)
		assert.Equal(t, want, have, "%T", c.of)
	}
}
