package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExtractsAreDescribedAsTheyAreMade(t *testing.T) {
	none := "none"
	from := NamedField{Name: "CommandLine"}
	row := MapRow{To: "shell", When: Item{Modifiers: []Modifier{{Name: "contains"}}, Values: []Value{{Text: "cmd"}, {Text: "pwsh"}}}}
	for want, e := range map[string]*Extract{
		"CommandLine; argv 1":                       {Field: from, Op: ExtractArgv, At: 1},
		"CommandLine; argv any":                     {Field: from, Op: ExtractArgv, Any: true},
		`CommandLine; re /user:(\w+); lower`:        {Field: from, Op: ExtractRegex, Expr: NamedField{Name: `/user:(\w+)`}, Case: "lower"},
		`CommandLine; split "/" at -1`:              {Field: from, Op: ExtractSplit, Separator: "/", At: -1},
		"CommandLine; part host":                    {Field: from, Op: ExtractURLPart, URLPart: "host"},
		`CommandLine; trim_start "x"; trim_end "$"`: {Field: from, TrimStart: "x", TrimEnd: "$"},
		`CommandLine; map contains "cmd" or "pwsh" to "shell", equals "x" to "y", default "none"`: {Field: from, Op: ExtractMap, Map: []MapRow{row, {To: "y", When: Item{Values: []Value{{Text: "x"}}}}}, Default: &none},
	} {
		assert.Equal(t, want, e.Describe())
		assert.Equal(t, []NamedField{from}, e.Reads())
	}
	made := &Extract{Name: "Machine", Text: Template{Parts: []TemplatePart{{Text: "CN="}, {Field: NamedField{Name: "Host"}}}}}
	assert.Equal(t, "CN={Host}", made.Describe())
	assert.Equal(t, []NamedField{{Name: "Host"}}, made.Reads())
	r := &Rule{Extracts: []*Extract{made}}
	assert.Same(t, made, r.ExtractNamed("Machine"))
	assert.Nil(t, r.ExtractNamed("machine"))
}

func TestSameLogSources(t *testing.T) {
	a := LogSource{Product: "windows", Category: "file_event", Definition: "x"}
	assert.True(t, a.Same(LogSource{Product: "Windows", Category: "file_event"}))
	assert.False(t, a.Same(LogSource{Product: "windows"}))
	r := &Rule{LogSource: a, OtherLogSources: []LogSource{{Product: "linux"}}}
	assert.Len(t, r.LogSources(), 2)
	of := &Filter{Body: &Rule{LogSource: LogSource{Product: "linux"}}, Any: true}
	assert.True(t, of.Covers(r), "a filter of one of the log sources")
	assert.Equal(t, []LogSource{{Product: "linux"}}, of.CoveredOf(r))
	of.Body.LogSource.Product = ""
	assert.Equal(t, r.LogSources(), of.CoveredOf(r))
	of.Body.LogSource.Product = "macos"
	assert.False(t, of.Covers(r))
}

func TestWords(t *testing.T) {
	assert.Equal(t, "critical", Levels()[len(Levels())-1])
	assert.Contains(t, Statuses(), "stable")
	assert.True(t, BeyondSigma("word"))
	assert.False(t, BeyondSigma("contains"))
}
