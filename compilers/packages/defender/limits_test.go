package defender_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/defender"
	"decree/tests/fixture/packaged"
)

const (
	head    = "title: T\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\nlevel: high\ndate: '2026-03-01'\ndescription: D\n"
	process = "logsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: x}, condition: s}\n"
)

// over writes one YAML text over another, key by key.
func over(t testing.TB, base, text string) string {
	t.Helper()
	all, more := map[string]any{}, map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(base), &all))
	require.NoError(t, yaml.Unmarshal([]byte(text), &more))
	for key, v := range more {
		if all[key] = v; v == nil {
			delete(all, key)
		}
	}
	out, err := yaml.Marshal(all)
	require.NoError(t, err)
	return string(out)
}

func details(n int, name string) string {
	var b strings.Builder
	b.WriteString("custom_details: {")
	for i := range n {
		fmt.Fprintf(&b, "%s%d: DeviceId, ", name, i)
	}
	return b.String() + "}"
}

// written is what the tests read of a rule.
type written struct {
	Status   string
	Schedule struct{ Frequency string }
	Action   struct {
		Alert struct {
			Title, Description, Severity string
			Details                      map[string]string              `json:"customDetails"`
			Entities                     map[string][]map[string]string `json:"entityMappings"`
			Tactics                      []struct {
				Tactic     string
				Techniques []struct {
					Technique     string
					SubTechniques []string
				}
			}
		} `json:"alertTemplate"`
	} `json:"detectionAction"`
}

func read(t testing.TB, f packages.File) written {
	t.Helper()
	var w written
	require.NoError(t, json.Unmarshal([]byte(f.Text), &w))
	return w
}

// TestLimits: what the product does not take is a finding, and what is packaged is sound all the same. What it takes is
// no finding.
func TestLimits(t *testing.T) {
	s := packaged.Schema(t, "testdata/detectionrule.schema.json")
	for _, c := range []struct {
		name, text string
		codes      []string
		packaged   bool
	}{
		{"whole", "", nil, true},
		{"title", "title: " + strings.Repeat("t", 256), nil, true},
		{"long title", "title: " + strings.Repeat("t", 257), []string{"package-title"}, true},
		{"title with braces", "title: 'a {{b}}'", []string{"package-placeholders"}, true},
		{"description with braces", "description: 'a {{{b}'", []string{"package-placeholders"}, true},
		{"no description", "description:", nil, true},
		{"critical", "level: critical", nil, true},
		{"no level", "level:", []string{"package-level"}, true},
		{"no id", "id:", []string{"package-id"}, true},
		{"no version", "date:", nil, true},
		{"every hour", "schedule: {every: 1h}", nil, true},
		{"every 3 hours", "schedule: {every: 3h}", nil, true},
		{"every 12 hours", "schedule: {every: 12h}", nil, true},
		{"every day", "schedule: {every: 1d}", nil, true},
		{"every 2 hours", "schedule: {every: 2h}", []string{"package-frequency"}, true},
		{"every 2 hours, each once", "schedule: {every: 2h, lookback: 1h}", []string{"package-frequency"}, true},
		{"every 5 minutes over an hour", "schedule: {every: 5m, lookback: 1h}", []string{"package-frequency"}, true},
		{"every 5 minutes", "schedule: {every: 5m}", []string{"package-schedule"}, false},
		{"back 4 hours", "schedule: {every: 1h, lookback: 4h}", nil, true},
		{"back 5 hours", "schedule: {every: 1h, lookback: 5h}", []string{"package-frequency"}, true},
		{"back 30 days", "schedule: {every: 1d, lookback: 30d}", nil, true},
		{"back 31 days", "schedule: {every: 1d, lookback: 31d}", []string{"package-schedule"}, false},
		{"every 30 days", "schedule: {every: 30d}", []string{"package-frequency"}, true},
		{"back too short", "schedule: {every: 3h, lookback: 1h}", []string{"package-schedule"}, true},
		{"technique", "tags: [attack.t1059.001]", nil, true},
		{"tactics of version 19", "tags: [attack.stealth, attack.defense-impairment]", nil, true},
		{"unknown technique", "tags: [attack.t1999, attack.t1086]", []string{"package-technique", "package-technique"}, true},
		{"details", details(20, "K"), nil, true},
		{"too many details", details(21, "K"), []string{"package-detail"}, true},
		{"details of 4096 bytes", details(8, strings.Repeat("k", 503)), nil, true},
		{"details of 4097 bytes", strings.Replace(details(8, strings.Repeat("k", 503)), "k", "kk", 1), []string{"package-detail"}, true},
		{"detail without a column", "custom_details: {K: Hashes}", []string{"package-column"}, true},
		{"3 fields", "alert: {title: '{DeviceId} {user}', description: '{SHA1}'}", nil, true},
		{"4 fields", "alert: {title: '{DeviceId} {user}', description: '{SHA1} {SHA256}'}", []string{"package-placeholders"}, true},
		{"title with 4 fields", "alert: {title: '{DeviceId} {user} {SHA1} {SHA256}'}", []string{"package-placeholders"}, true},
		{"alert title with braces", "alert: {title: 'a {{{{b}}}}'}", []string{"package-placeholders"}, true},
		{"brace at a field", "alert: {title: 'a {{{DeviceId}'}", []string{"package-placeholders"}, true},
		{"alert without a column", "alert: {description: 'of {Hashes}'}", []string{"package-column"}, true},
		{"risk", "risk: {score: 5}", []string{"package-risk"}, true},
		{"suppressed", "suppress: {by: [host], for: 1h}", []string{"package-suppress"}, true},
		{"process by its command line", "entities: {process: CommandLine}", []string{"package-entity"}, true},
		{"registry key", "entities: {registry_key: FolderPath}", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := packaged.Rule(t, defender.New(), kql.New(), "mde", over(t, head+process, c.text))
			out := defender.New().Package(settings, []packages.Input{in})
			assert.ElementsMatch(t, c.codes, codes(out.Found), "%v", out.Found)
			assert.Equal(t, c.packaged, len(out.Made) == 1)
			for _, d := range out.Found {
				assert.NotEmpty(t, d.Hint)
				assert.NotZero(t, d.Range)
			}
			sound(t, s, out)
		})
	}
}

