package kibana_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/packages"
	"decree/compilers/packages/kibana"
	"decree/rules"
	"decree/rules/attack"
	"decree/tests/fixture"
	"decree/tests/fixture/packaged"
)

const (
	head     = "title: T\ndescription: D\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\nlevel: high\ndate: '2026-03-01'\n"
	security = "logsource: {product: windows, service: security}\ndetection: {s: {EventID: 4625}, condition: s}\n"
	process  = "logsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: x}, condition: s}\n"
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

// valid holds each line of the files to Elastic's schema.
func valid(t *testing.T, schema *jsonschema.Schema, out packages.Output) {
	t.Helper()
	for _, f := range out.Files {
		if !strings.HasSuffix(f.Path, ".ndjson") {
			continue
		}
		for line := range strings.Lines(f.Text) {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			require.NoError(t, err)
			assert.NoError(t, schema.Validate(v), line)
		}
	}
}

// limits are rules that are within a limit or beyond it, with what is found.
var limits = []struct {
	name, text string
	codes      []string
}{
	{"whole", "", nil},
	{"title", "title: " + strings.Repeat("t", 8191), nil},
	{"long title", "title: " + strings.Repeat("t", 8192), []string{"package-title"}},
	{"low", "level: low", nil},
	{"informational", "level: informational", []string{"package-severity"}},
	{"no level", "level:", []string{"package-level"}},
	{"no id", "id:", []string{"package-id"}},
	{"no version", "date:", []string{"package-version"}},
	{"no description", "description:", nil},
	{"every minute", "schedule: {every: 1m}", nil},
	{"every half minute", "schedule: {every: 30s}", []string{"package-schedule"}},
	{"every 90 minutes over a day", "schedule: {every: 90m, lookback: 1d}", nil},
	{"back too short", "schedule: {every: 3h, lookback: 1h}", []string{"package-schedule"}},
	{"techniques", "tags: [attack.t1059.001, attack.t1059, attack.t1078, attack.stealth]", nil},
	{"unknown technique", "tags: [attack.t1999]", []string{"package-technique"}},
	{"title of one field", "alert: {title: '{Computer}'}", nil},
	{"title of a field and more", "alert: {title: 'on {Computer}'}", []string{"package-placeholders"}},
	{"title of a field without a column", "alert: {title: '{Hashes}'}", []string{"package-placeholders"}},
	{"description of an alert", "alert: {description: 'on {Computer}'}", []string{"package-placeholders"}},
	{"fields", "fields: [Computer, TargetUserName]", nil},
	{"unknown fields", "fields: [Computer, Hashes]", []string{"package-column"}},
	{"entity", "entities: {host: Computer}", nil},
	{"entity without a column", "entities: {sha1: Hashes}", []string{"package-column"}},
	{"details", "custom_details: {K: Computer}", []string{"package-detail"}},
	{"object without a column", "risk: {score: 1, objects: [Hashes]}", []string{"package-column"}},
}

// TestLimits: what the product does not take is a finding, and what it takes is none.
func TestLimits(t *testing.T) {
	for _, c := range limits {
		t.Run(c.name, func(t *testing.T) {
			in := packaged.Rule(t, kibana.New(), eql.New(), "winlogbeat", over(t, head+security, c.text))
			out := kibana.New().Package(settings, []packages.Input{in})
			assert.Equal(t, c.codes, codes(out.Found), "%v", out.Found)
			assert.Len(t, out.Made, 1)
			for _, d := range out.Found {
				assert.NotEmpty(t, d.Hint)
				assert.NotZero(t, d.Range)
			}
		})
	}
}

// TestLinesAreValid: the lines of these rules, of the golden ones and of a source of each product are what Elastic's
// schema asks for.
func TestLinesAreValid(t *testing.T) {
	schema := fixture.ElasticRules(t, "eql")
	var inputs []packages.Input
	for i, c := range limits {
		in := packaged.Rule(t, kibana.New(), eql.New(), "winlogbeat", over(t, head+security, c.text))
		if in.Rule.ID != "" {
			in.Rule.ID = fmt.Sprint("rule-", i)
		}
		inputs = append(inputs, in)
	}
	inputs = append(inputs, packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process), packaged.Correlation(t, kibana.New(), eql.New(), "ecs", guessing))
	out := kibana.New().Package(settings, inputs)
	require.Len(t, out.Made, len(inputs))
	valid(t, schema, out)
	for _, wrong := range []string{`{}`, strings.Replace(out.Files[0].Text[:strings.Index(out.Files[0].Text, "\n")], `"severity":"high"`, `"severity":"informational"`, 1)} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
		require.NoError(t, err)
		assert.Error(t, schema.Validate(v))
	}
}

