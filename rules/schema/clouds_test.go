package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFieldsOfClouds holds which columns the audit logs of clouds have for what rules read of them, as the tables and
// integrations document it.
func TestFieldsOfClouds(t *testing.T) {
	for _, c := range []struct{ model, category, product, service, field, column string }{
		// https://www.elastic.co/docs/reference/beats/filebeat/exported-fields-okta
		{"ecs", "", "okta", "okta", "actor.alternateId", "okta.actor.alternate_id"},
		{"ecs", "", "okta", "okta", "client.ipAddress", "okta.client.ip"},
		{"ecs", "", "okta", "okta", "debugContext.debugData.dtHash", "okta.debug_context.debug_data.dt_hash"},
		{"ecs", "", "okta", "okta", "authenticationContext.externalSessionId", "okta.authentication_context.external_session_id"},
		{"ecs", "", "okta", "okta", "client.geographicalContext.country", "client.geo.country_name"},
		{"sentinel", "", "okta", "okta", "authenticationContext.externalSessionId", "authenticationContext_externalSessionId_s"},
		{"sentinel", "", "okta", "okta", "client.geographicalContext.country", "client_geographicalContext_country_s"},
		// https://www.elastic.co/docs/reference/integrations/aws/cloudtrail
		{"ecs", "", "aws", "cloudtrail", "eventTime", "@timestamp"},
		{"ecs", "", "aws", "cloudtrail", "readOnly", "aws.cloudtrail.read_only"},
		{"ecs", "", "aws", "cloudtrail", "userIdentity.accountId", "cloud.account.id"},
		{"ecs", "", "aws", "cloudtrail", "userIdentity.sessionContext.sessionIssuer.arn", "aws.cloudtrail.user_identity.session_context.session_issuer.arn"},
		{"sentinel", "", "aws", "cloudtrail", "eventTime", "TimeGenerated"},
		// https://www.elastic.co/docs/reference/integrations/azure
		{"ecs", "", "azure", "auditlogs", "Result", "event.outcome"},
		{"ecs", "", "azure", "auditlogs", "InitiatedBy.user.userPrincipalName", "azure.auditlogs.properties.initiated_by.user.userPrincipalName"},
		{"ecs", "", "azure", "activitylogs", "ActivityStatusValue", "azure.activitylogs.result_type"},
		{"ecs", "", "azure", "signinlogs", "IPAddress", "source.ip"},
		{"ecs", "", "azure", "signinlogs", "UserType", "azure.signinlogs.properties.user_type"},
		{"mde", "", "azure", "signinlogs", "UserType", "IsGuestUser"},
		// https://www.elastic.co/docs/reference/integrations/o365
		{"ecs", "", "m365", "audit", "Operation", "event.action"},
		{"ecs", "", "m365", "audit", "UserId", "user.id"},
		{"ecs", "", "m365", "audit", "ClientIP", "client.ip"},
		{"splunk-cloud", "", "m365", "audit", "AddonName", "AddOnName"},
		{"splunk-cloud", "", "m365", "exchange", "AddonName", "AddOnName"},
		{"ecs", "", "m365", "audit", "LogonError", "o365.audit.LogonError"},
		{"ecs", "", "m365", "exchange", "ClientInfoString", "o365.audit.ClientInfoString"},
		{"ecs", "", "m365", "exchange", "ObjectId", "o365.audit.ObjectId"},
		// https://www.elastic.co/docs/reference/integrations/kubernetes/audit-logs
		{"ecs", "", "kubernetes", "audit", "user.username", "kubernetes.audit.user.username"},
		{"ecs", "application", "kubernetes", "audit", "annotations.authorization.k8s.io/decision", "kubernetes.audit.annotations.authorization_k8s_io/decision"},
		{"ecs", "", "kubernetes", "audit", "requestObject.spec.containers.securityContext.privileged", "kubernetes.audit.requestObject.spec.containers.securityContext.privileged"},
		// https://www.elastic.co/docs/reference/integrations/gcp
		{"ecs", "", "gcp", "gcp.audit", "protoPayload.methodName", "event.action"},
		{"ecs", "", "gcp", "gcp.audit", "protoPayload.authenticationInfo.principalEmail", "client.user.email"},
		{"ecs", "", "gcp", "gcp.audit", "data.protoPayload.requestMetadata.callerIp", "source.ip"},
		{"ecs", "", "gcp", "gcp.audit", "user", "client.user.email"},
		// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-entraidsigninevents-table
		{"mde", "", "azure", "signinlogs", "DeviceDetail.browser", "Browser"},
		{"mde", "", "azure", "signinlogs", "LocationDetails.city", "City"},
		{"mde", "", "azure", "signinlogs", "Location", "Country"},
		{"mde", "", "azure", "signinlogs", "ConditionalAccessStatus", "ConditionalAccessStatus"},
		{"mde", "process_creation", "windows", "", "ProcessGuid", "ProcessUniqueId"},
		{"mde", "network_connection", "macos", "", "ProcessGuid", "InitiatingProcessUniqueId"},
		// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-schema-tables
		{"mde", "", "defender", "AlertInfo", "AttackTechniques", "AttackTechniques"},
		{"mde", "", "defender", "AlertEvidence", "sha256", "SHA256"},
		{"mde", "", "defender", "BehaviorInfo", "host", "DeviceId"},
		{"mde", "", "defender", "BehaviorEntities", "EntityRole", "EntityRole"},
		{"mde", "", "defender", "CloudAuditEvents", "RawEventData.status", "RawEventData.status"},
		{"mde", "", "defender", "CloudProcessEvents", "KubernetesNamespace", "KubernetesNamespace"},
		{"mde", "", "defender", "EntraIdSpnSignInEvents", "user", "ServicePrincipalId"},
		{"mde", "", "defender", "GraphApiAuditEvents", "RequestUri", "RequestUri"},
		{"mde", "", "defender", "MessageEvents", "ThreatTypes", "ThreatTypes"},
		{"mde", "", "defender", "MessagePostDeliveryEvents", "ActionTrigger", "ActionTrigger"},
		{"mde", "", "defender", "MessageUrlInfo", "url", "Url"},
		{"mde", "", "defender", "IdentityInfo", "BlastRadius", "BlastRadius"},
		{"mde", "", "defender", "OAuthAppInfo", "PrivilegeLevel", "PrivilegeLevel"},
		{"mde", "", "defender", "DeviceInfo", "OnboardingStatus", "OnboardingStatus"},
		{"mde", "", "defender", "DeviceNetworkInfo", "MacAddress", "MacAddress"},
		{"mde", "", "m365", "exchange", "Operation", "ActionType"},
		{"mde", "", "m365", "exchange", "user", "RawEventData.UserId"}, // AccountObjectId is an id, which nobody writes into rules
		// https://learn.microsoft.com/en-us/azure/sentinel/normalization-schema-authentication
		{"asim", "authentication", "windows", "", "EventResultDetails", "EventResultDetails"},
		{"asim", "authentication", "windows", "", "EventID", "EventOriginalType"},
		{"mde", "authentication", "windows", "", "EventID", "ActionType"},
		// https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/signinlogs, .../aksaudit
		{"sentinel", "", "azure", "signinlogs", "IsInteractive", "IsInteractive"},
		{"sentinel", "", "azure", "auditlogs", "ActivityDateTime", "ActivityDateTime"},
		{"sentinel", "", "kubernetes", "audit", "level", "Level"},
		// https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/officeactivity
		{"sentinel", "", "m365", "audit", "Operation", "Operation"},
		{"sentinel", "", "m365", "audit", "Members", "Members"},
		{"sentinel", "", "m365", "audit", "Workload", "OfficeWorkload"},
		{"sentinel", "", "m365", "exchange", "OfficeObjectId", "OfficeObjectId"},
		// https://github.com/elastic/endpoint-package/tree/main/package/endpoint/data_stream
		{"ecs", "network_connection", "macos", "", "DestinationPort", "destination.port"},
		{"ecs", "file_event", "macos", "", "ProcessGuid", "process.entity_id"},
		{"ecs", "file_event", "linux", "", "ProcessId", "process.pid"},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		found := m.Find(c.category, c.product, c.service)
		if assert.NotEmpty(t, found, "%+v", c) {
			column, ok := m.Column(found[0], c.field, 0)
			assert.True(t, ok, "%+v", c)
			assert.Equal(t, c.column, column.Name, "%+v", c)
		}
	}
}

