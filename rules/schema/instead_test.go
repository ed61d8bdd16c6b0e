package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestARuleTellsWhichColumnHasAValue: of a connection that the device made, the destination is the remote end; of one
// that came in, it is the local end. A rule that says neither is asked of both.
func TestARuleTellsWhichColumnHasAValue(t *testing.T) {
	m, err := Load("mde")
	require.NoError(t, err)
	s := m.Find("network_connection", "windows", "")[0]
	for detection, want := range map[string][2]string{
		"  s: {Initiated: 'true'}\n  condition: s\n":                                            {"RemotePort", ""},
		"  s: {Initiated: 'false'}\n  condition: s\n":                                           {"LocalPort", ""},
		"  s: {Image: x}\n  condition: s\n":                                                     {"RemotePort", "LocalPort"},
		"  s: {Image: x}\n  t: {Initiated: 'true'}\n  condition: s and not t\n":                 {"RemotePort", "LocalPort"},
		"  s: {Image: x}\n  t: {Initiated: 'false'}\n  condition: s and not t\n":                {"RemotePort", ""},
		"  s: {Image: x}\n  t: {Initiated: 'false'}\n  condition: s or t\n":                     {"RemotePort", "LocalPort"},
		"  s: {Image: x, Initiated: 'false'}\n  t: {Initiated: 'false'}\n  condition: s or t\n": {"LocalPort", ""},
	} {
		r := lower(t, "product: windows, category: network_connection", detection)
		r = ir.Rewrite(r, func(n *ir.Match) ir.Node {
			own, err := m.Translate(s, n)
			require.NoError(t, err)
			return own
		})
		c, ok := m.Column(s, "DestinationPort", 0)
		require.True(t, ok)
		got := m.SettledIn(s, c, r.Condition)
		assert.Equal(t, want, [2]string{got.Name, got.Instead.Column}, detection)
	}
	plain, _ := m.Column(s, "Image", 0)
	assert.Equal(t, plain, m.SettledIn(s, plain))
	made := Column{Made: &Made{From: []Column{plain, {Name: "A", Instead: Instead{Column: "B"}}}}}
	assert.True(t, made.Second(), "an extract of one of two columns")
	assert.True(t, Column{OrElse: "B"}.Second())
	assert.False(t, plain.Second())
	assert.Equal(t, []string{"A", "B", "Tells"}, Column{Name: "A", Instead: Instead{Column: "B", When: "Tells"}}.ReadsFrom())
	assert.Equal(t, []string{"A", "B", "XML"}, Column{Name: "A", OrElse: "B", InXML: "XML"}.ReadsFrom())
	untyped := *s
	untyped.Columns = map[string]string{"ActionType": "dynamic"}
	c, _ := m.Column(s, "SourceIp", 0)
	assert.Equal(t, c, m.SettledIn(&untyped, c), "nothing is concluded of a column that may hold several values")
}

// TestARuleTellsWhetherXMLMayHaveAValue: the columns of a logon are filled. A rule of a new service, or of any event,
// is also asked of the event's XML, but for what the system tells of each event.
func TestARuleTellsWhetherXMLMayHaveAValue(t *testing.T) {
	m, err := Load("sentinel")
	require.NoError(t, err)
	s := m.Find("", "windows", "security")[0]
	column := func(field, detection string) Column {
		r := lower(t, "product: windows, service: security", detection)
		c, ok := m.Column(s, field, 0)
		require.True(t, ok)
		return m.SettledIn(s, c, r.Condition)
	}
	for detection, want := range map[string]string{
		"  s: {EventID: 4624}\n  condition: s\n":                            "",
		"  s: {EventID: [4624, 4625]}\n  condition: s\n":                    "",
		"  s: {EventID: 4697}\n  condition: s\n":                            "EventData",
		"  s: {EventID: [4624, 4697]}\n  condition: s\n":                    "EventData",
		"  s: {ServiceName: x}\n  condition: s\n":                           "EventData",
		"  s: {EventID: 4624}\n  t: {EventID: 4624}\n  condition: s or t\n": "",
	} {
		assert.Equal(t, want, column("ServiceName", detection).InXML, detection)
		assert.Equal(t, want, column("user", detection).InXML, detection)
		assert.Empty(t, column("EventID", detection).InXML)
		assert.Empty(t, column("host", detection).InXML)
		assert.Empty(t, column("ServicePrincipalNames", detection).InXML, "it is nowhere but in the XML")
	}
	c := column("ServiceName", "  s: {ServiceName: x}\n  condition: s\n")
	assert.True(t, c.Second())
	assert.Equal(t, Column{Name: "EventData", Type: XML, Key: "ServiceName"}, c.ValueInXML("ServiceName"))
	m.Dialect, m.Sources = "spl", []Source{{Filled: s.Filled, UnlistedIn: "EventData", Fields: map[string]Column{"ServiceName": {Name: "ServiceName"}}}}
	m.nameXML()
	assert.Empty(t, m.Sources[0].Fields["ServiceName"].InXML, "SPL reads one column")
}
