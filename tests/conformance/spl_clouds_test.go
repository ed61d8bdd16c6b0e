package conformance

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// cloudService is a service's events as it writes them, and as its add-on makes them.
type cloudService struct {
	logsource, sourcetype string
	events                []doc
	added                 func(event doc) doc // fields of the add-on's own
	inside                string              // the object that every second event is in
	wanted                map[string][]int    // detection -> the places of its events
}

// cloudServices are tests that hold of what the services write and not, read literally, of what the add-ons make of it.
var cloudServices = map[string]cloudService{
	// The add-on writes success where there is no error: aws_createaccesskey.yml in
	// https://github.com/splunk/security_content/tree/develop/detections/cloud
	"AWS": {logsource: "product: aws, service: cloudtrail", sourcetype: "aws:cloudtrail",
		events: []doc{
			{"eventName": "CreateUser", "userIdentity": doc{"arn": "arn:aws:iam::1:root"}},
			{"eventName": "CreateUser", "errorCode": "AccessDenied", "userIdentity": doc{"arn": "arn:aws:iam::1:user/root"}},
			{"eventName": "DeleteUser", "errorCode": "Client.UnsuccessfulCall", "userIdentity": doc{"arn": "arn:aws:iam::1:user/eve"}},
		},
		added: func(event doc) doc {
			name := doc{"user": "root"}
			if event["errorCode"] == nil {
				name["errorCode"] = "success"
			}
			return name
		},
		wanted: map[string][]int{
			"s: {errorCode: null}\n  condition: s": {0}, "s: {errorCode|exists: true}\n  condition: s": {1, 2}, "s: {errorCode|exists: false}\n  condition: s": {0},
			"s: {errorCode: null}\n  condition: not s": {1, 2}, "s: {errorCode|exists: true}\n  condition: not s": {0},
			"s: {errorCode|contains: success}\n  condition: s": {2}, "s: {errorCode|contains: success}\n  condition: not s": {0, 1}, "s: {errorCode: AccessDenied}\n  condition: s": {1},
			"s: {errorCode: AccessDenied}\n  condition: not s": {0, 2}, "s: {errorCode: Success}\n  condition: s": {}, "s: {errorCode|re: '^s'}\n  condition: s": {}, "s: {errorCode|re: 's'}\n  condition: not s": {0},
			"s: {errorCode|word: success}\n  condition: s": {}, "s: {errorCode: '*'}\n  condition: s": {1, 2}, "s: {user|endswith: ':root'}\n  condition: s": {0}, "s: {user: root}\n  condition: s": {},
		}},
	// An event of google:gcp:pubsub:message has the entry in data, one of google:gcp:pubsub:audit:* is the entry.
	"Google": {logsource: "product: gcp, service: gcp.audit", sourcetype: "google:gcp:pubsub:message", inside: "data",
		events: []doc{
			{"severity": "NOTICE", "protoPayload": doc{"authenticationInfo": doc{"principalEmail": "a@x"}, "request": doc{"role": "owner"}}},
			{"severity": "NOTICE", "protoPayload": doc{"authenticationInfo": doc{"principalEmail": "b@x"}, "request": doc{"role": "owner"}}},
			{"severity": "ERROR", "protoPayload": doc{"requestMetadata": doc{"callerIp": "1.2.3.4"}}}, {"severity": "ERROR", "protoPayload": doc{"requestMetadata": doc{"callerIp": "1.2.3.5"}}},
		},
		wanted: map[string][]int{
			"s: {protoPayload.authenticationInfo.principalEmail|endswith: '@X'}\n  condition: s": {0, 1}, "s: {data.protoPayload.authenticationInfo.principalEmail: a@x}\n  condition: not s": {1, 2, 3},
			"s: {protoPayload.authenticationInfo.principalEmail: null}\n  condition: s": {2, 3}, "s: {user: [a@x, b@x]}\n  condition: s": {0, 1}, "s: {protoPayload.request.role: owner}\n  condition: s": {0, 1},
			"s: {protoPayload.request.role|exists: true}\n  condition: not s": {2, 3}, "s: {severity: ERROR}\n  condition: s": {2, 3}, "s: {data.protoPayload.requestMetadata.callerIp|cidr: 1.2.3.4/30}\n  condition: s": {2, 3},
		}},
	"Entra's audit": {logsource: "product: azure, service: auditlogs", sourcetype: "azure:monitor:aad",
		events: []doc{
			{"category": "AuditLogs", "operationName": "Add user", "properties": doc{"id": "D1", "result": "success", "resultReason": "ok", "initiatedBy": doc{"user": doc{"userPrincipalName": "a@x", "ipAddress": "1.2.3.4"}}}},
			{"category": "AuditLogs", "operationName": "Add user", "properties": doc{"id": "D2", "result": "failure", "initiatedBy": doc{"app": doc{"displayName": "App", "appId": "7"}}}},
		},
		wanted: map[string][]int{
			"s: {InitiatedBy.user.userPrincipalName: A@x, InitiatedBy.user.ipAddress|cidr: 1.2.3.0/24}\n  condition: s": {0}, "s: {InitiatedBy.app.displayName: app, InitiatedBy.app.appId: '7'}\n  condition: s": {1},
			"s: {Result: failure}\n  condition: s": {1}, "s: {ResultReason: ok}\n  condition: not s": {1}, "s: {Id: D2}\n  condition: s": {1}, "s: {user: a@x, ip: 1.2.3.4}\n  condition: s": {0},
		}},
	"Entra's sign-ins": {logsource: "product: azure, service: signinlogs", sourcetype: "azure:monitor:aad",
		events: []doc{
			{"category": "SignInLogs", "properties": doc{"userId": "u1", "userPrincipalName": "a@x", "status": doc{"errorCode": 50126, "failureReason": "bad"}}},
			{"category": "SignInLogs", "properties": doc{"userId": "u2", "userPrincipalName": "b@x", "status": doc{"errorCode": 0}}},
		},
		wanted: map[string][]int{"s: {UserId: u1}\n  condition: s": {0}, "s: {user: b@x}\n  condition: s": {1}, "s: {UserPrincipalName: a@x}\n  condition: not s": {1}}},
	"Azure's activity": {logsource: "product: azure, service: activitylogs", sourcetype: "mscs:azure:audit",
		events: []doc{
			{"caller": "a@x", "operationName": doc{"value": "Microsoft.Compute/virtualMachines/delete", "localizedValue": "Delete Virtual Machine"}, "status": doc{"value": "Succeeded"}}, {"caller": "b@x", "operationName": doc{"value": "Microsoft.Compute/virtualMachines/delete"}, "status": doc{"value": "Failed"}},
		},
		wanted: map[string][]int{"s: {OperationName: Delete Virtual Machine}\n  condition: s": {0}, "s: {OperationName|endswith: /DELETE}\n  condition: s": {0, 1}, "s: {Caller: a@x}\n  condition: s": {0}, "s: {user: A@x}\n  condition: s": {0}, "s: {ActivityStatusValue: Succeeded}\n  condition: s": {0}, "s: {ActivityStatusValue: Success}\n  condition: s": {0}, "s: {status: Failed}\n  condition: s": {1}}},
	"Microsoft 365": {logsource: "product: m365, service: audit", sourcetype: "o365:management:activity",
		events: []doc{{"Workload": "Exchange", "Operation": "New-InboxRule", "UserId": "a@x", "ResultStatus": "True"}, {"Workload": "SharePoint", "Operation": "FileDeleted", "UserId": "b@x", "ResultStatus": "Succeeded"}},
		added:  func(event doc) doc { return doc{"user": "someone"} },
		wanted: map[string][]int{"s: {eventSource: Exchange}\n  condition: s": {0}, "s: {user: b@x}\n  condition: s": {1}, "s: {status: success}\n  condition: s": {0, 1}}},
	"Okta": {logsource: "product: okta, service: okta", sourcetype: "OktaIM2:log",
		events: []doc{{"eventType": "user.session.start", "actor": doc{"alternateId": "a@x"}}, {"eventType": "user.session.end", "actor": doc{"alternateId": "b@x"}}},
		added:  func(event doc) doc { return doc{"user": "a"} },
		wanted: map[string][]int{"s: {user: a@x}\n  condition: s": {0}, "s: {actor.alternateId: b@x}\n  condition: not s": {0}}},
	"Kubernetes": {logsource: "product: kubernetes, service: audit", sourcetype: "kube:apiserver-audit",
		events: []doc{{"verb": "create", "user": doc{"username": "eve", "groups": []any{"system:masters", "x"}}, "sourceIPs": []any{"10.0.0.1", "10.0.0.2"}}, {"verb": "get", "user": doc{"username": "ann"}, "sourceIPs": []any{"10.1.0.1"}}},
		wanted: map[string][]int{"s: {user: eve}\n  condition: s": {0}, "s: {sourceIPs: 10.0.0.2}\n  condition: s": {0}, "s: {user.groups: system:masters}\n  condition: not s": {1}}},
	"GitHub": {logsource: "product: github, service: audit", sourcetype: "github:cloud:audit",
		events: []doc{{"action": "org.add_member", "actor": "eve", "user": "bob"}, {"action": "org.add_member", "actor": "bob", "user": "eve"}},
		added:  func(event doc) doc { return doc{"vendor_action": event["action"]} },
		wanted: map[string][]int{"s: {actor: eve}\n  condition: s": {0}, "s: {user: eve}\n  condition: s": {1}}},
}

