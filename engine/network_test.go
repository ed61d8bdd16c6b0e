package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestNetworkEventsInEachOfTheirForms runs rules with Sigma's names on events as Zeek, Suricata and firewalls write
// them: all match.
func TestNetworkEventsInEachOfTheirForms(t *testing.T) {
	for _, c := range []struct {
		category, selection string
		events              []string
	}{
		{"dns", `{query|endswith: .evil.example, record_type: TXT, answer|contains: IEX}`, []string{
			`{"id":"1","query":"a.evil.example","record_type":"TXT","answer":"IEX"}`,
			`{"id":"2","query":"a.evil.example","qtype_name":"TXT","answers":["x","IEX y"]}`,
			`{"id":"3","event_type":"dns","dns":{"type":"answer","rrname":"a.evil.example","rrtype":"TXT","answers":[{"rdata":"IEX"}]}}`,
			`{"id":"4","event_type":"dns","dns":{"version":3,"queries":[{"rrname":"a.evil.example","rrtype":"TXT"}],"answers":[{"rdata":"IEX"}]}}`,
		}},
		{"firewall", `{src_ip: 10.0.0.1, dst_ip: 1.2.3.4, dst_port: 443}`, []string{
			`{"id":"1","src":"10.0.0.1","dst":"1.2.3.4","dpt":"443"}`,
			`{"id":"2","srcip":"10.0.0.1","dstip":"1.2.3.4","dstport":"443"}`,
			`{"id":"3","event_type":"flow","src_ip":"10.0.0.1","dest_ip":"1.2.3.4","dest_port":443}`,
		}},
	} {
		r := lowered.Rule(t, "logsource: {category: "+c.category+"}\ndetection:\n  s: "+c.selection+"\n  condition: s\n")
		assert.Equal(t, []string{"1", "2", "3", "4"}[:len(c.events)], enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "network")}, []*ir.Rule{r}, c.events...), c.category)
	}
}
