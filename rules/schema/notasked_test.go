package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
)

// TestNotAsked: a log of Windows that a model leaves to others is named, and a model of one's own may ask it.
func TestNotAsked(t *testing.T) {
	for _, c := range []struct{ model, category, want string }{
		{"splunk-windows", "process_creation", "security_process_creation"},
		{"splunk-windows", "image_load", ""},
		{"splunk-windows", "no_such_category", ""},
		{"winlogbeat", "process_creation", ""}, // one source asks both
		{"winlogbeat", "registry_set", "security_registry_set"},
		{"sentinel", "process_creation", ""},
		{"sentinel", "network_connection", "security_network_connection"},
		{"windows", "process_creation", ""},
		{"mde", "process_creation", ""}, // Defender's own sensor
		{"ecs", "process_creation", ""},
		{"splunk-linux", "process_creation", ""},
	} {
		m, err := Shipped(c.model)
		require.NoError(t, err)
		got := ""
		for _, s := range m.NotAsked(rules.LogSource{Product: "windows", Category: c.category}) {
			got += s.Name
		}
		assert.Equal(t, c.want, got, "%s of %s", c.category, c.model)
	}
}
