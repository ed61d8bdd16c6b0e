package products_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestCloudEventsInEachOfTheirForms runs rules with the names that public rules have on events as their services export
// them: all of a kind match.
func TestCloudEventsInEachOfTheirForms(t *testing.T) {
	audit := []string{
		`{"id":"1","time":"t","operationName":"Add member to role","category":"AuditLogs","properties":{"activityDisplayName":"Add member to role","category":"RoleManagement","result":"success","loggedByService":"PIM","initiatedBy":{"user":{"userPrincipalName":"a@x"}},"targetResources":[{"id":"i","displayName":"Bob","modifiedProperties":[{"displayName":"Role","newValue":"Admin"}]}]}}`,
		`{"id":"2","activityDateTime":"t","activityDisplayName":"Add member to role","category":"RoleManagement","result":"success","loggedByService":"PIM","initiatedBy":{"user":{"userPrincipalName":"a@x"}},"targetResources":[{"id":"i","displayName":"Bob","modifiedProperties":[{"displayName":"Role","newValue":"Admin"}]}]}`,
		`{"id":"3","OperationName":"Add member to role","Category":"RoleManagement","Result":"success","LoggedByService":"PIM","InitiatedBy":{"user":{"userPrincipalName":"a@x"}},"TargetResources":[{"modifiedProperties":[{"displayName":"Role","newValue":"Admin"}]}]}`,
	}
	signIn := []string{
		`{"id":"1","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","resultDescription":"Invalid","properties":{"userPrincipalName":"a@x","appDisplayName":"Portal","status":{"errorCode":50126},"deviceDetail":{"isCompliant":"false"},"location":{"countryOrRegion":"DE"}}}`,
		`{"id":"2","createdDateTime":"t","userPrincipalName":"a@x","appDisplayName":"Portal","status":{"errorCode":50126,"failureReason":"Invalid"},"deviceDetail":{"isCompliant":"false"},"location":{"countryOrRegion":"DE"}}`,
		`{"id":"3","ResultType":"50126","ResultDescription":"Invalid","UserPrincipalName":"a@x","AppDisplayName":"Portal","DeviceDetail":{"isCompliant":"false"},"Location":"DE"}`,
	}
	activity := []string{
		`{"id":"1","operationName":{"value":"Microsoft.Compute/virtualMachines/delete","localizedValue":"Delete"},"category":{"value":"Administrative"},"status":{"value":"Start"}}`,
		`{"id":"2","OperationNameValue":"MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE","CategoryValue":"Administrative","ActivityStatusValue":"Start","OperationName":"Delete"}`,
		`{"id":"3","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE","category":"Administrative","resultType":"Start"}`,
	}
	google := []string{
		`{"id":"1","protoPayload":{"methodName":"SetIamPolicy","serviceName":"s","authorizationInfo":[{"granted":true}]},"resource":{"type":"project"},"logName":"l"}`,
		`{"id":"2","data":{"protoPayload":{"methodName":"SetIamPolicy","serviceName":"s","authorizationInfo":[{"granted":true}]},"resource":{"type":"project"},"logName":"l"}}`,
	}
	workspace := []string{
		`{"id":{"applicationName":"admin","uniqueQualifier":"1"},"events":[{"type":"T","name":"CREATE_ROLE"}]}`,
		`{"_id":"2","protoPayload":{"serviceName":"admin.googleapis.com","metadata":{"event":[{"eventType":"T","eventName":"CREATE_ROLE"}]}}}`,
		`{"_id":"3","eventService":"admin.googleapis.com","eventType":"T","eventName":"CREATE_ROLE"}`,
	}
	office := []string{
		`{"id":"1","Operation":"New-InboxRule","Workload":"Exchange","ResultStatus":"Succeeded","Parameters":[{"Name":"ForwardTo"}]}`,
		`{"id":"2","Operations":"New-InboxRule","RecordType":"ExchangeAdmin","AuditData":"{\"Operation\":\"New-InboxRule\",\"Workload\":\"Exchange\",\"ResultStatus\":\"Succeeded\",\"Parameters\":[{\"Name\":\"ForwardTo\"}]}"}`,
		`{"id":"3","operation":"New-InboxRule","auditData":{"Operation":"New-InboxRule","Workload":"Exchange","ResultStatus":"Succeeded","Parameters":[{"Name":"ForwardTo"}]}}`,
	}
	for _, c := range []struct {
		source, selection string
		events            []string
	}{
		{"azure, service: auditlogs", `{properties.message: Add member to role, OperationName: Add member to role, operationName: Add member to role, ActivityDisplayName: Add member to role}`, audit},
		{"azure, service: auditlogs", `{Category: RoleManagement, LoggedByService: PIM, Status: success, Initiatedby: a@x}`, audit},
		{"azure, service: auditlogs", `{TargetResources.ModifiedProperties.NewValue|contains: Admin, TargetResources.ModifiedProperties.DisplayName: Role, TargetResources|contains: Admin}`, audit},
		{"azure, service: auditlogs", `{TargetResources|contains: Bob}`, audit[:2]},
		{"azure, service: signinlogs", `{ResultType: 50126, ResultDescription: Invalid, UserPrincipalName: a@x, AppDisplayName: Portal, DeviceDetail.isCompliant: 'false', Location: DE}`, signIn},
		{"azure, service: activitylogs", `{OperationName|endswith: /DELETE, CategoryValue: Administrative}`, activity},
		{"azure, service: activitylogs", `{OperationName: Delete}`, activity[:2]},
		{"azure, service: activitylogs", `{operationName: MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE, OperationNameValue|endswith: /DELETE, CategoryValue: Administrative, status: Start}`, activity},
		{"gcp, service: gcp.audit", `{data.protoPayload.methodName: SetIamPolicy, protoPayload.methodName: SetIamPolicy, gcp.audit.method_name: SetIamPolicy, gcp.audit.service_name: s, data.protoPayload.authorizationInfo.granted: 'true', data.protoPayload.resource.type: project}`, google},
		{"gcp, service: google_workspace.admin", `{eventService: admin.googleapis.com, eventName: CREATE_ROLE, eventType: T}`, workspace},
		{"m365, service: audit", `{eventName: New-InboxRule, eventSource: Exchange, status: success, Operation: New-InboxRule, Workload: Exchange, Parameters.Name: ForwardTo}`, office},
		{"azure, service: auditlogs", `{InitiatedBy.user.userPrincipalName: a@x, user: a@x}`, audit},
		{"azure, service: signinlogs", `{user: a@x}`, signIn},
		{"okta, service: okta", `{eventtype: a, displaymessage: b}`, []string{`{"id":"1","eventType":"a","displayMessage":"b"}`, `{"id":"2","eventtype":"a","displaymessage":"b"}`}},
	} {
		r := lowered.Rule(t, "logsource: {product: "+c.source+"}\ndetection:\n  s: "+c.selection+"\n  condition: s\n")
		assert.Equal(t, []string{"1", "2", "3"}[:len(c.events)], enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "cloud")}, []*ir.Rule{r}, c.events...), c.selection)
	}
}

