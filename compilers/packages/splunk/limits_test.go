package splunk_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/compilers/packages/splunk"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// over puts keys of one YAML text in place of those of another.
func over(t *testing.T, text, more string) string {
	t.Helper()
	all := map[string]any{}
	for _, part := range []string{text, more} {
		var keys map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(part), &keys))
		for key, v := range keys {
			all[key] = v
		}
	}
	merged, err := yaml.Marshal(all)
	require.NoError(t, err)
	return string(merged)
}

// two is a correlation of a rule of Windows' process creations and one of another log source.
func two(product string) string {
	return `title: Both
id: 7f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e12
date: 2026-03-01
level: low
correlation: {type: temporal, rules: [one, other], group-by: [User], timespan: 10m}
---
name: one
` + simple + `---
title: Other
name: other
logsource: {product: ` + product + `, category: image_load}
detection: {s: {ImageLoaded: x}, condition: s}
`
}

func correlationOf(t *testing.T, product string) *ir.Correlation {
	_, cs := lowered.Correlations(t, two(product))
	return cs[0]
}

// TestLimits: what Splunk does not take is a finding, and what it takes is none.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name, text     string
		plain, secured []string // codes, without and with Enterprise Security
	}{
		{name: "whole"},
		{name: "longest title", text: "title: " + strings.Repeat("t", 81)},
		{name: "long title", text: "title: " + strings.Repeat("t", 82), plain: []string{"package-title"}, secured: []string{"package-title"}},
		{name: "title of a stanza", text: "title: 'a [b]'", plain: []string{"package-title"}, secured: []string{"package-title"}},
		{name: "title of all stanzas", text: "title: Default", plain: []string{"package-title"}, secured: []string{"package-title"}},
		{name: "no level", text: "level:", plain: []string{"package-level"}, secured: []string{"package-level"}},
		{name: "no id", text: "id:", plain: []string{"package-id"}, secured: []string{"package-id"}},
		{name: "no version", text: "date:", plain: []string{"package-version"}, secured: []string{"package-version"}},
		{name: "every five minutes", text: "schedule: {every: 5m}"},
		{name: "every 90 minutes", text: "schedule: {every: 90m}", plain: []string{"package-schedule", "package-repeats"}, secured: []string{"package-schedule", "package-repeats"}},
		{name: "back longer", text: "schedule: {every: 1h, lookback: 2h}", plain: []string{"package-repeats"}, secured: []string{"package-repeats"}},
		{name: "back longer, once", text: "schedule: {every: 1h, lookback: 2h}\nsuppress: {by: [Image], for: 1d}"},
		{name: "back too short", text: "schedule: {every: 3h, lookback: 1h}", plain: []string{"package-schedule"}, secured: []string{"package-schedule"}},
		{name: "title of an alert", text: "alert: {title: 'on {Image}'}", plain: []string{"package-placeholders"}},
		{name: "title of a field without a column", text: "alert: {title: 'on {sha1}'}", plain: []string{"package-placeholders"}, secured: []string{"package-column"}},
		{name: "title with dollar signs", text: "title: a $host$", plain: []string{"package-token"}, secured: []string{"package-token", "package-token"}},
		{name: "title with one dollar sign", text: "title: a DC$"},
		{name: "details", text: "custom_details: {K: Image}", plain: []string{"package-detail"}, secured: []string{"package-detail"}},
		{name: "risk", text: "risk: {score: 5}", plain: []string{"package-risk"}},
		{name: "risk without an object", text: "risk: {score: 5, objects: [sha1]}", plain: []string{"package-risk"}, secured: []string{"package-column", "package-risk"}},
		{name: "unknown technique", text: "tags: [attack.t1999]", secured: []string{"package-technique"}},
		{name: "tactic with a technique", text: "tags: [attack.execution, attack.t1059]"},
		{name: "tactic without a technique", text: "tags: [attack.execution, attack.t1105]"},
		{name: "suppressed", text: "suppress: {by: [host, Image], for: 1h}"},
		{name: "suppressed by what is not a column", text: "suppress: {by: [host, sha1], for: 1h}", plain: []string{"package-column", "package-suppress"}, secured: []string{"package-column", "package-suppress"}},
		{name: "search with a placeholder", text: `detection: {s: {CommandLine|contains: 'a$b$c'}, condition: s}`, plain: []string{"package-token"}, secured: []string{"package-token"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", over(t, simple, c.text))
			for _, one := range []struct {
				settings packages.Settings
				codes    []string
			}{{packages.Settings{Target: "splunk"}, c.plain}, {secured, c.secured}} {
				out := splunk.New().Package(one.settings, []packages.Input{in})
				assert.Equal(t, one.codes, codes(out.Found), "%v", out.Found)
				assert.Len(t, out.Made, 1)
				for _, d := range out.Found {
					assert.NotEmpty(t, d.Hint)
					assert.NotZero(t, d.Range)
				}
			}
		})
	}
}