// TestFrequencies: a rule runs as often as the product allows without missing an event, and sees all that its query
// reads.
func TestFrequencies(t *testing.T) {
	for schedule, want := range map[string]string{
		"{every: 1h}": "PT1H", "{every: 2h}": "PT1H", "{every: 3h}": "PT3H", "{every: 11h}": "PT3H", "{every: 12h}": "PT12H", "{every: 1d}": "P1D", "{every: 7d}": "P1D",
		"{every: 1h, lookback: 5h}": "PT3H", "{every: 1h, lookback: 12h}": "PT3H", "{every: 1h, lookback: 13h}": "PT12H", "{every: 1h, lookback: 49h}": "P1D", "{every: 10m, lookback: 1h}": "PT1H",
	} {
		in := packaged.Rule(t, defender.New(), kql.New(), "mde", head+process+"schedule: "+schedule)
		out := defender.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Files, 1, schedule)
		assert.Equal(t, want, read(t, out.Files[0]).Schedule.Frequency, schedule)
	}
}

// TestTimespans: a correlation reads its timespan beyond what it reports. The product must show it all of that.
func TestTimespans(t *testing.T) {
	for _, c := range []struct {
		timespan, schedule, frequency string
		period                        string // of the reported matches: it ends before now if the product shows so much
		codes                         []string
	}{
		{"1h", "{every: 1h}", "PT1H", "(ago(timeframe + 10m) .. ago(10m))", nil},
		{"3h", "{every: 1h}", "PT1H", "(ago(timeframe) .. now())", nil},
		{"4h", "{every: 1h}", "", "(ago(timeframe) .. now())", []string{"package-schedule"}},
		{"4h", "{every: 3h}", "PT3H", "(ago(timeframe + 10m) .. ago(10m))", nil},
		{"1h", "{every: 1h, lookback: 2h}", "PT1H", "(ago(timeframe) .. now())", nil},
		{"4h", "{every: 1h, lookback: 3h}", "PT3H", "(ago(timeframe) .. now())", []string{"package-frequency"}},
		{"1d", "{every: 12h}", "PT12H", "(ago(timeframe + 10m) .. ago(10m))", nil},
		{"29d", "{every: 1d}", "P1D", "(ago(timeframe) .. now())", nil},
		{"30d", "{every: 1d}", "", "(ago(timeframe) .. now())", []string{"package-schedule"}},
	} {
		in := packaged.Correlation(t, defender.New(), kql.New(), "mde", counting(c.timespan)+"schedule: "+c.schedule+"\n---\nname: a\ntitle: A\n"+process)
		out := defender.New().Package(settings, []packages.Input{in})
		assert.Equal(t, c.codes, codes(out.Found), "%s %s: %v", c.timespan, c.schedule, out.Found)
		assert.Contains(t, in.Query.Text, "| where At between "+c.period+"\n", "%s %s", c.timespan, c.schedule)
		if c.frequency != "" && assert.Len(t, out.Files, 1) {
			assert.Equal(t, c.frequency, read(t, out.Files[0]).Schedule.Frequency)
			assert.Equal(t, "map[hosts:[map[deviceIdColumn:DeviceId nameColumn:DeviceName]]]", fmt.Sprint(hosts(read(t, out.Files[0]))))
		}
	}
}