// TestSPLReadsWhatAddOnsMakeOfEvents runs rules by the engine on events as a service writes them, by the engine on what
// its add-on for Splunk makes of these, and as searches of that.
func TestSPLReadsWhatAddOnsMakeOfEvents(t *testing.T) {
	t.Parallel()
	raw, err := schema.Load("cloud")
	require.NoError(t, err)
	splunk, err := schema.Load("splunk-cloud")
	require.NoError(t, err)
	raw.ID, splunk.ID = []string{"nr"}, []string{"nr"}
	for name, c := range cloudServices {
		t.Run(name, func(t *testing.T) {
			var written, extracted []doc
			for i, e := range c.events {
				e = maps.Clone(e)
				if c.inside != "" && i%2 == 0 {
					e = doc{c.inside: e}
				}
				e["nr"] = fmt.Sprint(i)
				written = append(written, e)
				fields := splJSONEvent(e)
				fields["sourcetype"] = c.sourcetype
				if c.added != nil {
					maps.Copy(fields, c.added(e))
				}
				extracted = append(extracted, fields)
			}
			writtenFile, file, rows := writeEvents(t, written), writeEvents(t, extracted), splRows(t, extracted)
			for detection, places := range c.wanted {
				want := []string{}
				for _, i := range places {
					want = append(want, fmt.Sprint(i))
				}
				r := lowered.Rule(t, "title: T\nlogsource: {"+c.logsource+"}\ndetection:\n  "+detection+"\n")
				q, problems := spl.New().Compile(r, compilers.Options{Model: splunk})
				require.NotNil(t, q, "%s\n%v", detection, problems)
				assert.ElementsMatch(t, want, RunEngine(t, r, raw, writtenFile, splVerdicts()), "the engine, on the service's events: %s", detection)
				assert.ElementsMatch(t, want, RunEngine(t, r, splunk, file, splVerdicts()), "the engine, on the add-on's events: %s", detection)
				assert.ElementsMatch(t, want, splFound(q.Text, rows, &splWorld{}, "nr"), "%s\n%s", detection, q.Text)
				assert.Empty(t, q.Notes, "%s: all is known of these fields", detection)
			}
		})
	}
}

