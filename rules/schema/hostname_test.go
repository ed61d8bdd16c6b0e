package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/schema"
)

// TestTestsOfAHostReadItsName: a rule says the name, whatever the product counts hosts by.
func TestTestsOfAHostReadItsName(t *testing.T) {
	text := &ir.Text{Op: ir.StartsWith, Values: []string{"DC-"}}
	for _, c := range []struct{ model, product, category, service, field, want string }{
		{"mde", "windows", "process_creation", "", "host", "DeviceName"},
		{"mde", "windows", "registry_set", "", "Computer", "DeviceName"},
		{"mde", "windows", "file_event", "", "ComputerName", "DeviceName"},
		{"mde", "linux", "process_creation", "", "host", "DeviceName"},
		{"sentinel", "windows", "process_creation", "", "ComputerName", "Computer"},
		{"asim", "windows", "process_creation", "", "ComputerName", "DvcHostname"},
		{"ecs", "windows", "process_creation", "", "host", "host.name"},
		{"ecs", "windows", "process_creation", "", "ComputerName", "host.name"},
		{"ecs", "windows", "", "security", "ComputerName", "winlog.computer_name"},
		{"winlogbeat", "windows", "process_creation", "", "host", "winlog.computer_name"},
		{"splunk-windows", "windows", "process_creation", "", "ComputerName", "Computer"},
		{"splunk-windows", "windows", "", "security", "ComputerName", "Computer"},
		{"cim", "windows", "process_creation", "", "ComputerName", "dest"},
		{"windows", "windows", "process_creation", "", "host", "Computer"},
	} {
		m, err := schema.Load(c.model)
		require.NoError(t, err)
		s := m.Find(c.category, c.product, c.service)[0]
		own, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: c.field}, Test: text})
		require.NoError(t, err)
		match := own.(*ir.Match)
		require.Equal(t, text, match.Test)
		col, ok := m.Column(s, match.Field.Name, 0)
		require.True(t, ok, "%s %s", c.model, c.field)
		require.Equal(t, c.want, col.Name, "%s %s", c.model, c.field)
	}
}

// TestAWindowsEventsOwnComputerNameComesFirst: some events have one among their data, which may be another machine's.
func TestAWindowsEventsOwnComputerNameComesFirst(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	for _, s := range m.Sources {
		col, ok := m.Column(&s, "ComputerName", 0)
		require.True(t, ok, s.Name)
		require.Equal(t, "ComputerName", col.Name, s.Name)
		require.Equal(t, "Computer", col.Also[0], s.Name)
	}
}

// TestHostsAreComparedByName with other fields, and in extracts; whether there is a host, and by what hosts are told
// apart, is asked of the id.
func TestHostsAreComparedByName(t *testing.T) {
	m, err := schema.Load("mde")
	require.NoError(t, err)
	s := m.Find("network_connection", "windows", "")[0]
	host := ir.Field{Name: "host"}
	column := func(f ir.Field) string { c, _ := m.Column(s, f.Name, f.Level); return c.Name }

	own, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: "DestinationHostname"}, Test: &ir.FieldRef{Other: host}})
	require.NoError(t, err)
	require.Equal(t, "DeviceName", column(own.(*ir.Match).Test.(*ir.FieldRef).Other))

	for _, test := range []ir.Test{&ir.Exists{Value: true}, &ir.Null{}} {
		own, err = m.Translate(s, &ir.Match{Field: host, Test: test})
		require.NoError(t, err)
		require.Equal(t, "DeviceId", column(own.(*ir.Match).Field))
	}
	columns, _ := m.Whole(s, "host", 0)
	require.Equal(t, "DeviceId", columns[0].Name)
}