// one packages a rule alone, and reads its line.
func one(t *testing.T, model, text string) map[string]any {
	t.Helper()
	out := kibana.New().Package(settings, []packages.Input{packaged.Rule(t, kibana.New(), eql.New(), model, text)})
	require.NotEmpty(t, out.Files, "%v", out.Found)
	return read(t, out.Files[0].Text)[0]
}

// TestWindow: a rule looks back over what it reports, what its query needs before it, and an overlap.
func TestWindow(t *testing.T) {
	for _, c := range []struct{ schedule, interval, from string }{
		{"", "1h", "now-65m"},
		{"schedule: {every: 5m}\n", "5m", "now-10m"},
		{"schedule: {every: 30s}\n", "1m", "now-6m"},
		{"schedule: {every: 90m, lookback: 1d}\n", "90m", "now-1445m"},
		{"schedule: {every: 3h, lookback: 1h}\n", "3h", "now-185m"},
		{"schedule: {every: 1d, lookback: 1555m}\n", "24h", "now-26h"},
		{"schedule: {every: 90s}\n", "90s", "now-390s"},
	} {
		r := one(t, "winlogbeat", head+security+c.schedule)
		assert.Equal(t, c.interval, r["interval"], c.schedule)
		assert.Equal(t, c.from, r["from"], c.schedule)
		assert.Equal(t, "now", r["to"])
	}
	in := packaged.Rule(t, kibana.New(), eql.New(), "winlogbeat", head+security)
	out := kibana.New().Package(packages.Settings{Target: "kibana", NearRealTime: true}, []packages.Input{in})
	assert.Equal(t, []string{"package-schedule"}, codes(out.Found))
}

func TestRisk(t *testing.T) {
	for level, want := range map[string]string{"informational": "low 21", "low": "low 21", "medium": "medium 47", "high": "high 73", "critical": "critical 99"} {
		r := one(t, "winlogbeat", over(t, head+security, "level: "+level))
		assert.Equal(t, want, fmt.Sprint(r["severity"], " ", r["risk_score"]))
	}
	assert.Equal(t, 12.0, one(t, "winlogbeat", head+security+"risk: {score: 12}\n")["risk_score"])
}

// TestThreats: each technique is below each of its tactics, and a tactic without one is there if the rule names it.
func TestThreats(t *testing.T) {
	lines := func(tags string) string {
		r := one(t, "winlogbeat", head+security+"tags: ["+tags+"]\n")
		var b strings.Builder
		threats, _ := r["threat"].([]any)
		for _, v := range threats {
			threat := v.(map[string]any)
			fmt.Fprint(&b, threat["tactic"].(map[string]any)["id"])
			techniques, _ := threat["technique"].([]any)
			for _, v := range techniques {
				technique := v.(map[string]any)
				fmt.Fprint(&b, " ", technique["id"])
				subs, _ := technique["subtechnique"].([]any)
				for _, v := range subs {
					fmt.Fprint(&b, " >", v.(map[string]any)["id"])
				}
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	assert.Equal(t, "", lines(""))
	assert.Equal(t, "TA0040\n", lines("attack.impact"))
	assert.Equal(t, "TA0002 T1059 >T1059.001 >T1059.003\n", lines("attack.t1059.003, attack.t1059.001"))
	assert.Equal(t, "TA0002\nTA0011 T1105\n", lines("attack.execution, attack.t1105"))
	parent, ok := attack.TechniqueOf("T1078")
	require.True(t, ok)
	assert.Len(t, strings.Split(strings.TrimSpace(lines("attack.t1078.004")), "\n"), len(parent.Tactics))
}

// TestSources: what the indices and the log source say of the system and the integration.
func TestSources(t *testing.T) {
	endpoint := one(t, "ecs", head+process)
	assert.Equal(t, []any{map[string]any{"package": "endpoint", "version": ">=1.0.0"}}, endpoint["related_integrations"])
	assert.Equal(t, []any{"Domain: Endpoint", "OS: Windows"}, endpoint["tags"])
	cloud := one(t, "ecs", head+"logsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: x}, condition: s}\n")
	assert.Equal(t, []any{"Domain: Cloud"}, cloud["tags"])
	assert.Equal(t, []any{map[string]any{"package": "aws", "version": ">=1.0.0"}}, cloud["related_integrations"])
	anywhere := one(t, "ecs", head+"logsource: {category: firewall}\ndetection: {s: {dst_port: 1}, condition: s}\n")
	assert.Equal(t, []any{}, anywhere["tags"])
	assert.NotContains(t, anywhere, "related_integrations")
}

func TestWithoutTitle(t *testing.T) {
	in := packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process)
	untitled := *in.Rule
	untitled.Title = ""
	in.Rule = &untitled
	out := kibana.New().Package(settings, []packages.Input{in})
	assert.Equal(t, []string{"package-title"}, codes(out.Found))
	assert.Empty(t, out.Files)
}

func TestTwoRulesOfOneID(t *testing.T) {
	one := packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process)
	other := packaged.Rule(t, kibana.New(), eql.New(), "ecs", over(t, head+process, "title: Other"))
	out := kibana.New().Package(settings, []packages.Input{one, other})
	assert.Equal(t, []string{"package-same-id"}, codes(out.Found))
	require.Len(t, out.Made, 1)
	assert.Equal(t, "T", out.Made[0].Name)
}

func TestWithoutIndices(t *testing.T) {
	in := packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process)
	query, result := *in.Query, *in.Query.Result
	result.Indices = nil
	query.Result, in.Query = &result, &query
	out := kibana.New().Package(settings, []packages.Input{in})
	assert.Equal(t, []string{"package-index"}, codes(out.Found))
	assert.NotContains(t, read(t, out.Files[0].Text)[0], "index")
}

