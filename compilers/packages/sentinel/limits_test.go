package sentinel_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/sentinel"
	"decree/tests/fixture/packaged"
)

// sound holds both forms of each packaged rule to what the product's repository and its API ask for.
func sound(t testing.TB, schema *jsonschema.Schema, out packages.Output) {
	t.Helper()
	for _, f := range out.Files {
		switch {
		case strings.HasSuffix(f.Path, ".yaml"):
			assert.Empty(t, violations(f.Text), f.Text)
		case strings.HasSuffix(f.Path, ".json"):
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(f.Text))
			require.NoError(t, err)
			assert.NoError(t, schema.Validate(v), f.Text)
		}
	}
}

func TestGoldenPackagesAreSound(t *testing.T) {
	schema := packaged.Schema(t, "testdata/alertrule.schema.json")
	out := packages.Output{}
	for _, name := range []string{"password_guessing", "sql_server_suspicious_grandchild"} {
		for _, extension := range []string{".yaml", ".json"} {
			text, err := os.ReadFile("testdata/" + name + extension)
			require.NoError(t, err)
			out.Files = append(out.Files, packages.File{Path: name + extension, Text: string(text)})
		}
	}
	sound(t, schema, out)
}

const (
	head     = "id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\nlevel: high\ndate: '2026-03-01'\n"
	security = "logsource: {product: windows, service: security}\ndetection: {s: {EventID: 4625}, condition: s}\n"
)

// TestLimits: what the product does not take is a finding, and what is packaged is sound all the same. What it takes is
// no finding.
func TestLimits(t *testing.T) {
	schema := packaged.Schema(t, "testdata/alertrule.schema.json")
	for _, c := range []struct {
		name, text string
		codes      []string
		packaged   bool
	}{
		{"whole", "", nil, true},
		{"title", "title: " + strings.Repeat("t", 256), nil, true},
		{"long title", "title: " + strings.Repeat("t", 257), []string{"package-title"}, true},
		{"description", "description: " + strings.Repeat("d", 5000), []string{}, true},
		{"long description", "description: " + strings.Repeat("d", 5001), []string{"package-description"}, true},
		{"critical", "level: critical", nil, true},
		{"no level", "level:", []string{"package-level"}, true},
		{"no id", "id:", []string{"package-id"}, true},
		{"no version", "date:", []string{"package-version"}, true},
		{"not ASCII", "title: Öl", []string{"package-ascii"}, true},
		{"every 5 minutes", "schedule: {every: 5m}", nil, true},
		{"every minute of two tables", "schedule: {every: 1m}", []string{"package-schedule"}, false},
		{"every 14 days", "schedule: {every: 14d}", nil, true},
		{"every 15 days", "schedule: {every: 15d}", []string{"package-schedule"}, false},
		{"back 14 days", "schedule: {every: 1h, lookback: 14d}", []string{"package-repeats"}, true},
		{"back 15 days", "schedule: {every: 1h, lookback: 15d}", []string{"package-schedule"}, false},
		{"back 2 days too often", "schedule: {every: 30m, lookback: 2d}", []string{"package-schedule"}, false},
		{"back 47 hours", "schedule: {every: 30m, lookback: 47h}", []string{"package-repeats"}, true},
		{"back longer, once", "schedule: {every: 1h, lookback: 2h}\nsuppress: {for: 1h}", nil, true},
		{"back too short", "schedule: {every: 3h, lookback: 1h}", []string{"package-schedule"}, true},
		{"technique", "tags: [attack.t1059.001]", nil, true},
		{"technique of four tactics", "tags: [attack.t1078]", nil, true},
		{"tactics of version 19", "tags: [attack.stealth, attack.defense-impairment]", nil, true},
		{"unknown technique", "tags: [attack.t1999, attack.t1086]", []string{"package-technique", "package-technique"}, true},
		{"details", details20(20), nil, true},
		{"too many details", details20(21), []string{"package-detail"}, true},
		{"detail's long name", "custom_details: {Abcdefghij01234567890: Computer}", []string{"package-detail"}, true},
		{"detail without a column", "custom_details: {K: Hashes}", []string{"package-column"}, true},
		{"title with 3 fields", "alert: {title: '{Computer} {host} {EventID}'}", nil, true},
		{"title with 4 fields", "alert: {title: '{Computer} {host} {EventID} {Channel}'}", []string{"package-placeholders"}, true},
		{"title with braces", "alert: {title: 'a {{{{b}}}}'}", []string{"package-placeholders"}, true},
		{"long alert title", "alert: {title: '" + strings.Repeat("t", 257) + "'}", []string{"package-placeholders"}, true},
		{"risk", "risk: {score: 5, objects: [host]}", []string{"package-risk"}, true},
		{"10 entities", entities(8), nil, true},
		{"11 entities", entities(9), []string{"package-entity"}, true},
		{"alert without a column", "alert: {description: 'of {Hashes}'}", []string{"package-column"}, true},
		{"long query", "detection: {s: {EventID: 4625, TargetUserName|contains: [" + strings.Repeat("aaaaaaaaaaaaaaaaaaaa, ", 1000) + "b]}, condition: s}", []string{"package-query-length"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := packaged.Rule(t, sentinel.New(), kql.New(), "sentinel", over(t, "title: T\ndescription: D\n"+head+security, c.text))
			out := sentinel.New().Package(settings, []packages.Input{in})
			assert.ElementsMatch(t, c.codes, codes(out.Found), "%v", out.Found)
			assert.Equal(t, c.packaged, len(out.Made) == 1)
			for _, d := range out.Found {
				assert.NotEmpty(t, d.Hint)
				assert.NotZero(t, d.Range)
			}
			sound(t, schema, out)
		})
	}
}

