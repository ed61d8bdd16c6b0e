package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

// TestColumnsOfOtherProducts: a source with other fields than those that it names has none that is another product's
// column or an entity, and says of each of the rest that nobody knows it.
func TestColumnsOfOtherProducts(t *testing.T) {
	m, err := Load("splunk-cloud")
	require.NoError(t, err)
	activity, office, okta, github := m.Find("", "azure", "activitylogs")[0], m.Find("", "m365", "audit")[0], m.Find("", "okta", "okta")[0], m.Find("", "github", "audit")[0]
	google, kubernetes := m.Find("", "gcp", "gcp.audit")[0], m.Find("", "kubernetes", "audit")[0]
	for _, c := range []struct {
		source      *Source
		field       string
		has, asSuch bool
	}{
		{activity, "ActivityStatusValue", true, false}, {activity, "ResourceGroup", false, false}, {activity, "resourceGroupName", true, false}, {activity, "azure.activitylogs.operation_name", false, false},
		{activity, "domain", false, false}, {activity, "ip", true, false}, {activity, "user", true, false}, {activity, "properties.made.up", true, false}, {activity, "eventName", true, true},
		{office, "OfficeWorkload", true, false}, {office, "OfficeTenantId", false, false}, {office, "ActionType", true, true}, {office, "Operation", true, false}, {office, "LoginStatus", true, false}, {office, "NewValue", true, false}, {office, "Client", true, false}, {office, "SRPolicyName", true, false}, {office, "o365.audit.Name", true, true},
		{okta, "actor_alternateId_s", false, false}, {okta, "user.name", false, false}, {okta, "actor.alternateId", true, false}, {okta, "target{}.alternateId", true, false}, {okta, "host", false, false},
		{github, "user", true, false}, {github, "actor_s", false, false}, {github, "made_up", true, true}, {google, "PrincipalEmail", false, false}, {google, "data.PrincipalEmail", false, false}, {google, "data.labels.x", true, false},
		{google, "data.made_up", true, true}, {kubernetes, "UserAgent", false, false}, {kubernetes, "userAgent", true, false},
	} {
		assert.Equal(t, c.has, c.source.Has(m, ir.Field{Name: c.field}), "%s: %s", c.source.Name, c.field)
		column, ok := m.Column(c.source, c.field, 0)
		if c.has && assert.True(t, ok, c.field) {
			assert.Equal(t, c.asSuch, column.Requires != "", "%s: %s: %s", c.source.Name, c.field, column.Requires)
		}
	}
	assertRequires := func(m *Model, source *Source, field string, requires bool) {
		t.Helper()
		column, ok := m.Column(source, field, 0)
		assert.True(t, ok, field)
		assert.Equal(t, requires, column.Requires != "", "%s: %s: %s", source.Name, field, column.Requires)
	}
	assertRequires(m, office, "operation", true)  // Splunk's fields are compared letter by letter
	assertRequires(m, office, "Parameters", true) // Splunk has the fields of the list's objects alone
	network, err := Load("splunk-network")
	require.NoError(t, err)
	for _, category := range []string{"proxy", "webserver"} {
		assertRequires(network, network.Find(category, "", "")[0], "uri_path", false)
		assertRequires(network, network.Find(category, "", "")[0], "HttpMethod", true)
	}
	assertRequires(network, network.Find("dns", "", "")[0], "query", false)
	assertRequires(network, network.Find("dns", "", "")[0], "QueryName", true)
	assertRequires(network, network.Find("firewall", "", "")[0], "transport", false)
	assertRequires(network, network.Find("firewall", "", "")[0], "EventID", true)
	column, _ := m.Column(google, "data.made{}.up", 0)
	assert.Equal(t, "made.up is asked for as it is written: no page that the data model was made from names such a field", column.Requires)
}

// TestEnvelopes: a field of an event that may be in an envelope is in one of two columns, whichever a rule writes.
func TestEnvelopes(t *testing.T) {
	m, err := read("m.yml", []byte("name: m\ndialect: spl\ntime: [t]\npassthrough: true\nsources:\n- {name: s, product: p, service: s, envelope: data, fields: {Known: {column: data.known}}, entities: {user: {column: data.who}}}\n"))
	require.NoError(t, err)
	s := m.Find("", "p", "s")[0]
	asked := func(field string, test ir.Test) (n ir.Node, names []string) {
		n, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: field}, Test: test})
		require.NoError(t, err)
		ir.Inspect(n, func(n ir.Node) bool {
			if match, ok := n.(*ir.Match); ok {
				names = append(names, match.Field.Name)
			}
			return true
		})
		return n, names
	}
	both := []string{"data.a.b", "a.b"}
	for _, field := range []string{"a.b", "data.a.b"} {
		n, names := asked(field, &ir.Text{Values: []string{"x"}})
		assert.IsType(t, &ir.Or{}, n)
		assert.Equal(t, both, names)
		n, names = asked(field, &ir.Null{})
		assert.IsType(t, &ir.And{}, n, "missing is missing in both")
		assert.Equal(t, both, names)
		columns, _ := m.Whole(s, field, 0)
		assert.Equal(t, []Column{{Name: "data.a.b"}, {Name: "a.b"}}, columns)
		_, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: "Known"}, Test: &ir.FieldRef{Other: ir.Field{Name: field}}})
		assert.EqualError(t, err, "Known and "+field+" cannot be compared: an event has its fields at the outermost level or in data")
		assert.ErrorContains(t, m.Makes(s, ir.Field{Name: "E", Extract: &ir.Extract{Spec: &rules.Extract{}, From: []ir.Field{{Name: field}}}}), "the product does not store "+field+" as the rule writes it")
	}
	for _, field := range []string{"Known", "user"} {
		_, names := asked(field, &ir.Null{})
		assert.Equal(t, []string{field}, names)
		columns, _ := m.Whole(s, field, 0)
		assert.Len(t, columns, 1)
	}
}

// TestEnvelopesOfEvents: of events as their product writes them, one column has both names.
func TestEnvelopesOfEvents(t *testing.T) {
	m, err := Load("cloud")
	require.NoError(t, err)
	s := m.Find("", "gcp", "gcp.audit")[0]
	for _, field := range []string{"protoPayload.request.role", "data.protoPayload.request.role"} {
		column, ok := m.Column(s, field, 0)
		assert.True(t, ok)
		assert.Equal(t, Column{Name: "protoPayload.request.role", Also: []string{"data.protoPayload.request.role"}}, column)
	}
}
