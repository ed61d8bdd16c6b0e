package deployed

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func metaOf(t *testing.T, file, text string) Meta {
	t.Helper()
	x, err := Read([]File{{file, []byte(text)}})
	require.NoError(t, err)
	require.Len(t, x.Rules, 1)
	return x.Meta(x.Rules[0])
}

func TestMetaOfSentinel(t *testing.T) {
	x := open(t, "sentinel.yaml")
	m := x.Meta(x.Rules[0])
	assert.Equal(t, Meta{Description: "[x] said", Level: "high", Enabled: true, Tags: []string{"attack.defense-evasion", "attack.persistence", "attack.t1070"}, Every: time.Hour, Lookback: 2 * time.Hour,
		Entities: []Pair{{"host", "Computer"}}}, m)
	m = metaOf(t, "a.json", `{"name": "0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a01", "kind": "NRT", "properties": {"displayName": "N", "query": "T", "severity": "Informational", "enabled": false,
		"suppressionEnabled": true, "suppressionDuration": "PT5H", "customDetails": {"Who": "Account", "1": "x"}, "entityMappings": [{"entityType": "Account", "fieldMappings": [{"identifier": "Name", "columnName": "User"}, {"identifier": "NTDomain", "columnName": "Domain"}]}, {"entityType": "Malware", "fieldMappings": [{"identifier": "Name", "columnName": "M"}]}],
		"alertDetailsOverride": {"alertDisplayNameFormat": "{{ User }} {did} it", "alertDescriptionFormat": "no column"}}}`)
	assert.Equal(t, Meta{Level: "informational", Every: time.Minute, Lookback: time.Minute, SuppressFor: 5 * time.Hour, Entities: []Pair{{"user", "User"}}, Details: []Pair{{"Who", "Account"}}, AlertTitle: "{User} {{did}} it"}, m)
	assert.Equal(t, "it is of the kind Microsoft", metaOf(t, "a.json", `{"name": "a", "kind": "Microsoft", "properties": {"query": "T"}}`).Unfit)
}

func TestMetaOfDefender(t *testing.T) {
	x := open(t, "defender.json")
	old, shaped := x.Meta(x.Rules[0]), x.Meta(x.Rules[1])
	assert.Equal(t, Meta{Description: "d", Level: "medium", Enabled: true, Tags: []string{"attack.execution", "attack.t1059.001"}, Every: 12 * time.Hour, Entities: []Pair{{"host", "DeviceId"}}}, old)
	assert.Equal(t, Meta{Description: "d", Level: "low", Enabled: true, Every: time.Hour, Entities: []Pair{{"host", "DeviceId"}}}, shaped)
	m := metaOf(t, "a.json", `{"id": "1", "status": "disabled", "displayName": "n", "queryCondition": {"queryText": "T"}, "schedule": {"frequency": "PT3H", "lookback": "PT6H"}, "detectionAction": {"alertTemplate": {
		"title": "On {{DeviceName}}", "recommendedActions": "Call.", "tactics": [{"tactic": "InitialAccess", "techniques": [{"technique": "T1566", "subTechniques": ["T1566.001"]}, {"technique": "T1190"}]}],
		"customDetails": {"A": "B"}, "entityMappings": {"files": [{"nameColumn": "FileName", "sha1Column": "SHA1"}]}}}}`)
	assert.Equal(t, Meta{Tags: []string{"attack.initial-access", "attack.t1566.001", "attack.t1190"}, Every: 3 * time.Hour, Lookback: 6 * time.Hour, Response: "Call.", AlertTitle: "On {DeviceName}",
		Details: []Pair{{"A", "B"}}, Entities: []Pair{{"file", "FileName"}, {"sha1", "SHA1"}}}, m)
}

func TestMetaOfKibana(t *testing.T) {
	m := metaOf(t, "a.ndjson", `{"rule_id": "r", "name": "n", "type": "query", "language": "kuery", "query": "a: b", "severity": "high", "risk_score": 80, "enabled": false, "interval": "1h", "from": "now-3900s", "author": ["A", "B"],
		"license": "L", "references": ["https://x"], "false_positives": ["f"], "note": "N", "index": ["i-*"], "rule_name_override": "host.name", "investigation_fields": {"field_names": ["user.name"]},
		"threat": [{"tactic": {"name": "Command and Control"}, "technique": [{"id": "T1059", "subtechnique": [{"id": "T1059.001"}]}, {"id": "T1105"}]}], "alert_suppression": {"group_by": ["host.id"], "duration": {"value": 4, "unit": "h"}}}`)
	assert.Equal(t, Meta{Level: "high", Author: "A, B", License: "L", References: []string{"https://x"}, FalsePositives: []string{"f"}, Tags: []string{"attack.command-and-control", "attack.t1059.001", "attack.t1105"},
		Fields: []string{"user.name"}, Every: time.Hour, Lookback: 65 * time.Minute, SuppressFor: 4 * time.Hour, SuppressBy: []string{"host.id"}, RiskScore: 80, AlertTitle: "{host.name}", Response: "N", Language: "kuery", Index: []string{"i-*"}}, m)
	assert.Equal(t, "it is of the type threshold", metaOf(t, "a.json", `{"rule_id": "r", "type": "threshold", "query": "x"}`).Unfit)
}