// TestTheTextOfALine: both spellings of the text of a syslog line are the same field, whose extraction a search asks
// for.
func TestTheTextOfALine(t *testing.T) {
	t.Parallel()
	lines, err := schema.Load("linux")
	require.NoError(t, err)
	splunk, err := schema.Load("splunk-linux")
	require.NoError(t, err)
	lines.ID, splunk.ID = []string{"nr"}, []string{"nr"}
	file := writeEvents(t, []doc{{"nr": "0", "hostname": "h", "message": "Failed password"}, {"nr": "1", "hostname": "h", "Message": "failed password"}, {"nr": "2", "MESSAGE": "Failed password"}, {"nr": "3", "message": "Accepted"}})
	rows := splRows(t, []doc{{"nr": "0", "sourcetype": "linux_secure", "process": "sshd", "message": "Failed password"}, {"nr": "1", "sourcetype": "linux_secure", "process": "sshd", "message": "Accepted"}})
	for _, name := range []string{"message", "Message"} {
		r := lowered.Rule(t, "title: T\nlogsource: {product: linux, service: sshd}\ndetection:\n  s: {"+name+"|startswith: Failed}\n  condition: s\n")
		assert.ElementsMatch(t, []string{"0", "1", "2"}, RunEngine(t, r, lines, file, splVerdicts()), name)
		q, problems := spl.New().Compile(r, compilers.Options{Model: splunk})
		require.NotNil(t, q, "%v", problems)
		assert.Equal(t, []string{"0"}, splFound(q.Text, rows, &splWorld{}, "nr"), q.Text)
		require.Len(t, q.Notes, 1)
		assert.Equal(t, "requires", q.Notes[0].Code)
	}
}

// TestHexadecimalTexts: a search of what auditd may write in hexadecimal says that it must be decoded.
func TestHexadecimalTexts(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-linux")
	require.NoError(t, err)
	for field, noted := range map[string]int{"proctitle": 1, "a2": 1, "exe": 1, "type": 0, "syscall": 0} {
		q, problems := spl.New().Compile(lowered.Rule(t, "title: T\nlogsource: {product: linux, service: auditd}\ndetection:\n  s: {"+field+"|contains: x}\n  condition: s\n"), compilers.Options{Model: m})
		require.NotNil(t, q, "%v", problems)
		assert.Len(t, q.Notes, noted, field)
	}
}
