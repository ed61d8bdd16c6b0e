package event

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file reads audit logs of clouds in forms that name their fields otherwise than the logs themselves: tables that
// portals export for people, and Google's logs as BigQuery holds them.

// entraNames are the names of sign-ins in Microsoft Graph for those of the portal's CSV:
// https://learn.microsoft.com/en-us/entra/identity/monitoring-health/howto-download-logs
var entraNames = map[string]string{"Date (UTC)": "createdDateTime", "Request ID": "id", "User agent": "userAgent", "Correlation ID": "correlationId", "User ID": "userId", "User": "userDisplayName",
	"Username": "userPrincipalName", "User type": "userType", "Authentication Protocol": "authenticationProtocol", "Application": "appDisplayName", "Application ID": "appId", "Application ID ": "appId",
	"Resource": "resourceDisplayName", "Resource ID": "resourceId", "Resource ID ": "resourceId", "Home tenant ID": "homeTenantId", "IP address": "ipAddress", "Location": "location",
	"Sign-in error code": "status.errorCode", "Failure reason": "status.failureReason", "Client app": "clientAppUsed", "Device ID": "deviceDetail.deviceId", "Browser": "deviceDetail.browser",
	"Operating System": "deviceDetail.operatingSystem", "Compliant": "deviceDetail.isCompliant", "Managed": "deviceDetail.isManaged", "Join Type": "deviceDetail.trustType",
	"Authentication requirement": "authenticationRequirement", "Conditional Access": "conditionalAccessStatus", "Flagged for review": "flaggedForReview", "Token issuer type": "tokenIssuerType"}

// portalSignIn reads a row of such a table, which leaves the code of an error out where there is none. Graph writes 0.
func portalSignIn(fields map[string]any) map[string]any {
	const code = "Sign-in error code"
	if fields["Status"] == "Success" && (fields[code] == nil || fields[code] == "") {
		fields = with(fields, map[string]any{code: "0"})
	}
	return moved(fields, entraNames)
}

// auditNames are the names of audit events in Microsoft Graph for those of the portal's CSV, from the same page.
var auditNames = map[string]string{"Date (UTC)": "activityDateTime", "CorrelationId": "correlationId", "Service": "loggedByService", "Category": "category", "Activity": "activityDisplayName",
	"Result": "result", "ResultReason": "resultReason", "User Agent": "userAgent", "IPAddress": "initiatedBy.user.ipAddress", "ActorUserPrincipalName": "initiatedBy.user.userPrincipalName",
	"ActorObjectId": "initiatedBy.user.id", "ActorDisplayName": "initiatedBy.user.displayName", "ActorHomeTenantId": "initiatedBy.user.homeTenantId", "ActorHomeTenantName": "initiatedBy.user.homeTenantName",
	"ActorServicePrincipalId": "initiatedBy.app.servicePrincipalId", "ActorServicePrincipalName": "initiatedBy.app.displayName"}

// Names of what is in lists of such an event.
var (
	targetNames = map[string]string{"Type": "type", "DisplayName": "displayName", "ObjectId": "id", "UserPrincipalName": "userPrincipalName"}
	changeNames = map[string]string{"Name": "displayName", "OldValue": "oldValue", "NewValue": "newValue"}
	detailNames = map[string]string{"Key": "key", "Value": "value"}
)

// portalAudit reads a row of such a table, which numbers the targets of an activity, their changes and its details:
// Target1Type, Target1ModifiedProperty1Name, AdditionalDetail1Key.
func portalAudit(fields map[string]any) map[string]any {
	targets := []any{}
	for _, columns := range numbered(fields, "Target") {
		target, changes := renamed(columns, targetNames), named(numbered(columns, "ModifiedProperty"), changeNames)
		if len(target)+len(changes) > 0 {
			targets = append(targets, with(target, map[string]any{"modifiedProperties": changes}))
		}
	}
	details := named(numbered(fields, "AdditionalDetail"), detailNames)
	return with(moved(fields, auditNames), map[string]any{"targetResources": targets, "additionalDetails": details})
}

// numbered gathers columns that have a number behind a prefix, in the order of the numbers, which need not follow each
// other: a row lacks its empty cells. What is behind the number is the name of a column then.
func numbered(fields map[string]any, prefix string) (list []map[string]any) {
	by := map[int]map[string]any{}
	for column, v := range fields {
		rest, has := strings.CutPrefix(column, prefix)
		name := strings.TrimLeft(rest, "0123456789")
		n, err := strconv.Atoi(rest[:len(rest)-len(name)])
		if !has || err != nil || strconv.Itoa(n)+name != rest || v == "" {
			continue
		}
		if by[n] == nil {
			by[n] = map[string]any{}
		}
		by[n][name] = v
	}
	for _, n := range slices.Sorted(maps.Keys(by)) {
		list = append(list, by[n])
	}
	return list
}

// named gives elements under other names, without those that have none of them.
func named(list []map[string]any, names map[string]string) []any {
	out := []any{}
	for _, columns := range list {
		if element := renamed(columns, names); len(element) > 0 {
			out = append(out, element)
		}
	}
	return out
}

