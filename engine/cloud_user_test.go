package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestTheUserOfCloudEvents is who acts, wherever a service writes it. GitHub has a field of that name for another.
func TestTheUserOfCloudEvents(t *testing.T) {
	for source, event := range map[string]string{
		"aws, service: cloudtrail":             `{"eventSource": "s", "eventName": "n", "userIdentity": {"arn": "ann"}}`,
		"azure, service: activitylogs":         `{"operationName": "o", "category": "Policy", "caller": "ann"}`,
		"azure, service: riskdetection":        `{"riskEventType": "r", "userPrincipalName": "ann"}`,
		"azure, service: pim":                  `{"activityDateTime": "t", "activityDisplayName": "a", "initiatedBy": {"user": {"userPrincipalName": "ann"}}}`,
		"gcp, service: gcp.audit":              `{"protoPayload": {"authenticationInfo": {"principalEmail": "ann"}}}`,
		"gcp, service: google_workspace.admin": `{"id": {"applicationName": "admin"}, "actor": {"email": "ann"}}`,
		"gcp, service: google_workspace.login": `{"protoPayload": {"authenticationInfo": {"principalEmail": "ann"}}}`,
		"m365, service: exchange":              `{"Operation": "o", "Workload": "Exchange", "UserId": "ann"}`,
		"m365, service: audit":                 `{"Operations": "o", "RecordType": "r", "UserIds": "ann"}`,
		"m365, service: threat_management":     `{"Operation": "o", "Workload": "w", "UserId": "ann"}`,
		"okta, service: okta":                  `{"eventType": "e", "published": "t", "actor": {"alternateId": "ann"}}`,
		"onelogin, service: onelogin.events":   `{"event_type_id": 5, "account_id": 1, "user_name": "ann"}`,
		"bitbucket, service: audit":            `{"auditType": {"action": "x"}, "author": {"name": "ann"}}`,
		"kubernetes, service: audit":           `{"verb": "get", "requestURI": "/", "user": {"username": "ann"}}`,
		"cisco, service: duo":                  `{"action": "a", "isotimestamp": "t", "username": "ann"}`,
	} {
		rule := lowered.Rule(t, "title: T\nlogsource: {product: "+source+"}\ndetection: {s: {NoSuchField: x}, condition: not s}\n")
		results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "cloud")}, []*ir.Rule{rule}, event)
		if assert.Len(t, results, 1, source) {
			assert.Equal(t, "ann", results[0].Field("user"), source)
		}
	}
}
