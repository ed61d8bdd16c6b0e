package products_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestARuleOfOneProductIsNotAskedOfAnother has models whose files hold events of several products, and for each log
// source a rule that holds of every event it is asked of.
func TestARuleOfOneProductIsNotAskedOfAnother(t *testing.T) {
	// Public rules on activity logs also ask for what Entra ID and Microsoft 365 tell of directories.
	also := map[string][]string{"{product: azure, service: activitylogs}": {"{product: azure, service: auditlogs}", "{product: m365, service: audit}"},
		// Firewalls of these makers write such events.
		"{category: firewall}": {"{product: fortigate, service: event}", "{product: cisco, service: bgp}"}}
	for model, events := range map[string]map[string][]string{
		"cloud": {
			"{product: aws, service: cloudtrail}": {
				`{"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "x", "userIdentity": {"type": "Root"}}`,
				`{"eventName": "CreateUser", "userIdentity": {"type": "Root"}}`,
			},
			"{product: azure, service: activitylogs}": {
				`{"operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE", "category": "Administrative", "resultType": "Start"}`,
				`{"operationName": {"value": "x/delete"}, "category": {"value": "Administrative"}, "status": {"value": "Start"}}`,
				`{"OperationNameValue": "X/DELETE", "CategoryValue": "Administrative"}`,
			},
			"{product: azure, service: auditlogs}": {
				`{"operationName": "Add member", "category": "AuditLogs", "properties": {"activityDisplayName": "Add member"}}`,
				`{"activityDateTime": "t", "activityDisplayName": "Add member"}`,
				`{"OperationName": "Add member", "Category": "RoleManagement", "TargetResources": [{"id": "i"}]}`,
			},
			"{product: azure, service: signinlogs}": {
				`{"operationName": "Sign-in activity", "category": "NonInteractiveUserSignInLogs", "resultType": "0"}`,
				`{"createdDateTime": "t", "userPrincipalName": "a@x"}`,
				`{"OperationName": "Sign-in activity", "ResultType": "0", "UserPrincipalName": "a@x", "AppDisplayName": "Portal"}`,
			},
			"{product: azure, service: riskdetection}":      {`{"riskEventType": "leakedCredentials", "riskLevel": "high", "activityDateTime": "t"}`},
			"{product: gcp, service: gcp.audit}":            {`{"protoPayload": {"methodName": "SetIamPolicy"}, "logName": "l"}`},
			"{product: m365, service: audit}":               {`{"Operation": "New-InboxRule", "Workload": "Exchange"}`, `{"eventSource": "AzureActiveDirectory", "eventName": "x"}`},
			"{product: okta, service: okta}":                {`{"eventType": "user.session.start", "published": "t"}`},
			"{product: onelogin, service: onelogin.events}": {`{"event_type_id": 5, "account_id": 1}`},
			"{product: github, service: audit}":             {`{"action": "repo.create", "actor": "a", "org": "o"}`},
			"{product: bitbucket, service: audit}":          {`{"auditType": {"action": "x", "category": "y"}}`},
			"{product: kubernetes, service: audit}":         {`{"apiVersion": "audit.k8s.io/v1", "auditID": "1", "verb": "get", "requestURI": "/"}`, `{"verb": "get", "objectRef": {"resource": "pods"}}`},
			"{product: cisco, service: duo}":                {`{"action": "admin_login", "isotimestamp": "t"}`},
		},
		"linux": {
			"{product: linux, category: process_creation}": {`{"EventID": 1, "Channel": "Linux-Sysmon/Operational", "Image": "/bin/sh"}`},
			"{product: linux, service: auditd}":            {`{"type": "EXECVE", "a0": "curl"}`},
			"{product: linux, service: sshd}":              {`{"hostname": "h", "message": "Accepted", "appname": "sshd", "timestamp": "t"}`, `{"MESSAGE": "Accepted", "_COMM": "sshd"}`},
		},
		"network": {
			"{product: zeek, service: conn}": {`{"_path": "conn", "ts": 1, "uid": "C", "id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.2", "proto": "tcp"}`},
			"{category: dns}": {
				`{"query": "example.org", "qtype_name": "A", "_path": "dns"}`,
				`{"_path": "dns", "ts": 1, "id": {"orig_h": "10.0.0.1"}, "query": "example.org", "qtype_name": "A"}`,
			},
			"{category: firewall}": {
				`{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "action": "deny"}`,
				`{"event_type": "alert", "flow_id": 1, "src_ip": "10.0.0.1", "dest_ip": "10.0.0.2", "alert": {"action": "blocked"}}`,
			},
			"{product: fortigate, service: event}": {`{"devname": "f", "devid": "FGT1", "logid": "1", "subtype": "system", "action": "Edit"}`},
			"{product: cisco, service: bgp}":       {`{"appname": "%BGP-3-NOTIFICATION", "message": "sent to neighbor"}`},
		},
		"web": {
			"{category: proxy}":     {`{"cs-host": "example.org", "cs-uri-scheme": "https", "s-action": "TCP_MISS", "sc-status": 200}`},
			"{category: webserver}": {`{"s-sitename": "W3SVC1", "cs-method": "GET", "cs-uri-stem": "/", "sc-status": 200, "sc-win32-status": 0}`},
		},
		"applications": {
			"{product: opencanary, category: application}":   {`{"logtype": 4000, "node_id": "n", "src_host": "10.0.0.1"}`},
			"{product: rpc_firewall, category: application}": {`{"EventLog": "RPCFW", "EventID": 3, "OpNum": 1}`},
			"{category: antivirus}":                          {`{"Signature": "Mimikatz", "Filename": "a.exe"}`},
		},
	} {
		for source := range events {
			rule := lowered.Rule(t, "title: T\nlogsource: "+source+"\ndetection: {s: {NoSuchField: x}, condition: not s}\n")
			for of, lines := range events {
				want := 0
				if source == of || slices.Contains(also[source], of) {
					want = len(lines)
				}
				results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, model)}, []*ir.Rule{rule}, lines...)
				assert.Len(t, results, want, "%s asked of %s", source, of)
			}
		}
	}
}

