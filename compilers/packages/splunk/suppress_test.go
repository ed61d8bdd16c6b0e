package splunk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers/packages"
	"decree/compilers/packages/splunk"
	"decree/compilers/spl"
	"decree/tests/fixture/packaged"
)

// TestSuppressedByOneOfTwoColumns: the search has a column for a value that some events have elsewhere. Where several
// sources have it in different columns, the alert is not suppressed, and that is told.
func TestSuppressedByOneOfTwoColumns(t *testing.T) {
	const security = "logsource: {product: windows, service: security}\nsuppress: {by: [host, user], for: 1h}\n"
	for _, c := range []struct {
		name, text, by string
		found          []string
	}{
		{"in two columns", security + "detection: {s: {EventID|gte: 4624}, condition: s}", "host,DecreeUser", nil},
		{"in one of them", security + "detection: {s: {EventID: 4625}, condition: s}", "host,TargetUserName", nil},
		{"in the other", security + "detection: {s: {EventID: 4688}, condition: s}", "host,SubjectUserName", nil},
		{"of several sources", "suppress: {by: [host, user], for: 1h}\nlogsource: [{product: windows, service: security}, {product: windows, category: process_creation}]\ndetection: {s: {EventID: [1, 4625]}, condition: s}", "", []string{"package-column", "package-macro", "package-suppress"}},
	} {
		in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", over(t, simple, c.text))
		out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
		saved := readConf(t, fileOf(t, out, "default/savedsearches.conf"))
		if assert.Len(t, saved, 1) {
			assert.Equal(t, c.by, saved[0].settings["alert.suppress.fields"], c.name)
		}
		assert.ElementsMatch(t, c.found, codes(out.Found), "%s: %v", c.name, out.Found)
	}
}
