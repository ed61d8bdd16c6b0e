package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestSources pins the base searches of log sources and the words that their add-ons have for Sigma's.
func TestSources(t *testing.T) {
	for _, c := range []struct{ name, model, logsource, detection, want string }{
		{"RPC Firewall's message names what its XML does not", "splunk-windows", "{product: rpc_firewall, category: application}", `{EventLog: RPCFW, InterfaceUuid: a-b}`,
			`source="WinEventLog:RPCFW" LogName="RPCFW" InterfaceUuid="a-b"`},
		{"a rule of all that Linux writes reads all of it", "splunk-linux", "{product: linux}", `{a: b}`,
			`((sourcetype=syslog OR sourcetype=linux_messages_syslog OR sourcetype=linux_secure OR sourcetype=linux_bootlog OR sourcetype="nix:syslog") OR (sourcetype="sysmon:linux" EventID="1")` +
				` OR (sourcetype="sysmon:linux" EventID="3") OR (sourcetype="sysmon:linux" EventID="11") OR (sourcetype="linux:audit" OR sourcetype=auditd) OR (sourcetype=syslog OR sourcetype=linux_messages_syslog OR sourcetype="nix:syslog")` +
				` OR ((sourcetype=linux_secure OR sourcetype=syslog OR sourcetype="nix:syslog") process=sshd) OR (sourcetype=linux_secure OR sourcetype=syslog OR sourcetype="nix:syslog")` +
				` OR (source="/var/log/cron*" OR ((sourcetype=syslog OR sourcetype=linux_messages_syslog OR sourcetype="nix:syslog") (process=cron OR process=crond)))` +
				` OR ((sourcetype=linux_secure OR sourcetype=syslog OR sourcetype="nix:syslog") process=sudo) OR ((sourcetype=syslog OR sourcetype=linux_messages_syslog OR sourcetype="nix:syslog") process=clamd)` +
				` OR source="*vsftpd.log") a="b"`},
		{"OpenCanary's JSON", "splunk-network", "{product: opencanary, category: application}", `{logtype: 4002, logdata.USERNAME: root}`, `sourcetype="opencanary*" logtype=4002 logdata.USERNAME="root"`},
		{"Bitbucket's audit log files", "splunk-cloud", "{product: bitbucket, service: audit}", `{auditType.category: Repositories}`, `source="*.audit.log" auditType.category="Repositories"`},
		{"a provider is Name in XML and SourceName as text", "splunk-windows", "{product: windows, service: system}", `{Provider_Name: ESENT}`,
			`(source="XmlWinEventLog:System" OR source="WinEventLog:System") (Name="ESENT" OR SourceName="ESENT")`},
		{"values without a name stay in EventData_Xml", "splunk-windows", "{product: windows, service: application}", `{Data|contains: ntds}`,
			`(source="XmlWinEventLog:Application" OR source="WinEventLog:Application") (EventData_Xml="*ntds*" OR Message="*ntds*")`},
		{"a space in a name is an underscore", "splunk-windows", "{product: windows, service: windefend}", `{NewValue: a, SourceName: AMSI}`,
			`(source="XmlWinEventLog:Microsoft-Windows-Windows Defender/Operational" OR source="WinEventLog:Microsoft-Windows-Windows Defender/Operational") New_Value="a" Source_Name="AMSI"`},
		{"a sign-in without an error is a success", "splunk-cloud", "{product: azure, service: signinlogs}", `{Status: Success, ConditionalAccessStatus: failure}`,
			`sourcetype="azure:monitor:aad" category IN ("SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs") ` +
				`(properties.status.errorCode="0" OR properties.status.additionalDetails="Success" OR properties.status.failureReason="Success") properties.conditionalAccessStatus="failure"`},
		{"activities are texts from the hub and objects from the API", "splunk-cloud", "{product: azure, service: activitylogs}", `{operationName: a, ResourceId: b}`,
			`(sourcetype="mscs:azure:audit" OR sourcetype="azure:monitor:activity") (operationName="a" OR operationName.value="a") (resourceId="b" OR resourceUri="b")`},
		{"elements of a list are below braces", "splunk-cloud", "{product: gcp, service: gcp.audit}", `{data.protoPayload.authorizationInfo.granted: 'true'}`,
			`(sourcetype="google:gcp:pubsub:message" OR sourcetype="google:gcp:pubsub:audit:*") ("data.protoPayload.authorizationInfo{}.granted"="true" OR "protoPayload.authorizationInfo{}.granted"="true")`},
		{"Workspace's applications", "splunk-cloud", "{product: gcp, service: google_workspace.admin}", `{eventService: admin.googleapis.com, eventName: A}`,
			`sourcetype="gws:reports:admin" id.applicationName="admin" event.name="A"`},
		{"Exchange says True, or as others", "splunk-cloud", "{product: m365, service: exchange}", `{eventName: A, status: success}`,
			`sourcetype="o365:management:activity" Workload="Exchange" Operation="A" ResultStatus IN ("True", "Succeeded", "Success")`},
		{"other workloads say Succeeded too, and an alert's policy is its name", "splunk-cloud", "{product: m365, service: threat_management}", `{eventName: A, status: success}`,
			`sourcetype="o365:management:activity" (Operation="A" OR Name="A") ResultStatus IN ("True", "Succeeded", "Success")`},
		{"GitHub's action is the vendor's in the add-on", "splunk-cloud", "{product: github, service: audit}", `{action: repo.destroy}`,
			`(sourcetype="github:cloud:audit" OR sourcetype="github:enterprise:audit" OR source="http:github") (vendor_action="repo.destroy" OR action="repo.destroy")`},
		{"syslog has a name of its own from each way it comes", "splunk-linux", "{product: linux, service: sshd}", `{user: root}`,
			`(sourcetype=linux_secure OR sourcetype=syslog OR sourcetype="nix:syslog") process=sshd user="root"`},
		{"what a firewall let through", "splunk-network", "{category: firewall}", `{action: accept, blocked: 'false'}`,
			`tag=network tag=communicate action="allowed" action="allowed"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := lowered.Model(t, c.model)
			r := lowered.Rule(t, "logsource: "+c.logsource+"\ndetection:\n  s: "+c.detection+"\n  condition: s\n")
			q, found := New().Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%v", found)
			var query []string
			for line := range strings.Lines(q.Text) {
				if !strings.HasPrefix(line, "```") {
					query = append(query, strings.TrimSpace(line))
				}
			}
			assert.Equal(t, c.want, strings.Join(query, " "))
		})
	}
}