// TestTimespansOfAncestors: the creations of ancestors are read from a day before. To end before now must not make a
// rule read more than the product shows.
func TestTimespansOfAncestors(t *testing.T) {
	const old = "logsource: {product: windows, category: process_creation}\nancestry: {old: {ancestor: {level: 3, Image|filename: a.exe}}}\ndetection: {condition: old}\n"
	for timespan, end := range map[string]string{"12h": "now()", "11h": "ago(10m)"} {
		in := packaged.Correlation(t, defender.New(), kql.New(), "mde", counting(timespan)+"schedule: {every: 12h}\n---\nname: a\ntitle: A\n"+old)
		assert.Contains(t, in.Query.Text, ".. "+end+")\n", timespan)
		out := defender.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Files, 1, "%s: %v", timespan, out.Found)
		assert.Equal(t, "PT12H", read(t, out.Files[0]).Schedule.Frequency)
	}
}

// counting is the head of a correlation that counts the events of each host.
func counting(timespan string) string {
	return "title: C\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b11\nlevel: high\ncorrelation: {type: event_count, rules: [a], group-by: [host], timespan: " + timespan + ", condition: {gte: 5}}\n"
}

func hosts(w written) map[string][]map[string]string {
	return map[string][]map[string]string{"hosts": w.Action.Alert.Entities["hosts"]}
}

// TestRequiredColumns takes columns from results: the product would refuse each.
func TestRequiredColumns(t *testing.T) {
	without := func(in packages.Input, columns ...string) packages.Input {
		q, result := *in.Query, *in.Query.Result
		result.Columns = slices.DeleteFunc(slices.Clone(result.Columns), func(c string) bool { return slices.Contains(columns, c) })
		q.Result = &result
		in.Query = &q
		return in
	}
	device := packaged.Rule(t, defender.New(), kql.New(), "mde", head+process)
	cloud := packaged.Rule(t, defender.New(), kql.New(), "mde", head+"logsource: {product: m365, service: exchange}\ndetection: {s: {eventName: x}, condition: s}\n")
	correlation := packaged.Correlation(t, defender.New(), kql.New(), "mde", counting("5m")+"---\nname: a\ntitle: A\n"+process)
	for name, c := range map[string]struct {
		in    packages.Input
		lacks []string
		found int
	}{
		"device": {device, nil, 0}, "device's id": {device, []string{"DeviceId"}, 1}, "device's report": {device, []string{"ReportId"}, 1}, "device's time": {device, []string{"Timestamp"}, 1},
		"correlation": {correlation, nil, 0}, "correlation's id": {correlation, []string{"DeviceId"}, 1}, "correlation's report": {correlation, []string{"ReportId", "Timestamp"}, 2},
		"cloud": {cloud, nil, 0}, "cloud's report": {cloud, []string{"ReportId"}, 1},
	} {
		out := defender.New().Package(settings, []packages.Input{without(c.in, c.lacks...)})
		want := slices.Repeat([]string{"package-required-column"}, c.found)
		assert.ElementsMatch(t, want, codes(out.Found), "%s: %v", name, out.Found)
		assert.Equal(t, c.found == 0, len(out.Files) == 1, name)
	}
	nobody := cloud
	nobody.Show = compilers.Show{}
	out := defender.New().Package(settings, []packages.Input{nobody})
	assert.Equal(t, []string{"package-required-column"}, codes(out.Found), "no host, no user, no mailbox")
}

