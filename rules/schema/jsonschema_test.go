package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
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
		"recognise: [{fields: [a]}, {any: [a, b], without: [c]}, {values: {a: [x*, 5]}}]":         true,
		"sources: [{name: a, category: a, ancestors: {1: {Image: {column: b}}}, keys: {0: [c]}}]": true,
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
		"sources: [{name: a, category: a, fields: {a: {column: b, instead: {column: c, when: d, is: [e]}}}}]": true,
		"sources: [{name: a, fields: {a: {column: b, instead: {column: c, when: d}}}}]":                       false,
		"sources: [{name: a, fields: {a: {column: b, instead: {column: c, when: d, is: []}}}}]":               false,
		"sources: [{name: a, ancestors: {6: {}}}]":                                                            false,
		"sources: [{name: a, category: a, fields: {a: {column: b, values: {x: y, z: [1, 'true']}}}}]":         true,
		"sources: [{name: a, fields: {a: {column: b, values: {x: []}}}}]":                                     false,
		"sources: [{name: a, category: a, below: {a: b, c: [d, e]}}]":                                         true,
		"sources: [{name: a, below: {a: []}}]":                                                                false,
		"sources: [{name: a, below: {a: [b, '']}}]":                                                           false,
		"sources: [{name: a, below: {a: {b: c}}}]":                                                            false,
		"dialect: kql\nempty_is_missing: true":                                                                true,
		"dialect: kql\nempty_is_missing: false":                                                               false,
		"dialect: kql\nempty_is_missing: ~":                                                                   true,
		"dialect: spl\nempty_is_missing: false":                                                               true,
		"empty_is_missing: false":                                                                             true,
	} {
		assert.Equal(t, ok, agree(t, compiled, "name: mine\nextends: windows\n"+text), text)
	}
}

// TestTheSchemaKnowsModelsOfKQL: a model has the dialect of the shipped model that it extends, unless it names another.
func TestTheSchemaKnowsModelsOfKQL(t *testing.T) {
	compiled := fixture.Schema(t, JSONSchema)
	for _, name := range Names() {
		agree(t, compiled, "name: mine\nextends: "+name+"\nempty_is_missing: false\n")
	}
	assert.True(t, agree(t, compiled, "name: mine\nextends: sentinel\ndialect: spl\nempty_is_missing: false\n"))
}

// TestTheSchemaAgreesOnNull: of any key but those that must be there, null is as if the key were not there, or takes
// away what the extended model says.
func TestTheSchemaAgreesOnNull(t *testing.T) {
	compiled := fixture.Schema(t, JSONSchema)
	for _, c := range []struct {
		of   any
		form string
	}{
		{Model{}, "%s: ~"}, {Source{}, "sources: [{name: sysmon_process_creation, %s: ~}]"},
		{Column{}, "sources: [{name: sysmon_process_creation, fields: {A: {column: b, %s: ~}}}]"},
		{ScopeTest{}, "sources: [{name: sysmon_process_creation, scope: [{column: b, values: [c], %s: ~}]}]"},
		{Sign{}, "recognise: [{any: [b], %s: ~}]"}, {Reputation{}, "sources: [{name: sysmon_process_creation, reputation: {%s: ~}}]"},
	} {
		for _, key := range keys(c.of) {
			text, twice := fmt.Sprintf(c.form, key), map[string]any{}
			if key == "extends" {
				continue // all other keys would have to be there
			}
			if key != "name" || reflect.TypeOf(c.of) != reflect.TypeOf(Model{}) {
				text = "name: mine\n" + text
			}
			text = "extends: windows\n" + text
			if yaml.Unmarshal([]byte(text), &twice) == nil { // but keys that are written already
				agree(t, compiled, text)
			}
		}
	}
}

// agree checks that the reader and the schema both accept a model, or neither, and tells which.
func agree(t *testing.T, compiled *jsonschema.Schema, text string) bool {
	var v any
	require.NoError(t, yaml.Unmarshal([]byte(text), &v))
	_, err := read("m.yml", []byte(text))
	found := compiled.Validate(textKeys(v))
	assert.Equal(t, err == nil, found == nil, "%s: %v; %v", text, err, found)
	return err == nil
}

// keys are the keys that a type reads.
func keys(of any) (all []string) {
	for i := range reflect.TypeOf(of).NumField() {
		if name, _, _ := strings.Cut(reflect.TypeOf(of).Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
			all = append(all, name)
		}
	}
	return all
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
		{Filled{}, schema.Defs["source"].Properties["filled"].(map[string]any)["properties"].(map[string]any)},
		{Instead{}, schema.Defs["column"].Properties["instead"].(map[string]any)["properties"].(map[string]any)},
	} {
		want, have := keys(c.of), []string(nil)
		for name := range c.have {
			have = append(have, name)
		}
		slices.Sort(want)
		slices.Sort(have)
		assert.Equal(t, want, have, "%T", c.of)
	}
}