// TestEntraEventsInEachOfTheirForms runs rules with the names of Sentinel's columns, and of what is in them, on a
// sign-in and on an audit event as Microsoft Graph, an event hub and Sentinel export them.
func TestEntraEventsInEachOfTheirForms(t *testing.T) {
	signIn := `"userPrincipalName":"a@x","correlationId":"c","isInteractive":true,"deviceDetail":{"browser":"Chrome 120","operatingSystem":"Windows10","trustType":"Hybrid"},` +
		`"status":{"errorCode":50126,"failureReason":"Invalid","additionalDetails":"more"},"location":{"city":"Paris","state":"IDF","countryOrRegion":"FR","geoCoordinates":{"latitude":48}},"mfaDetail":{"authMethod":"SMS"},` +
		`"authenticationDetails":[{"authenticationMethod":"Mobile app notification","succeeded":false,"authenticationStepResultDetail":"MFA denied; user declined the authentication"}],` +
		`"appliedConditionalAccessPolicies":[{"displayName":"Require MFA","result":"failure"}],"networkLocationDetails":[{"networkType":"namedNetwork","networkNames":["Office"]}],"uniqueTokenIdentifier":"u","resourceId":"r"`
	audit := `"activityDisplayName":"Consent to application","correlationId":"c","result":"success","loggedByService":"Core Directory","initiatedBy":{"user":{"id":"u","userPrincipalName":"a@x","ipAddress":"1.2.3.4"}},` +
		`"targetResources":[{"id":"t1","displayName":"EvilApp","type":"ServicePrincipal","modifiedProperties":[{"displayName":"IsAdminConsent","oldValue":"False","newValue":"True"}]}],"additionalDetails":[{"key":"User-Agent","value":"EvoSTS"}]`
	forms := map[string][]string{
		"signinlogs": {
			`{"id":"1","createdDateTime":"t",` + signIn + `}`,
			`{"time":"t","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","properties":{"id":"2",` + signIn + `}}`,
			`{"TimeGenerated":"t","Type":"SigninLogs","Id":"3","UserPrincipalName":"a@x","CorrelationId":"c","IsInteractive":true,"DeviceDetail":{"browser":"Chrome 120","operatingSystem":"Windows10","trustType":"Hybrid"},` +
				`"Status":{"errorCode":50126,"failureReason":"Invalid","additionalDetails":"more"},"LocationDetails":{"city":"Paris","state":"IDF","countryOrRegion":"FR","geoCoordinates":{"latitude":48}},"MfaDetail":{"authMethod":"SMS"},` +
				`"AuthenticationDetails":"[{\"authenticationMethod\":\"Mobile app notification\",\"succeeded\":false,\"authenticationStepResultDetail\":\"MFA denied; user declined the authentication\"}]",` +
				`"ConditionalAccessPolicies":"[{\"displayName\":\"Require MFA\",\"result\":\"failure\"}]","NetworkLocationDetails":"[{\"networkType\":\"namedNetwork\",\"networkNames\":[\"Office\"]}]","UniqueTokenIdentifier":"u","ResourceIdentity":"r"}`,
		},
		"auditlogs": {
			`{"id":"1","activityDateTime":"t",` + audit + `}`,
			`{"time":"t","operationName":"Consent to application","category":"AuditLogs","properties":{"id":"2",` + audit + `}}`,
			`{"TimeGenerated":"t","Type":"AuditLogs","Id":"3","OperationName":"Consent to application","ActivityDisplayName":"Consent to application","CorrelationId":"c","Result":"success","LoggedByService":"Core Directory",` +
				`"InitiatedBy":"{\"user\":{\"id\":\"u\",\"userPrincipalName\":\"a@x\",\"ipAddress\":\"1.2.3.4\"}}",` +
				`"TargetResources":"[{\"id\":\"t1\",\"displayName\":\"EvilApp\",\"type\":\"ServicePrincipal\",\"modifiedProperties\":[{\"displayName\":\"IsAdminConsent\",\"oldValue\":\"False\",\"newValue\":\"True\"}]}]",` +
				`"AdditionalDetails":"[{\"key\":\"User-Agent\",\"value\":\"EvoSTS\"}]"}`,
		},
	}
	for _, c := range []struct {
		service, test string
		forms         []string
	}{
		{"signinlogs", "DeviceDetail.browser|startswith: Chrome", nil}, {"signinlogs", "DeviceDetail.operatingSystem: Windows10", nil}, {"signinlogs", "DeviceDetail.trusttype: hybrid", nil},
		{"signinlogs", "LocationDetails.city: Paris", nil}, {"signinlogs", "LocationDetails.countryOrRegion: FR", nil}, {"signinlogs", "LocationDetails.geoCoordinates.latitude: 48", nil},
		{"signinlogs", "Status.errorCode: 50126", nil}, {"signinlogs", "Status.failureReason|contains: Invalid", nil}, {"signinlogs", "Status|contains: more", nil}, {"signinlogs", "MfaDetail.authMethod: SMS", nil},
		{"signinlogs", "IsInteractive: true", nil}, {"signinlogs", "CorrelationId: c", nil}, {"signinlogs", "UniqueTokenIdentifier: u", nil}, {"signinlogs", "ResourceIdentity: r", nil},
		{"signinlogs", "AuthenticationDetails|contains: 'MFA denied; user declined'", nil}, {"signinlogs", "AuthenticationDetails[any]: {authenticationMethod|startswith: Mobile, succeeded: false}", nil},
		{"signinlogs", "ConditionalAccessPolicies|contains: Require MFA", nil}, {"signinlogs", "NetworkLocationDetails|contains: Office", nil},
		{"signinlogs", "deviceDetail.browser|startswith: Chrome", nil}, // Graph's own names
		{"auditlogs", "TargetResources|contains: EvilApp", nil}, {"auditlogs", "TargetResources|contains: ServicePrincipal", nil}, {"auditlogs", "TargetResources[any]: {id: t1, type: ServicePrincipal}", nil},
		{"auditlogs", "TargetResources.id: t1", []string{"1", "2"}}, {"auditlogs", "TargetResources.modifiedProperties.oldValue: 'False'", []string{"1", "2"}}, // Sentinel has a list, whose elements are asked for
		{"auditlogs", "AdditionalDetails|contains: EvoSTS", nil}, {"auditlogs", "AdditionalDetails[any]: {key: User-Agent, value: EvoSTS}", nil}, {"auditlogs", "AdditionalDetails.key: User-Agent", []string{"1", "2"}},
		{"auditlogs", "CorrelationId: c", nil}, {"auditlogs", "ActivityDisplayName: Consent to application", nil}, {"auditlogs", "InitiatedBy.user.id: u", nil}, {"auditlogs", "ip: 1.2.3.4", nil},
	} {
		r := lowered.Rule(t, "sigma-version: 3\nlogsource: {product: azure, service: "+c.service+"}\ndetection:\n  s:\n    "+c.test+"\n  condition: s\n")
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "cloud")}, []*ir.Rule{r}, forms[c.service][:2]...)
		if c.forms == nil {
			c.forms = []string{"1", "2", "3"}
			got = append(got, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "sentinel")}, []*ir.Rule{r}, forms[c.service][2])...)
		}
		assert.Equal(t, c.forms, got, c.test)
	}
}

