package products_test

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

// TestEndsOfConnections: the product that writes the device's end and the other matches as the one that writes source
// and destination, whichever way a connection goes.
func TestEndsOfConnections(t *testing.T) {
	events := []string{
		`{"ReportId":1,"DeviceId":"d","ActionType":"InboundConnectionAccepted","LocalIP":"192.168.1.5","LocalPort":3389,"RemoteIP":"10.9.9.9","RemotePort":51515,"DeviceName":"srv"}`,
		`{"ReportId":2,"DeviceId":"d","ActionType":"inboundconnectionaccepted","LocalIP":"192.168.1.5","LocalPort":51515,"RemoteIP":"10.9.9.9","RemotePort":3389}`,
		`{"ReportId":3,"DeviceId":"d","ActionType":"ConnectionSuccess","LocalIP":"10.9.9.9","LocalPort":51515,"RemoteIP":"192.168.1.5","RemotePort":3389,"RemoteUrl":"srv"}`,
		`{"ReportId":4,"DeviceId":"d","ActionType":"ConnectionFailed","LocalIP":"192.168.1.5","LocalPort":3389,"RemoteIP":"10.9.9.9","RemotePort":51515}`,
		`{"ReportId":5,"DeviceId":"d","ActionType":"InboundConnectionAccepted","LocalPort":3389}`,
	}
	for selection, want := range map[string][]string{
		"{DestinationPort: 3389}":                            {"1", "3", "5"},
		"{SourcePort: 3389}":                                 {"2", "4"},
		"{DestinationPort: 3389, Initiated: 'false'}":        {"1", "5"},
		"{DestinationPort: 3389, SourceIp|cidr: 10.0.0.0/8}": {"1", "3"},
		"{DestinationIp: 192.168.1.5, SourcePort: 51515}":    {"1", "3"},
		"{DestinationIp: null}":                              {"5"},
		"{DestinationIp|exists: true, SourcePort|gt: 40000}": {"1", "3"},
		"{DestinationHostname: srv}":                         {"1", "3"},
		"{SourceHostname: srv}":                              {},
		"{DestinationIp|fieldref|contains: SourceIp}":        {},
	} {
		r := lowered.Rule(t, "logsource: {product: windows, category: network_connection}\ndetection:\n  s: "+selection+"\n  condition: s\n")
		assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, []*ir.Rule{r}, events...), selection)
	}
}