// TestFieldsThatElasticDoesNotFill: what an integration documents and its pipeline never writes has no column. What
// only some of the events of a source have is said.
func TestFieldsThatElasticDoesNotFill(t *testing.T) {
	m, err := Load("ecs")
	require.NoError(t, err)
	for _, field := range []string{"severity", "version", "legacyEventType"} {
		_, ok := m.Column(m.Find("", "okta", "okta")[0], field, 0)
		assert.False(t, ok, field)
	}
	assert.Contains(t, m.Find("process_creation", "linux", "")[0].Requires, "Auditd Manager")
	assert.Empty(t, m.Find("process_creation", "macos", "")[0].Requires)
	for field, said := range map[string]string{"AccessList": "Winlogbeat from version 9", "ImpersonationLevel": "Winlogbeat from version 9", "LogonType": ""} {
		column, ok := m.Column(m.Find("", "windows", "security")[0], field, 0)
		assert.True(t, ok, field)
		assert.Contains(t, column.Requires, said, field)
		assert.Equal(t, said == "", column.Requires == "", field)
	}
	for _, c := range []struct{ category, field, said string }{
		{"dns", "query", "Zeek"},
		{"webserver", "c-uri", "IIS"},
		{"webserver", "sc-status", ""},
		{"proxy", "c-uri", ""},
	} {
		column, ok := m.Column(m.Find(c.category, "", "")[0], c.field, 0)
		assert.True(t, ok, "%+v", c)
		assert.Contains(t, column.Requires, c.said, "%+v", c)
		assert.Equal(t, c.said == "", column.Requires == "", "%+v", c)
	}
}
