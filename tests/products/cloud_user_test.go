package products_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestTheUserOfCallsToAWS is the ARN in each data model, also where root or a role acts and has no name.
func TestTheUserOfCallsToAWS(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: n, user|endswith: ':root'}, condition: s}\n")
	for model, event := range map[string]string{
		"cloud":    `{"eventSource":"s","eventName":"n","eventID":"1","userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"}}`,
		"sentinel": `{"Type":"AWSCloudTrail","EventName":"n","_ItemId":"1","UserIdentityArn":"arn:aws:iam::1:root"}`,
		"ecs":      `{"event":{"id":"1","dataset":"aws.cloudtrail","action":"n"},"user":{"name":"1"},"aws":{"cloudtrail":{"user_identity":{"arn":"arn:aws:iam::1:root"}}}}`,
	} {
		assert.Equal(t, []string{"1"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, model)}, []*ir.Rule{rule}, event), model)
	}
}

// TestTheCallerOfAzure is the user in the activity log of the management API, of an event hub and of Sentinel.
func TestTheCallerOfAzure(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: azure, service: activitylogs}\ndetection: {s: {Caller: ann, CallerIpAddress: 1.2.3.4, user: ann}, condition: s}\n")
	for model, events := range map[string][]string{
		"cloud": {
			`{"operationName":{"value":"o"},"category":{"value":"Administrative"},"eventDataId":"1","caller":"ann","httpRequest":{"clientIpAddress":"1.2.3.4"}}`,
			`{"operationName":"o","category":"Administrative","callerIpAddress":"1.2.3.4","identity":{"claims":{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"ann"}},"properties":{"id":"1"}}`,
			`{"operationName":"o","category":"Administrative","callerIpAddress":"1.2.3.4","identity":{"claims":{"upn":"ann"}},"properties":{"id":"1"}}`,
		},
		"sentinel": {`{"Type":"AzureActivity","OperationNameValue":"o","_ItemId":"1","Caller":"ann","CallerIpAddress":"1.2.3.4"}`},
	} {
		for _, event := range events {
			assert.Equal(t, []string{"1"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, model)}, []*ir.Rule{rule}, event), event)
		}
	}
}

// TestTheHostOfTheJournal is where systemd's journal has it.
func TestTheHostOfTheJournal(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: linux, service: sshd}\ndetection: {s: {host: lin1}, condition: s}\n")
	event := `{"__REALTIME_TIMESTAMP":"1772359200000000","_HOSTNAME":"lin1","SYSLOG_IDENTIFIER":"sshd","id":"1","MESSAGE":"Accepted password"}`
	assert.Equal(t, []string{"1"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "linux")}, []*ir.Rule{rule}, event))
}

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
