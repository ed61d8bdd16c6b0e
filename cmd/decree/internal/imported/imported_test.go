package imported

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/compilers/deployed"
	"decree/rules"
	"decree/rules/parse"
)

func read(t testing.TB, name, text string) *deployed.Export {
	t.Helper()
	x, err := deployed.Read([]deployed.File{{Path: name, Data: []byte(text)}})
	require.NoError(t, err)
	return x
}

// ruleOf reads a file that an import made.
func ruleOf(t testing.TB, f File) *rules.Rule {
	t.Helper()
	parsed, found := parse.Documents(f.Name, []byte(f.Text), nil)
	require.False(t, found.HasErrors(), "%v\n%s", found, f.Text)
	require.Len(t, parsed.Written, 1, f.Text)
	return parsed.Written[0]
}

func TestARuleInFull(t *testing.T) {
	x := read(t, "a.ndjson", `{"rule_id": "cert", "name": "Certutil: \"it\" runs", "type": "query", "language": "kuery", "query": "  a: b\nc: d", "severity": "high", "risk_score": 80, "interval": "1h", "from": "now-3900s", "author": ["A", "B"],
		"license": "L", "references": ["https://x"], "false_positives": ["f"], "note": "N", "index": ["i-*"], "description": "One\n\ntwo.", "rule_name_override": "host.name", "investigation_fields": {"field_names": ["user.name"]},
		"alert_suppression": {"group_by": ["host.id"], "duration": {"value": 4, "unit": "h"}}}`)
	files, left := Files(x)
	assert.Empty(t, left)
	require.Len(t, files, 1)
	assert.Equal(t, "certutil_it_runs.yml", files[0].Name)
	assert.Equal(t, `title: 'Certutil: "it" runs'
id: 2ce2a619-437b-5fd8-9133-d7025e733fcd
status: test
description: |-
  One

  two.
license: L
author: A, B
references:
  - https://x
falsepositives:
  - f
level: high
fields:
  - user.name
schedule: {every: 1h, lookback: 65m}
suppress: {by: [host.id], for: 4h}
risk: {score: 80}
alert:
  title: '{host.name}'
documentation:
  response: N
query:
  kibana:
    id: cert
    language: kuery
    index:
      - i-*
    text: "  a: b\nc: d"
`, files[0].Text)
	r := ruleOf(t, files[0])
	assert.Equal(t, "  a: b\nc: d", r.QueryFor("kibana").Text)
	assert.Equal(t, `Certutil: "it" runs`, r.Title)
}

func TestIDsAndNames(t *testing.T) {
	x := read(t, "a.conf", "[../../etc/passwd]\nsearch = x\nenableSched = 1\n[ETC passwd]\nsearch = y\nenableSched = 1\ndisabled = 1\n[日本]\nsearch = z\nenableSched = 1\n[con]\nsearch = z\nenableSched = 1\n[Report]\nsearch = r\n")
	files, left := Files(x)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		assert.True(t, rules.IsUUID(ruleOf(t, f).ID))
	}
	assert.Equal(t, []string{"etc_passwd.yml", "etc_passwd_2.yml", "con_.yml", "rule.yml"}, names)
	assert.Equal(t, []Left{{"Report", "it is not scheduled: a report, or a search that is run by hand"}}, left)
	assert.Empty(t, ruleOf(t, files[0]).QueryFor("splunk").ID, "Splunk knows a search by its name")
	assert.Equal(t, "test", ruleOf(t, files[0]).Status)

	microsoft := read(t, "a.json", `{"value": [{"name": "0F0A4D0C-3B62-4F13-8F3D-2E1A8C3C9A01", "kind": "Scheduled", "properties": {"displayName": "A", "query": "T", "entityMappings": [
		{"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "Src"}]}, {"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "Dst"}]}, {"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "Via"}]}]}}]}`)
	files, _ = Files(microsoft)
	r := ruleOf(t, files[0])
	assert.Equal(t, "0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a01", r.ID, "theirs, if it is a UUID")
	assert.Contains(t, files[0].Text, "  ip: [Src, Dst, Via]\n")
	assert.Equal(t, []string{"ip", "ip", "ip"}, []string{r.Alerting.Entities[0].Kind, r.Alerting.Entities[1].Kind, r.Alerting.Entities[2].Kind})

	ours := read(t, "a.ndjson", `{"rule_id": "r", "name": "Ours", "type": "eql", "query": "x\n// Packaged by decree for prod: 0123456789abcdef"}`)
	files, left = Files(ours)
	assert.Empty(t, files)
	assert.Equal(t, "Ours", left[0].Name)
}

