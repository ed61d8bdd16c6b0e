package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestEntitiesAreFields: each data model says where they are.
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
		{"mde", `{"ReportId":1,"ActionType":"ProcessCreated","DeviceId":"srv1","AccountName":"admin"}`, []string{"1"}},
		{"ecs", `{"_id":"1","event":{"category":["process"],"type":["start"],"action":"start"},"host":{"id":"srv1","os":{"type":"windows"}},"user":{"name":"admin"}}`, []string{"1"}},
	} {
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, c.model)}, []*ir.Rule{r}, c.line)
		assert.ElementsMatch(t, c.want, got, "%s %s", c.model, c.line)
	}
}
