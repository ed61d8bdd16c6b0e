package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/schema"
)

// TestZeekLogs are known where the products have them, by the names that Zeek gives its logs and fields.
func TestZeekLogs(t *testing.T) {
	everywhere := []string{"network", "splunk-network", "ecs", "sentinel"}
	for log, in := range map[string][]string{
		"conn": everywhere, "kerberos": everywhere, "ssh": everywhere, "smb_mapping": everywhere, "smb_files": everywhere,
		"smtp": {"network", "splunk-network", "ecs"}, "ntlm": {"network", "splunk-network", "ecs"},
		"ssl": {"network", "splunk-network"}, "files": {"network", "splunk-network"}, "notice": {"network", "splunk-network"},
	} {
		for _, name := range in {
			m, err := schema.Load(name)
			require.NoError(t, err)
			sources := m.Find("", "zeek", log)
			require.Len(t, sources, 1, "%s in %s", log, name)
			if name == "ecs" {
				assert.Equal(t, "source.ip", sources[0].Fields["id.orig_h"].Name, log)
			}
		}
	}
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	conn := m.Find("", "zeek", "conn")[0]
	assert.Equal(t, "source.bytes", conn.Fields["orig_ip_bytes"].Name)
	assert.NotContains(t, conn.Fields, "orig_bytes", "the pipeline removes what it counts without headers")
}

// TestZeekConnectionsInECS have both ends of the connection, with ports, in each log that has one.
func TestZeekConnectionsInECS(t *testing.T) {
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	for i := range m.Sources {
		s := &m.Sources[i]
		if _, connected := s.Fields["id.orig_h"]; s.Product != "zeek" || !connected {
			continue
		}
		for field, column := range map[string]string{
			"id.orig_h": "source.ip", "id.orig_p": "source.port", "id.resp_h": "destination.ip", "id.resp_p": "destination.port", "uid": "zeek.session_id",
		} {
			assert.Equal(t, column, s.Fields[field].Name, "%s in %s", field, s.Name)
		}
	}
	http := m.Find("", "zeek", "http")[0]
	assert.Equal(t, "http.response.status_code", http.Fields["status_code"].Name)
	assert.Equal(t, "zeek.dns.qtype_name", m.Find("", "zeek", "dns")[0].Fields["qtype_name"].Name)
}
