package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFieldsBelowAColumn(t *testing.T) {
	m, err := Load("sentinel")
	require.NoError(t, err)
	cloudtrail, audit := m.Find("", "aws", "cloudtrail")[0], m.Find("", "azure", "auditlogs")[0]
	for _, c := range []struct {
		source      *Source
		field, want string
	}{
		{cloudtrail, "requestParameters.a.b", "RequestParameters.a.b"},
		{cloudtrail, "REQUESTPARAMETERS.a", "RequestParameters.a"},
		{cloudtrail, "requestParameters", "RequestParameters"},
		{cloudtrail, "requestParametersX.a", ""},
		{cloudtrail, "userAgent.a", ""},
		{cloudtrail, "userIdentity.sessionContext.sessionIssuer.userName", "SessionIssuerUserName"},
		{audit, "properties.initiatedBy.app.appId", "InitiatedBy.app.appId"},
		{audit, "Initiatedby", "InitiatedBy.user.userPrincipalName"},
	} {
		col, ok := m.Column(c.source, c.field, 0)
		assert.Equal(t, c.want, col.Name, c.field)
		assert.Equal(t, c.want != "", ok, c.field)
	}
	assert.Equal(t, "AdditionalEventData.*, RequestParameters.*, ResponseElements.*, ServiceEventDetails.*", m.AnyOther(cloudtrail))
	assert.True(t, m.JSONTexts()["ServiceEventDetails"])
	_, err = read("m.yml", []byte("name: m\ntime: [t]\nsources:\n- {name: s, table: T, below: {a: A, b: B, c: C, d: D.x}, columns: {A: dynamic, B: int, D: string}}\n"))
	for _, column := range []string{"B", "C"} {
		assert.ErrorContains(t, err, `below must name a column with an object, but the table has no such column "`+column+`"`)
	}
	assert.NotContains(t, err.Error(), `column "D.x"`)

	own, err := read("m.yml", []byte("name: m\ntime: [t]\nsources:\n- {name: s, table: T, below: {Device: [Device, device, properties.device]}}\n"))
	require.NoError(t, err)
	col, ok := own.Column(&own.Sources[0], "device.os.name", 0)
	assert.True(t, ok)
	assert.Equal(t, Column{Name: "Device.os.name", Also: []string{"device.os.name", "properties.device.os.name"}}, col)
	assert.Empty(t, own.JSONTexts())
}