// TestAnEventIsAskedOfEachThatMayHaveIt: what shows no sign, or those of several log sources, is asked of each.
func TestAnEventIsAskedOfEachThatMayHaveIt(t *testing.T) {
	for _, c := range []struct{ model, source, event string }{
		{"cloud", "{product: aws, service: cloudtrail}", `{"eventName": "CreateUser", "awsRegion": null, "userIdentity": ""}`},
		{"cloud", "{product: okta, service: okta}", `{"eventName": "CreateUser", "awsRegion": null, "userIdentity": ""}`},
		{"linux", "{product: linux, category: process_creation}", `{"hostname": "h", "message": "m", "timestamp": "t", "Image": "/bin/sh"}`},
		{"linux", "{product: linux, service: auditd}", `{"MESSAGE": "SYSCALL arch=x", "_TRANSPORT": "audit", "_AUDIT_TYPE_NAME": "SYSCALL", "SYSLOG_IDENTIFIER": "audit"}`},
		{"linux", "{product: linux, service: auditd}", `{"type": "EXECVE", "hostname": "h", "message": "m", "timestamp": "t", "a0": "ls"}`},
		{"network", "{category: dns}", `{"DeviceVendor": "v", "DeviceProduct": "p", "query": "example.org"}`},
		{"network", "{category: firewall}", `{"DeviceVendor": "v", "DeviceProduct": "p", "query": "example.org"}`},
		{"network", "{category: dns}", `{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "query": "example.org"}`},
		{"network", "{category: firewall}", `{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "query": "example.org"}`},
		{"network", "{product: fortigate, service: event}", `{"devname": "f", "devid": "FGT1", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "query": "example.org"}`},
		{"network", "{category: dns}", `{"event_type": "dns", "flow_id": 1, "src_ip": "10.0.0.1", "dest_ip": "10.0.0.2", "query": "example.org"}`},
		{"network", "{category: dns}", `{"ts": 1, "uid": "C", "id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.2", "qtype_name": "A", "answers": ["10.0.0.3"]}`},
		{"web", "{category: proxy}", `{"s-computername": "TMG", "r-host": "example.org", "cs-uri": "http://example.org/", "sc-status": 200}`},
		{"web", "{category: proxy}", `{"s-computername": "TMG", "cs-uri": "http://example.org/", "sc-status": 12202}`},
		{"web", "{category: proxy}", `{"cs-method": "GET", "cs-uri-stem": "/", "sc-status": 200}`},
		{"web", "{category: webserver}", `{"cs-method": "GET", "cs-uri-stem": "/", "sc-status": 200}`},
	} {
		rule := lowered.Rule(t, "title: T\nlogsource: "+c.source+"\ndetection: {s: {NoSuchField: x}, condition: not s}\n")
		results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, c.model)}, []*ir.Rule{rule}, c.event)
		assert.Len(t, results, 1, "%s: %s", c.source, c.event)
	}
}

// TestNamesOfOtherSources: public rules ask for some fields of a log by names that others have.
func TestNamesOfOtherSources(t *testing.T) {
	for _, c := range []struct{ model, source, test, event string }{
		{"network", "{product: zeek, service: http}", "{c-uri|endswith: .exe, c-useragent|contains: WebDAV, cs-method: GET, cs-host: h, sc-status: 200}",
			`{"_path": "http", "ts": 1, "uid": "C", "uri": "/a.exe", "user_agent": "Microsoft-WebDAV", "method": "GET", "host": "h", "status_code": 200}`},
		{"web", "{category: proxy}", "{c-uri-extension: exe, c-useragent: x}", `{"cs-uri": "http://h/a.exe", "cs-uri-extension": "exe", "c-agent": "x", "sc-status": 200}`},
		// Elastic's integration of Sysmon for Linux
		{"linux", "{product: linux, category: process_creation}", "{Image|endswith: /nc, CommandLine|contains: -e, ParentImage|endswith: /sh, User: ann}",
			`{"event": {"code": "1", "action": "log", "category": ["process"]}, "winlog": {"channel": "Linux-Sysmon/Operational", "event_id": "1"}, "user": {"name": "ann"}, "process": {"executable": "/bin/nc", "command_line": "nc -e", "parent": {"executable": "/bin/sh"}}}`},
		{"linux", "{product: linux, category: network_connection}", "{Image|endswith: /nc, DestinationIp|cidr: 10.0.0.0/8, DestinationPort: 80}",
			`{"event": {"code": "3"}, "winlog": {"channel": "Linux-Sysmon/Operational", "event_id": "3"}, "process": {"executable": "/bin/nc"}, "destination": {"ip": "10.0.0.1", "port": 80}}`},
		{"network", "{category: firewall}", "{src_port: 5, dst_port: 80}", `{"DeviceVendor": "v", "DeviceProduct": "p", "srcPort": "5", "dstPort": "80"}`}, // LEEF
	} {
		rule := lowered.Rule(t, "title: T\nlogsource: "+c.source+"\ndetection: {s: "+c.test+", condition: s}\n")
		results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, c.model)}, []*ir.Rule{rule}, c.event)
		assert.Len(t, results, 1, "%s: %s", c.source, c.event)
	}
}
