package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestTimesOfCollectors: the time of an event is found where the collectors and the journal put it.
func TestTimesOfCollectors(t *testing.T) {
	for _, c := range []struct{ model, product, event string }{
		{"windows", "windows", `{"timestamp":"2026-01-01T00:00:00Z","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}`},
		{"windows", "windows", `{"timestamp":"2026-01-01T00:00:00.000+0000","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}`},
		{"windows", "windows", `{"EventTime":"2026-01-01 00:00:00","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}`},
		{"linux", "linux", `{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"EventID 1"}`},
		{"linux", "linux", `{"EventTime":"2026-01-01 00:00:00","Message":"EventID 1"}`},
		{"cloud", "onelogin", `{"event_timestamp":"2026-01-01 00:00:00 UTC","event_type_id":1,"actor_user_id":2}`}, // through its webhook
		{"network", "", `{"DeviceVendor":"V","DeviceProduct":"P","devTime":"Jan 01 2026 00:00:00","msg":"EventID 1"}`},
	} {
		source := "{category: firewall}"
		if c.product != "" {
			source = "{product: " + c.product + "}"
		}
		r := lowered.Rule(t, "logsource: "+source+"\ndetection:\n  a: ['1']\n  condition: a\n")
		found, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, c.model), Evidence: true}, []*ir.Rule{r}, c.event)
		require.Len(t, found, 1, c.event)
		assert.Equal(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), found[0].At.UTC(), c.event)
	}
}

// TestTimeOfWindowsEvents: TimeCreated is the event's time in each model of Windows' logs, so that a rule can ask for
// an hour or a day of the week.
func TestTimeOfWindowsEvents(t *testing.T) {
	at := []string{"2024-01-06T03:00:00Z", "2024-01-05T03:00:00Z", "2024-01-06T09:00:00Z"} // a Saturday, a Friday, a Saturday
	for model, event := range map[string]string{
		"windows":        `{"TimeCreated":%q,"EventID":4624,"Channel":"Security","EventRecordID":%d}`,
		"sentinel":       `{"TimeGenerated":%q,"EventID":4624,"Channel":"Security","Type":"SecurityEvent","_ItemId":"%d"}`,
		"splunk-windows": `{"_time":%q,"EventCode":"4624","source":"XmlWinEventLog:Security","RecordID":"%d"}`,
	} {
		var events []string
		for i, moment := range at {
			events = append(events, fmt.Sprintf(event, moment, i+1))
		}
		r := lowered.Rule(t, "logsource: {product: windows, service: security}\ndetection:\n  s: {TimeCreated|weekday|gte: saturday, TimeCreated|hour|lt: 6}\n  condition: s\n")
		assert.Equal(t, []string{"1"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, model)}, []*ir.Rule{r}, events...), model)
	}
}
