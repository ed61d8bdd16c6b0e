package eql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestIndex pins what a query asks beside its rule, so that Elasticsearch answers it from its index.
func TestIndex(t *testing.T) {
	const windows = "product: windows, category: process_creation"
	for _, c := range []struct{ model, logsource, detection, condition, want string }{
		{"ecs", windows, `{Image|endswith: '\a.exe'}`, "s", `?process.name : "a.exe"`},
		{"ecs", windows, `{Image|endswith: ['\a.exe', '\bin\b.exe']}`, "s", `?process.name : ("a.exe", "b.exe")`},
		{"ecs", windows, `{Image: '*\\bin\\b*.exe'}`, "s", ""}, // the second * may have a backslash
		{"ecs", windows, `{Image: 'C:\\*\b.exe'}`, "s", `?process.name : "b.exe"`},
		{"ecs", windows, `{Image|endswith|cased: '\A.exe'}`, "s", `?process.name : "A.exe"`},
		{"ecs", windows, `{Image|endswith: ['\a.exe', 'b.exe']}`, "s", ""},                   // the name may be longer
		{"ecs", windows, `{Image|endswith: '\a/b.exe'}`, "s", ""},                            // which is the last component is open
		{"ecs", windows, `{Image|endswith: '\'}`, "s", ""},                                   //
		{"ecs", windows, `{Image|endswith: '\a?.exe'}`, "s", ""},                             //
		{"ecs", windows, `{Image|endswith: '\a\?.exe'}`, "s", ""},                            // : has no escape
		{"ecs", windows, `{Image|endswith: '\é.exe'}`, "s", ""},                              // : ignores case in ASCII only
		{"ecs", windows, `{Image|contains: '\a.exe'}`, "s", ""},                              //
		{"ecs", windows, `{Image|endswith: '\a.exe'}`, "not s", ""},                          //
		{"ecs", windows, `{Image|filename: a.exe, ParentImage|endswith: '\b.exe'}`, "s", ""}, // the name is asked
		{"ecs", windows, `{OriginalFileName: A.EXE, Image|endswith: '\a.exe'}`, "s", ""},     // a whole value is asked
		{"ecs", windows, `{ProcessId: 4, Image|endswith: '\a.exe'}`, "s", `?process.name : "a.exe"`},
		{"ecs", windows, `{CommandLine: '4', Image|endswith: '\a.exe'}`, "s", `?process.name : "a.exe"`},
		{"ecs", windows, `{ParentImage|endswith: '\b.exe', Image|endswith: '\a.exe'}`, "s", `?process.parent.name : "b.exe" and ?process.name : "a.exe"`},
		{"ecs", windows, `[{Image|endswith: '\a.exe'}, {OriginalFileName: A.EXE}]`, "s", `(?process.name : "a.exe" or ?process.pe.original_file_name : "A.EXE")`},
		{"ecs", windows, `[{Image|endswith: '\a.exe'}, {OriginalFileName|contains: A}]`, "s", ""},
		{"ecs", "product: windows, category: image_load", `{ImageLoaded|endswith: '\a.dll'}`, "s", `?dll.name : "a.dll"`},
		{"ecs", "product: windows, category: file_event", `{TargetFilename|endswith: '\a.txt'}`, "s", `?file.name : "a.txt"`},
		{"winlogbeat", "product: windows, category: image_load", `{ImageLoaded|endswith: '\a.dll'}`, "s", `?file.name : "a.dll"`},
		{"winlogbeat", "product: windows, service: security", `{EventID: 4688, NewProcessName|endswith: '\a.exe'}`, "s", `?process.name : "a.exe"`},
		{"winlogbeat", "product: windows, service: security", `{ProcessName|endswith: '\a.exe'}`, "s", ""}, // the model knows no companion
		{"ecs", "product: linux, category: process_creation", `{Image|endswith: '/bash'}`, "s", ""},        // auditd's name is what the process calls itself
	} {
		r := lowered.Rule(t, "title: T\nlogsource: {"+c.logsource+"}\ndetection:\n  s: "+c.detection+"\n  condition: "+c.condition+"\n")
		compile := func(without bool) (string, bool) {
			q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, c.model), NoIndexTerms: without})
			require.NotNil(t, q, "%v", found)
			return strings.ReplaceAll(q.Text, " and\n  ", " and "), q.Indexed
		}
		with, indexed := compile(false)
		without, asked := compile(true)
		assert.Equal(t, c.want != "", indexed && !asked, c.detection)
		if c.want == "" {
			assert.Equal(t, without, with)
			continue
		}
		assert.Contains(t, with, " and "+c.want+" and ")
		assert.Equal(t, without, strings.Replace(with, c.want+" and ", "", 1))
	}
}

// TestIndexOfASequence: a sequence asks an index if each of its events does.
func TestIndexOfASequence(t *testing.T) {
	const one = "title: A\nname: %\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image|endswith: '@'}, condition: s}\n---\n"
	for texts, want := range map[string]bool{`\a.exe|\b.exe`: true, `\a.exe|b.exe`: false} {
		a, b, _ := strings.Cut(texts, "|")
		text := strings.NewReplacer("%", "a", "@", a).Replace(one) + strings.NewReplacer("%", "b", "@", b).Replace(one) +
			"title: C\ncorrelation: {type: temporal_ordered, rules: [a, b], group-by: [host], timespan: 1h}\n"
		_, cs := lowered.Correlations(t, text)
		q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "ecs"), Approximate: []string{"all"}})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, q.Indexed, q.Text)
		assert.Contains(t, q.Text, `?process.name : "a.exe" and`)
	}
}
