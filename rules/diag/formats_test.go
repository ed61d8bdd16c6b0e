package diag

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var some = Diagnostics{
	{Code: "a", Severity: Error, Range: at(2, 3, 2, 7), Message: "50% wrong\n::error::x", Hint: "fix"},
	{Code: "b", Severity: Warning, Range: Range{File: "x,y:z.yml"}, Message: "m"},
	{Code: "a", Severity: Info, Range: at(1, 1, 1, 2), Message: "n"},
}

func TestWriteGitHub(t *testing.T) {
	var b strings.Builder
	WriteGitHub(&b, some)
	assert.Equal(t, "::error file=rule.yml,line=2,endLine=2,col=3,title=a::50%25 wrong\\n::error::x%0Afix\n"+
		"::warning file=x%2Cy%3Az.yml,title=b::m\n"+
		"::notice file=rule.yml,line=1,endLine=1,col=1,title=a::n\n", b.String())
}

func TestWriteSARIF(t *testing.T) {
	var b strings.Builder
	require.NoError(t, WriteSARIF(&b, some, "1.0", func(code string) string { return "why " + code }))
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(b.String()), &log))
	run := log.Runs[0]
	assert.Equal(t, []sarifRule{
		{"a", &sarifText{"why a"}, &sarifText{"why a\n\nExamples: decree validate --explain a"}, sarifDefault{"error"}},
		{"b", &sarifText{"why b"}, &sarifText{"why b\n\nExamples: decree validate --explain b"}, sarifDefault{"warning"}},
	}, run.Tool.Driver.Rules)
	require.Len(t, run.Results, 3)
	assert.Equal(t, sarifResult{"a", 0, "error", sarifText{"50% wrong\n::error::x (fix)"},
		[]sarifLocation{{sarifPhysical{sarifArtifact{"rule.yml"}, &sarifRegion{2, 3, 2, 7}}}}}, run.Results[0])
	assert.Nil(t, run.Results[1].Locations[0].Physical.Region)
	assert.Equal(t, "note", run.Results[2].Level)
	assert.Equal(t, "unicodeCodePoints", run.Columns)

	b.Reset()
	require.NoError(t, WriteSARIF(&b, nil, "", nil))
	assert.Contains(t, b.String(), `"results": []`)
}

// TestPathsInSARIF: a location is a URI reference from which the path can be read.
func TestPathsInSARIF(t *testing.T) {
	for path, uri := range map[string]string{
		"rules/a.yml":            "rules/a.yml",
		"my rules/é#1?x%20.yml":  "my%20rules/%C3%A9%231%3Fx%2520.yml",
		"a:b.yml":                "./a:b.yml",
		"../shared/[x] {y}.yml":  "../shared/%5Bx%5D%20%7By%7D.yml",
		"/home/ann/a b/rule.yml": "file:///home/ann/a%20b/rule.yml",
	} {
		assert.Equal(t, uri, uriOf(path))
		parsed, err := url.Parse(uri)
		require.NoError(t, err)
		assert.Equal(t, filepath.Clean(path), filepath.Clean(parsed.Path))
	}
}

// TestWriteGitLab: a finding keeps its fingerprint when its line moves, and no other has it.
func TestWriteGitLab(t *testing.T) {
	at := func(line int) Range { return Range{File: "rules/x.yml", Start: Position{Line: line, Col: 2}} }
	report := func(lines ...int) []gitlabFinding {
		ds := Diagnostics{{Severity: Warning, Code: "whole-file", Range: Range{File: "rules/y.yml"}, Message: "m", Hint: "h"}}
		for _, line := range lines {
			ds = append(ds, Diagnostic{Severity: Error, Code: "bad", Range: at(line), Message: "same text"})
		}
		var out strings.Builder
		require.NoError(t, WriteGitLab(&out, ds))
		var got []gitlabFinding
		require.NoError(t, json.Unmarshal([]byte(out.String()), &got))
		return got
	}
	before, after := report(5, 9), report(7, 12)
	require.Len(t, before, 3)
	assert.Equal(t, "m: h", before[0].Description)
	assert.Equal(t, "minor", before[0].Severity)
	assert.Equal(t, "rules/y.yml", before[0].Location.Path)
	assert.Equal(t, 1, before[0].Location.Lines.Begin)
	assert.Equal(t, "critical", before[1].Severity)
	assert.Equal(t, 5, before[1].Location.Lines.Begin)
	assert.NotEqual(t, before[1].Fingerprint, before[2].Fingerprint)
	for i := range before {
		assert.Equal(t, before[i].Fingerprint, after[i].Fingerprint)
	}
	var none strings.Builder
	require.NoError(t, WriteGitLab(&none, nil))
	assert.Equal(t, "[]\n", none.String())
}
