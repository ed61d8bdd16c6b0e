package deployed

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func open(t *testing.T, name string) *Export {
	t.Helper()
	files, err := Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	x, err := Read(files)
	require.NoError(t, err)
	return x
}

// TestFormsOfSentinel: the same rule in all three forms is the same, and so is its digest, wherever the forms say the
// same.
func TestFormsOfSentinel(t *testing.T) {
	var rules []Rule
	for _, name := range []string{"sentinel_rest.json", "sentinel_arm.json", "sentinel.yaml"} {
		x := open(t, name)
		assert.Equal(t, Sentinel, x.Product)
		require.Len(t, x.Rules, 1, name)
		rules = append(rules, x.Rules[0])
	}
	for _, r := range rules {
		assert.Equal(t, []string{"0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a01", "Log cleared", "Scheduled", "SecurityEvent\n| where EventID == 1102"}, []string{r.ID, r.Name, r.Kind, r.Query})
		assert.Equal(t, "[x] said", r.Properties["description"])
		assert.Empty(t, differences(rules[0], r), "what the product fills in is not a difference")
		assert.Equal(t, rules[0].digest(Sentinel, false), r.digest(Sentinel, false))
		assert.Equal(t, "2h", r.Properties["queryPeriod"])
	}
	assert.Equal(t, []string{"not read: a rule without a query (Fusion) (1)"}, open(t, "sentinel_rest.json").Remarks)
	assert.Empty(t, open(t, "sentinel_arm.json").Remarks)
	assert.Equal(t, "watchlist", open(t, "sentinel_arm.json").Parts[0].Kind)
}

func TestDefender(t *testing.T) {
	x := open(t, "defender.json")
	assert.Equal(t, Defender, x.Product)
	require.Len(t, x.Rules, 2)
	old := x.Rules[0]
	assert.Equal(t, "7506", old.ID)
	assert.Equal(t, "DeviceProcessEvents\n| where ProcessCommandLine has \"-enc\"", old.Query)
	assert.Equal(t, map[string]any{"frequency": "12h"}, old.Properties["schedule"])
	assert.Equal(t, "enabled", old.Properties["status"])
	assert.NotContains(t, old.Properties, "createdBy")
	action := object(x.Rules[1].Properties["detectionAction"])
	assert.Equal(t, []string{"alertTemplate"}, keys(action))
	assert.Equal(t, map[string]any{"hosts": []any{map[string]any{"deviceIdColumn": "DeviceId"}}}, object(action["alertTemplate"])["entityMappings"])
}

func TestKibana(t *testing.T) {
	x := open(t, "kibana.ndjson")
	assert.Equal(t, Kibana, x.Product)
	require.Len(t, x.Rules, 1)
	r := x.Rules[0]
	assert.Equal(t, []string{"cert", "Certutil", "eql"}, []string{r.ID, r.Name, r.Kind})
	assert.Equal(t, []string{"description", "enabled", "from", "index", "interval", "language", "name", "risk_score", "severity", "tags", "threat", "type"}, keys(r.Properties))
	assert.Equal(t, []any{"now-65m", "1h", []any{"a", "b"}}, []any{r.Properties["from"], r.Properties["interval"], r.Properties["tags"]})
	assert.Equal(t, []string{"not read: a rule without a query (machine_learning) (1)", "not read: an exception list or an item of one (1)"}, x.Remarks)
}

// TestSplunk reads an app as a folder, as an archive and as one file.
func TestSplunk(t *testing.T) {
	x := open(t, "app")
	assert.Equal(t, Splunk, x.Product)
	require.Len(t, x.Rules, 2)
	r := x.Rules[1]
	assert.Equal(t, []string{"0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a01", "Log cleared", "index=win EventCode=1102\n| table host"}, []string{r.ID, r.Name, r.Query})
	assert.Equal(t, map[string]any{"description": "Somebody cleared it.", "enableSched": "1", "cron_schedule": "every 1h"}, r.Properties, "local wins over default")
	assert.Equal(t, "A report", x.Rules[0].ID, "Splunk knows a search by its name")

	files, err := Open("testdata/app")
	require.NoError(t, err)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zip)
	files = append(files, File{"app/appserver/package.json", []byte("x")})
	for _, f := range append(files, File{"../../app/README.md", []byte("x")}) {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: f.Path, Mode: 0o644, Size: int64(len(f.Data)), Typeflag: tar.TypeReg}))
		_, err := archive.Write(f.Data)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zip.Close())
	file := filepath.Join(t.TempDir(), "app.tgz")
	require.NoError(t, os.WriteFile(file, packed.Bytes(), 0o644))
	files, err = Open(file)
	require.NoError(t, err)
	again, err := Read(files)
	require.NoError(t, err)
	assert.Equal(t, x.Rules, again.Rules)

	alone, err := Read([]File{{"exported", []byte("[One]\nsearch = index=a\n")}})
	require.NoError(t, err)
	assert.Equal(t, "index=a", alone.Rules[0].Query)
}