func TestWithoutTitle(t *testing.T) {
	in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple)
	untitled := *in.Rule
	untitled.Title = " "
	in.Rule = &untitled
	out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
	assert.Equal(t, []string{"package-title"}, codes(out.Found))
	assert.Empty(t, out.Made)
}

// TestSchedules: searches of one period start at different times, and each sees what its query limits itself to.
func TestSchedules(t *testing.T) {
	for _, c := range []struct{ schedule, cron, period, window string }{
		{"", `^\d+ \* \* \* \*$`, "earliest=-70m latest=-10m", "auto"},
		{"schedule: {every: 1m}", `^\* \* \* \* \*$`, "earliest=-2m latest=-1m", "0"},
		{"schedule: {every: 60s}", `^\* \* \* \* \*$`, "earliest=-2m latest=-1m", "0"},
		{"schedule: {every: 15m, lookback: 1h}", `^\d+,\d+,\d+,\d+ \* \* \* \*$`, "earliest=-62m latest=-2m", "auto"},
		{"schedule: {every: 90m}", `^\d+ \* \* \* \*$`, "earliest=-100m latest=-10m", "auto"},
		{"schedule: {every: 8h}", `^\d+ \d+,\d+,\d+ \* \* \*$`, "earliest=-490m latest=-10m", "auto"},
		{"schedule: {every: 1d}", `^\d+ \d+ \* \* \*$`, "earliest=-1450m latest=-10m", "auto"},
		{"schedule: {every: 30d}", `^\d+ \d+ \* \* [0-6]$`, "earliest=-43210m latest=-10m", "auto"},
	} {
		var inputs []packages.Input
		for _, id := range []string{"1", "2", "3", "4"} {
			inputs = append(inputs, packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", over(t, simple, c.schedule+"\ntitle: a"+id+"\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b1"+id)))
		}
		out := splunk.New().Package(packages.Settings{Target: "splunk"}, inputs)
		crons := map[string]bool{}
		for _, s := range readConf(t, fileOf(t, out, "default/savedsearches.conf")) {
			assert.Regexp(t, c.cron, s.settings["cron_schedule"])
			assert.Equal(t, c.period, "earliest="+s.settings["dispatch.earliest_time"]+" latest="+s.settings["dispatch.latest_time"])
			assert.Contains(t, s.settings["search"], " "+c.period)
			assert.Equal(t, c.window, s.settings["schedule_window"])
			crons[s.settings["cron_schedule"]] = true
		}
		if c.window == "auto" {
			assert.Greater(t, len(crons), 1, c.schedule)
		}
	}
	in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple)
	out := splunk.New().Package(packages.Settings{Target: "splunk", NearRealTime: true}, []packages.Input{in})
	assert.Equal(t, []string{"package-schedule"}, codes(out.Found))
}

// TestNames are unique, and none is that of all stanzas.
func TestNames(t *testing.T) {
	var inputs []packages.Input
	for i, title := range []string{"a [b]", "a (b)", "A (B) 2", "default", "default (rule)"} {
		in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple)
		r := *in.Rule
		r.Title, r.ID = title, string(rune('a'+i))
		in.Rule = &r
		inputs = append(inputs, in)
	}
	out := splunk.New().Package(packages.Settings{Target: "splunk"}, inputs)
	var names []string
	for _, s := range readConf(t, fileOf(t, out, "default/savedsearches.conf")) {
		names = append(names, s.name)
	}
	assert.Equal(t, []string{"a (b)", "a (b) 2", "A (B) 2 2", "default (rule)", "default (rule) 2"}, names)
}

