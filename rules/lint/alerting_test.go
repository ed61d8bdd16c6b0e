package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
)

// TestAlertFields: what an alert shows is a field, an entity or a column that some model has; in a correlation, of one
// of its rules, or what it groups by.
func TestAlertFields(t *testing.T) {
	const started = "title: Started\nname: started\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n"
	const counted = "title: C\ncorrelation: {type: event_count, rules: [started], group-by: [Who], aliases: {Who: {started: User}}, timespan: 1h, condition: {gte: 2}}\n"
	for _, c := range []struct {
		text string
		want []string
	}{
		{started + "custom_details: {A: CommandLine, B: ParentImage, C: sha1, D: DeviceName}\n", nil},
		{started + "custom_details: {A: commandline}\n", []string{"did you mean `CommandLine`?"}},
		{started + "risk: {objects: [hots]}\n", []string{"did you mean `host`?"}},
		{started + "entities: {file: Imgae}\n", []string{"did you mean `Image`?"}},
		{started + "alert: {title: 'by {Usr}', description: '{CommandLine}'}\n", []string{"did you mean `User`?"}},
		{started + "alert: {title: '{Bee} ran', description: '{DeviceName}'}\n", []string{"name a field that the log source has, or map it in a model file"}},
		{"title: T\nlogsource: {product: linux, service: auditd}\ndetection: {s: {type: x}, condition: s}\nalert: {title: '{Bee} ran'}\n", nil}, // any field may be there
		{started + "suppress: {by: [host, Image], for: 1d}\n", nil},
		{started + "suppress: {by: [hots, Imgae], for: 1d}\n", []string{"did you mean `host`?", "did you mean `Image`?"}},
		{counted + "suppress: {for: 1d}\n---\n" + started, nil},
		{counted + "suppress: {by: [Who, Usr], for: 1d}\n---\n" + started, []string{"did you mean `User`?"}},
		{counted + "custom_details: {A: CommandLine, B: Who, C: host}\n---\n" + started, nil},
		{counted + "custom_details: {A: CommandLin}\n---\n" + started, []string{"did you mean `CommandLine`?"}},
		{"title: T\nlogsource: {product: nothing}\ndetection: {s: {Image: x}, condition: s}\ncustom_details: {A: anything}\n", nil},
	} {
		file, found := parse.Documents("c.yml", []byte(c.text), nil)
		require.Empty(t, found, c.text)
		_, found = parse.Link(file.Rules, file.Correlations)
		require.Empty(t, found, c.text)
		lowered, found := ir.Lower(file.Rules[0])
		require.Empty(t, found, c.text)
		var hints []string
		for _, d := range lint.Run([]lint.File{{Path: "c.yml", Rules: file.Rules, Lowered: []*ir.Rule{lowered}, Correlations: file.Correlations}}) {
			if d.Code == "unknown-alert-field" {
				hints = append(hints, d.Hint)
			}
		}
		assert.Equal(t, c.want, hints, c.text)
	}
}
