package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
)

// findings counts those of a code in a rule.
func findings(t *testing.T, rule, code string) (n int) {
	t.Helper()
	file, found := parse.Documents("c.yml", []byte(rule), nil)
	require.Empty(t, found, rule)
	lowered, found := ir.Lower(file.Rules[0])
	require.Empty(t, found, rule)
	for _, d := range lint.Run([]lint.File{{Path: "c.yml", Rules: file.Rules, Lowered: []*ir.Rule{lowered}}}) {
		if d.Code == code {
			n++
		}
	}
	return n
}

// TestNeverInOneOfSeveral: a rule that needs fields of which each log source lacks one never matches; one that has an
// alternative does.
func TestNeverInOneOfSeveral(t *testing.T) {
	for detection, want := range map[string]int{
		"{s: {ImageLoaded: x, TargetFilename: y}, condition: s}":           2,
		"{s: {ImageLoaded: x}, condition: s}":                              0, // winlogbeat has a column for it in both
		"{a: {ImageLoaded: x}, b: {TargetFilename: y}, condition: a or b}": 0,
		"{s: {Image: x}, condition: s}":                                    0,
	} {
		got := findings(t, "title: T\nlogsource:\n  - {product: windows, category: file_event}\n  - {product: windows, category: image_load}\ndetection: "+detection+"\n", "absent-field")
		assert.Equal(t, want, got, detection)
	}
}

// TestNamesOfSections: a misspelt field in joins, first_seen, suppress and the elements of arrays is found where its
// log source has one like it.
func TestNamesOfSections(t *testing.T) {
	const (
		started = "title: Started\nlogsource: {product: windows, category: process_creation}\n"
		logons  = "---\ntitle: Logons\nname: logons\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4624}, condition: s}\n"
		joined  = started + "detection: {s: {Image: x}, condition: s and x}\njoins:\n  x: {rule: logons, within: 5m, "
		first   = started + "detection: {s: {Image: x}, condition: s and f}\nfirst_seen:\n  f: {over: 14d, fields: "
		plain   = started + "detection: {s: {Image: x}, condition: s}\n"
		audit   = "title: Audit\nsigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n  condition: s\n  s:\n    "
	)
	for _, c := range []struct {
		text string
		want []string
	}{
		{joined + "same: {host: host, User: TargetUserName}}\n" + logons, nil},
		{joined + "same: {hsot: host, SubjectUserNmae: TargetUserNmae}}\n" + logons, []string{"did you mean `host`?", "did you mean `TargetUserName`?"}},
		{joined + "same: [hostname]}\n" + logons, []string{"did you mean `host`?"}},
		{joined + "same: [host], count: {distinct: TargetUserNmae, gte: 3}}\n" + logons, []string{"did you mean `TargetUserName`?"}},
		{joined + "same: {host: host, Imgae: Name}}\n" + logons + "extract:\n  Name: {field: TargetUserName, lower: true}\n", []string{"did you mean `Image`?"}},
		{first + "[host, Image]}\n", nil},
		{first + "[host, Imgae]}\n", []string{"did you mean `Image`?"}},
		{plain + "fields: [Image, host, ParentImage, Bee]\n", nil},
		{plain + "fields: [Imgae, hots]\n", []string{"did you mean `Image`?", "did you mean `host`?"}},
		{plain + "suppress: {by: [host], for: 1d}\n", nil},
		{plain + "suppress: {by: [hostname], for: 1d}\n", []string{"did you mean `host`?"}},
		{plain + "extract:\n  Script: {field: CommandLine, argv: 1}\nfields: [Scrpit]\n", []string{"did you mean `Script`?"}},
		{started + "detection: {s: {Scrpit: x, Script: y}, condition: s}\nextract:\n  Script: {field: CommandLine, argv: 1}\n", []string{"did you mean `Script`?"}},
		{audit + "'TargetResources[any]': {displayName: x, type: User, 'modifiedProperties[any]': {displayName: x, newValue: y}}\n", nil},
		{audit + "'TargetResources[any]': {userPrincipalNmae: x, 'modifiedPropertise[any]': {newValue: y}}\n", []string{"did you mean `userPrincipalName`?", "did you mean `modifiedProperties`?"}},
		{audit + "'TargetResources[any]': {'modifiedProperties[any]': {newVaule: y}}\n", []string{"did you mean `newValue`?"}},
		{audit + "'TargetResourecs[any]': {type: User}\n", []string{"did you mean `TargetResources`?"}},
	} {
		file, found := parse.Documents("c.yml", []byte(c.text), nil)
		require.Empty(t, found, c.text)
		_, found = parse.LinkJoins(file.Rules, nil)
		require.Empty(t, found, c.text)
		var lowered []*ir.Rule
		for _, r := range file.Rules {
			l, _ := ir.Lower(r)
			lowered = append(lowered, l)
		}
		var hints []string
		for _, d := range lint.Run([]lint.File{{Path: "c.yml", Rules: file.Rules, Lowered: lowered}}) {
			if d.Code == "unknown-field" || d.Code == "absent-field" || d.Code == "unknown-alert-field" {
				hints = append(hints, d.Hint)
			}
		}
		assert.Equal(t, c.want, hints, c.text)
	}
}
