package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/compilers/packages/splunk"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// needAppInspect gives the interpreter that runs Splunk's checks of apps.
func needAppInspect(t testing.TB) (python string) {
	t.Helper()
	return pythonWith(t, "import splunk_appinspect.main, addonfactory_splunk_conf_parser_lib", "splunk")
}

// hostileTitles try to end their stanza or their setting, or to be a field or a macro.
var hostileTitles = []string{"a]\nsearch = x\n[b", "ends in \\", "$result.x$ and $host$", "`macro` and ```comment```", "# no comment", "rem x", "a; b", "default", "=1+1", "\u202etxt.exe", "[stanza]", "\"quoted\" 'text' {json: 1}"}

// splunkInputs are one of so many public rules, a list in a lookup, a table that somebody else fills, a correlation,
// and rules with hostile texts.
func splunkInputs(t *testing.T, oneOf int) []packages.Input {
	f := splunk.New()
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	inputs := packageInputs(t, f, spl.New(), m, oneOf)
	base := lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
	inputs = append(inputs, packaged.Of(t, f, spl.New(), "splunk-windows", base),
		packaged.Correlation(t, f, spl.New(), "splunk-windows", `title: Many
date: 2026-03-01
risk: {score: 20}
suppress: {by: [TargetUserName], for: 2h}
correlation: {type: event_count, rules: [failed], group-by: [TargetUserName, host], timespan: 10m, condition: {gte: 10}}
---
title: Failed
name: failed
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
`))
	listed := packages.ScheduledRule(lowered.Rule(t, "title: Listed\nlists: {tools: ['=1+1', 'say \"x\"', 'a,b', '@c']}\ndetection: {s: {Image|filename|expand: '%tools%'}, condition: s}\n"), f.Schedule())
	q, found := spl.New().Compile(listed, compilers.Options{Model: m, Lists: compilers.ListsApart})
	require.NotNil(t, q, "%v", found)
	inputs = append(inputs, packages.Input{Rule: listed.Source, Query: q, Path: "listed"})
	for _, text := range hostileTitles {
		r := lowered.Rule(t, "detection: {s: {Image: x}, condition: s}\nrisk: {score: 3}\n")
		r.Source.Title, r.Source.Description, r.Source.ID = text, text, text
		inputs = append(inputs, packaged.Of(t, f, spl.New(), "splunk-windows", r))
	}
	return inputs
}

// TestSplunkAppPassesAppInspect packages public rules and hostile ones, and has Splunk's own tool check the app as it
// does for Splunk Cloud. Two parsers read its files back: each has the same stanzas, settings and values.
func TestSplunkAppPassesAppInspect(t *testing.T) {
	t.Parallel()
	python := needAppInspect(t)
	inputs := splunkInputs(t, fixture.Times(5, 2))
	for name, settings := range map[string]packages.Settings{
		"plain":    {Target: "splunk"},
		"security": {Target: "splunk", App: packages.App{Name: "acme_detections", Title: "$Acme$ [x]\\", Author: "`Acme`; # x", Version: "1.2.3", EnterpriseSecurity: true}},
	} {
		out := splunk.New().Package(settings, inputs)
		require.Len(t, out.Made, len(inputs))
		app := filepath.Join(t.TempDir(), out.Files[len(out.Files)-1].Path)
		require.NoError(t, os.WriteFile(app, []byte(out.Files[len(out.Files)-1].Text), 0o644))
		var got struct {
			Checks int
			Bad    [][]string
			Conf   map[string]map[string]map[string]string
			Other  map[string]map[string]map[string]string
		}
		ask(t, exec.Command(python, filepath.Join(root(), "tests", "conformance", "splunk", "inspect_app.py")), map[string]string{"app": app}, &got)
		// "App contains collections.conf. No action required.", and addresses that rules look for.
		expected := []string{"check_collections_conf", "check_hostnames_and_ips"}
		got.Bad = slices.DeleteFunc(got.Bad, func(b []string) bool { return b[0] == "warning" && slices.Contains(expected, b[1]) })
		assert.Empty(t, got.Bad)
		t.Logf("%s: %d searches, %d checks", name, len(out.Made), got.Checks)
		assert.Greater(t, got.Checks, 200)

		folder, _, _ := strings.Cut(out.Files[0].Path, "/")
		saved := got.Conf[folder+"/default/savedsearches.conf"]
		require.Len(t, saved, len(out.Made))
		for i, made := range out.Made {
			s := saved[made.Name]
			require.NotNil(t, s, made.Name)
			query, _ := deployed.Unmarked(s["search"])
			assert.Equal(t, trimmedLines(inputs[i].Query.Text), trimmedLines(query))
			assert.Contains(t, s["description"], made.ID)
		}
		for file, stanzas := range got.Conf {
			if strings.HasSuffix(file, ".meta") {
				continue
			}
			require.Len(t, got.Other[file], len(stanzas), file)
			for stanza, settings := range stanzas {
				require.Len(t, got.Other[file][stanza], len(settings), stanza)
				for key, v := range settings {
					cut, _, _ := strings.Cut(trimmedLines(v), " ;")
					other, _, _ := strings.Cut(trimmedLines(strings.ReplaceAll(got.Other[file][stanza][key]+"\n", " \\\n", "\n")), " ;")
					assert.Equal(t, cut, other, "%s: %s", stanza, key)
				}
			}
		}
	}
}

// trimmedLines is a text without blanks around its lines.
func trimmedLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}
