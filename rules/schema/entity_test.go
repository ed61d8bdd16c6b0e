package schema_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestEntitiesOfAWindowsLogAreAskedInEachOfItsTables: a table that lacks one would be asked for a column of the
// entity's own name, which no event has.
func TestEntitiesOfAWindowsLogAreAskedInEachOfItsTables(t *testing.T) {
	for model, logs := range map[string]map[string][]string{
		"windows":        {"security": {"SubjectUserName"}, "sysmon": {"User"}},
		"sentinel":       {"security": {"SubjectUserName", "EventData.SubjectUserName"}, "sysmon": {"EventData.User"}, "system": {"EventData.SubjectUserName"}},
		"splunk-windows": {"security": {"SubjectUserName"}, "sysmon": {"User"}},
	} {
		m, err := schema.Load(model)
		require.NoError(t, err)
		for service, want := range logs {
			var got []string
			for _, s := range m.Find("", "windows", service) {
				columns, _ := m.Whole(s, "user", 0)
				require.Len(t, columns, 1, "%s %s", model, s.Name)
				got = append(got, columns[0].Name)
			}
			require.Equal(t, want, got, "%s %s", model, service)
		}
	}
}

// TestTheUserOfASecurityEvent: that of a logon or a ticket is who gets it, and of another event who acts. Elastic's
// pipeline writes both into one column.
func TestTheUserOfASecurityEvent(t *testing.T) {
	users := map[string]string{"[4625, 4672]": "SubjectUserName or TargetUserName", "'*'": "SubjectUserName or TargetUserName"}
	for _, id := range strings.Fields("4624 4625 4634 4647 4768 4769 4770 4771 4776 4964 [4624,4625]") {
		users[id] = "TargetUserName"
	}
	for _, id := range strings.Fields("4648 4672 4697 4720 4722 4723 4724 4725 4726 4738 4740 4767 [4648,4740]") {
		users[id] = "SubjectUserName"
	}
	for _, model := range []string{"windows", "sentinel", "splunk-windows", "winlogbeat", "ecs"} {
		m, err := schema.Load(model)
		require.NoError(t, err)
		sources := m.Find("", "windows", "security")
		require.NotEmpty(t, sources, model)
		for ids, want := range users {
			r := lowered.Rule(t, "logsource: {product: windows, service: security}\ndetection:\n  s: {EventID: "+ids+"}\n  condition: s\n")
			if m.Dialect == "eql" {
				want = "user.name"
			}
			for _, s := range sources {
				columns, _ := m.Whole(s, "user", 0)
				require.Len(t, columns, 1)
				got := m.SettledIn(s, columns[0], r.Condition)
				text := got.Name
				if got.Instead.Column != "" {
					text += " or " + got.Instead.Column
				}
				require.Equal(t, want, strings.ReplaceAll(text, "EventData.", ""), "%s %s %s", model, s.Name, ids)
			}
		}
	}
}

// TestHashesOfADeletedFile: Elastic's pipeline takes those of event 23 for the process's, and those of 26 for the
// file's.
func TestHashesOfADeletedFile(t *testing.T) {
	m, err := schema.Load("winlogbeat")
	require.NoError(t, err)
	var got []string
	columns, _ := m.Whole(m.Find("file_delete", "windows", "")[0], "sha1", 0)
	for _, c := range columns {
		got = append(got, c.Name)
	}
	require.Equal(t, []string{"process.hash.sha1", "file.hash.sha1"}, got)
}

// TestAnEntityIsAField unless the log has a field of that name.
func TestAnEntityIsAField(t *testing.T) {
	for _, c := range []struct{ model, product, category, service, field, want string }{
		{"windows", "windows", "process_creation", "", "host", "Computer"},
		{"windows", "windows", "process_creation", "", "sha1", "Hashes"},
		{"mde", "windows", "process_creation", "", "host", "DeviceId"},
		{"mde", "windows", "process_creation", "", "user", "AccountName"},
		{"mde", "windows", "process_creation", "", "Host", ""},
		{"mde", "windows", "process_creation", "", "domain", ""},
		{"ecs", "windows", "process_creation", "", "user", "user.name"},
		{"windows", "windows", "", "security", "user", "SubjectUserName"},
		{"network", "zeek", "", "http", "host", "host"},
		{"ecs", "zeek", "", "http", "host", "url.domain"},
		{"sigma", "windows", "process_creation", "", "host", "host"},
	} {
		m, err := schema.Load(c.model)
		require.NoError(t, err)
		s := m.Find(c.category, c.product, c.service)[0]
		column, ok := m.Column(s, c.field, 0)
		require.Equal(t, c.want, column.Name, "%+v", c)
		require.Equal(t, c.want != "", ok && s.Has(m, ir.Field{Name: c.field}), "%+v", c)
		whole, domain := m.Whole(s, c.field, 0)
		require.Equal(t, ok, len(whole) == 1 && domain == nil, "%+v", c)
	}
}

// TestWhoComesHasAnAddress: in logs of clouds, proxies and name servers, the entity ip is the address of who asks.
func TestWhoComesHasAnAddress(t *testing.T) {
	for source, want := range map[[3]string]map[string]string{
		{"", "aws", "cloudtrail"}:   {"sentinel": "SourceIpAddress", "splunk-cloud": "sourceIPAddress", "ecs": "source.address", "cloud": "sourceIPAddress"},
		{"", "azure", "signinlogs"}: {"sentinel": "IPAddress", "splunk-cloud": "properties.ipAddress", "ecs": "source.ip", "cloud": "IPAddress", "mde": "IPAddress"},
		{"", "okta", "okta"}:        {"sentinel": "client_ipAddress_s", "splunk-cloud": "client.ipAddress", "ecs": "okta.client.ip", "cloud": "client.ipAddress"},
		{"", "github", "audit"}:     {"sentinel": "actor_ip_s", "splunk-cloud": "actor_ip", "cloud": "actor_ip"},
		{"", "gcp", "gcp.audit"}:    {"sentinel": "RequestMetadata.callerIp", "ecs": "source.ip", "cloud": "protoPayload.requestMetadata.callerIp"},
		{"proxy", "", ""}:           {"asim": "SrcIpAddr", "splunk-network": "src", "ecs": "source.ip", "web": "c-ip"},
		{"dns", "", ""}:             {"asim": "SrcIpAddr", "ecs": "source.ip", "network": "src_ip"},
	} {
		for model, column := range want {
			m, err := schema.Load(model)
			require.NoError(t, err)
			sources := m.Find(source[0], source[1], source[2])
			require.NotEmpty(t, sources, "%s %v", model, source)
			c, ok := m.Column(sources[0], "ip", 0)
			assert.True(t, ok, "%s %v", model, source)
			assert.Equal(t, column, c.Name, "%s %v", model, source)
		}
	}
}

// TestTheClientOfNameServersAndProxies: it is the entity ip in each model that has their logs.
func TestTheClientOfNameServersAndProxies(t *testing.T) {
	for _, name := range []string{"network", "asim", "splunk-network", "ecs"} {
		m, err := schema.Load(name)
		require.NoError(t, err)
		for _, category := range []string{"dns", "proxy"} {
			for _, s := range m.Find(category, "", "") {
				columns, _ := m.Whole(s, "ip", 0)
				assert.NotEmpty(t, columns, "%s %s", name, s.Name)
			}
		}
	}
}
