package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOwnColumns(t *testing.T) {
	m, err := Load("mde")
	require.NoError(t, err)
	found := m.Find("", "defender", "emailevents")
	require.Len(t, found, 1)
	s := found[0]
	for field, want := range map[string]Column{
		"Subject":               {Name: "Subject"},
		"sendermailfromaddress": {Name: "SenderMailFromAddress"},
		"UrlCount":              {Name: "UrlCount", Type: Int},
		"Timestamp":             {Name: "Timestamp", Type: Datetime},
		"user":                  {Name: "RecipientEmailAddress"},
		"AdditionalFields.a.b":  {Name: "AdditionalFields.a.b"},
	} {
		c, ok := m.Column(s, field, 0)
		assert.True(t, ok, field)
		assert.Equal(t, want, c, field)
	}
	for _, field := range []string{"Image", "UrlCount.x", "host"} {
		_, ok := m.Column(s, field, 0)
		assert.False(t, ok, field)
	}
	_, ok := m.Column(s, "Subject", 1)
	assert.False(t, ok, "an ancestor has no such column")
	logons := m.Find("", "defender", "DeviceLogonEvents")[0]
	local, _ := m.Column(logons, "IsLocalAdmin", 0)
	assert.Equal(t, Bool, local.Type)
}

// TestPropertiesOfArrays: only what the model lists of an array's elements is known, so that a query finds it.
func TestPropertiesOfArrays(t *testing.T) {
	m, err := Load("sentinel")
	require.NoError(t, err)
	for service, fields := range map[string]map[string]bool{
		"auditlogs":  {"TargetResources": true, "TargetResources.displayName": true, "TargetResources.ModifiedProperties.DisplayName": true, "TargetResources.other": false, "AdditionalDetails.key": true, "InitiatedBy.app.displayName": true},
		"signinlogs": {"ConditionalAccessPolicies": true, "ConditionalAccessPolicies.result": true, "ConditionalAccessPolicies.other": false, "AuthenticationDetails.succeeded": true, "LocationDetails.city": true, "DeviceDetail.trustType": true},
	} {
		s := m.Find("", "azure", service)[0]
		for field, want := range fields {
			_, ok := m.Column(s, field, 0)
			assert.Equal(t, want, ok, "%s: %s", service, field)
		}
	}
}

// TestEveryEventOfWindowsHasItsNumber holds also in the source of the antivirus, whose other names are the event's own.
func TestEveryEventOfWindowsHasItsNumber(t *testing.T) {
	for _, name := range []string{"winlogbeat", "ecs"} {
		m, err := Load(name)
		require.NoError(t, err)
		for _, s := range m.Sources {
			if s.Product == "windows" && s.Unlisted == "winlog.event_data." {
				assert.Equal(t, "event.code", s.Fields["EventID"].Name, "%s in %s", s.Name, name)
			}
		}
	}
}

// TestEveryTableOfDefenderHasItsSource holds that the tables' own sources are told from each other by what no other
// table has.
func TestEveryTableOfDefenderHasItsSource(t *testing.T) {
	m, err := Load("mde")
	require.NoError(t, err)
	own := 0
	for i := range m.Sources {
		s := &m.Sources[i]
		if !s.OwnColumns {
			continue
		}
		own++
		assert.Equal(t, "defender", s.Product, s.Name)
		assert.Equal(t, s.Table, s.Service, s.Name)
		if s.Table != "AlertInfo" && s.Table != "OAuthAppInfo" { // which tell of nobody
			assert.NotEmpty(t, s.Entities, s.Name)
		}
		require.NotEmpty(t, s.Scope, s.Name)
		for _, test := range s.Scope {
			assert.True(t, test.EngineOnly, "%s: the table is the scope of a query", s.Name)
			assert.Contains(t, s.Columns, test.Column, s.Name)
		}
		for field, c := range s.Fields {
			assert.Contains(t, s.Columns, c.Name, "%s of %s", field, s.Name)
		}
	}
	assert.Equal(t, 33, own)
}