func TestProjects(t *testing.T) {
	assert.Contains(t, Project(read(t, "a.json", `{"rule_id": "r", "query": "x"}`)), "  kibana: {dialect: eql, package: kibana}\n")
	secured := "[S]\nsearch = x\naction.correlationsearch.enabled = 1\n"
	assert.Contains(t, Project(read(t, "a.conf", secured)), "  splunk: {dialect: spl, package: splunk, app: {enterprise_security: true}}\n")
	assert.NotContains(t, Project(read(t, "a.conf", secured+"[T]\nsearch = y\n")), "app:")
}

func TestPrint(t *testing.T) {
	r := Report{Product: deployed.Kibana, Project: "d/decree.yml", Rules: []Written{{File: "d/rules/a.yml", ID: "a"}, {File: "d/rules/b.yml", ID: "b"}, {File: "d/rules/c.yml", ID: "c"}}, Kept: []string{"d/rules/k.yml"},
		Left: []Left{{"ML", "it is of the type machine_learning"}}, Remarks: []string{"a remark"}}
	r.Compare([]deployed.Change{{State: deployed.Same, ID: "a"}, {State: deployed.Changed, ID: "b", Fields: []deployed.Field{{Name: "actions", Deployed: []string{"x"}}, {Name: "note", Deployed: []string{"x"}, Project: []string{"y"}}}}}, nil)
	s, out, _ := clitest.Streams("")
	r.Print(s, "d/rules")
	assert.Equal(t, `wrote d/decree.yml
wrote 3 rules to d/rules
kept d/rules/k.yml, which was there
not written: 1 deployed rule
  ML: it is of the type machine_learning
a remark
1 rule packaged as deployed
1 rule cannot be packaged: decree package says why
1 rule would change when deployed:
  actions (1): has no place in a rule and would be removed
  note (1): would be written in decree's way
`, out.String())
}

// TestManyRulesLeftOutForOneReasonAreOneLine: a few are named each.
func TestManyRulesLeftOutForOneReasonAreOneLine(t *testing.T) {
	r := Report{Left: []Left{{"A", "one reason"}, {"M", "another"}}}
	for range mostNamed {
		r.Left = append(r.Left, Left{"B", "one reason"})
	}
	s, out, _ := clitest.Streams("")
	r.Print(s, "rules")
	assert.Equal(t, `not written: 7 deployed rules
  A and 5 more: one reason
  M: another
--format json names each
`, out.String())
}

// FuzzFiles: whatever an export says, its rules are files of plain names that read back with the query as it was.
func FuzzFiles(f *testing.F) {
	for _, name := range []string{"kibana.ndjson", "savedsearches.conf", "sentinel.json"} {
		data, err := os.ReadFile(filepath.Join("../../../../tests/examples/deployed", name))
		require.NoError(f, err)
		f.Add(name, data)
	}
	f.Add("a.json", []byte(`{"rule_id": "../x", "name": "[a]: {b} #\u2028c\n- d", "type": "eql", "query": "\tx\n y\u0085 \u2028\n\n z: # a", "description": " x", "author": ["\n"], "references": [" a"], "index": ["*"], "interval": "0s", "risk_score": 1e3}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		x, err := deployed.Read([]deployed.File{{Path: name, Data: data}})
		if err != nil {
			return
		}
		files, _ := Files(x)
		taken := map[string]bool{}
		for _, one := range files {
			assert.Regexp(t, `^[a-z0-9_]+\.yml$`, one.Name)
			assert.False(t, taken[one.Name])
			taken[one.Name] = true
			parsed, found := parse.Documents(one.Name, []byte(one.Text), nil)
			if found.HasErrors() || len(parsed.Written) != 1 { // a control character, or more entries than a rule may have: it is reported
				continue
			}
			assert.Equal(t, strings.TrimRight(one.Of.Query, " \t\r\n"), parsed.Written[0].QueryFor(string(x.Product)).Text, one.Text)
		}
	})
}
