package products_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestEntitiesAreFields: each data model says where they are. A test of a host is one of its name.
func TestEntitiesAreFields(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {host|startswith: SRV, user|endswith: min}\n  b: {CommandLine|fieldref|contains: host}\n  condition: a and not b\n")
	for _, c := range []struct {
		model, line string
		want        []string
	}{
		{"sigma", `{"id":"1","Computer":"srv1","User":"admin","CommandLine":"x"}`, []string{"1"}},
		{"sigma", `{"id":"1","host":"srv1","user":"admin","CommandLine":"x"}`, []string{"1"}},
		{"sigma", `{"id":"1","host":"srv1","user":"admin","CommandLine":"x SRV1"}`, nil},
		{"sigma", `{"id":"1","host":"pc1","Computer":"srv1","User":"admin"}`, nil},
		{"windows", `{"EventRecordID":1,"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"srv1","User":"admin","Image":"x"}`, []string{"1"}},
		{"mde", `{"ReportId":1,"ActionType":"ProcessCreated","DeviceId":"srv1","DeviceName":"pc1","AccountName":"admin"}`, nil},
		{"mde", `{"ReportId":1,"ActionType":"ProcessCreated","DeviceId":"4f","DeviceName":"srv1","AccountName":"admin"}`, []string{"1"}},
		{"ecs", `{"_id":"1","event":{"category":["process"],"type":["start"],"action":"start"},"host":{"id":"4f","name":"srv1","os":{"type":"windows"}},"user":{"name":"admin"}}`, []string{"1"}},
	} {
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, c.model)}, []*ir.Rule{r}, c.line)
		assert.ElementsMatch(t, c.want, got, "%s %s", c.model, c.line)
	}
}

// TestEntitiesOfEntra: who did what the audit log tells, and from where, in the forms in which the event is exported.
func TestEntitiesOfEntra(t *testing.T) {
	r := lowered.Rule(t, "logsource: {product: azure, service: auditlogs}\ndetection:\n  a: {user|startswith: bob, ip|cidr: 198.51.100.0/24}\n  condition: a\n")
	const who = `{"user":{"userPrincipalName":"bob@x","ipAddress":"198.51.100.7"}}`
	for _, line := range []string{
		`{"id":"1","activityDateTime":"2026-03-01T10:00:00Z","initiatedBy":` + who + `}`,
		`{"id":"1","OperationName":"x","Category":"y","InitiatedBy":` + who + `}`,
		`{"id":"1","operationName":"x","category":"AuditLogs","properties":{"initiatedBy":` + who + `}}`,
	} {
		opt := engine.Options{Model: lowered.Model(t, "cloud")}
		assert.Len(t, enginetest.IDs(t, opt, []*ir.Rule{r}, line), 1, line)
		assert.Empty(t, enginetest.IDs(t, opt, []*ir.Rule{r}, strings.ReplaceAll(line, "198.", "199.")), line)
	}
}

// TestNameAndDomainOfAnAccount: Sysmon has them in one text, the log Security in two columns.
func TestNameAndDomainOfAnAccount(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {UserName: ann, UserDomain: corp}\n  condition: a\n")
	for line, want := range map[string]int{
		`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","User":"CORP\\ann","EventRecordID":"1"}`:             1,
		`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","User":"ann","EventRecordID":"1"}`:                   0,
		`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","User":"CORP\\joann","EventRecordID":"1"}`:           0,
		`{"EventID":4688,"Channel":"Security","SubjectUserName":"ann","SubjectDomainName":"CORP","EventRecordID":"1"}`:      1,
		`{"EventID":4688,"Channel":"Security","SubjectUserName":"ann","SubjectDomainName":"WORKGROUP","EventRecordID":"1"}`: 0,
	} {
		assert.Len(t, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{r}, line), want, line)
	}
}