// TestStatusInEachOfItsWords: whichever word a rule has for the success of an operation, events with any of the words
// are found, and those with the words for its failure are not.
func TestStatusInEachOfItsWords(t *testing.T) {
	for _, c := range []struct {
		model, source, event string
		of                   map[string][]string // a rule's values -> the words of the events that match
	}{
		{"cloud", "azure, service: activitylogs", `{"operationName":"o","category":"Administrative","resultType":%q,"properties":{"id":%[1]q}}`, azureWords},
		{"cloud", "azure, service: activitylogs", `{"operationName":{"value":"o"},"category":{"value":"Administrative"},"status":{"value":%q},"eventDataId":%[1]q}`, azureWords},
		{"sentinel", "azure, service: activitylogs", `{"Type":"AzureActivity","OperationNameValue":"o","ActivityStatusValue":%q,"_ItemId":%[1]q}`, azureWords},
		{"cloud", "m365, service: audit", `{"Operation":"o","Workload":"Exchange","ResultStatus":%q,"Id":%[1]q}`, officeWords},
		{"cloud", "m365, service: exchange", `{"Operation":"o","Workload":"Exchange","ResultStatus":%q,"Id":%[1]q}`, officeWords},
		{"sentinel", "m365, service: audit", `{"Type":"OfficeActivity","Operation":"o","OfficeWorkload":"Exchange","ResultStatus":%q,"_ItemId":%[1]q}`, officeWords},
	} {
		var events []string
		for _, words := range c.of {
			for _, word := range words {
				if event := fmt.Sprintf(c.event, word); !slices.Contains(events, event) {
					events = append(events, event)
				}
			}
		}
		for value, words := range c.of {
			r := lowered.Rule(t, "logsource: {product: "+c.source+"}\ndetection:\n  s: {status: "+value+"}\n  condition: s\n")
			assert.ElementsMatch(t, words, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, c.model)}, []*ir.Rule{r}, events...), "%s, %s: %s", c.model, c.source, value)
		}
	}
}