// TestRulesOfOneID: the second would replace the first when it is deployed.
func TestRulesOfOneID(t *testing.T) {
	var inputs []packages.Input
	for _, title := range []string{"title: A\n", "title: B\n"} {
		inputs = append(inputs, packaged.Rule(t, sentinel.New(), kql.New(), "sentinel", title+head+security))
	}
	out := sentinel.New().Package(settings, inputs)
	assert.Equal(t, []string{"package-same-id"}, codes(out.Found))
	assert.Contains(t, out.Found[0].Message, `would replace "A"`)
	assert.Len(t, out.Made, 1)
	assert.Len(t, out.Files, 2)
}

// entities are so many things of a rule beside its host and its user.
func entities(n int) string {
	columns := []string{"Process", "Account", "Activity", "IpAddress", "IpPort", "LogonProcessName", "LogonTypeName", "ProcessName", "TargetAccount"}
	var b strings.Builder
	for _, c := range columns[:n] {
		b.WriteString(c + ", ")
	}
	return "entities: {file: [" + b.String() + "]}"
}

func details20(n int) string {
	return strings.ReplaceAll(strings.ReplaceAll(details(n), ": c", ": Computer"), "customDetails", "custom_details")
}

// TestNearRealTime: a rule runs near real time if it or the project asks for that, and its query is conditions on one
// table.
func TestNearRealTime(t *testing.T) {
	kind := func(text string, s packages.Settings) (string, []string) {
		in := packaged.Rule(t, sentinel.New(), kql.New(), "sentinel", "title: T\n"+head+text)
		out := sentinel.New().Package(s, []packages.Input{in})
		if len(out.Made) == 0 {
			return "", codes(out.Found)
		}
		return out.Made[0].Kind, codes(out.Found)
	}
	const sysmon = "logsource: {product: windows, category: dns_query}\ndetection: {s: {QueryName: x}, condition: s}\n"
	const both = "logsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: x}, condition: s}\n"
	asked := packages.Settings{Target: "sentinel", NearRealTime: true}
	for _, c := range []struct {
		text     string
		settings packages.Settings
		kind     string
		codes    []string
	}{
		{sysmon, settings, "Scheduled", nil},
		{sysmon, asked, "NRT", nil},
		{sysmon + "schedule: {every: 1m}\n", settings, "NRT", nil},
		{both, asked, "Scheduled", []string{"package-near-real-time"}},
		{both + "schedule: {every: 1m}\n", asked, "", []string{"package-schedule"}},
	} {
		got, found := kind(c.text, c.settings)
		assert.Equal(t, c.kind, got, c.text)
		assert.Equal(t, c.codes, found, c.text)
	}
}