func TestOneRuleAlone(t *testing.T) {
	all := open(t, "defender.json")
	data, err := os.ReadFile("testdata/defender.json")
	require.NoError(t, err)
	var of struct{ Value []json.RawMessage }
	require.NoError(t, json.Unmarshal(data, &of))
	one, err := Read([]File{{"one.json", of.Value[0]}})
	require.NoError(t, err)
	assert.Equal(t, all.Rules[0].Query, one.Rules[0].Query)
	found, err := Read([]File{{"find.json", []byte(`{"data": [{"rule_id": "a", "name": "n", "type": "query", "query": "x"}], "total": 1}`)}})
	require.NoError(t, err)
	assert.Equal(t, Kibana, found.Product)
	both, err := Read([]File{{"b/one.json", of.Value[0]}, {"b/again.json", of.Value[0]}, {"b/package.json", []byte(`{"name": "x"}`)}})
	require.NoError(t, err)
	assert.Equal(t, []string{"files of which nothing is a rule: 1 (b/package.json)", "rules that are there again under the same id, of which the first is read: 1 (Encoded command)"}, both.Remarks)
	packaged := `{"rule_id": "a", "name": "n", "query": "q\n// Packaged by decree for prod: 0123456789abcdef", "severity": "low"}`
	twoForms, err := Read([]File{{"a.json", []byte(packaged)}, {"b.json", []byte(packaged)}})
	require.NoError(t, err)
	assert.Empty(t, twoForms.Remarks, "a package has a rule in two forms")
	var many []File
	for _, severity := range []string{"low", "high", "low", "low", "low", "low", "low"} {
		many = append(many, File{"a.json", []byte(`{"rule_id": "a", "name": "n", "query": "q", "severity": "` + severity + `"}`)})
	}
	again, err := Read(many)
	require.NoError(t, err)
	assert.Equal(t, []string{"rules that are there again under the same id, of which the first is read: 6 (n, n, n, n, n, ...)", "of these, rules that differ from the first: 1 (n)"}, again.Remarks)
}

// TestValuesThatAreNoRules: what no product writes into an export is counted, and what it writes beside rules is not.
func TestValuesThatAreNoRules(t *testing.T) {
	const (
		rule      = `{"rule_id": "a", "name": "n", "type": "query", "query": "x"}`
		connector = `{"id": "c", "type": "action", "attributes": {"actionTypeId": ".email", "name": "Mail"}, "references": []}`
		ends      = `{"exported_count": 2, "exported_rules_count": 1, "missing_rules_count": 0}`
		lists     = `{"exported_exception_list_count": 0, "exported_exception_list_item_count": 0}`
		defender  = `{"queryCondition": {"queryText": "x"}, "id": "1"}`
	)
	for _, c := range []struct {
		name, text string
		strange    int
	}{
		{"a.ndjson", strings.Join([]string{rule, connector, lists, ends}, "\n"), 0},
		{"a.ndjson", rule + `{"foo": 1}` + ends, 1},
		{"a.ndjson", `{"foo": 1}` + rule + `"words" 5 [] [{"foo": 1}]` + ends, 5},
		{"a.json", "[" + rule + `, {"foo": 1}, 5]`, 2},
		{"a.json", `{"data": [` + rule + `, {"foo": 1}], "total": 2}`, 1},
		{"a.json", `{"value": [` + defender + `, {"foo": 1}]}`, 1},
		{"a.yaml", "---\n---\nid: a\nname: n\nkind: Scheduled\nquery: T\n---\nfoo: 1\n", 1},
	} {
		x, err := Read([]File{{c.name, []byte(c.text)}})
		require.NoError(t, err, c.text)
		require.Len(t, x.Rules, 1, c.text)
		var want []string
		if c.strange > 0 {
			want = []string{fmt.Sprintf("not read: a value that is no rule (%d)", c.strange)}
		}
		assert.Equal(t, want, x.Remarks, c.text)
	}
}