// TestNearRealTime: it is asked for and not made, which a finding says.
func TestNearRealTime(t *testing.T) {
	in := packaged.Rule(t, defender.New(), kql.New(), "mde", head+process)
	out := defender.New().Package(packages.Settings{Target: "defender", NearRealTime: true}, []packages.Input{in})
	assert.Equal(t, []string{"package-near-real-time"}, codes(out.Found))
	assert.Equal(t, "PT1H", read(t, out.Files[0]).Schedule.Frequency)
}

// TestTables: a query that reads a table beside it has no package.
func TestTables(t *testing.T) {
	in := packaged.Rule(t, defender.New(), kql.New(), "mde", head+process)
	q := *in.Query
	q.Assets = []compilers.Asset{{Name: "list.csv"}}
	in.Query = &q
	out := defender.New().Package(settings, []packages.Input{in})
	assert.Equal(t, []string{"package-table"}, codes(out.Found))
	assert.Empty(t, out.Files)
}

// TestRulesOfOneID: the second would replace the first when it is deployed.
func TestRulesOfOneID(t *testing.T) {
	var inputs []packages.Input
	for _, title := range []string{"title: A", "title: B"} {
		inputs = append(inputs, packaged.Rule(t, defender.New(), kql.New(), "mde", over(t, head+process, title)))
	}
	out := defender.New().Package(settings, inputs)
	assert.Equal(t, []string{"package-same-id"}, codes(out.Found))
	assert.Len(t, out.Files, 1)
}

// TestAlertTitlesAreUnique: no two alerts have the same title, also where one rule asks for the name of another.
func TestAlertTitlesAreUnique(t *testing.T) {
	var inputs []packages.Input
	for i, text := range []string{"title: One", "title: Two\nalert: {title: ONE}", "title: Three\nalert: {title: Same}", "title: Four\nalert: {title: same}", "title: four", "title: 'a{{b'", "title: 'a{ {b'"} {
		in := packaged.Rule(t, defender.New(), kql.New(), "mde", over(t, head+process, text+fmt.Sprintf("\nname: r%d\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b1%d", i, i)))
		inputs = append(inputs, in)
	}
	out := defender.New().Package(settings, inputs)
	require.Len(t, out.Files, len(inputs))
	sound(t, packaged.Schema(t, "testdata/detectionrule.schema.json"), out)
	assert.Equal(t, "Two", read(t, out.Files[1]).Action.Alert.Title)
	assert.Equal(t, "Same", read(t, out.Files[2]).Action.Alert.Title)
	assert.Equal(t, "Four (r3)", read(t, out.Files[3]).Action.Alert.Title)
}

