package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// services are conditions on rows as Sentinel's connectors of other products write them, and the rows they find, by
// their places.
var services = []struct {
	name, model, source, table, detection string
	rows                                  []doc
	want                                  []int
}{
	{"Zeek's calls", "sentinel", "product: zeek, service: dce_rpc", "Corelight_v2_dce_rpc_CL", "s: {endpoint: svcctl, operation|startswith: Create}\n  condition: s",
		[]doc{{"endpoint_s": "svcctl", "operation_s": "CreateServiceW"}, {"endpoint_s": "svcctl", "operation_s": "StartServiceW"}, {"endpoint_s": "atsvc", "operation_s": "CreateJob"}}, []int{0}},
	{"Zeek's files", "sentinel", "product: zeek, service: smb_files", "Corelight_v2_smb_files_CL", "s: {path|endswith: 'IPC$', name: spoolss}\n  condition: s",
		[]doc{{"path_s": `\\server\IPC$`, "name_s": "spoolss"}, {"path_s": `\\server\C$`, "name_s": "spoolss"}}, []int{0}},
	{"Zeek's SSH", "sentinel", "product: zeek, service: ssh", "Corelight_v2_ssh_CL", "s: {id.resp_p: 443, client|contains: PuTTY}\n  f: {auth_success: false}\n  condition: s and not f",
		[]doc{{"id_resp_p_d": 443, "client_s": "SSH-2.0-PuTTY_Release_0.76"}, {"id_resp_p_d": 443, "client_s": "SSH-2.0-PuTTY_Release_0.76", "auth_success_b": false}, {"id_resp_p_d": 22, "client_s": "SSH-2.0-PuTTY_Release_0.76"}}, []int{0}},
	{"Zeek's shares", "sentinel", "product: zeek, service: smb_mapping", "Corelight_v2_smb_mapping_CL", "s: {path|endswith: '\\ADMIN$', share_type: disk}\n  condition: s",
		[]doc{{"path_s": `\\server\ADMIN$`, "share_type_s": "DISK"}, {"path_s": `\\server\IPC$`, "share_type_s": "PIPE"}}, []int{0}},
	{"Zeek's HTTP, by both names", "sentinel", "product: zeek, service: http", "Corelight_v2_http_CL", "s: {c-uri|endswith: .exe, method: get, id.resp_p: 80}\n  f: {user_agent: good}\n  condition: s and not f",
		[]doc{{"uri_s": "/a.exe", "method_s": "GET", "id_resp_p_d": 80, "user_agent_s": "x"}, {"uri_s": "/a.exe", "method_s": "POST", "id_resp_p_d": 80},
			{"uri_s": "/a.exe", "method_s": "GET", "id_resp_p_d": 80, "user_agent_s": "good"}, {"uri_s": "/b.exe", "method_s": "GET", "id_resp_p_d": 80}}, []int{0, 3}},
	{"Google's administrators", "sentinel", "product: gcp, service: google_workspace.admin", "GoogleWorkspaceReports", "s: {eventService: admin.googleapis.com, eventName: [REMOVE_PRIVILEGE, ASSIGN_ROLE]}\n  condition: s",
		[]doc{{"IdApplicationName": "admin", "EventName": "ASSIGN_ROLE"}, {"IdApplicationName": "login", "EventName": "ASSIGN_ROLE"}, {"IdApplicationName": "admin", "EventName": "CREATE_USER"}}, []int{0}},
	{"OneLogin's numbers", "sentinel", "product: onelogin, service: onelogin.events", "OneLoginEventsV2_CL", "s: {event_type_id: [3, 532]}\n  condition: s",
		[]doc{{"EventTypeId": 3}, {"EventTypeId": 5}, {"EventTypeId": 532}}, []int{0, 2}},
	{"Duo", "sentinel", "product: cisco, service: duo", "CiscoDuo_CL", "s: {event_type: authentication, reason: bypass_user}\n  condition: s",
		[]doc{{"event_type_s": "authentication", "reason_s": "bypass_user"}, {"event_type_s": "authentication", "reason_s": "user_approved"}}, []int{0}},
	{"OpenCanary's numbers", "sentinel", "category: application, product: opencanary", "Syslog", "s: {logtype: 3001}\n  f: {dst_port: -1}\n  condition: s and not f",
		[]doc{{"ProcessName": "opencanaryd", "SyslogMessage": `opencanaryd WARNING {"dst_host": "10.0.0.4", "dst_port": 80, "logdata": {"PASSWORD": "\"logtype\": 1"}, "logtype": 3001, "node_id": "c1"}`},
			{"ProcessName": "opencanaryd", "SyslogMessage": `opencanaryd WARNING {"dst_host": "", "dst_port": -1, "logdata": {}, "logtype": 3001, "node_id": "c1"}`},
			{"ProcessName": "opencanaryd", "SyslogMessage": `opencanaryd WARNING {"dst_port": 80, "logdata": {"PASSWORD": "\"logtype\": 3001"}, "logtype": 3000, "node_id": "c1"}`},
			{"ProcessName": "sshd", "SyslogMessage": `{"logtype": 3001}`}}, []int{0}},
	{"RPC Firewall's values, by their places", "sentinel", "category: application, product: rpc_firewall", "Event", "s: {EventLog: RPCFW, EventID: 3, InterfaceUuid: 1ff70682-0a51-30e8-076d-740be8cee98b}\n  f: {OpNum: [0, 1]}\n  condition: s and not f",
		[]doc{{"EventLog": "RPCFW", "EventID": 3, "ParameterXml": rpcCall("1ff70682-0a51-30e8-076d-740be8cee98b", "2")}, {"EventLog": "RPCFW", "EventID": 3, "ParameterXml": rpcCall("1ff70682-0a51-30e8-076d-740be8cee98b", "1")},
			{"EventLog": "RPCFW", "EventID": 3, "ParameterXml": rpcCall("00000000-0000-0000-0000-000000000000", "2")}, {"EventLog": "RPCFW", "EventID": 1, "ParameterXml": "<Param>C:\\a.exe</Param><Param>4</Param>"}}, []int{0}},
	{"FortiGate's extensions", "sentinel", "product: fortigate, service: event", "CommonSecurityLog", "s: {action: Edit, cfgpath: vpn.ssl.settings}\n  condition: s",
		[]doc{{"DeviceVendor": "Fortinet", "DeviceProduct": "Fortigate", "DeviceAction": "Edit", "AdditionalExtensions": "FTNTFGTlogid=0100044546;FTNTFGTcfgpath=vpn.ssl.settings;FTNTFGTcfgattr=status[a->b]"},
			{"DeviceVendor": "Fortinet", "DeviceProduct": "Fortigate", "DeviceAction": "Edit", "AdditionalExtensions": "FTNTFGTcfgattr=FTNTFGTcfgpath=vpn.ssl.settings"},
			{"DeviceVendor": "Fortinet", "DeviceProduct": "Fortigate", "DeviceAction": "Add", "AdditionalExtensions": "FTNTFGTcfgpath=vpn.ssl.settings"},
			{"DeviceVendor": "Fortinet", "DeviceProduct": "Fortigate", "DeviceAction": "Edit", "AdditionalExtensions": "cat=event:system;FortinetFortiGatecfgpath=vpn.ssl.settings"}}, []int{0, 3}},
	{"what Defender saw deleted", "mde", "product: windows, category: registry_delete", "DeviceRegistryEvents", "s: {TargetObject|endswith: '\\Explorer\\RunMRU'}\n  v: {TargetObject: 'HKLM\\SOFTWARE\\A\\b'}\n  condition: s or v",
		[]doc{{"ActionType": "RegistryKeyDeleted", "PreviousRegistryKey": `HKEY_CURRENT_USER\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\RunMRU`}, {"ActionType": "RegistryValueDeleted", "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\SOFTWARE\A`, "PreviousRegistryValueName": "b"},
			{"ActionType": "RegistryValueDeleted", "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\SOFTWARE\A`, "PreviousRegistryValueName": "c"}, {"ActionType": "RegistryKeyCreated", "RegistryKey": `HKEY_CURRENT_USER\Explorer\RunMRU`}}, []int{0, 1}},
	{"what Defender saw of the registry, deletions too", "mde", "product: windows, category: registry_event", "DeviceRegistryEvents", "s: {TargetObject|endswith: ['\\E\\RunMRU', '\\A\\b']}\n  f: {TargetObject|contains: '\\kept\\'}\n  condition: s and not f",
		[]doc{{"ActionType": "RegistryKeyDeleted", "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\E\RunMRU`}, {"ActionType": "RegistryValueDeleted", "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\A`, "PreviousRegistryValueName": "b"},
			{"ActionType": "RegistryValueSet", "RegistryKey": `HKEY_LOCAL_MACHINE\A`, "RegistryValueName": "b", "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\kept\A`, "PreviousRegistryValueName": "b"}, {"ActionType": "RegistryValueDeleted", "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\kept\A`, "PreviousRegistryValueName": "b"},
			{"ActionType": "RegistryKeyCreated", "RegistryKey": `HKEY_LOCAL_MACHINE\E\RunMRU`}, {"ActionType": "RegistryKeyCreated", "RegistryKey": `HKEY_LOCAL_MACHINE\E\Other`, "PreviousRegistryKey": `HKEY_LOCAL_MACHINE\E\RunMRU`}}, []int{0, 1, 2, 4}},
	{"users' hives in Defender", "mde", "product: windows, category: registry_set", "DeviceRegistryEvents", "s: {TargetObject|startswith: 'HKU\\S-1-5-21-', TargetObject|endswith: '\\Run\\x'}\n  condition: s",
		[]doc{{"ActionType": "RegistryValueSet", "RegistryKey": `HKEY_CURRENT_USER\S-1-5-21-1-500\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "RegistryValueName": "x"}, {"ActionType": "RegistryValueSet", "RegistryKey": `HKEY_USERS\S-1-5-21-1-500\A\Run`, "RegistryValueName": "x"},
			{"ActionType": "RegistryValueSet", "RegistryKey": `HKEY_LOCAL_MACHINE\S-1-5-21-1-500\A\Run`, "RegistryValueName": "x"}}, []int{0, 1}},
	{"users' hives that Defender's parser gives", "asim", "product: windows, category: registry_set", "imRegistry", "s: {TargetObject|startswith: 'HKU\\S-1-5-21-'}\n  condition: s",
		[]doc{{"EventType": "RegistryValueSet", "RegistryKey": `HKEY_CURRENT_USER\S-1-5-21-1-500\A`, "RegistryValue": "x"}, {"EventType": "RegistryValueSet", "RegistryKey": `HKEY_USERS\S-1-5-21-1-500\A`, "RegistryValue": "x"}, {"EventType": "RegistryValueSet", "RegistryKey": `HKEY_USERS\.DEFAULT`, "RegistryValue": "x"}}, []int{0, 1}},
	{"keys made, in XML", "sentinel-event", "product: windows, category: registry_add", "Event", "s: {TargetObject|contains: '\\Made\\'}\n  condition: s", []doc{key("CreateKey", `HKLM\Made\a`), key("DeleteKey", `HKLM\Made\a`), key("CreateKey", `HKLM\b`)}, []int{0}},
	{"what was deleted, in XML", "sentinel-event", "product: windows, category: registry_delete", "Event", "s: {TargetObject|contains: '\\Gone\\'}\n  condition: s", []doc{key("CreateKey", `HKLM\Gone\a`), key("DeleteKey", `HKLM\Gone\a`), key("DeleteValue", `HKLM\Gone\a`)}, []int{1, 2}},
	{"keys that Sysmon's parser gives", "asim", "product: windows, category: registry_set", "imRegistry", "s: {TargetObject|startswith: 'HKLM\\System\\CurrentControlSet\\Services\\'}\n  condition: s",
		[]doc{{"EventType": "RegistryValueSet", "RegistryKey": `HKEY_LOCAL_MACHINE\System\CurrentControlSet\Services\x`, "RegistryValue": "Start"}, {"EventType": "RegistryValueSet", "RegistryKey": `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\x`, "RegistryValue": "Start"},
			{"EventType": "RegistryValueSet", "RegistryKey": `HKEY_USERS\System\CurrentControlSet\Services\x`, "RegistryValue": "Start"}}, []int{0, 1}},
	{"characters that XML has no place for", "sentinel-event", "product: windows, category: image_load", "Event", "a: {Image|contains: 'a>b & \"c\"'}\n  b: {ImageLoaded|endswith: 't;'}\n  c: {Signature|re: '^<A>$'}\n  d: {Product|contains: amp}\n  condition: 1 of them",
		[]doc{loaded("<Data Name=\"Image\">a&gt;b &amp; &quot;c&quot;</Data>"), loaded("<Data Name=\"Image\">a&amp;gt;b &amp; &quot;c&quot;</Data>"), loaded("<Data Name=\"ImageLoaded\">x&lt;</Data>"), loaded("<Data Name=\"ImageLoaded\">xt;</Data>"),
			loaded("<Data Name=\"Signature\">&lt;A&gt;</Data>"), loaded("<Data Name=\"Product\">R&amp;D</Data>"), loaded("<Data Name=\"Product\">Example</Data><Data Name=\"Image\" />")}, []int{0, 3, 4, 6}},
	{"hashes in XML", "sentinel-event", "product: windows, category: image_load", "Event", "a: {Hashes|contains: 'IMPHASH=0000000000000000000000000000000A'}\n  b: {sha256: ab}\n  condition: a or b",
		[]doc{loaded("<Data Name=\"Hashes\">MD5=CD,IMPHASH=0000000000000000000000000000000A</Data>"), loaded("<Data Name=\"Hashes\">SHA256=AB,IMPHASH=00</Data>"), loaded("<Data Name=\"Hashes\">MD5=AB</Data>")}, []int{0, 1}},
	{"sign-ins that Defender has", "mde", "product: azure, service: signinlogs", "EntraIdSignInEvents", "a: {ResultType: 0, userAgent|contains: azurehound}\n  b: {DeviceDetail.isCompliant: 'false', DeviceDetail.deviceId: ''}\n  condition: 1 of them",
		[]doc{{"ErrorCode": 0, "UserAgent": "AzureHound/v2", "IsCompliant": 1}, {"ErrorCode": 50126, "UserAgent": "azurehound", "IsCompliant": 1}, {"ErrorCode": 1, "IsCompliant": 0}, {"ErrorCode": 1, "IsCompliant": 0, "EntraIdDeviceId": "d"}}, []int{0, 2}},
	{"what a firewall let through", "asim", "category: firewall", "_Im_NetworkSession", "s: {dst_port: 23}\n  a: {blocked: 'false'}\n  condition: s and a",
		[]doc{{"EventType": "NetworkSession", "DstPortNumber": 23, "DvcAction": "Allow"}, {"EventType": "NetworkSession", "DstPortNumber": 23, "DvcAction": "Deny"}, {"EventType": "NetworkSession", "DstPortNumber": 22, "DvcAction": "Allow"}}, []int{0}},
	{"extensions in URLs", "asim", "category: proxy", "_Im_WebSession", "s: {c-uri-extension: [exe, zip]}\n  condition: s",
		[]doc{{"EventType": "HTTPsession", "Url": "https://a.example/b/c.EXE?d=e.txt"}, {"EventType": "HTTPsession", "Url": "https://a.zip"}, {"EventType": "HTTPsession", "Url": "https://a.example/b.exe/c"},
			{"EventType": "HTTPsession", "Url": "a.example/b.tar.zip#x"}, {"EventType": "HTTPsession", "Url": "https://a.example/?f=b.exe"}, {"EventType": "HTTPsession", "Url": "/b.zip"}}, []int{0, 3, 5}},
	{"queries in URLs", "asim", "category: proxy", "_Im_WebSession", "s: {c-uri-query|contains|all: [ver=, lng=]}\n  condition: s",
		[]doc{{"EventType": "HTTPsession", "Url": "http://a.example/b?lng=en&ver=1"}, {"EventType": "HTTPsession", "Url": "http://a.example/ver=1?lng=en"}, {"EventType": "HTTPsession", "Url": "http://a.example/b?lng=en#?ver=1"}}, []int{0}},
	{"paths in URLs", "asim", "category: proxy", "_Im_WebSession", "s: {cs-uri-stem|startswith: /admin}\n  f: {c-uri-stem|endswith: .png}\n  condition: s and not f",
		[]doc{{"EventType": "HTTPsession", "Url": "https://a.example:8443/admin/x?next=/a.png"}, {"EventType": "HTTPsession", "Url": "https://a.example/x?next=/admin"}, {"EventType": "HTTPsession", "Url": "a.example/admin#b"},
			{"EventType": "HTTPsession", "Url": "/admin/a.png"}, {"EventType": "HTTPsession", "Url": "https://admin"}}, []int{0, 2}},
	{"parameters of CloudTrail that no list has", "sentinel", "product: aws, service: cloudtrail", "AWSCloudTrail", "s: {requestParameters.policy.name|startswith: ad, responseElements.role.size|gte: 3}\n  f: {REQUESTPARAMETERS.tags: ''}\n  condition: s and not f",
		[]doc{{"RequestParameters": `{"policy":{"name":"admin"},"tags":"t"}`, "ResponseElements": `{"role":{"size":3}}`}, {"RequestParameters": `{"policy":{"name":"admin"}}`, "ResponseElements": `{"role":{"size":4}}`},
			{"RequestParameters": `{"policy":[{"name":"admin"}],"tags":"t"}`, "ResponseElements": `{"role":{"size":3}}`}, {"RequestParameters": `{"policy":{"name":"admin"},"tags":"t"}`, "ResponseElements": `{"role":{"size":2}}`}, {"RequestParameters": "no JSON"}, {}}, []int{0}},
	{"an operation of Azure by either name", "sentinel", "product: azure, service: activitylogs", "AzureActivity", "s: {OperationName|startswith: MICROSOFT.NETWORK/}\n  f: {OperationName: Deallocate Virtual Machine}\n  condition: s and not f",
		[]doc{{"OperationName": "Delete NSG", "OperationNameValue": "Microsoft.Network/nsg/delete"}, {"OperationName": "Deallocate Virtual Machine", "OperationNameValue": "MICROSOFT.NETWORK/X"}, {"OperationName": "MICROSOFT.NETWORK/X"}, {"OperationName": "Delete NSG"}}, []int{0, 2}},
	{"what Azure tells of an operation", "sentinel", "product: azure, service: activitylogs", "AzureActivity", "a: {properties.statusCode: Created}\n  b: {Authorization_d.evidence.role: Owner}\n  condition: 1 of them",
		[]doc{{"Properties": `{"statusCode":"created"}`}, {"Properties_d": doc{"statusCode": "Created"}}, {"Authorization_d": doc{"evidence": doc{"role": "owner"}}}, {"Authorization": `{"evidence":{"role":"Owner"}}`}}, []int{0, 2}},
	{"who began a change of Entra ID", "sentinel", "product: azure, service: auditlogs", "AuditLogs", "a: {InitiatedBy.user.ipAddress|startswith: '10.'}\n  b: {initiatedBy.app.displayName: Sync}\n  c: {Initiatedby: root@corp.example}\n  condition: 1 of them",
		[]doc{{"InitiatedBy": doc{"user": doc{"ipAddress": "10.1.2.3", "userPrincipalName": "a"}}}, {"InitiatedBy": doc{"app": doc{"displayName": "sync"}}}, {"InitiatedBy": doc{"user": doc{"ipAddress": "11.0.0.1", "userPrincipalName": "root@corp.example"}}}, {"InitiatedBy": doc{"user": doc{"displayName": "Sync"}}}}, []int{0, 1, 2}},
	{"why a sign-in failed", "sentinel", "product: azure, service: signinlogs", "SigninLogs", "a: {Status.errorCode: 50126, LocationDetails.countryOrRegion: DE}\n  b: {Status: Success}\n  condition: 1 of them",
		[]doc{{"Status": doc{"errorCode": 50126}, "ResultType": "50126", "LocationDetails": doc{"countryOrRegion": "DE"}}, {"Status": doc{"errorCode": 50126}, "ResultType": "50126", "LocationDetails": doc{"countryOrRegion": "FR"}}, {"Status": doc{"errorCode": 0}, "ResultType": "0"}}, []int{0, 2}},
	{"why a sign-in that is not interactive failed", "sentinel", "product: azure, service: signinlogs", "AADNonInteractiveUserSignInLogs", "a: {Status.errorCode: 50126, DeviceDetail.isCompliant: 'true'}\n  b: {Status: Success, LocationDetails.city|startswith: Ber}\n  f: {UserPrincipalName: svc}\n  condition: a or b and not f",
		[]doc{{"Type": "AADNonInteractiveUserSignInLogs", "MfaDetail": "{}", "ConditionalAccessPolicies": "[]", "Status": `{"errorCode":50126}`, "ResultType": "50126", "DeviceDetail": `{"isCompliant":true}`, "LocationDetails": "{}"}, {"Type": "AADNonInteractiveUserSignInLogs", "MfaDetail": "{}", "ConditionalAccessPolicies": "[]", "Status": `{"errorCode":50126}`, "ResultType": "50126", "DeviceDetail": "{}", "LocationDetails": "{}"},
			{"Type": "AADNonInteractiveUserSignInLogs", "MfaDetail": "{}", "ConditionalAccessPolicies": "[]", "ResultType": "0", "Status": "{}", "DeviceDetail": "{}", "LocationDetails": `{"city":"Berlin"}`}, {"Type": "AADNonInteractiveUserSignInLogs", "MfaDetail": "{}", "ConditionalAccessPolicies": "[]", "ResultType": "0", "Status": "{}", "DeviceDetail": "{}", "LocationDetails": `{"city":"Berlin"}`, "UserPrincipalName": "SVC"}}, []int{0, 2}},
	{"mail that Defender saw", "sentinel", "product: defender, service: EmailEvents", "EmailEvents", "s: {EmailDirection: Inbound, AttachmentCount|gte: 2, AdditionalFields.Reason|contains: new}\n  f: {user|endswith: '@lab.example'}\n  condition: s and not f",
		[]doc{{"Type": "EmailEvents", "EmailDirection": "Inbound", "AttachmentCount": 2, "AdditionalFields": doc{"Reason": "a new sender"}, "RecipientEmailAddress": "a@corp.example"}, {"Type": "EmailEvents", "EmailDirection": "Inbound", "AttachmentCount": 1, "AdditionalFields": doc{"Reason": "new"}},
			{"Type": "EmailEvents", "EmailDirection": "Inbound", "AttachmentCount": 3, "AdditionalFields": doc{"Reason": "new"}, "RecipientEmailAddress": "A@LAB.example"}, {"Type": "EmailEvents", "EmailDirection": "Outbound", "AttachmentCount": 3, "AdditionalFields": doc{"Reason": "new"}}}, []int{0}},
	{"activities of cloud applications", "sentinel", "product: defender, service: CloudAppEvents", "CloudAppEvents", "s: {ActionType: [FileDownloaded, MailItemsAccessed], IsAnonymousProxy: true, RawEventData.Workload: Exchange}\n  condition: s",
		[]doc{{"Type": "CloudAppEvents", "ActionType": "MailItemsAccessed", "IsAnonymousProxy": true, "RawEventData": doc{"Workload": "Exchange"}}, {"Type": "CloudAppEvents", "ActionType": "MailItemsAccessed", "IsAnonymousProxy": false, "RawEventData": doc{"Workload": "Exchange"}}, {"Type": "CloudAppEvents", "ActionType": "FileDownloaded", "IsAnonymousProxy": true, "RawEventData": doc{"Workload": "OneDrive"}}}, []int{0}},
	{"queries of a directory", "sentinel", "product: defender, service: IdentityQueryEvents", "IdentityQueryEvents", "s: {Protocol: Ldap, Query|contains: 'adminCount=1', DestinationPort: 389}\n  condition: s",
		[]doc{{"Type": "IdentityQueryEvents", "Protocol": "Ldap", "Query": "(&(adminCount=1))", "DestinationPort": "389"}, {"Type": "IdentityQueryEvents", "Protocol": "Ldap", "Query": "(&(adminCount=0))", "DestinationPort": "389"}, {"Type": "IdentityQueryEvents", "Protocol": "Ldap", "Query": "(adminCount=1)", "DestinationPort": "636"}}, []int{0}},
	{"connections that Palo Alto let through", "sentinel", "product: paloalto, service: traffic", "CommonSecurityLog", "s: {action: [accept, allow], dst_port: [23, 3389], DeviceName: fw1}\n  f: {src_ip|cidr: 10.0.0.0/8}\n  condition: s and not f",
		[]doc{cef("Palo Alto Networks", "PAN-OS", "TRAFFIC", doc{"DeviceAction": "allow", "DestinationPort": 23, "SourceIP": "192.0.2.1", "DeviceName": "fw1"}), cef("Palo Alto Networks", "PAN-OS", "TRAFFIC", doc{"DeviceAction": "deny", "DestinationPort": 23, "SourceIP": "192.0.2.1", "DeviceName": "fw1"}),
			cef("Palo Alto Networks", "PAN-OS", "TRAFFIC", doc{"DeviceAction": "allow", "DestinationPort": 3389, "SourceIP": "10.0.0.9", "DeviceName": "fw1"}), cef("Palo Alto Networks", "PAN-OS", "THREAT", doc{"DeviceAction": "allow", "DestinationPort": 23, "SourceIP": "192.0.2.1", "DeviceName": "fw1"})}, []int{0}},
	{"URLs that Palo Alto tells", "sentinel", "product: paloalto, service: url", "CommonSecurityLog", "s: {cs-host|endswith: evil.example, c-uri-query|contains: id=, cs-uri-stem: /a.php, c-uri|startswith: evil}\n  f: {cs-referrer|contains: corp}\n  condition: s and not f",
		[]doc{panURL(`"evil.example:8080/a.php?id=1"`, ""), panURL("evil.example/a.php?id=1", "PanXFFIP=1;PanOSReferer=http://corp.example"), panURL("evil.example/a.php?x=1", ""), panURL("evil.example/b/a.php?id=1", ""), panURL("good.example/a.php?id=1", "")}, []int{0}},
	{"traffic through FortiGate", "sentinel", "product: fortigate, service: traffic", "CommonSecurityLog", "s: {action: allow, dst_port|gt: 1024, policyid: 5}\n  condition: s",
		[]doc{cef("Fortinet", "Fortigate", "traffic:forward accept", doc{"DeviceAction": "accept", "DestinationPort": 4444, "AdditionalExtensions": "FTNTFGTpolicyid=5;FTNTFGTduration=1"}), cef("Fortinet", "Fortigate", "traffic:forward accept", doc{"DeviceAction": "accept", "DestinationPort": 80, "AdditionalExtensions": "FTNTFGTpolicyid=5"}),
			cef("Fortinet", "Fortigate", "event:system login", doc{"DeviceAction": "accept", "DestinationPort": 4444, "AdditionalExtensions": "FTNTFGTpolicyid=5"}), cef("Fortinet", "Fortigate", "traffic:forward accept", doc{"DeviceAction": "accept", "DestinationPort": 4444, "AdditionalExtensions": "FTNTFGTpolicyid=55"})}, []int{0}},
	{"requests that Zscaler tells", "sentinel", "product: zscaler, service: web", "CommonSecurityLog", "s: {c-useragent|contains: powershell, cs-method: post, sc-status: 200, domain|endswith: .example}\n  f: {c-uri: 'a.example/ok'}\n  condition: s and not f",
		[]doc{cef("Zscaler", "NSSWeblog", "Allowed", doc{"RequestClientApplication": "WindowsPowerShell/5", "RequestMethod": "POST", "EventOutcome": "200", "DestinationHostName": "a.example", "RequestURL": "a.example/x"}), cef("Zscaler", "NSSWeblog", "Allowed", doc{"RequestClientApplication": "WindowsPowerShell/5", "RequestMethod": "POST", "EventOutcome": "200", "DestinationHostName": "a.example", "RequestURL": "a.example/ok"}),
			cef("Zscaler", "NSSFWlog", "Allowed", doc{"RequestClientApplication": "WindowsPowerShell/5", "RequestMethod": "POST", "EventOutcome": "200", "DestinationHostName": "a.example"})}, []int{0}},
	{"any device that sends CEF", "sentinel", "product: cef, service: CommonSecurityLog", "CommonSecurityLog", "s: {DeviceVendor: CheckPoint, DeviceCustomString2|contains: cleanup, action: Drop}\n  condition: s",
		[]doc{cef("CheckPoint", "VPN-1 & FireWall-1", "https", doc{"DeviceAction": "Drop", "DeviceCustomString2": "Cleanup rule"}), cef("CheckPoint", "VPN-1 & FireWall-1", "https", doc{"DeviceAction": "Accept", "DeviceCustomString2": "Cleanup rule"})}, []int{0}},
	{"data of the Security log that have no columns", "sentinel", "product: windows, service: security", "SecurityEvent", "s: {EventID: 5136, AttributeLDAPDisplayName: msDS-KeyCredentialLink, AttributeValue|contains: 'a & b'}\n  f: {ObjectClass: null}\n  condition: s and not f",
		[]doc{changed("msDS-KeyCredentialLink", "x a &amp; b", `<Data Name="ObjectClass">user</Data>`), changed("msDS-KeyCredentialLink", "x a &amp; b", ""), changed("displayName", "a &amp; b", `<Data Name="ObjectClass">user</Data>`), changed("msDS-KeyCredentialLink", "a &amp;amp; b", `<Data Name="ObjectClass">user</Data>`)}, []int{0}},
	{"searches of a directory that Defender saw", "mde", "product: windows, service: ldap", "DeviceEvents", "s: {EventID: 30, SearchFilter|contains: adminCount, AdditionalFields.AttributeList|startswith: cn}\n  f: {Image|endswith: '\\good.exe'}\n  condition: s and not f",
		[]doc{ldap("(adminCount=1)", `C:\a.exe`), ldap("(adminCount=1)", `C:\good.exe`), ldap("(cn=x)", `C:\a.exe`), {"ActionType": "NamedPipeEvent", "AdditionalFields": `{"SearchFilter":"adminCount","AttributeList":"cn"}`, "InitiatingProcessFolderPath": `C:\a.exe`}}, []int{0}},
	{"times of files that were set", "mde", "product: windows, category: file_change", "DeviceEvents", "s: {TargetFilename|endswith: '.exe', Image|filename: touch.exe}\n  condition: s",
		[]doc{{"ActionType": "FileTimestampModificationEvent", "FolderPath": `C:\x.exe`, "FileName": "x.exe", "InitiatingProcessFolderPath": `C:\touch.exe`, "InitiatingProcessFileName": "touch.exe"}, {"ActionType": "FileTimestampModificationEvent", "FolderPath": `C:\x.txt`, "FileName": "x.txt", "InitiatingProcessFolderPath": `C:\touch.exe`, "InitiatingProcessFileName": "touch.exe"},
			{"ActionType": "DriverLoad", "FolderPath": `C:\x.exe`, "FileName": "x.exe", "InitiatingProcessFolderPath": `C:\touch.exe`, "InitiatingProcessFileName": "touch.exe"}}, []int{0}},
	{"sign-ins whose state is a number", "mde", "product: azure, service: signinlogs", "EntraIdSignInEvents", "s: {ConditionalAccessStatus: notApplied, RiskState: [atRisk, confirmedCompromised], RiskLevelAggregated: high, DeviceDetail.browser|startswith: Chrome}\n  f: {DeviceDetail.isManaged: true}\n  condition: s and not f",
		[]doc{{"AccountUpn": "a@b.c", "ConditionalAccessStatus": 2, "RiskState": 4, "RiskLevelAggregated": 100, "Browser": "Chrome 120", "IsManaged": 0}, {"AccountUpn": "a@b.c", "ConditionalAccessStatus": 0, "RiskState": 4, "RiskLevelAggregated": 100, "Browser": "Chrome 120", "IsManaged": 0},
			{"AccountUpn": "a@b.c", "ConditionalAccessStatus": 2, "RiskState": 0, "RiskLevelAggregated": 100, "Browser": "Chrome 120", "IsManaged": 0}, {"AccountUpn": "a@b.c", "ConditionalAccessStatus": 2, "RiskState": 5, "RiskLevelAggregated": 100, "Browser": "Chrome 120", "IsManaged": 1}}, []int{0}},
	{"what clouds that Defender guards were asked", "mde", "product: defender, service: CloudAuditEvents", "CloudAuditEvents", "s: {DataSource: Azure, OperationName|startswith: Microsoft.Compute, RawEventData.status: Failed, IsAnonymousProxy: true}\n  condition: s",
		[]doc{{"DataSource": "Azure", "OperationName": "Microsoft.Compute/x", "RawEventData": doc{"status": "failed"}, "IsAnonymousProxy": true}, {"DataSource": "Azure", "OperationName": "Microsoft.Compute/x", "RawEventData": doc{"status": "failed"}, "IsAnonymousProxy": false}, {"DataSource": "Azure", "OperationName": "Microsoft.Compute/x", "RawEventData": doc{"status": "ok"}, "IsAnonymousProxy": true}}, []int{0}},
	{"logons that failed", "mde", "product: windows, category: authentication", "DeviceLogonEvents", "s: {EventID: 4625, TargetUserName: admin}\n  condition: s",
		[]doc{{"ActionType": "LogonFailed", "AccountName": "Admin"}, {"ActionType": "LogonSuccess", "AccountName": "admin"}, {"ActionType": "LogonFailed", "AccountName": "bob"}}, []int{0}},
	{"who read the clipboard", "mde", "product: windows, category: clipboard_capture", "DeviceEvents", "s: {Image|startswith: 'C:\\Users\\'}\n  condition: s",
		[]doc{{"ActionType": "GetClipboardData", "InitiatingProcessFolderPath": `C:\Users\a.exe`}, {"ActionType": "GetClipboardData", "InitiatingProcessFolderPath": `C:\Windows\a.exe`}}, []int{0}},
	{"permissions that Google was asked for", "sentinel", "product: gcp, service: gcp.audit", "GCPAuditLogs", "s:\n    data.protoPayload.authorizationInfo[any]: {permission|startswith: iam., granted: 'true'}\n    data.protoPayload.request.policy.bindings[any].role|endswith: owner\n  condition: s",
		[]doc{{"AuthorizationInfo": []doc{{"permission": "iam.roles.create", "granted": true}}, "Request": doc{"policy": doc{"bindings": []doc{{"role": "roles/viewer"}, {"role": "roles/owner"}}}}},
			{"AuthorizationInfo": []doc{{"permission": "iam.roles.create", "granted": false}, {"permission": "x", "granted": true}}, "Request": doc{"policy": doc{"bindings": []doc{{"role": "roles/owner"}}}}},
			{"AuthorizationInfo": []doc{{"permission": "iam.roles.create", "granted": true}}, "Request": doc{"policy": doc{"bindings": []doc{}}}}}, []int{0}},
	{"containers that are privileged", "sentinel", "product: kubernetes, service: audit", "AKSAudit", "s:\n    verb: create\n    requestObject.spec.containers[any].securityContext.privileged: 'true'\n  condition: s",
		[]doc{{"Verb": "create", "RequestObject": doc{"spec": doc{"containers": []doc{{"securityContext": doc{"privileged": false}}, {"securityContext": doc{"privileged": true}}}}}}, {"Verb": "create", "RequestObject": doc{"spec": doc{"containers": []doc{{"name": "a"}}}}}}, []int{0}},
	{"lists among CloudTrail's parameters", "sentinel", "product: aws, service: cloudtrail", "AWSCloudTrail", "s:\n    eventName: TestLists\n    requestParameters.rules.items[any]: {port: 22, cidr: 0.0.0.0/0}\n  condition: s",
		[]doc{{"EventName": "TestLists", "RequestParameters": `{"rules":{"items":[{"port":80,"cidr":"0.0.0.0/0"},{"port":22,"cidr":"0.0.0.0/0"}]}}`}, {"EventName": "TestLists", "RequestParameters": `{"rules":{"items":[{"port":80,"cidr":"0.0.0.0/0"},{"port":22,"cidr":"10.0.0.0/8"}]}}`}}, []int{0}},
	{"why a second factor failed", "sentinel", "product: azure, service: signinlogs", "SigninLogs", "s: {Status|contains: MFA Denied, AuthenticationRequirement: multiFactorAuthentication}\n  condition: s",
		[]doc{{"Type": "SigninLogs", "Status": doc{"errorCode": 500121, "additionalDetails": "MFA denied; user declined"}, "ResultType": "500121", "AuthenticationRequirement": "multiFactorAuthentication"}, {"Type": "SigninLogs", "Status": doc{"errorCode": 0}, "ResultType": "0", "AuthenticationRequirement": "multiFactorAuthentication"}}, []int{0}},
	{"callers that Google tells", "sentinel", "product: gcp, service: gcp.audit", "GCPAuditLogs", "s: {protoPayload.requestMetadata.callerIp: 10.0.0.1, data.protoPayload.request.role.title|contains: Admin}\n  condition: s",
		[]doc{{"RequestMetadata": doc{"callerIp": "10.0.0.1"}, "Request": doc{"role": doc{"title": "My admin"}}}, {"RequestMetadata": doc{"callerIp": "10.0.0.2"}, "Request": doc{"role": doc{"title": "Admin"}}}}, []int{0}},
	{"what Kubernetes was asked to run", "sentinel", "product: kubernetes, service: audit", "AKSAudit", "s: {requestObject.spec.hostNetwork: true, user.username: dev}\n  condition: s",
		[]doc{{"RequestObject": doc{"spec": doc{"hostNetwork": true}}, "User": doc{"username": "dev"}}, {"RequestObject": doc{"spec": doc{"hostNetwork": false}}, "User": doc{"username": "dev"}}, {"RequestObject": doc{"spec": doc{}}, "User": doc{"username": "dev"}}}, []int{0}},
	{"names of pipes by expressions", "mde", "product: windows, category: pipe_created", "DeviceEvents", "s: {PipeName|re: '^\\\\[a-z]{3}-?\\d+$'}\n  r: {PipeName|fieldref|endswith: CommandLine}\n  f: {PipeName|contains: amed}\n  condition: (s or r) and not f",
		[]doc{pipe(`\Device\NamedPipe\abc-12`, "x"), pipe(`\Device\NamedPipe\named1`, "\\named1"), pipe(`\Device\NamedPipe\srv`, "srv"), pipe(`\device\namedpipe\abc9`, "x"), pipe(`\Device\NamedPipe\x\abc9`, "x"), pipe(`\abc1`, "x"), pipe("", "x")}, []int{0, 2, 3, 5}},
	{"names of pipes by their texts", "mde", "product: windows, category: pipe_created", "DeviceEvents", "a: {PipeName: ['\\one', '\\t?o*']}\n  b: {PipeName|startswith: '\\Dev'}\n  c: {PipeName: null}\n  condition: 1 of them",
		[]doc{pipe(`\Device\NamedPipe\one`, "x"), pipe(`\Device\NamedPipe\Two.3`, "x"), pipe(`\Device\NamedPipe\other`, "x"), pipe(`\Device\NamedPipe\device`, "x"), pipe("", "x"), pipe(`\Device\NamedPipe`, "x")}, []int{0, 1, 3, 4, 5}},
}

// loaded is Sysmon's event of an image as Event has it.
func loaded(data string) doc {
	return doc{"EventLog": "Microsoft-Windows-Sysmon/Operational", "EventID": 7, "EventData": "<DataItem><EventData>" + data + "</EventData></DataItem>"}
}

// key is Sysmon's event of a key or value as Event has it.
func key(what, target string) doc {
	return doc{"EventLog": "Microsoft-Windows-Sysmon/Operational", "EventID": 12, "EventData": `<DataItem><EventData><Data Name="EventType">` + what + `</Data><Data Name="TargetObject">` + target + "</Data></EventData></DataItem>"}
}

// cef is a row of a device that sends the Common Event Format.
func cef(vendor, product, activity string, with doc) doc {
	row := doc{"Type": "CommonSecurityLog", "DeviceVendor": vendor, "DeviceProduct": product, "Activity": activity}
	maps.Copy(row, with)
	return row
}

func panURL(url, extensions string) doc {
	return cef("Palo Alto Networks", "PAN-OS", "THREAT", doc{"DeviceEventClassID": "url", "RequestURL": url, "AdditionalExtensions": extensions})
}

// changed is a change of the directory as SecurityEvent has it.
func changed(attribute, value, more string) doc {
	return doc{"Type": "SecurityEvent", "EventID": 5136, "Channel": "Security", "Computer": "dc1", "EventData": `<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><Data Name="AttributeLDAPDisplayName">` + attribute +
		`</Data><Data Name="AttributeValue">` + value + "</Data>" + more + "</EventData>"}
}

// ldap is Defender's event of a search in a directory.
func ldap(filter, image string) doc {
	return doc{"ActionType": "LdapSearch", "AdditionalFields": fmt.Sprintf(`{"SearchFilter":%q,"AttributeList":"cn,mail","ScopeOfSearch":"2"}`, filter), "InitiatingProcessFolderPath": image, "InitiatingProcessFileName": image[strings.LastIndexByte(image, '\\')+1:]}
}

// pipe is Defender's event of a named pipe.
func pipe(name, line string) doc {
	return doc{"ActionType": "NamedPipeEvent", "AdditionalFields": fmt.Sprintf(`{"PipeName":%q}`, name), "InitiatingProcessCommandLine": line}
}

// rpcCall is what Event has of a call: https://github.com/zeronetworks/rpcfirewall/blob/master/rpcMessages/Messages.mc
func rpcCall(uuid, number string) string {
	return "<Param>NdrServerCall2</Param><Param>1028</Param><Param>C:\\Windows\\System32\\svchost.exe</Param><Param>ncacn_ip_tcp</Param><Param /><Param>10.0.0.7</Param><Param>" + uuid +
		"</Param><Param>" + number + "</Param><Param></Param><Param>PKT_PRIVACY</Param><Param>NTLM</Param><Param>49670</Param>"
}

// TestKQLAgreesOnOtherServices runs each condition both ways. The rows of all stand in the tables that a model's
// queries read.
func TestKQLAgreesOnOtherServices(t *testing.T) {
	t.Parallel()
	for model, id := range map[string]string{"sentinel": "_ItemId", "asim": "EventOriginalUid", "mde": "ReportId", "sentinel-event": "_ItemId"} {
		t.Run(model, func(t *testing.T) { servicesAgree(t, model, id) })
	}
}

func servicesAgree(t *testing.T, model, id string) {
	m, err := schema.Load(model)
	require.NoError(t, err)
	tables := tablesOf(t, m)
	rows := map[string][]doc{}
	var asked []int
	var queries []string
	for i, c := range services {
		if c.model != model {
			continue
		}
		version := ""
		if strings.Contains(c.detection, "[any]") {
			version = "sigma-version: 3\n"
		}
		r := lowered.Rule(t, "title: T\n"+version+"logsource: {"+c.source+"}\ndetection:\n  "+c.detection+"\n")
		for j, row := range c.rows {
			row[id], row[m.Time[0]] = i*100+j, now
		}
		rows[c.table] = append(rows[c.table], c.rows...)
		assert.Equal(t, wantedOf(i), found(t, m, []*ir.Rule{r}, writeEvents(t, c.rows))[r], c.name)
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", c.name, problems)
		asked, queries = append(asked, i), append(queries, q.Text)
	}
	events := map[string]string{}
	for table, all := range rows {
		events[table] = writeEvents(t, all)
	}
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, m.Time[0]) {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	for n, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: events, ID: id}) {
		i := asked[n]
		own := slices.DeleteFunc(got, func(id string) bool { return !strings.HasPrefix(fmt.Sprintf("%04s", id), fmt.Sprintf("%02d", i)) })
		slices.Sort(own)
		assert.Equal(t, wantedOf(i), own, "%s\n%s", services[i].name, queries[n])
	}
}

// wantedOf are the rows that a service's condition finds, by their names.
func wantedOf(i int) []string {
	var ids []string
	for _, row := range services[i].want {
		ids = append(ids, strconv.Itoa(i*100+row))
	}
	return ids
}