// TestImportsAreSplit: no file is larger than Kibana imports, or has more rules. A rule that is larger than that is
// left out.
func TestImportsAreSplit(t *testing.T) {
	in := packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process)
	sized := func(n, length int) []packages.Input {
		inputs := make([]packages.Input, n)
		for i := range inputs {
			r, q := *in.Rule, *in.Query
			r.Title, r.ID, q.Text = fmt.Sprint("rule ", i), fmt.Sprint(i), "any where x == \""+strings.Repeat("x", length)+"\""
			inputs[i] = packages.Input{Rule: &r, Query: &q}
		}
		return inputs
	}
	paths := func(inputs []packages.Input) []string {
		var all []string
		for _, f := range kibana.New().Package(settings, inputs).Files {
			assert.LessOrEqual(t, len(f.Text), 10<<20)
			all = append(all, f.Path)
		}
		return all
	}
	assert.Equal(t, []string{"rules.ndjson", "deploy.sh"}, paths(sized(10000, 1)[:1]))
	assert.Equal(t, []string{"rules.ndjson", "deploy.sh"}, paths(sized(3, 3<<20)))
	assert.Equal(t, []string{"rules.ndjson", "rules-2.ndjson", "deploy.sh"}, paths(sized(4, 3<<20)))
	out := kibana.New().Package(settings, sized(1, 10<<20))
	assert.Equal(t, []string{"package-query-length"}, codes(out.Found))
	assert.Empty(t, out.Files)
}

// TestAssetsOfOneName: rules share an asset that is the same, and the second rule is left out if it is another one.
func TestAssetsOfOneName(t *testing.T) {
	in := packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process)
	with := func(title, content string) packages.Input {
		r, q := *in.Rule, *in.Query
		r.Title, r.ID = title, title
		q.Assets = []compilers.Asset{{Name: "ingest-pipeline.decree-reputation.json", Purpose: "p", Content: content}}
		return packages.Input{Rule: &r, Query: &q}
	}
	out := kibana.New().Package(settings, []packages.Input{with("a", "{}"), with("b", "{}"), with("c", `{"x":1}`)})
	assert.Equal(t, []string{"package-asset"}, codes(out.Found))
	require.Len(t, out.Made, 2)
	require.Len(t, out.Files, 3)
	assert.Equal(t, "assets/ingest-pipeline.decree-reputation.json", out.Files[1].Path)
	assert.Equal(t, []*rules.Rule{out.Made[0].Rule, out.Made[1].Rule}, out.Files[1].Rules)
	assert.Panics(t, func() {
		other := with("d", "")
		other.Query.Assets[0].Name = "table.csv"
		kibana.New().Package(settings, []packages.Input{other})
	})
}

// TestHostsHaveNamesInTitles: an alert is named by the name of a host, where the data model knows it by an id.
func TestHostsHaveNamesInTitles(t *testing.T) {
	in := packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+"logsource: {product: windows, category: process_creation}\ndetection: {s: {Image|filename: a.exe}, condition: s}\nalert: {title: '{host}'}\n")
	out := kibana.New().Package(settings, []packages.Input{in})
	assert.Equal(t, "host.name", read(t, out.Files[0].Text)[0]["rule_name_override"])
}
