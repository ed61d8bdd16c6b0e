package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestExclusionsInSeveralChannels: a rule that names channels with and without a service finds what it asks in both,
// and excludes in both.
func TestExclusionsInSeveralChannels(t *testing.T) {
	r := lowered.Rule(t, "logsource: {product: windows}\ndetection:\n  s: {EventID: 4624, Channel: [Other/X, Security]}\n  f: {IpAddress|startswith: '10.'}\n  condition: s and not f\n")
	found := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "winlogbeat")}, []*ir.Rule{r},
		`{"event":{"code":"4624"},"winlog":{"channel":"Security","record_id":1},"source":{"ip":"10.0.0.5"}}`,
		`{"event":{"code":"4624"},"winlog":{"channel":"Security","record_id":2},"source":{"ip":"11.0.0.5"}}`,
		`{"event":{"code":"4624"},"winlog":{"channel":"Other/X","record_id":3,"event_data":{"IpAddress":"10.0.0.5"}}}`,
		`{"event":{"code":"4624"},"winlog":{"channel":"Other/X","record_id":4,"event_data":{"IpAddress":"11.0.0.5"}}}`,
		`{"event":{"code":"4624"},"winlog":{"channel":"Other/Y","record_id":5,"event_data":{"IpAddress":"11.0.0.5"}}}`)
	assert.Equal(t, []string{"2", "4"}, found)
}