// trailNames are CloudTrail's names for those of the CSV of its event history:
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html
var trailNames = map[string]string{"Event ID": "eventID", "Event time": "eventTime", "Event name": "eventName", "Event source": "eventSource", "User name": "userIdentity.userName", "AWS region": "awsRegion",
	"AWS access key": "userIdentity.accessKeyId", "Error code": "errorCode", "Source IP address": "sourceIPAddress", "User agent": "userAgent", "Request ID": "requestID", "Read-only": "readOnly"}

var historyForm = flatForm{keys: []string{"Event source", "Event name"}, read: underNames(trailNames)}

const historyNote = "the CSV of CloudTrail's event history has no parameters of requests, and no responses: download it as JSON for rules that test these"

// athenaNames are CloudTrail's names of more than one word for those of a table of Athena, which has small letters
// alone, and of the structure in its column useridentity:
// https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-ct.html
var athenaNames = func() map[string]string {
	names := map[string]string{}
	for name := range strings.FieldsSeq("eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage requestParameters responseElements " +
		"additionalEventData requestID eventID eventType apiVersion readOnly recipientAccountId serviceEventDetails sharedEventID vpcEndpointId tlsDetails " +
		"principalId accountId invokedBy accessKeyId userName sessionContext sessionIssuer mfaAuthenticated creationDate webIdFederationData federatedProvider " +
		"ec2RoleDelivery onBehalfOf userId identityStoreArn inScopeOf issuerType credentialsIssuedTo tlsVersion cipherSuite clientProvidedHostHeader sourceArn") {
		names[strings.ToLower(name)] = name
	}
	return names
}()

// athenaObjects are the columns that CloudTrail has as objects, with keys of any form, and athenaStructures those with
// its own keys. Another column is a text, also where somebody has sent JSON as the name of a browser.
var (
	athenaObjects    = []string{"requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"}
	athenaStructures = []string{"userIdentity", "tlsDetails"}
)

// athenaTrail reads a row of such a table.
func athenaTrail(fields map[string]any) map[string]any {
	out := moved(fields, athenaNames)
	for _, name := range athenaObjects {
		text, _ := out[name].(string)
		if object := parse([]byte(text)); object != nil {
			out[name] = object
		}
	}
	for _, name := range athenaStructures {
		text, _ := out[name].(string)
		if object := parse([]byte(text)); object != nil {
			out[name] = object
		} else if strings.HasPrefix(text, "{") {
			out[name], _ = athenaStructure(text[1:], 1)
		}
		if object, ok := out[name].(map[string]any); ok {
			out[name] = underAthenaNames(object)
		}
	}
	return out
}

// underAthenaNames gives a structure with CloudTrail's names at all depths.
func underAthenaNames(structure map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range structure {
		name := cmp.Or(athenaNames[key], key)
		if _, taken := structure[name]; taken {
			name = key
		}
		if inner, ok := v.(map[string]any); ok {
			v = underAthenaNames(inner)
		}
		out[name] = v
	}
	return out
}

// athenaField begins a field of a structure as Athena writes it: {type=Root, sessioncontext={attributes=null}}.
var athenaField = regexp.MustCompile(`^(?:, )?([a-z][a-z0-9]*)=`)

// deepestStructure is how deep the structures of a table of CloudTrail are, and more.
const deepestStructure = 8

// athenaStructure reads the fields up to a closing brace, and gives what is behind it.
func athenaStructure(text string, depth int) (fields map[string]any, rest string) {
	fields = map[string]any{}
	for {
		found := athenaField.FindStringSubmatch(text)
		if found == nil {
			return fields, strings.TrimPrefix(text, "}")
		}
		text = text[len(found[0]):]
		name := found[1]
		if strings.HasPrefix(text, "{") && depth < deepestStructure {
			fields[name], text = athenaStructure(text[1:], depth+1)
			continue
		}
		end := 0
		for end < len(text) && text[end] != '}' && (text[end] != ',' || !athenaField.MatchString(text[end:])) {
			end++
		}
		if value := text[:end]; value != "null" && value != "" {
			fields[name] = value
		}
		text = text[end:]
	}
}

// timelineNames are the columns of advanced hunting for those of the CSV of a device's timeline in Defender's portal
// that have other words. All others differ by spaces alone:
// https://learn.microsoft.com/en-us/defender-endpoint/device-timeline-event-flag
var timelineNames = map[string]string{"Event Time": "Timestamp", "Machine Id": "DeviceId", "Computer Name": "DeviceName", "Remote Computer Name": "RemoteDeviceName", "Sha1": "SHA1", "Sha256": "SHA256"}

// deviceTimeline reads a row of such a timeline, in which a path of a folder need not have the file's name.
func deviceTimeline(fields map[string]any) map[string]any {
	out := moved(fields, timelineNames)
	for _, of := range []string{"", "Initiating Process "} {
		folder, _ := out[of+"Folder Path"].(string)
		file, _ := out[of+"File Name"].(string)
		if folder == "" || file == "" {
			continue
		}
		if name := folder[strings.LastIndexAny(folder, `\/`)+1:]; !strings.EqualFold(name, file) {
			separator := `\`
			if strings.HasPrefix(folder, "/") {
				separator = "/"
			}
			out[of+"Folder Path"] = strings.TrimSuffix(folder, separator) + separator + file
		}
	}
	return out
}

// bigQueryNames are names of Google's audit logs for those of their tables:
// https://docs.cloud.google.com/logging/docs/export/bigquery
var bigQueryNames = map[string]string{"protopayload_auditlog": "protoPayload"}
