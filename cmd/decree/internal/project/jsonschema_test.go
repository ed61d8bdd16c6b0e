package project

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/clitest"
	"decree/compilers/dialects"
	"decree/compilers/packages/formats"
	"decree/rules"
	"decree/tests/fixture"
)

// write writes the files of an archive into the working folder.
func write(t *testing.T, archive string) {
	t.Helper()
	require.NoError(t, txtar.Write(txtar.Parse([]byte(archive)), "."))
}

// TestTheSchemaAgreesWithTheReader holds the two to each other on what a project file may say.
func TestTheSchemaAgreesWithTheReader(t *testing.T) {
	clitest.Files(t, whole)
	require.NoError(t, os.Mkdir("../shared", 0o755))
	defer func() { require.NoError(t, os.RemoveAll(filepath.Join("..", "shared"))) }()
	compiled := fixture.Schema(t, JSONSchema)
	file, err := os.ReadFile(FileName)
	require.NoError(t, err)
	for text, ok := range map[string]bool{
		string(file):   true,
		"rules: rules": true,
		"rules: rules\ntests: {require: stable}\napproximate: all\nfail_on: skipped": true,
		"rules: rules\ndocs:": true,
		"rules: rules\ndocs: {title: Ours, links: {Wiki: 'https://example.org/wiki'}}": true,
		"rules: rules\ndocs: {links: {Wiki: 'javascript:alert(1)'}}":                   false,
		"rules: rules\ndocs: {links: {'': 'https://example.org'}}":                     false,
		"rules: rules\ndocs: {theme: dark}":                                            false,
		"{}":                                                                           false,
		"rule: rules":                                                                  false,
		"rules: ['']":                                                                  false,
		"rules: rules\ntests: {require: [new]}":                                        false,
		"rules: rules\ntests: {min_coverage: -1}":                                      false,
		"rules: rules\nlint: {strict: 5}":                                              false,
		"rules: rules\nlint: {severity: {missing-date: fatal}}":                        false,
		"rules: rules\nfail_on: [warning]":                                             false,
		"rules: rules\ntargets: {a: {dialect: eql, except: [b, rules/c]}}":             true,
		"rules: rules\ntargets: {a: {dialect: eql, except: ['']}}":                     false,
		"rules: rules\ntargets: {a: {dialect: eql, except: {b: c}}}":                   false,
		"rules: rules\ntargets: {a: {}}":                                               false,
		"rules: rules\ntargets: {a/b: {dialect: kql}}":                                 false,
		"rules: rules\ntargets: {a: {dialect: sql}}":                                   false,
		"rules: rules\ntargets: {a: {dialect: kql, package: other}}":                   false,
		"rules: rules\ntargets: {a: {dialect: spl, scope: {'a b': x}}}":                false,
		"rules: rules\ntargets: {a: {dialect: spl, scope: {windows: ''}}}":             false,
	} {
		var v any
		require.NoError(t, yaml.Unmarshal([]byte(text), &v))
		_, got := found(t, text)
		assert.Equal(t, ok, len(got) == 0, "%s: %v", text, got)
		assert.Equal(t, ok, compiled.Validate(v) == nil, "%s: %v", text, compiled.Validate(v))
	}
}

// TestTheSchemaHasTheKeysOfTheTables: editors complete what the reader reads, and no more.
func TestTheSchemaHasTheKeysOfTheTables(t *testing.T) {
	type object struct {
		Properties           map[string]json.RawMessage
		AdditionalProperties json.RawMessage
		Enum                 []string
	}
	at := func(text json.RawMessage) (out object) {
		require.NoError(t, json.Unmarshal(text, &out))
		return out
	}
	top := at(JSONSchema)
	var defs struct {
		Defs map[string]object `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(JSONSchema, &defs))
	target := at(at(top.Properties["targets"]).AdditionalProperties)
	for _, c := range []struct {
		keys []string
		has  object
	}{{names(projectKeys), top}, {names(testKeys), at(top.Properties["tests"])}, {names(lintKeys), at(top.Properties["lint"])}, {names(targetKeys), target}, {names(appKeys), defs.Defs["app"]}, {names(docsKeys), at(top.Properties["docs"])}} {
		assert.ElementsMatch(t, c.keys, slices.Collect(maps.Keys(c.has.Properties)))
	}
	assert.Equal(t, dialects.Names(), at(target.Properties["dialect"]).Enum)
	assert.Equal(t, formats.Names(), at(target.Properties["package"]).Enum)
	assert.Equal(t, rules.Statuses(), defs.Defs["status"].Enum)
	assert.Equal(t, outcomes(), defs.Defs["outcome"].Enum)
}
