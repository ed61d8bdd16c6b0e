package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoEventIsAskedForTwice: a whole log covers its categories where it reads the rule as they do, and only there.
func TestNoEventIsAskedForTwice(t *testing.T) {
	for _, c := range []struct {
		model, logsource, condition string
		with, without               []string
	}{
		{"sentinel", "product: windows", "{User: bob}", []string{"sysmon", "security_process_creation"}, []string{"sysmon_wmi_event", "sysmon_process_creation"}},
		{"sentinel", "product: windows", `{Image|endswith: '\x.exe'}`, []string{"sysmon", "security_process_creation"}, []string{"sysmon_image_load"}},
		{"splunk-windows", "product: windows", `{Image|endswith: '\x.exe'}`, []string{"sysmon"}, []string{"sysmon_process_creation", "sysmon_image_load"}},
		{"sentinel", "product: windows, category: process_creation", `{Image|endswith: '\x.exe'}`, []string{"sysmon_process_creation", "security_process_creation"}, []string{"sysmon"}},
		{"sentinel", "product: windows, category: process_creation", `{EventID: 4688, CommandLine: x}`, []string{"security_process_creation", "security_channel"}, []string{"security"}},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		r := lower(t, c.logsource, "  s: "+c.condition+"\n  condition: s\n")
		var names []string
		for _, s := range m.Answering(r) {
			names = append(names, s.Name)
		}
		assert.Subset(t, names, c.with, "%s %s", c.model, c.condition)
		for _, name := range c.without {
			assert.NotContains(t, names, name, "%s %s", c.model, c.condition)
		}
	}
}