// TestNothingIsDeployed: a list without a rule is an export. Microsoft's does not say of which product.
func TestNothingIsDeployed(t *testing.T) {
	for text, want := range map[string]Product{`{"value": []}`: "", `{"data": [], "total": 0, "page": 1}`: Kibana, `{"exported_count": 0, "exported_rules_count": 0}`: Kibana,
		`{"$schema": "s", "resources": []}`: Sentinel} {
		x, err := Read([]File{{"a.json", []byte(text)}})
		require.NoError(t, err, text)
		assert.Empty(t, x.Rules)
		assert.Equal(t, want, x.Product, text)
	}
	for _, text := range []string{"", "# none yet\n", "[default]\ncron_schedule = 0 * * * *\n"} {
		x, err := Read([]File{{"app/local/savedsearches.conf", []byte(text)}})
		require.NoError(t, err, text)
		assert.Equal(t, &Export{Product: Splunk}, x, text)
	}
	_, err := Read([]File{{"a.json", []byte(`{"value": 1}`)}})
	assert.ErrorContains(t, err, "this is not an export that decree reads")
}

func TestWhatIsNoExport(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a.json":   {"", "this is not an export that decree reads"},
		"b.json":   {`{"a": 1}`, "this is not an export that decree reads"},
		"c.json":   {"{\"rule_id\": \"x\"}\n{\"rule_id\"", "ends inside JSON value 2"},
		"d.json":   {"words", "this is not JSON"},
		"e.yaml":   {"a: [", "yaml: "},
		"f.yaml":   {"title: A rule of Sigma\n", "this is not an export that decree reads"},
		"s.yaml":   {"title: Sigma\nlogsource: {product: windows}\ndetection: {a: {b: c}, condition: a}\n", "this is a rule in Sigma's format, and nothing to import: copy it into a folder of rules"},
		"g.conf":   {"[a]\nwords", "line 2: a setting is written `key = value`"},
		"h.yaml":   {strings.Repeat("# x\n", 300000), "a rule in YAML has at most 1024 KiB"},
		"i.ndjson": {`{"rule_id": "x", "query": "q"} {"queryCondition": {"queryText": "x"}, "id": "y"}`, "name files of one product"},
		"j.toml":   {"[rule]\nname = \"x\"\n", "j.toml: TOML is not read: if these are Elastic's detection rules, import them from what Kibana exports"},
	} {
		_, err := Read([]File{{name, []byte(c.text)}})
		assert.ErrorContains(t, err, c.want, name)
	}
	sigma := []byte("logsource: {product: windows}\ndetection: {a: {b: c}, condition: a}\n")
	_, err := Read([]File{{"a.yml", sigma}, {"b.yml", sigma}})
	assert.EqualError(t, err, "these are rules in Sigma's format, and nothing to import: copy them into a folder of rules")
	_, err = Open("testdata/nowhere")
	assert.EqualError(t, err, "testdata/nowhere: no such file or folder")
	_, err = Open(t.TempDir())
	assert.ErrorContains(t, err, "no .json, .ndjson, .yaml or savedsearches.conf in this folder")
	for name, data := range map[string]string{"not an archive": "\x1f\x8b", "nothing": "\x1f\x8b\b\x00\x00\x00\x00\x00\x00\xff\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"} {
		file := filepath.Join(t.TempDir(), "x.tgz")
		require.NoError(t, os.WriteFile(file, []byte(data), 0o644))
		_, err := Open(file)
		assert.Error(t, err, name)
	}
}

// FuzzRead: whatever an export holds, reading ends, and what was read compares with itself as the same.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"sentinel_rest.json", "sentinel_arm.json", "sentinel.yaml", "defender.json", "kibana.ndjson", "app/default/savedsearches.conf"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(f, err)
		f.Add(name, data)
	}
	f.Add("a.json", []byte(`{"value": [{"properties": [], "kind": 1, "name": {}}, {"queryCondition": []}, {"rule_id": ["x"], "alert_suppression": 1, "threat": {"a": null}}]}`))
	f.Add("a.yml", []byte("a: &a [x]\nid: *a\nname: {1: 2}\nquery: [*a, *a]\nkind: 2026-01-01\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		x, err := Read([]File{{name, data}})
		if err != nil {
			return
		}
		changes, others := Compare(x.Product, x.Rules, x.Rules, Settings{Target: "t"})
		assert.Zero(t, others)
		for _, c := range changes {
			assert.Equal(t, Same, c.State)
		}
	})
}

func TestBracketsOfATemplate(t *testing.T) {
	t.Parallel()
	for written, means := range map[string]string{
		"[[Alert]":   "[Alert]",
		"[[Alert] a": "[[Alert] a",
		"[Alert] a":  "[Alert] a",
		"[[":         "[[",
	} {
		assert.Equal(t, map[string]any{"displayName": []any{means}}, unescaped(map[string]any{"displayName": []any{written}}))
	}
}