// TestTactics: a technique stands under its tactics that the rule names, or else under all of them.
func TestTactics(t *testing.T) {
	for tags, want := range map[string]string{
		"[attack.t1078]":                                         "InitialAccess T1078; Persistence T1078; PrivilegeEscalation T1078; DefenseEvasion T1078",
		"[attack.persistence, attack.t1078]":                     "Persistence T1078",
		"[attack.impact, attack.t1059.001, attack.t1059]":        "Execution T1059[T1059.001]; Impact",
		"[attack.execution, attack.t1059.003, attack.t1059.001]": "Execution T1059[T1059.001 T1059.003]",
		"[attack.command-and-control]":                           "CommandAndControl",
	} {
		in := packaged.Rule(t, defender.New(), kql.New(), "mde", head+process+"tags: "+tags)
		var got []string
		for _, tactic := range read(t, defender.New().Package(settings, []packages.Input{in}).Files[0]).Action.Alert.Tactics {
			text := tactic.Tactic
			for _, technique := range tactic.Techniques {
				text += " " + technique.Technique
				if len(technique.SubTechniques) > 0 {
					text += fmt.Sprint(technique.SubTechniques)
				}
			}
			got = append(got, text)
		}
		assert.Equal(t, want, strings.Join(got, "; "), tags)
	}
}

// TestEntities: what an alert is about, from what the rule names and what its table has.
func TestEntities(t *testing.T) {
	const whoever = "accounts:[map[aadUserIdColumn:InitiatingProcessAccountObjectId nameColumn:InitiatingProcessAccountName ntDomainColumn:InitiatingProcessAccountDomain sidColumn:InitiatingProcessAccountSid upnColumn:InitiatingProcessAccountUpn]]"
	const device = "hosts:[map[deviceIdColumn:DeviceId nameColumn:DeviceName]]"
	for text, want := range map[string]string{
		"logsource: {product: azure, service: signinlogs}\ndetection: {s: {ResultType: 1}, condition: s}\n":                                          "map[accounts:[map[aadUserIdColumn:AccountObjectId upnColumn:AccountUpn]] ips:[map[addressColumn:IPAddress]]]",
		"logsource: {product: m365, service: exchange}\ndetection: {s: {eventName: x}, condition: s}\nentities: {ip: ClientIP, mailbox: ObjectId}\n": "map[accounts:[map[aadUserIdColumn:AccountObjectId]] ips:[map[addressColumn:IPAddress]] mailboxes:[map[primaryAddressColumn:ObjectId]]]",
		"logsource: {product: windows, category: network_connection}\ndetection: {s: {DestinationIp: x}, condition: s}\n": "map[" + whoever + " dns:[map[domainNameColumn:RemoteUrl] map[domainNameColumn:DecreeDestinationHostname]] " + device +
			" ips:[map[addressColumn:DecreeDestinationIp] map[addressColumn:DecreeSourceIp]] processes:[map[sha1Column:InitiatingProcessSHA1 sha256Column:InitiatingProcessSHA256]]]",
		"logsource: {product: windows, category: registry_set}\ndetection: {s: {Details: x}, condition: s}\nentities: {registry_key: RegistryKey, registry_value: RegistryValueName}\n": "map[" + whoever + " " + device +
			" processes:[map[sha1Column:InitiatingProcessSHA1 sha256Column:InitiatingProcessSHA256]] registryValues:[map[keyColumn:RegistryKey] map[valueNameColumn:RegistryValueName]]]",
	} {
		in := packaged.Rule(t, defender.New(), kql.New(), "mde", head+text)
		out := defender.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Files, 1, "%v", out.Found)
		assert.Equal(t, want, fmt.Sprint(read(t, out.Files[0]).Action.Alert.Entities), text)
	}
}

// TestHostsHaveNamesInTexts: what people read has the name of a host, and what products compare its id.
func TestHostsHaveNamesInTexts(t *testing.T) {
	in := packaged.Rule(t, defender.New(), kql.New(), "mde", over(t, head+process, "alert: {title: 'On {host}', description: '{CommandLine} on {host}'}\ncustom_details: {Host: host}"))
	out := defender.New().Package(settings, []packages.Input{in})
	require.Len(t, out.Files, 1)
	alert := read(t, out.Files[0]).Action.Alert
	assert.Equal(t, "On {{DeviceName}}", alert.Title)
	assert.Contains(t, out.Files[0].Text, "{{ProcessCommandLine}} on {{DeviceName}}")
	assert.Contains(t, out.Files[0].Text, `"Host": "DeviceId"`)
}