// TestThrottling is of each result by its values, or of the search as a whole.
func TestThrottling(t *testing.T) {
	for _, c := range []struct{ by, fields, digest string }{{"[host, User]", "host,User", "0"}, {"[]", "", "1"}} {
		in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple+"suppress: {by: "+c.by+", for: 90m}\n")
		out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
		settings := readConf(t, fileOf(t, out, "default/savedsearches.conf"))[0].settings
		assert.Equal(t, []string{"1", "90m", c.fields, c.digest}, []string{settings["alert.suppress"], settings["alert.suppress.period"], settings["alert.suppress.fields"], settings["alert.digest_mode"]})
	}
}

// TestVersions: an app has its own, or that of the newest day.
func TestVersions(t *testing.T) {
	version := func(s packages.Settings, more string) string {
		out := splunk.New().Package(s, []packages.Input{packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", over(t, simple, more))})
		return readConf(t, fileOf(t, out, "default/app.conf"))[2].settings["version"]
	}
	plain := packages.Settings{Target: "Our SIEM"}
	assert.Equal(t, "1.2.0", version(secured, ""))
	assert.Equal(t, "0.2026.301", version(plain, ""))
	assert.Equal(t, "0.2026.302", version(plain, "changelog: [{version: '1.0', date: '2026-03-02'}]"))
	assert.Equal(t, "0.0.1", version(plain, "date:"))
}

// TestLookups: searches share a lookup that is the same, and the second search is left out if it is another one. What
// somebody else fills has the columns of all.
func TestLookups(t *testing.T) {
	in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple)
	with := func(title string, assets ...compilers.Asset) packages.Input {
		r, q := *in.Rule, *in.Query
		r.Title, r.ID, q.Assets = title, title, assets
		return packages.Input{Rule: &r, Query: &q, Places: in.Places}
	}
	list := func(rows string) []compilers.Asset {
		return []compilers.Asset{{Name: "l.transforms.conf", Content: "[l]\nfilename = l.csv\n"}, {Name: "l.csv", Content: "value\n" + rows}}
	}
	filled := func(columns string) compilers.Asset {
		return compilers.Asset{Name: "decree_reputation.csv", Content: columns + "\n"}
	}
	out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{
		with("a", list("x\n")...), with("b", list("x\n")...), with("c", list("=x\n")...), with("d", filled("sha1,state")), with("e", filled("sha256,state"))})
	assert.Equal(t, []string{"package-asset"}, codes(out.Found))
	require.Len(t, out.Made, 4)
	assert.Equal(t, []string{"decree_splunk/default/savedsearches.conf", "decree_splunk/lookups/l.csv"}, out.Made[0].Files)
	assert.Equal(t, []string{"decree_splunk/default/savedsearches.conf"}, out.Made[2].Files)
	transforms := readConf(t, fileOf(t, out, "default/transforms.conf"))
	assert.Equal(t, "l.csv", transforms[0].settings["filename"])
	assert.Equal(t, "_key, sha1, state, sha256", transforms[1].settings["fields_list"])
	assert.Equal(t, "string", readConf(t, fileOf(t, out, "default/collections.conf"))[0].settings["field.sha256"])
	assert.Contains(t, fileOf(t, out, "README.md"), "`decree_reputation`: sha1, state, sha256")

	out = splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{with("a", list("=1+1\n")...)})
	assert.Equal(t, []string{"package-formula"}, codes(out.Found))
	for _, wrong := range [][]compilers.Asset{{{Name: "x.json"}}, {{Name: "a b.csv"}}, {{Name: "x.csv"}}, {{Name: "x.csv", Content: "value\nx\n"}}} {
		assert.Panics(t, func() { splunk.New().Package(packages.Settings{}, []packages.Input{with("a", wrong...)}) })
	}
}

// TestQueryThatGoesOn: a backslash at the end would make the next setting a part of the query.
func TestQueryThatGoesOn(t *testing.T) {
	in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple)
	q := *in.Query
	q.Text = "index=a \\\n"
	in.Query = &q
	out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
	assert.Equal(t, []string{"package-query-end"}, codes(out.Found))
	assert.Empty(t, out.Files)
}