var (
	azureWords  = map[string][]string{"Success": {"Success", "Succeeded"}, "succeeded": {"Success", "Succeeded"}, "Failed": {"Failure", "Failed"}, "Started": {"Start", "Started"}, "Accept": {"Accept", "Accepted"}}
	officeWords = map[string][]string{"success": {"True", "Succeeded", "Success"}, "Succeeded": {"True", "Succeeded", "Success"}, "failure": {"False", "Failed", "Failure"}, "failed": {"False", "Failed", "Failure"}}
)

// TestOperationsThatElasticRenames: a test of a part of an operation finds it under the name that the pipeline gives
// it.
func TestOperationsThatElasticRenames(t *testing.T) {
	event := func(id, action string) string {
		return `{"event":{"id":"` + id + `","dataset":"o365.audit","action":"` + action + `"}}`
	}
	events := []string{event("1", "added-user-account"), event("2", "added-users-to-group"), event("3", "Add user to group."), event("4", "Set-Mailbox")}
	for selection, want := range map[string][]string{
		"{Operation: Add user.}":               {"1"},
		"{Operation|startswith: Add user}":     {"1", "3"},
		"{Operation|re: '^Add user'}":          {"1", "3"},
		"{Operation: added-users-to-group}":    {"2"},
		"{Operation|contains: group}":          {"2", "3"},
		"{Operation|endswith: user.}":          {"1"},
		"{Operation|contains: '-'}":            {"1", "2", "4"},
		"{eventName: 'Member*'}":               {"2"},
		"{Operation|contains|neq: 'Add user'}": {"2", "4"},
	} {
		r := lowered.Rule(t, "logsource: {product: m365, service: audit}\ndetection:\n  s: "+selection+"\n  condition: s\n")
		assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "ecs")}, []*ir.Rule{r}, events...), selection)
	}
}

// TestPartOfABooleanThatElasticMakes: a test of part of a value finds the boolean that the pipeline makes of the value,
// and a test that no value passes finds nothing.
func TestPartOfABooleanThatElasticMakes(t *testing.T) {
	event := func(id, used string) string {
		return `{"event":{"id":"` + id + `","dataset":"aws.cloudtrail"},"aws":{"cloudtrail":{"console_login":{"additional_eventdata":{"mfa_used":` + used + `}}}}}`
	}
	events := []string{event("1", "true"), event("2", "false")}
	for selection, want := range map[string][]string{
		"{additionalEventData.MFAUsed: 'Yes'}":        {"1"},
		"{additionalEventData.MFAUsed|startswith: y}": {"1"},
		"{additionalEventData.MFAUsed|contains: n}":   {"2"},
		"{additionalEventData.MFAUsed|contains: x}":   {},
	} {
		r := lowered.Rule(t, "logsource: {product: aws, service: cloudtrail}\ndetection:\n  s: "+selection+"\n  condition: s\n")
		assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "ecs")}, []*ir.Rule{r}, events...), selection)
	}
}
