package diag

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var some = Diagnostics{
	{Code: "a", Severity: Error, Range: at(2, 3, 2, 7), Message: "50% wrong\n::error::x", Hint: "mend"},
	{Code: "b", Severity: Warning, Range: Range{File: "x,y:z.yml"}, Message: "m"},
	{Code: "a", Severity: Info, Range: at(1, 1, 1, 2), Message: "n"},
}

func TestWriteGitHub(t *testing.T) {
	var b strings.Builder
	WriteGitHub(&b, some)
	assert.Equal(t, "::error file=rule.yml,line=2,endLine=2,col=3,title=a::50%25 wrong\\n::error::x%0Amend\n"+
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
	assert.Equal(t, sarifResult{"a", 0, "error", sarifText{"50% wrong\n::error::x (mend)"},
		[]sarifLocation{{sarifPhysical{sarifArtifact{"rule.yml"}, &sarifRegion{2, 3, 2, 7}}}}}, run.Results[0])
	assert.Nil(t, run.Results[1].Locations[0].Physical.Region)
	assert.Equal(t, "note", run.Results[2].Level)

	b.Reset()
	require.NoError(t, WriteSARIF(&b, nil, "", nil))
	assert.Contains(t, b.String(), `"results": []`)
}