// TestEntities: what an alert is about, from what the rule names and what its table has.
func TestEntities(t *testing.T) {
	const launched = "logsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: x}, condition: s}\n"
	for _, c := range []struct{ model, text, want string }{
		{"sentinel", security + "entities: {ip: IpAddress}\n", "IP Address=IpAddress; Host FullName=Computer; Account Name=TargetUserName"},
		{"mde", launched, "Host FullName=DeviceName; Account Name=AccountName NTDomain=AccountDomain; Process CommandLine=ProcessCommandLine ProcessId=ProcessId"},
		{"mde", "logsource: {product: windows, category: file_event}\ndetection: {s: {TargetFilename: x}, condition: s}\nentities: {file: TargetFilename}\n",
			"File Name=FolderPath; Host FullName=DeviceName; Account Name=InitiatingProcessAccountName NTDomain=InitiatingProcessAccountDomain; Process CommandLine=InitiatingProcessCommandLine ProcessId=InitiatingProcessId"},
		// Sysmon has domain and name in one text, the log Security in two columns
		{"sentinel", launched, "Host FullName=Computer; Account Name=SubjectUserName_ NTDomain=SubjectDomainName; Process CommandLine=CommandLine ProcessId=NewProcessId"},
		{"sentinel", "logsource: {product: windows, category: registry_set}\ndetection: {s: {TargetObject: x}, condition: s}\nentities: {user: User}\n", "Host FullName=Computer; Account Name=UserName NTDomain=UserDomain; Process ProcessId=ProcessId_"},
		{"sentinel", "logsource: {product: windows, category: process_access}\ndetection: {s: {CallTrace: x}, condition: s}\nentities: {user: TargetUser}\n",
			"Account Name=TargetUser; Host FullName=Computer; Account Name=UserName NTDomain=UserDomain"},
		{"sentinel", "logsource: {product: azure, service: auditlogs}\ndetection: {s: {OperationName: x}, condition: s}\n", "Account FullName=userPrincipalName_; IP Address=ipAddress_"},
	} {
		in := packaged.Rule(t, sentinel.New(), kql.New(), c.model, "title: T\n"+head+c.text)
		assert.Equal(t, c.want, entitiesOf(t, sentinel.New().Package(settings, []packages.Input{in})), c.text)
	}
	// what a correlation is grouped by is a column of its own: a key of Defender's identifies nothing here
	for _, c := range []struct{ model, of, by, want string }{
		{"sentinel", security, "host", "Host FullName=host; Account Name=TargetUserName"},
		{"mde", launched, "host", "Host FullName=DeviceName; Account Name=AccountName"},
		{"mde", launched, "user", "Host FullName=DeviceName; Account Name=user"},
		{"mde", "logsource: {product: azure, service: signinlogs}\ndetection: {s: {ResultType: 1}, condition: s}\n", "user", "Account FullName=AccountUpn"},
	} {
		in := packaged.Correlation(t, sentinel.New(), kql.New(), c.model, "title: C\n"+head+"correlation: {type: event_count, rules: [a], group-by: ["+c.by+"], timespan: 5m, condition: {gte: 5}}\n---\nname: a\ntitle: A\n"+c.of)
		assert.Equal(t, c.want, entitiesOf(t, sentinel.New().Package(settings, []packages.Input{in})), "%s by %s", c.model, c.by)
	}
}

// entitiesOf are the entity mappings of the first rule's template.
func entitiesOf(t *testing.T, out packages.Output) string {
	t.Helper()
	var tpl struct {
		Resources []struct {
			Properties struct {
				EntityMappings []struct {
					EntityType    string
					FieldMappings []struct{ Identifier, ColumnName string }
				}
			}
		}
	}
	require.Greater(t, len(out.Files), 1, "%v", out.Found)
	require.NoError(t, json.Unmarshal([]byte(out.Files[1].Text), &tpl))
	var got []string
	for _, e := range tpl.Resources[0].Properties.EntityMappings {
		text := e.EntityType
		for _, f := range e.FieldMappings {
			text += " " + f.Identifier + "=" + f.ColumnName
		}
		got = append(got, text)
	}
	return strings.Join(got, "; ")
}

// TestHostsHaveNamesInTexts: a title has the name of a host, where the data model knows it by an id.
func TestHostsHaveNamesInTexts(t *testing.T) {
	in := packaged.Rule(t, sentinel.New(), kql.New(), "mde", "title: T\ndescription: D\n"+head+"logsource: {product: windows, category: process_creation}\ndetection: {s: {Image|filename: a.exe}, condition: s}\nalert: {title: 'On {host}'}\n")
	out := sentinel.New().Package(settings, []packages.Input{in})
	assert.Contains(t, out.Files[0].Text, "alertDisplayNameFormat: On {{DeviceName}}")
}