func TestMetaOfSplunk(t *testing.T) {
	m := metaOf(t, "a.conf", `[S]
search = index=a
description = D
enableSched = true
disabled = 1
cron_schedule = 3,18,33,48 * * * *
dispatch.earliest_time = -20m@m
alert.severity = 5
alert.suppress = 1
alert.suppress.fields = host, user
alert.suppress.period = 90m
action.correlationsearch.annotations = {"mitre_attack": ["T1003.006", "x"]}
action.risk = 1
action.risk.param._risk = [{"risk_object_field": "user", "risk_object_type": "user", "risk_score": 40}, {"risk_object_field": "host", "risk_object_type": "other", "risk_score": 120}, {"threat_object_field": "x"}]
action.notable.param.rule_title = $user$ on $host$ for $5
`)
	assert.Equal(t, Meta{Description: "D", Level: "critical", Tags: []string{"attack.t1003.006"}, Every: 15 * time.Minute, Lookback: 20 * time.Minute, SuppressFor: 90 * time.Minute, SuppressBy: []string{"host", "user"},
		RiskScore: 100, RiskObjects: []string{"user", "host"}, Entities: []Pair{{"user", "user"}}, AlertTitle: "{user} on {host} for $5"}, m)
	assert.NotEmpty(t, metaOf(t, "a.conf", "[S]\nsearch = x\n").Unfit)
}

// TestMetaOfThresholds: a rule that alerts on the number of its results is not one that alerts on each.
func TestMetaOfThresholds(t *testing.T) {
	const unfit = "it does not alert on every result, but on a condition that its query lacks (%s): write it into the query, or as a correlation"
	for settings, condition := range map[string]string{
		"": "", "counttype = always": "", "counttype = number of events\nrelation = greater than\nquantity = 0": "", "counttype = number of events": "",
		"counttype = number of events\nrelation = not equal to\nquantity = 0":  "",
		"counttype = number of events\nquantity = 00":                          "",
		"counttype = number of events\nquantity = many":                        "number of events greater than many",
		"counttype = number of events\nrelation = Greater than\nquantity = 10": "number of events greater than 10",
		"counttype = number of events\nrelation = equal to\nquantity = 0":      "number of events equal to 0",
		"counttype = number of hosts\nrelation = greater than\nquantity = 3":   "number of hosts greater than 3",
		"counttype = number of hosts":                                          "number of hosts greater than 0",
		"counttype = custom\nalert_condition = search count > 100":             "search count > 100",
		"alert_condition = where n > 1":                                        "where n > 1",
		"counttype = custom":                                                   "custom greater than 0",
	} {
		want := ""
		if condition != "" {
			want = fmt.Sprintf(unfit, condition)
		}
		assert.Equal(t, want, metaOf(t, "a.conf", "[S]\nsearch = x\nenableSched = 1\n"+settings+"\n").Unfit, settings)
	}
	for trigger, condition := range map[string]string{
		`"triggerOperator": "GreaterThan", "triggerThreshold": 0`: "", `"triggerOperator": "ne", "triggerThreshold": 0`: "",
		`"triggerOperator": "gt", "triggerThreshold": 5`:       "GreaterThan 5",
		`"triggerOperator": "Equal", "triggerThreshold": 0`:    "Equal 0",
		`"triggerOperator": "LessThan", "triggerThreshold": 1`: "LessThan 1",
	} {
		want := ""
		if condition != "" {
			want = fmt.Sprintf(unfit, condition)
		}
		assert.Equal(t, want, metaOf(t, "a.json", `{"name": "a", "kind": "Scheduled", "properties": {"query": "T", `+trigger+`}}`).Unfit, trigger)
	}
}

func TestCron(t *testing.T) {
	for cron, want := range map[string]time.Duration{"* * * * *": time.Minute, "*/5 * * * *": 5 * time.Minute, "7 * * * *": time.Hour, "3,18,33,48 * * * *": 15 * time.Minute, "0 */4 * * *": 4 * time.Hour, "30 2,14 * * *": 12 * time.Hour,
		"0 6 * * *": 24 * time.Hour, "0 7 * * 1": 7 * 24 * time.Hour} {
		assert.Equal(t, want, cronPeriod(cron), cron)
	}
	for _, cron := range []string{"", "a b c d e", "0 6 1 * *", "0 6 * * 1-5", "1,2 * * * *", "*/7 * * * *", "* 6 * * *", "61 * * * *", "5,3 * * * *", "* * * * 1"} {
		assert.Zero(t, cronPeriod(cron), cron)
	}
	for text, want := range map[string]time.Duration{"-70m@m": 70 * time.Minute, "-1d": 24 * time.Hour, "-2h@h": 2 * time.Hour, "-1mon": 0, "now": 0, "rt-5m": 0, "-7w": 49 * 24 * time.Hour} {
		assert.Equal(t, want, ago(text), text)
	}
}
