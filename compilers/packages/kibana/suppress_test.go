package kibana_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/eql"
	"decree/compilers/packages"
	"decree/compilers/packages/kibana"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// TestSuppress: alerts are suppressed by what they have, or not at all.
func TestSuppress(t *testing.T) {
	schema := fixture.ElasticRules(t, "eql")
	counted := "title: C\nid: 6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e13\ndate: 2026-03-01\nlevel: high\ncorrelation: {type: event_count, rules: [a], group-by: [TargetUserName], timespan: 5m, condition: {gte: 5}}\n"
	for _, c := range []struct {
		text, want string
		of         func(text string) packages.Input
	}{
		{"suppress: {by: [Computer], for: 90m}", `{"duration":{"unit":"m","value":90},"group_by":["winlog.computer_name"],"missing_fields_strategy":"suppress"}`, nil},
		{"suppress: {by: [host, Computer, TargetUserName], for: 2d}", `{"duration":{"unit":"h","value":48},"group_by":["host.id","winlog.computer_name","winlog.event_data.TargetUserName"],"missing_fields_strategy":"suppress"}`, nil},
		{"suppress: {by: [Computer], for: 90s}", `{"duration":{"unit":"s","value":90},"group_by":["winlog.computer_name"],"missing_fields_strategy":"suppress"}`, nil},
		{"suppress: {for: 1h}", "null", nil},
		{"suppress: {by: [Computer, TargetUserName, IpAddress, EventID], for: 1h}", "null", nil},
		{"suppress: {by: [Hashes], for: 1h}", "null", nil},
		{"suppress: {by: [TargetUserName], for: 1h}", `{"duration":{"unit":"h","value":1},"group_by":["winlog.event_data.TargetUserName"],"missing_fields_strategy":"suppress"}`, func(text string) packages.Input {
			return packaged.Correlation(t, kibana.New(), eql.New(), "winlogbeat", counted+text+"\n---\ntitle: A\nname: a\n"+security)
		}},
		{"suppress: {by: [Computer], for: 1h}", "null", func(text string) packages.Input {
			return packaged.Correlation(t, kibana.New(), eql.New(), "winlogbeat", counted+text+"\n---\ntitle: A\nname: a\n"+security)
		}},
	} {
		of := c.of
		if of == nil {
			of = func(text string) packages.Input {
				return packaged.Rule(t, kibana.New(), eql.New(), "winlogbeat", head+security+text+"\n")
			}
		}
		out := kibana.New().Package(settings, []packages.Input{of(c.text)})
		require.Len(t, out.Made, 1, c.text)
		assert.Equal(t, []string{"package-suppress"}, codes(out.Found), c.text)
		got, err := json.Marshal(read(t, out.Files[0].Text)[0]["alert_suppression"])
		require.NoError(t, err)
		assert.Equal(t, c.want, string(got), c.text)
		valid(t, schema, out)
	}
}

// TestSuppressUser: users of one name in two domains are two. If their domain is in a column of its own, that counts
// among the columns.
func TestSuppressUser(t *testing.T) {
	schema := fixture.ElasticRules(t, "eql")
	const process = "logsource: {product: windows, category: process_creation}\ndetection: {s: {Image|filename: whoami.exe}, condition: s}\n"
	const counted = "title: C\nid: 6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e13\ndate: 2026-03-01\nlevel: high\ncorrelation: {type: event_count, rules: [a], group-by: [User], timespan: 5m, condition: {gte: 5}}\n"
	for _, c := range []struct {
		by    string
		group bool
		want  []string // the fields; nil: the rule alerts each time
	}{
		{"User", false, []string{"user.domain", "user.name"}},
		{"UserDomain, User", false, []string{"user.domain", "user.name"}},
		{"User, Image", false, []string{"user.domain", "user.name", "process.executable"}},
		{"User, Image, CommandLine", false, nil},
		{"User", true, []string{"user.domain", "user.name"}},
	} {
		text := "suppress: {by: [" + c.by + "], for: 1h}\n"
		in := func() packages.Input {
			if c.group {
				return packaged.Correlation(t, kibana.New(), eql.New(), "ecs", counted+text+"---\ntitle: A\nname: a\n"+process)
			}
			return packaged.Rule(t, kibana.New(), eql.New(), "ecs", head+process+text)
		}()
		out := kibana.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Made, 1, c.by)
		assert.Equal(t, []string{"package-suppress"}, codes(out.Found), c.by)
		valid(t, schema, out)
		var got struct {
			By []string `json:"group_by"`
		}
		raw, err := json.Marshal(read(t, out.Files[0].Text)[0]["alert_suppression"])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &got))
		assert.Equal(t, c.want, got.By, c.by)
	}
}

// TestSequenceHasOnlyWhatItsEventsShare: the alert of a sequence has no value in which its events differ. By that it is
// neither suppressed nor named.
func TestSequenceHasOnlyWhatItsEventsShare(t *testing.T) {
	schema := fixture.ElasticRules(t, "eql")
	const process = "logsource: {product: windows, category: process_creation}\n"
	const above = process + "detection: {s: {GrandParentImage|filename: w3wp.exe, Image|filename: cmd.exe}, condition: s}\n"
	const joined = process + "detection: {s: {Image|filename: cmd.exe}, condition: s and j}\njoins:\n  j: {rule: other, same: [host, User], before: 1h}\n"
	const other = "---\ntitle: O\nname: other\n" + process + "detection: {s: {Image|filename: whoami.exe}, condition: s}\n"
	for _, c := range []struct {
		rule, by, title string
		suppressed      []string
		named           string
		codes           []string
	}{
		{above, "host", "{Computer}", []string{"host.id"}, "", []string{"package-placeholders", "package-suppress"}},
		{above, "host, Image", "{CommandLine}", nil, "", []string{"package-placeholders", "package-suppress"}},
		{joined, "host, User", "{Image}", []string{"host.id", "user.domain", "user.name"}, "", []string{"package-placeholders", "package-suppress"}},
		{joined, "Image", "{CommandLine}", nil, "", []string{"package-placeholders", "package-suppress"}},
		{process + "detection: {s: {Image|filename: cmd.exe}, condition: s}\n", "host, Image", "{CommandLine}", []string{"host.id", "process.executable"}, "process.command_line", []string{"package-suppress"}},
	} {
		text := head + c.rule + "suppress: {by: [" + c.by + "], for: 1d}\nalert: {title: '" + c.title + "'}\n"
		if c.rule == joined {
			text += other
		}
		in := packaged.Of(t, kibana.New(), eql.New(), "ecs", lowered.Rules(t, text)[0])
		out := kibana.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Made, 1, c.by)
		assert.Equal(t, c.codes, codes(out.Found), c.by)
		valid(t, schema, out)
		one := read(t, out.Files[0].Text)[0]
		var got struct {
			By []string `json:"group_by"`
		}
		raw, err := json.Marshal(one["alert_suppression"])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &got))
		assert.Equal(t, c.suppressed, got.By, c.by)
		name, _ := one["rule_name_override"].(string)
		assert.Equal(t, c.named, name, c.title)
	}
}
