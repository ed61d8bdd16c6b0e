package eql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestSources pins how sources say values that their integration holds in other words or places.
func TestSources(t *testing.T) {
	m := lowered.Model(t, "ecs")
	for _, c := range []struct{ name, logsource, detection, want string }{
		{"RPC Firewall's values have places, not names", "{product: rpc_firewall, category: application}", `{EventLog: RPCFW, EventID: 3, OpNum: [1, 3]}`,
			`any where ?winlog.channel : "RPCFW" and ?event.code : "3" and ?winlog.event_data.param8 : ("1", "3")`},
		{"OpenCanary's pipeline has names for its numbers", "{product: opencanary, category: application}", `{logtype: [5001, 99005]}`,
			`any where ?event.dataset : "opencanary.events" and ?log.logger : ("LOG_PORT_SYN", "LOG_USER_5")`},
		{"a sign-in without an error is a success", "{product: azure, service: signinlogs}", `{Status: Success}`,
			`any where ?event.dataset : "azure.signinlogs" and ?azure.signinlogs.properties.status.error_code == 0`},
		{"the pipeline moves a result that is success or failure, and no other", "{product: azure, service: auditlogs}", `{Status: Success}`,
			`any where ?event.dataset : "azure.auditlogs" and (?event.outcome : "Success" or ?azure.auditlogs.properties.result : "Success")`},
		{"a key's unnamed value has no name in Elastic Defend", "{product: windows, category: registry_set}", `{TargetObject|endswith: '\InprocServer32\(Default)'}`,
			`registry where ?event.action : ("modification", "RegistryEvent (Value Set)") and ?host.os.type : "windows" and ` +
				`(?registry.path : "*\\InprocServer32\\(Default)" or ?registry.path : "*\\InprocServer32\\")`},
		{"an alert's policy is its rule", "{product: m365, service: threat_management}", `{eventName: A, status: success}`,
			`any where ?event.dataset : "o365.audit" and (?event.action : "A" or ?rule.name : "A") and ?event.outcome : "success"`},
		{"the pipeline renames operations, also for a test of a part", "{product: m365, service: audit}", `{Operation|startswith: Add user}`,
			`any where ?event.dataset : "o365.audit" and (?event.action : "Add user*" or ?event.action : "added-user-account")`},
		{"a part of a name that the pipeline gives, too, is of the operation's", "{product: m365, service: audit}", `{Operation|contains: group}`,
			`any where ?event.dataset : "o365.audit" and ?event.action : "*group*"`},
		{"part of a word that whole values find", "{product: windows, category: process_creation}", `{IntegrityLevel|startswith: Hig}`,
			`process where ?event.type : "start" and ?host.os.type : "windows" and ?process.Ext.token.integrity_level_name : "Hig*"`},
		{"a boolean has one of these values", "{product: aws, service: cloudtrail}", `{additionalEventData.MFAUsed|startswith: y}`,
			`any where ?event.dataset : "aws.cloudtrail" and ?aws.cloudtrail.console_login.additional_eventdata.mfa_used == true`},
		{"a value of a boolean without this part", "{product: aws, service: cloudtrail}", `{eventName: a, additionalEventData.MFAUsed|contains|neq: x}`,
			`any where ?event.dataset : "aws.cloudtrail" and ?event.action : "a"`},
		{"Sysmon's channel is asked by the names that the pipeline gives its events", "{product: windows, service: sysmon}",
			`{EventID: 1, Image: a, ParentImage: b, OriginalFileName: c, Hashes|contains: MD5=0123456789abcdef0123456789abcdef, DestinationPort: 443, TargetFilename: d}`,
			`any where ?winlog.channel : "Microsoft-Windows-Sysmon/Operational" and ?event.code : "1" and ?process.executable : "a" and ?process.parent.executable : "b" and ` +
				`(?process.pe.original_file_name : "c" or ?file.pe.original_file_name : "c") and ` +
				`(?process.hash.md5 : "0123456789abcdef0123456789abcdef" or ?file.hash.md5 : "0123456789abcdef0123456789abcdef") and ?destination.port == 443 and ?file.path : "d"`},
		{"the hash of what the clipboard held is the process's", "{product: windows, category: clipboard_capture}", `{Hashes|contains: MD5=0123456789abcdef0123456789abcdef}`,
			`any where ?event.code : "24" and ?winlog.channel : "Microsoft-Windows-Sysmon/Operational" and ?process.hash.md5 : "0123456789abcdef0123456789abcdef"`},
		{"the texts of a registry value may be several", "{product: windows, category: registry_set}", `{Details|all: [a, b]}`,
			`registry where ?event.action : ("modification", "RegistryEvent (Value Set)") and ?host.os.type : "windows" and ?registry.data.strings : "a" and ?registry.data.strings : "b"`},
		{"a record's type and a call's name are auditd's", "{product: linux, service: auditd}", `{type: SERVICE_STOP, SYSCALL: mknod}`,
			`any where ?event.dataset : "auditd.log" and ?auditd.log.record_type : "SERVICE_STOP" and ?auditd.log.SYSCALL : "mknod"`},
		{"a program's arguments are one list", "{product: linux, service: auditd}", `{type: EXECVE, a0: chmod, a1|startswith: u+}`,
			`any where ?event.dataset : "auditd.log" and ?auditd.log.record_type : "EXECVE" and (?auditd.log.a0 : "chmod" or ?process.args : "chmod") and ` +
				`(?auditd.log.a1 : "u+*" or ?process.args : "u+*")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := lowered.Rule(t, "logsource: "+c.logsource+"\ndetection:\n  s: "+c.detection+"\n  condition: s\n")
			q, found := New().Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%v", found)
			text, _, _ := strings.Cut(q.Text, "\n  // Begin")
			for strings.HasPrefix(text, "//") {
				_, text, _ = strings.Cut(text, "\n")
			}
			assert.Equal(t, c.want, strings.ReplaceAll(text, " and\n  ", " and "))
		})
	}
}
