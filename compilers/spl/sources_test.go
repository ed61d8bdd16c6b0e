package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestSources pins the base searches of log sources and the words that their add-ons have for Sigma's.
func TestSources(t *testing.T) {
	for _, c := range []struct{ name, model, logsource, detection, want string }{
		{"RPC Firewall's message names what its XML does not", "splunk-windows", "{product: rpc_firewall, category: application}", `{EventLog: RPCFW, InterfaceUuid: a-b}`,
			`source="WinEventLog:RPCFW" (LogName="RPCFW" InterfaceUuid="a-b")`},
		{"OpenCanary's JSON", "splunk-network", "{product: opencanary, category: application}", `{logdata.USERNAME: root}`, `sourcetype="opencanary*" logdata.USERNAME="root"`},
		{"Bitbucket's audit log files", "splunk-cloud", "{product: bitbucket, service: audit}", `{auditType.category: Repositories}`, `source="*.audit.log" auditType.category="Repositories"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := schema.Load(c.model)
			require.NoError(t, err)
			rs, found := rules.Parse("rule.yml", []byte("title: T\nlogsource: "+c.logsource+"\ndetection:\n  s: "+c.detection+"\n  condition: s\n"), nil)
			require.Empty(t, found)
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			q, found := New().Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%v", found)
			var query []string
			for line := range strings.Lines(q.Text) {
				if !strings.HasPrefix(line, "```") {
					query = append(query, strings.TrimSpace(line))
				}
			}
			assert.Equal(t, c.want, strings.Join(query, " "))
		})
	}
}
