package packages_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// anyProduct is a format that shows every kind of entity.
type anyProduct struct{}

func (anyProduct) Name() string             { return "any" }
func (anyProduct) Title() string            { return "Any product" }
func (anyProduct) Dialect() string          { return "kql" }
func (anyProduct) Models() []string         { return []string{"mde"} }
func (anyProduct) Schedule() rules.Schedule { return packages.DefaultSchedule }
func (anyProduct) Kinds() []string          { return rules.EntityKinds }
func (anyProduct) Package(packages.Settings, []packages.Input) packages.Output {
	return packages.Output{}
}

const process = `
title: Whoami
logsource: {product: windows, category: process_creation}
entities: {process: Image, url: Hashes}
custom_details: {Command: CommandLine}
detection:
  a: {Image|endswith: '\whoami.exe'}
  condition: a
`

func TestMentions(t *testing.T) {
	in := packaged.Rule(t, anyProduct{}, kql.New(), "mde", process)
	assert.Equal(t, []string{"Image", "Hashes", "CommandLine"}, in.Show.Asked, "what the rule names")
	assert.Contains(t, in.Show.Found, "host")
	assert.Contains(t, in.Show.Found, "TargetFilename", "events of a category have its fields")
	mentions, lacking := packages.Mentions(in)
	assert.Equal(t, []string{"package-column"}, codes(lacking), "several hashes are not one column")
	byField := map[string]packages.Mention{}
	for _, m := range mentions {
		byField[m.Field] = m
	}
	assert.Equal(t, packages.Mention{Kind: "process", Part: packages.Path, Column: "FolderPath", Field: "Image", Given: true}, byField["Image"], "named once, by the rule")
	assert.Equal(t, packages.Mention{Kind: "process", Part: packages.CommandLine, Column: "ProcessCommandLine", Field: "CommandLine"}, byField["CommandLine"])
	assert.Equal(t, "DeviceId", byField["host"].Column)
	assert.Equal(t, "SHA1", byField["sha1"].Column)
	assert.NotContains(t, byField, "TargetFilename", "the table has no such column")
}

// TestMentionsOfFieldsThatAreShown names a field of a log without a category where the rule has it under fields, or a
// correlation groups by it.
func TestMentionsOfFieldsThatAreShown(t *testing.T) {
	const failed = "title: Failed\nname: failed\nlogsource: {product: windows, service: security}\ndetection: {a: {EventID: 4625}, condition: a}\n"
	ips := func(in packages.Input) (out []string) {
		mentions, _ := packages.Mentions(in)
		for _, m := range mentions {
			if m.Kind == "ip" {
				out = append(out, m.Column)
			}
		}
		return out
	}
	many := failed + "---\ntitle: Many\ncorrelation: {type: event_count, rules: [failed], group-by: [%s], timespan: 1h, condition: {gte: 3}}\n%s"
	assert.Empty(t, ips(packaged.Rule(t, anyProduct{}, kql.New(), "sentinel", failed)), "an event of another number may have none")
	assert.Equal(t, []string{"IpAddress"}, ips(packaged.Rule(t, anyProduct{}, kql.New(), "sentinel", failed+"fields: [IpAddress]\n")))
	assert.Equal(t, []string{"IpAddress"}, ips(packaged.Correlation(t, anyProduct{}, kql.New(), "sentinel", fmt.Sprintf(many, "IpAddress", ""))))
	assert.Equal(t, []string{"IpAddress"}, ips(packaged.Correlation(t, anyProduct{}, kql.New(), "sentinel", fmt.Sprintf(many, "TargetUserName", "fields: [IpAddress]\n"))))
	assert.Empty(t, ips(packaged.Correlation(t, anyProduct{}, kql.New(), "sentinel", fmt.Sprintf(many, "TargetUserName", ""))))
	// An alias is of what it stands for in all inputs.
	aliased := "title: Other\nname: other\nlogsource: {product: windows, category: network_connection}\ndetection: {a: {DestinationPort: 22}, condition: a}\n---\n" + failed +
		"---\ntitle: Both\ncorrelation: {type: event_count, rules: [failed, other], group-by: [from], aliases: {from: {failed: IpAddress, other: %s}}, timespan: 1h, condition: {gte: 3}}\n"
	assert.Equal(t, []string{"from"}, ips(packaged.Correlation(t, anyProduct{}, kql.New(), "sentinel", fmt.Sprintf(aliased, "SourceIp"))))
	assert.Empty(t, ips(packaged.Correlation(t, anyProduct{}, kql.New(), "sentinel", fmt.Sprintf(aliased, "DestinationHostname"))))
}

func TestMentionsOfACorrelation(t *testing.T) {
	in := packaged.Correlation(t, anyProduct{}, kql.New(), "mde", "name: whoami"+process+`---
title: Many
entities: {process: User}
correlation: {type: event_count, rules: [whoami], group-by: [host], timespan: 1h, condition: {gte: 3}}
`)
	assert.Equal(t, []string{"User"}, in.Show.Asked)
	assert.NotContains(t, in.Show.Found, "CommandLine", "its result has what it counts by alone")
	mentions, _ := packages.Mentions(in)
	var kinds []string
	for _, m := range mentions {
		kinds = append(kinds, m.Kind)
	}
	assert.Equal(t, []string{"process", "host", "user"}, kinds, "what it names comes first")
}

func TestSchedulesOfRulesAreWhole(t *testing.T) {
	r := lowered.Rule(t, process)
	whole := packages.ScheduledRule(r, packages.DefaultSchedule)
	assert.Equal(t, rules.Schedule{Every: time.Hour, Lookback: time.Hour}, whole.Source.Schedule)
	assert.Zero(t, r.Source.Schedule, "the rule itself stays as it is")
}

func TestTexts(t *testing.T) {
	type named struct {
		Text packages.Text `yaml:"text" json:"text"`
	}
	for _, text := range []string{"one line", "two\nlines", "\nbegins with a line", " a blank", "`$x$` [f()] \u202e", `"' : # - {}`} {
		var back named
		require.NoError(t, yaml.Unmarshal([]byte(packages.YAML(named{packages.Text(text)})), &back))
		assert.Equal(t, text, string(back.Text))
		for _, written := range []string{packages.JSON(named{packages.Text(text)}), packages.JSONLine(named{packages.Text(text)})} {
			require.NoError(t, json.Unmarshal([]byte(written), &back))
			assert.Equal(t, text, string(back.Text))
			assert.NotContains(t, written, "\u202e", "invisible characters are escaped")
		}
	}
	assert.Equal(t, "{\"text\":\"<a>\"}\n", packages.JSONLine(named{"<a>"}))
}

func TestCut(t *testing.T) {
	assert.Equal(t, "ééé", packages.Cut("ééé", 3))
	assert.Equal(t, "a...", packages.Cut("a  bcdef", 5), "no blank before the ellipsis")
}

func TestTold(t *testing.T) {
	d := packages.Told("package-ascii", diag.Range{File: "r.yml"}, "hint", "%d characters", 2)
	assert.Equal(t, diag.Diagnostic{Severity: diag.Info, Code: "package-ascii", Range: diag.Range{File: "r.yml"}, Hint: "hint", Message: "2 characters"}, d)
}
