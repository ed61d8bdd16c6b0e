package logline

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

var latest = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// parsed gives the fields of a line as JSON; "" if it has none of the forms.
func parsed(t *testing.T, line string) string {
	t.Helper()
	found, ok := (&Reader{Latest: latest}).Parse(line)
	if !ok {
		return ""
	}
	if found.XML+found.JSON != "" {
		return found.XML + found.JSON
	}
	text, err := json.Marshal(found.Fields)
	require.NoError(t, err)
	return string(text)
}

func TestLines(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"a request", `1.2.3.4 - bob [01/Jan/2026:02:00:00 +0200] "GET /a/b?f=/etc/passwd&x=\"y HTTP/1.1" 200 12 "http://r/" "curl/8 (x)" 0.5`,
			`{"c-ip":"1.2.3.4","cs(Referer)":"http://r/","cs(User-Agent)":"curl/8 (x)","cs-method":"GET","cs-uri":"/a/b?f=/etc/passwd\u0026x=\"y","cs-uri-query":"f=/etc/passwd\u0026x=\"y","cs-uri-stem":"/a/b","cs-username":"bob","cs-version":"HTTP/1.1","sc-bytes":"12","sc-status":"200","timestamp":"2026-01-01T00:00:00Z"}`},
		{"a request, common format", `::1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.0" 404 -`,
			`{"c-ip":"::1","cs-method":"GET","cs-uri":"/","cs-uri-stem":"/","cs-version":"HTTP/1.0","sc-status":"404","timestamp":"2026-01-01T00:00:00Z"}`},
		{"a request to one of several hosts", `www.x:443 1.2.3.4 - - [01/Jan/2026:00:00:00 +0000] "POST /a HTTP/1.1" 200 1 "-" "-"`,
			`{"c-ip":"1.2.3.4","cs-host":"www.x","cs-method":"POST","cs-uri":"/a","cs-uri-stem":"/a","cs-version":"HTTP/1.1","s-port":"443","sc-bytes":"1","sc-status":"200","timestamp":"2026-01-01T00:00:00Z"}`},
		{"a request that is not HTTP", `1.2.3.4 - - [01/Jan/2026:00:00:00 +0000] "\x16\x03\x01" 400 150 "-" "-"`,
			`{"c-ip":"1.2.3.4","cs-uri":"\\x16\\x03\\x01","sc-bytes":"150","sc-status":"400","timestamp":"2026-01-01T00:00:00Z"}`},
		{"a proxy's request", `1767225600.123    180 10.0.0.5 TCP_MISS/200 4110 GET http://u@www.x.example:8080/a/b?c=d#e bob HIER_DIRECT/192.0.2.1 text/html`,
			`{"c-ip":"10.0.0.5","cs-host":"www.x.example","cs-method":"GET","cs-uri":"http://u@www.x.example:8080/a/b?c=d#e","cs-uri-query":"c=d","cs-uri-scheme":"http","cs-uri-stem":"/a/b","cs-username":"bob","rs(Content-Type)":"text/html","s-action":"TCP_MISS","s-hierarchy":"HIER_DIRECT","s-supplier-name":"192.0.2.1","sc-bytes":"4110","sc-status":"200","time-taken":"180","timestamp":"2026-01-01T00:00:00.123Z"}`},
		{"a proxy's tunnel", `1767225600.000      0 ::1 TCP_TUNNEL/200 39 CONNECT [2001:db8::1]:443 - HIER_NONE/- -`,
			`{"c-ip":"::1","cs-host":"[2001:db8::1]","cs-method":"CONNECT","cs-uri":"[2001:db8::1]:443","s-action":"TCP_TUNNEL","s-hierarchy":"HIER_NONE","sc-bytes":"39","sc-status":"200","time-taken":"0","timestamp":"2026-01-01T00:00:00.000Z"}`},
		{"a proxy's request in syslog", `<190>Feb  2 22:14:15 px squid[3]: 1767225600.000 1 10.0.0.5 NONE/400 0 NONE error:invalid-request - HIER_NONE/- -`,
			`{"appname":"squid","c-ip":"10.0.0.5","cs-method":"NONE","cs-uri":"error:invalid-request","facility":"local7","hostname":"px","procid":"3","s-action":"NONE","s-hierarchy":"HIER_NONE","sc-bytes":"0","sc-status":"400","severity":"info","time-taken":"1","timestamp":"2026-01-01T00:00:00.000Z"}`},
		{"a request in syslog", `<190>Feb  2 22:14:15 web1 nginx: 1.2.3.4 - - [02/Feb/2026:22:14:15 +0000] "GET /x HTTP/1.1" 200 1`,
			`{"appname":"nginx","c-ip":"1.2.3.4","cs-method":"GET","cs-uri":"/x","cs-uri-stem":"/x","cs-version":"HTTP/1.1","facility":"local7","hostname":"web1","sc-bytes":"1","sc-status":"200","severity":"info","timestamp":"2026-02-02T22:14:15Z"}`},
		{"a request of no day", `1.2.3.4 - - [31/Feb/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1`, ``},
		{"what ausearch interprets", `type=EXECVE msg=audit(01/02/2026 03:04:05.678:100) : argc=3 a0=sh a1=-c a2=echo a b proctitle=sh -c echo key=(null)`,
			`{"a0":"sh","a1":"-c","a2":"echo a b","argc":"3","proctitle":"sh -c echo","serial":"100","timestamp":"2026-01-02T03:04:05.678Z","type":"EXECVE"}`},
		{"what ausearch interprets, a short year", `type=CWD msg=audit(01/02/26 03:04:05.678:100) : cwd=/root`, `{"cwd":"/root","serial":"100","timestamp":"2026-01-02T03:04:05.678Z","type":"CWD"}`},
		{"a month that is none", `type=CWD msg=audit(13/02/26 03:04:05.678:100) : cwd=/root`, ``},
		{"RFC 3164", `<34>Feb  2 22:14:15 mymachine su[12]: 'su root' failed`,
			`{"appname":"su","facility":"auth","hostname":"mymachine","message":"'su root' failed","procid":"12","severity":"crit","timestamp":"2026-02-02T22:14:15Z"}`},
		{"a file of rsyslog", `Feb 22 22:14:15 web1 sudo:   bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh`,
			`{"appname":"sudo","hostname":"web1","message":"bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh","timestamp":"2026-02-22T22:14:15Z"}`},
		{"the year before", `Dec 31 23:59:59 web1 cron[1]: x`, `{"appname":"cron","hostname":"web1","message":"x","procid":"1","timestamp":"2025-12-31T23:59:59Z"}`},
		{"an address of IPv6", `Feb 22 22:14:15 2001:db8::1 sshd[1]: x`, `{"appname":"sshd","hostname":"2001:db8::1","message":"x","procid":"1","timestamp":"2026-02-22T22:14:15Z"}`},
		{"an address of IPv6 that ends with zeros", `Feb 22 22:14:15 2001:db8:: sshd[1]: x`, `{"appname":"sshd","hostname":"2001:db8::","message":"x","procid":"1","timestamp":"2026-02-22T22:14:15Z"}`},
		{"a whole address of IPv6", `Feb 22 22:14:15 2001:db8:0:0:0:0:0:1 sshd: x`, `{"appname":"sshd","hostname":"2001:db8:0:0:0:0:0:1","message":"x","timestamp":"2026-02-22T22:14:15Z"}`},
		{"an address of IPv6 with a zone", `Feb 22 22:14:15 fe80::1%eth0 sshd: x`, `{"appname":"sshd","hostname":"fe80::1%eth0","message":"x","timestamp":"2026-02-22T22:14:15Z"}`},
		{"no tag", `Feb 22 22:14:15 web1 last message repeated 2 times`, `{"hostname":"web1","message":"last message repeated 2 times","timestamp":"2026-02-22T22:14:15Z"}`},
		{"29 February", `Feb 29 00:00:00 web1 a: x`, `{"appname":"a","hostname":"web1","message":"x","timestamp":"2024-02-29T00:00:00Z"}`},
		{"Cisco", `<189>*Mar  1 18:46:11.123: %SYS-5-CONFIG_I: Configured from console`,
			`{"appname":"%SYS-5-CONFIG_I","facility":"local7","message":"Configured from console","severity":"notice","timestamp":"2026-03-01T18:46:11.123Z"}`},
		{"a time of ISO 8601", `2026-02-22T22:14:15.5+01:00 web1 sshd[7]: x`, `{"appname":"sshd","hostname":"web1","message":"x","procid":"7","timestamp":"2026-02-22T22:14:15.5+01:00"}`},
		{"RFC 5424", `<165>1 2026-02-22T22:14:15.003Z host evntslog - ID47 [a@1 iut="3" x="q\"]\\"][b y=""] ` + "\ufeff" + `An application`,
			`{"a@1":{"iut":"3","x":"q\"]\\"},"appname":"evntslog","b":{"y":""},"facility":"local4","hostname":"host","message":"An application","msgid":"ID47","severity":"notice","timestamp":"2026-02-22T22:14:15.003Z"}`},
		{"RFC 5424, nothing known", `<14>1 - - - - - -`, `{"facility":"user","message":"","severity":"info"}`},
		{"Sysmon for Linux", `Feb 22 22:14:15 web1 sysmon: <Event><System/></Event>`, `<Event><System/></Event>`},

		{"Wazuh's archives, an agent's file", `2023 Oct 05 07:52:10 (web 1) 10.0.0.2->/var/log/audit/audit.log type=CWD msg=audit(1364481363.243:1): cwd="/"`, `{"cwd":"/","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"CWD"}`},
		{"Wazuh's archives, the manager's own", `2023 Oct 05 07:52:10 web1->/var/log/auth.log Feb 22 22:14:15 web1 su: x`, `{"appname":"su","hostname":"web1","message":"x","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Wazuh's archives, Windows", `2023 Oct 05 07:52:09 (dc) any->EventChannel {"win":{}}`, `{"win":{}}`},
		{"Wazuh's archives, another text", `2023 Oct 05 07:52:09 (dc) any->/l {"win`, ``},
		{"a container's line", `2026-02-22T22:14:15.123456789Z stdout F {"verb":"get"}`, `{"verb":"get"}`},
		{"a container's line of a log", `2026-02-22T22:14:15.123+01:00 stderr F type=CWD msg=audit(1364481363.243:1): cwd="/"`, `{"cwd":"/","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"CWD"}`},
		{"a part of a container's line", `2026-02-22T22:14:15.123456789Z stdout P {"verb":`, ``},
		{"JSON in syslog", `<14>Feb 22 22:14:15 web1 nxlog[7]: {"EventID": 1}`, `{"EventID": 1}`},
		{"what only begins so", `<14>Feb 22 22:14:15 web1 app: {x}`, `{"appname":"app","facility":"user","hostname":"web1","message":"{x}","severity":"info","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Cisco behind a server's header", `Feb 22 22:14:15 sw1 34: *Mar  1 18:46:11.123: %PARSER-5-CFGLOG_LOGGEDCMD: User:a  logged command:b`,
			`{"appname":"%PARSER-5-CFGLOG_LOGGEDCMD","hostname":"sw1","message":"User:a  logged command:b","origin":"34: *Mar  1 18:46:11.123","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Cisco behind a time of ISO 8601", `2026-02-22T22:14:15Z sw1 34: Mar  1 18:46:11: %SYS-5-CONFIG_I: x`,
			`{"appname":"%SYS-5-CONFIG_I","hostname":"sw1","message":"x","origin":"34: Mar  1 18:46:11","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Cisco, with the device's name", `<189>30: sw1: 000055: Feb  2 20:46:07.147 UTC: %BGP-3-NOTIFICATION: x`,
			`{"appname":"%BGP-3-NOTIFICATION","facility":"local7","hostname":"sw1","message":"x","origin":"30: sw1: 000055: Feb  2 20:46:07.147 UTC","severity":"notice","timestamp":"2026-02-02T20:46:07.147Z"}`},
		{"Cisco, with the device's name and no priority", `000055: sw1: Feb  2 20:46:07 UTC: %SYS-5-CONFIG_I: x`,
			`{"appname":"%SYS-5-CONFIG_I","hostname":"sw1","message":"x","origin":"000055: sw1: Feb  2 20:46:07 UTC","timestamp":"2026-02-02T20:46:07Z"}`},
		{"Cisco's NX-OS", `<189>: 2025 Apr  2 20:46:07.147 UTC: %VSHD-5-VSHD_SYSLOG_CONFIG_I: x`,
			`{"appname":"%VSHD-5-VSHD_SYSLOG_CONFIG_I","facility":"local7","message":"x","origin":"2025 Apr  2 20:46:07.147 UTC","severity":"notice","timestamp":"2025-04-02T20:46:07.147Z"}`},
		{"Cisco's IOS XR", `Feb 22 22:14:15 xr1 101: RP/0/RSP0/CPU0:Feb 22 22:14:14.123 UTC: config[65535]: %MGBL-CONFIG-6-DB_COMMIT : x`,
			`{"appname":"%MGBL-CONFIG-6-DB_COMMIT","hostname":"xr1","message":"x","origin":"101: RP/0/RSP0/CPU0:Feb 22 22:14:14.123 UTC: config[65535]","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Cisco's ASA", `<166>Feb 02 2026 03:04:05 asa1 : %ASA-4-106023: Deny tcp`,
			`{"appname":"%ASA-4-106023","facility":"local4","hostname":"asa1","message":"Deny tcp","severity":"info","timestamp":"2026-02-02T03:04:05Z"}`},
		{"a text that somebody chose", `Feb 22 22:14:15 web1 sshd[1]: Invalid user x: %SYS-5-CONFIG_I: from 1.2.3.4`,
			`{"appname":"sshd","hostname":"web1","message":"Invalid user x: %SYS-5-CONFIG_I: from 1.2.3.4","procid":"1","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Cisco, since it was started", `<189>30: 2w3d: %SYS-5-CONFIG_I: x`, `{"appname":"%SYS-5-CONFIG_I","facility":"local7","message":"x","origin":"30: 2w3d","severity":"notice"}`},
		{"Cisco's ASA with a time of ISO 8601", `<166>2026-02-02T03:04:05Z: %ASA-4-106023: Deny tcp`,
			`{"appname":"%ASA-4-106023","facility":"local4","message":"Deny tcp","severity":"info","timestamp":"2026-02-02T03:04:05Z"}`},
		{"a context of NX-OS", `<189>: 2025 Apr  2 20:46:07 UTC: %$VDC-1%$: %ETHPORT-5-IF_UP: x`,
			`{"appname":"%ETHPORT-5-IF_UP","facility":"local7","message":"x","origin":"2025 Apr  2 20:46:07 UTC: %$VDC-1%$","severity":"notice","timestamp":"2025-04-02T20:46:07Z"}`},
		{"Cisco without a time", `<189>30: %SYS-5-CONFIG_I: x`, `{"appname":"%SYS-5-CONFIG_I","facility":"local7","message":"x","origin":"30","severity":"notice"}`},
		{"a text with such a name", `30: %SYS-5-CONFIG_I: x`, ``},
		{"Cisco's numbers", `<189>29: *Feb  1 18:46:11.123: %SYS-5-CONFIG_I: x`, `{"appname":"%SYS-5-CONFIG_I","facility":"local7","message":"x","severity":"notice","timestamp":"2026-02-01T18:46:11.123Z"}`},

		{"Windows by Snare", "<14>Feb 22 22:14:15 pc1 MSWinEventLog\t1\tSecurity\t5\tSun Feb 22 22:14:14 2026\t4720\tMicrosoft-Windows-Security-Auditing\tX\\a\tUser\tSuccess Audit\tpc1.x\tUser Account Management\t\tA user account was created.\t77",
			`{"Channel":"Security","Computer":"pc1.x","EventID":"4720","EventRecordID":"77","KeywordsDisplayNames":"Success Audit","Message":"A user account was created.","Provider_Name":"Microsoft-Windows-Security-Auditing","TaskDisplayName":"User Account Management","TimeCreated":"2026-02-22T22:14:14"}`},
		{"Windows by Snare, as rsyslog writes tabs, with no message", "2026-02-22T22:14:15Z pc1 MSWinEventLog#0111#011Security#0115#011then#0114720#011P#011a#011User#011Success Audit#011pc1#011",
			`{"Channel":"Security","Computer":"pc1","EventID":"4720","KeywordsDisplayNames":"Success Audit","Provider_Name":"P","TimeCreated":"then"}`},
		{"Windows by Snare, no header", "pc1\tMSWinEventLog\t1\tSystem\t5\tSun Feb 22 22:14:14 2026\t7045\tService Control Manager\ta\tUser\tInformation\tpc1\tNone\t\tm",
			`{"Channel":"System","Computer":"pc1","EventID":"7045","KeywordsDisplayNames":"Information","Message":"m","Provider_Name":"Service Control Manager","TaskDisplayName":"None","TimeCreated":"2026-02-22T22:14:14"}`},
		{"Windows by Snare, cut off", "Feb 22 22:14:15 pc1 MSWinEventLog\t1\tSecurity", `{"hostname":"pc1","message":"MSWinEventLog\t1\tSecurity","timestamp":"2026-02-22T22:14:15Z"}`},
		{"Windows by WinCollect", "<13>Feb 22 22:14:15 pc1 AgentDevice=WindowsLog\tAgentLogFile=Security\tSource=Microsoft-Windows-Security-Auditing\tComputer=pc1.x\tUser=\tEventID=4720\tEventType=8\tRecordNumber=77\tTimeGenerated=1767225600\tKeywords=Audit Success\tMessage=A user account was created.\tX=y",
			`{"Channel":"Security","Computer":"pc1.x","EventID":"4720","EventRecordID":"77","KeywordsDisplayNames":"Audit Success","Message":"A user account was created.\tX=y","Provider_Name":"Microsoft-Windows-Security-Auditing","TimeCreated":"2026-01-01T00:00:00Z"}`},
		{"Windows by WinCollect, as rsyslog writes tabs", "<13>Feb 22 22:14:15 pc1 AgentDevice=WindowsLog#011AgentLogFile=Security#011EventID=4720#011Message=A user#011account", `{"Channel":"Security","EventID":"4720","Message":"A user\taccount"}`},
		{"Windows by NXLog", `<14>1 2026-02-22T22:14:15.123Z pc1 Microsoft-Windows-Sysmon 1 - [NXLOG@14506 EventID="1" Channel="Microsoft-Windows-Sysmon/Operational" Image="C:\\a.exe"] Process Create`,
			`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":"1","EventTime":"2026-02-22T22:14:15.123Z","Hostname":"pc1","Image":"C:\\a.exe","Message":"Process Create","SourceName":"Microsoft-Windows-Sysmon"}`},
		{"another event of NXLog", `<14>1 2026-02-22T22:14:15Z pc1 app - - [NXLOG@14506 EventReceivedTime="x"] m`,
			`{"NXLOG@14506":{"EventReceivedTime":"x"},"appname":"app","facility":"user","hostname":"pc1","message":"m","severity":"info","timestamp":"2026-02-22T22:14:15Z"}`},

		{"CEF", `CEF:0|security|threat\|manager|1.0|100|worm \\ stopped|10|src=10.0.0.1 msg=a b\=c\nd fname=C:\\x y.exe cs1Label=Policy Name cs1=Block all cs2Label=Empty cs2= act=`,
			`{"CEFVersion":"0","DeviceEventClassID":"100","DeviceProduct":"threat|manager","DeviceVendor":"security","DeviceVersion":"1.0","Name":"worm \\ stopped","Policy Name":"Block all","Severity":"10","cs1":"Block all","cs1Label":"Policy Name","cs2Label":"Empty","fname":"C:\\x y.exe","msg":"a b=c\nd","src":"10.0.0.1"}`},
		{"CEF without an extension", `CEF:0|V|P|1|1|n|5`, `{"CEFVersion":"0","DeviceEventClassID":"1","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","Name":"n","Severity":"5"}`},
		{"CEF in syslog", `Feb 22 22:14:15 fw CEF:0|V|P|1|1|n|5|src=1.1.1.1`,
			`{"CEFVersion":"0","DeviceEventClassID":"1","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","Name":"n","Severity":"5","hostname":"fw","src":"1.1.1.1","timestamp":"2026-02-22T22:14:15Z"}`},
		{"CEF of FortiGate, with its own names", `CEF:0|Fortinet|Fortigate|v7.4.1|44546|event:system|5|FTNTFGTlogid=0100044546 FTNTFGTsubtype=system FTNTFGTcfgpath=a.b act=Edit`,
			`{"CEFVersion":"0","DeviceEventClassID":"44546","DeviceProduct":"Fortigate","DeviceVendor":"Fortinet","DeviceVersion":"v7.4.1","FTNTFGTcfgpath":"a.b","FTNTFGTlogid":"0100044546","FTNTFGTsubtype":"system","Name":"event:system","Severity":"5","act":"Edit","cfgpath":"a.b","logid":"0100044546","subtype":"system"}`},
		{"CEF of FortiGate, as its version 6 writes it", `CEF:0|Fortinet|Fortigate|v6.2.3|1|n|5|FortinetFortiGatelogdesc=Object attribute configured FortinetFortiGatecfgobj=x`,
			`{"CEFVersion":"0","DeviceEventClassID":"1","DeviceProduct":"Fortigate","DeviceVendor":"Fortinet","DeviceVersion":"v6.2.3","FortinetFortiGatecfgobj":"x","FortinetFortiGatelogdesc":"Object attribute configured","Name":"n","Severity":"5","cfgobj":"x","logdesc":"Object attribute configured"}`},
		{"CEF, two custom fields of one name", `CEF:0|V|P|1|1|n|5|cs2Label=x cs2=b cs1Label=x cs1=a cs3Label=x cs3=c`,
			`{"CEFVersion":"0","DeviceEventClassID":"1","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","Name":"n","Severity":"5","cs1":"a","cs1Label":"x","cs2":"b","cs2Label":"x","cs3":"c","cs3Label":"x","x":"a"}`},
		{"CEF cut off", `CEF:0|V|P|1`, ``},

		{"LEEF", "LEEF:1.0|Lancope|StealthWatch|1.0|41|src=192.0.2.0\tdst=172.50.123.1\tmsg=a b=c\tempty=\tC:\\x=y",
			`{"C:\\x":"y","DeviceEventClassID":"41","DeviceProduct":"StealthWatch","DeviceVendor":"Lancope","DeviceVersion":"1.0","LEEFVersion":"1.0","dst":"172.50.123.1","msg":"a b=c","src":"192.0.2.0"}`},
		{"LEEF, a delimiter of its own", `LEEF:2.0|V|P|1|2|^|src=1.1.1.1^url=http://a/b?c=d|e`, `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","src":"1.1.1.1","url":"http://a/b?c=d|e"}`},
		{"LEEF, a delimiter in hexadecimal", `LEEF:2.0|V|P|1|2|0x3B|a=1;b=2`, `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab named by two letters", "LEEF:2.0|V|P|1|2|\\t|a=1\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab written as two letters", `LEEF:2.0|V|P|1|2|\t|a=1\tb=2`, `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab in hexadecimal", "LEEF:2.0|V|P|1|2|x09|a=1\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab in hexadecimal after 0x", "LEEF:2.0|V|P|1|2|0x09|a=1\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab in hexadecimal after 0X, as rsyslog writes it", `LEEF:2.0|V|P|1|2|0X9|a=1#011b=2`, `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab as rsyslog writes it", `LEEF:2.0|V|P|1|2|#011|a=1#011b=2`, `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, a tab itself", "LEEF:2.0|V|P|1|2|\t|a=1\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0, no character", "LEEF:2.0|V|P|1|2|0x0|a=1\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF 2.0 without a delimiter", "LEEF:2.0|V|P|1|2|a=1|2\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1|2","b":"2"}`},
		{"LEEF 2.0, the delimiter left empty", "LEEF:2.0|V|P|1|2||a=1\tb=2", `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"2.0","a":"1","b":"2"}`},
		{"LEEF in syslog, tabs as rsyslog writes them", `Feb 22 22:14:15 fw LEEF:1.0|V|P|1|2|a=1#011b=2`,
			`{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"1.0","a":"1","b":"2","hostname":"fw","timestamp":"2026-02-22T22:14:15Z"}`},
		{"LEEF without attributes", `LEEF:1.0|V|P|1|2`, `{"DeviceEventClassID":"2","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","LEEFVersion":"1.0"}`},
		{"LEEF cut off", `LEEF:1.0|V|P`, ``},

		{"auditd", `type=SYSCALL msg=audit(1364481363.243:24287): syscall=2 a0=7fffd19c5592 a1=41 exe="/bin/cat" comm=6120622E6578 key=(null)` + "\x1d" + `SYSCALL=open AUID="bob"`,
			`{"AUID":"bob","SYSCALL":"open","a0":"7fffd19c5592","a1":"41","comm":"a b.ex","exe":"/bin/cat","serial":"24287","syscall":"2","timestamp":"2013-03-28T14:36:03.243Z","type":"SYSCALL"}`},
		{"arguments", `node=web1 type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat" a1=2F746D702F612062`,
			`{"a0":"cat","a1":"/tmp/a b","argc":"2","node":"web1","serial":"24287","timestamp":"2013-03-28T14:36:03.243Z","type":"EXECVE"}`},
		{"names that auditd adds, as rsyslog writes them", `Feb 22 22:14:15 web1 audispd: type=SYSCALL msg=audit(1364481363.243:1): syscall=59 key="k"#035ARCH=x86_64 SYSCALL=execve`,
			`{"ARCH":"x86_64","SYSCALL":"execve","appname":"audispd","hostname":"web1","key":"k","serial":"1","syscall":"59","timestamp":"2013-03-28T14:36:03.243Z","type":"SYSCALL"}`},
		{"a long argument, in parts", `type=EXECVE msg=audit(1364481363.243:1): argc=3 a0="sh" a1="-c" a2_len=12 a2[0]=6563686F2068 a2[1]=656C6C6F`,
			`{"a0":"sh","a1":"-c","a2":"echo hello","a2[0]":"echo h","a2[1]":"ello","a2_len":"12","argc":"3","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"EXECVE"}`},
		{"a further part of a long argument", `type=EXECVE msg=audit(1364481363.243:1): a2[2]=2221`, `{"a2":"\"!","a2[2]":"\"!","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"EXECVE"}`},
		{"keys of several rules", `type=SYSCALL msg=audit(1364481363.243:1): syscall=2 key=65786563016661696C`, `{"key":["exec","fail"],"serial":"1","syscall":"2","timestamp":"2013-03-28T14:36:03.243Z","type":"SYSCALL"}`},
		{"a command line", `type=PROCTITLE msg=audit(1364481363.243:1): proctitle=636174002F6574632F`, `{"proctitle":"cat /etc/","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"PROCTITLE"}`},
		{"a message of a program", `type=USER_LOGIN msg=audit(1364481363.243:1): pid=1 msg='op=login acct="root" hostname=? res=failed'`,
			`{"acct":"root","op":"login","pid":"1","res":"failed","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"USER_LOGIN"}`},
		{"auditd's records as the journal forwards them", `Feb 22 22:14:15 web1 audit[77]: EXECVE argc=1 a0=612062`,
			`{"a0":"a b","appname":"audit","argc":"1","hostname":"web1","procid":"77","timestamp":"2026-02-22T22:14:15Z","type":"EXECVE"}`},
		{"another message of that name", `Feb 22 22:14:15 web1 audit: EXECVE is what it is`, `{"appname":"audit","hostname":"web1","message":"EXECVE is what it is","timestamp":"2026-02-22T22:14:15Z"}`},
		{"a program's record as the kernel writes it", `Feb 22 22:14:15 web1 kernel: audit: type=1131 audit(1364481363.243:1): pid=1 msg='unit=auditd res=success'`,
			`{"appname":"kernel","hostname":"web1","pid":"1","res":"success","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"SERVICE_STOP","unit":"auditd"}`},
		{"lines in lines", strings.Repeat("2023 Oct 05 07:52:10 a->b ", 4) + "a=1 b=2 c=3", `{"a":"1","b":"2","c":"3"}`},
		{"lines in too many lines", strings.Repeat("2023 Oct 05 07:52:10 (a->b ", 5) + "a=1 b=2 c=3", ``}, // each costs the length of all
		{"auditd's records as the kernel writes them", `Feb 22 22:14:15 web1 kernel: [  12.345678] audit: type=1309 audit(1364481363.243:1): argc=1 a0=612062`,
			`{"a0":"a b","appname":"kernel","argc":"1","hostname":"web1","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"EXECVE"}`},
		{"a type of the kernel without a name", `audit: type=1999 audit(1364481363.243:1): a=1`, `{"a":"1","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"1999"}`},
		{"auditd in syslog", `Feb 22 22:14:15 web1 audisp-syslog[7]: type=CWD msg=audit(1364481363.243:1): cwd="/"`,
			`{"appname":"audisp-syslog","cwd":"/","hostname":"web1","procid":"7","serial":"1","timestamp":"2013-03-28T14:36:03.243Z","type":"CWD"}`},

		{"FortiGate", `date=2026-01-02 time=03:04:05 devname="FW 1" msg="a \"b\" c" tz="+0100" user=""`, `{"date":"2026-01-02","devname":"FW 1","msg":"a \"b\" c","time":"03:04:05","timestamp":"2026-01-02T03:04:05+0100","tz":"+0100"}`},
		{"in syslog", `<189>date=2026-01-02 time=03:04:05 devname="FW1"`, `{"date":"2026-01-02","devname":"FW1","facility":"local7","severity":"notice","time":"03:04:05","timestamp":"2026-01-02T03:04:05"}`},
		{"Splunk", `2026-01-02 03:04:05.123 +0000, Image="C:\Windows\x.exe", CommandLine="x /all", Path="\\srv\share\"`,
			`{"CommandLine":"x /all","Image":"C:\\Windows\\x.exe","Path":"\\\\srv\\share\\","timestamp":"2026-01-02 03:04:05.123 +0000"}`},
		{"Splunk's paths", `2026-01-02 03:04:05.123 +0000, Image="C:\Windows\x.exe", CommandLine="x /all", Line="C:\\Windows\\x.exe"`,
			`{"CommandLine":"x /all","Image":"C:\\Windows\\x.exe","Line":"C:\\Windows\\x.exe","timestamp":"2026-01-02 03:04:05.123 +0000"}`},
		{"commas", `a=1,b=2,c="x, y",d=\\srv\s`, `{"a":"1","b":"2","c":"x, y","d":"\\\\srv\\s"}`},
		{"twice", `a=1 b=2 b=3 b=2`, `{"a":"1","b":["2","3","2"]}`},

		{"two pairs", `a=1 b=2`, ``},
		{"words", `user bob has a=1 b=2 c=3`, ``},
		{"a program's log", `2026-02-22T22:14:15Z INFO starting`, ``},
		{"prose", `Dear Sir, the server is down`, ``},
		{"no such facility", `<999>Feb 22 22:14:15 web1 a: x`, ``},
		{"nothing", ``, ``},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, parsed(t, c.line)) })
	}
}

// table reads a table, and gives its rows as JSON, and errors with a mark.
// TestDevices reads what devices and the servers that receive their lines write before Cisco's names of messages.
func TestDevices(t *testing.T) {
	const relay, host, own = `Feb 22 22:14:15 relay `, `"hostname":"relay",`, `Feb 22 22:14:14.123`
	for _, c := range []struct{ before, hostname, origin string }{
		{relay + `Feb 22 2026 22:14:15 asa-fw-01 : `, host, `Feb 22 2026 22:14:15 asa-fw-01`},
		{relay + `Feb 22 2026 22:14:15 10.1.1.1: `, host, `Feb 22 2026 22:14:15 10.1.1.1`},
		{relay + `Feb 22 22:14:15 10.1.1.1 `, host, `Feb 22 22:14:15 10.1.1.1`},
		{relay + `2026-02-22T22:14:15Z asa-fw-01 : `, host, `2026-02-22T22:14:15Z asa-fw-01`},
		{relay + `2026 Feb 22 22:14:14 n9k `, host, `2026 Feb 22 22:14:14 n9k`},
		{relay + `: 2026 Feb 22 22:14:14 CET: `, host, `2026 Feb 22 22:14:14 CET`},
		{relay + `asa[1234]: `, host, `asa[1234]`},
		{relay + `asa-fw-01 : `, host, `asa-fw-01`},
		{relay + `1234: core1: *` + own + ` PST: `, host, `1234: core1: *` + own + ` PST`},
		{relay + `1234: ` + own + ` Europe/Berlin: `, host, `1234: ` + own + ` Europe/Berlin`},
		{relay + `1234: ` + own + ` UTC+1: `, host, `1234: ` + own + ` UTC+1`},
		{relay + `1234: (Standby) ` + own + `: `, host, `1234: (Standby) ` + own},
		{relay + `1234: ` + own + ` CET: BLUE/admin[12]: `, host, `1234: ` + own + ` CET: BLUE/admin[12]`},
		{relay + `RP/0/RSP0/CPU0:` + own + ` UTC: config[65710]: `, host, `RP/0/RSP0/CPU0:` + own + ` UTC: config[65710]`},
		{relay + `RP/0/RSP0/CPU0:` + own + ` : kernel[1]: `, host, `RP/0/RSP0/CPU0:` + own + ` : kernel[1]`},
		{`Feb 22 22:14:15 relay SLOT 4:00:00:54: `, host, `SLOT 4:00:00:54`},
		{relay + `45: Switch 1 R0/0: `, host, `45: Switch 1 R0/0`},
		{relay + `36: sw1: ` + own + `: Switch 2: `, host, `36: sw1: ` + own + `: Switch 2`},
		{relay + `wlc1: *emWeb: ` + own + `: `, host, `wlc1: *emWeb: ` + own},
		{relay + `ap:0011.22aa: *` + own + `: `, host, `ap:0011.22aa: *` + own},
		{relay + `2026 Feb 22 22:14:14 n9k %$ VDC-1 %$ `, host, `2026 Feb 22 22:14:14 n9k %$ VDC-1 %$`},
		{`Feb 22 22:14:15 Europe/Berlin: `, ``, ``},
		{`1234: Feb 22 22:14:15 UTC+1: `, ``, ``},
		{`core1 RP/0/RP0/CPU0:Feb 22 22:14:15 : bgp[1]: `, `"hostname":"core1",`, `core1 RP/0/RP0/CPU0:Feb 22 22:14:15 : bgp[1]`},
	} {
		origin := ""
		if c.origin != "" {
			origin = `"origin":"` + c.origin + `",`
		}
		assert.Equal(t, `{"appname":"%ASA-5-111008",`+c.hostname+`"message":"x",`+origin+`"timestamp":"2026-02-22T22:14:15Z"}`,
			parsed(t, c.before+`%ASA-5-111008: x`), c.before)
	}
}

// TestNoDevices reads lines with such a name in a text that somebody may have chosen: all of the text stays in the
// message, and a program that is named stays the line's.
func TestNoDevices(t *testing.T) {
	for _, c := range []struct{ before, text, program string }{
		{`Feb 22 22:14:15 web1 sshd[1]: `, `Invalid user x: %SYS-5-CONFIG_I: y from 1.2.3.4`, `"appname":"sshd",`},
		{`Feb 22 22:14:15 web1 sshd[1]: `, `%SYS-5-CONFIG_I: x`, `"appname":"sshd",`},
		{`Feb 22 22:14:15 web1 su: `, `%SYS-5-CONFIG_I: x`, `"appname":"su",`},
		{`Feb 22 22:14:15 web1 sudo: `, `bob : TTY=pts/0 ; COMMAND=/bin/echo x: %SYS-5-CONFIG_I: y`, `"appname":"sudo",`},
		{`Feb 22 22:14:15 web1 sudo: `, `bob: %SYS-5-CONFIG_I: y`, `"appname":"sudo",`},
		{`Feb 22 22:14:15 web1 CRON[1]: `, `(root) CMD (echo x: %SYS-5-CONFIG_I: y)`, `"appname":"CRON",`},
		{`Feb 22 22:14:15 web1 kernel: `, `usb 1-1: Product: %SYS-5-CONFIG_I: y`, `"appname":"kernel",`},
		{`Feb 22 22:14:15 web1 app[1]: `, `login of x: %SYS-5-CONFIG_I: y`, `"appname":"app",`},
		{`Feb 22 22:14:15 web1 app: `, `%SYS-5-CONFIG_I: y`, `"appname":"app",`},
		{`2026-02-22T22:14:15Z web1 my-app.sh: `, `%SYS-5-CONFIG_I: y`, `"appname":"my-app.sh",`},
		{`Feb 22 22:14:15 web1 app: `, `alice: %SYS-5-CONFIG_I: y`, `"appname":"app",`},
		{`Feb 22 22:14:15 web1 `, `Feb 22 22:14:15 web2 su: %SYS-5-CONFIG_I: y`, ``},
		{`Feb 22 22:14:15 web1 `, `login of x: %SYS-5-CONFIG_I: y`, `"appname":"%SYS-5-CONFIG_I",`},
	} {
		got := parsed(t, c.before+c.text)
		assert.Contains(t, got, `"message":"`+c.text+`"`)
		assert.Contains(t, got, c.program)
	}
	assert.Contains(t, parsed(t, `Feb 22 22:14:15 web1 `+strings.Repeat(`1: `, 100)+`%SYS-5-CONFIG_I: y`), `"appname":"1"`, "no device writes so much before a message")
	assert.NotContains(t, parsed(t, `Feb 22 22:14:15 12:34:56 foo: bar`), "hostname")
}

func table(t *testing.T, text string) (out []string) {
	t.Helper()
	reader := NewTable()
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); IsDirective([]byte(line)) {
			reader = reader.With(line)
			continue
		}
		fields, err := reader.Row(line)
		if err != nil {
			out = append(out, "! "+err.Error())
			continue
		}
		row, err := json.Marshal(fields)
		require.NoError(t, err)
		out = append(out, string(row))
	}
	return out
}

// TestIIS: columns may change, - is nothing, and + in a header of HTTP is a space.
func TestIIS(t *testing.T) {
	assert.Equal(t, []string{
		"! no line #Fields names the columns",
		`{"cs(User-Agent)":"Mozilla/5.0 (X)","cs-method":"GET","cs-uri-query":"a+b","date":"2026-01-02","time":"03:04:05","timestamp":"2026-01-02T03:04:05Z"}`,
		"! the line has 2 values, but #Fields names 5",
		`{"cs-uri-stem":"/b c \"d\"","time":"03:04:07","timestamp":"2026-01-03T03:04:07Z"}`,
	}, table(t, `#Software: Microsoft Internet Information Services 10.0
2026-01-02 03:04:05
#Fields: date time cs-method cs-uri-query cs(User-Agent)
2026-01-02 03:04:05 GET a+b Mozilla/5.0+(X)
2026-01-02 03:04:05
#Date: 2026-01-03 00:00:00
#Fields: time cs-uri-stem cs(Referer)
03:04:07 "/b c ""d""" -
`))
}

// TestProxies: of a URI's parts the whole is made, and of the whole its parts.
func TestProxies(t *testing.T) {
	assert.Equal(t, []string{
		`{"cs-host":"a.example","cs-method":"GET","cs-uri":"http://a.example/b/c.php?d=e","cs-uri-extension":"php","cs-uri-path":"/b/c.php","cs-uri-port":"80","cs-uri-query":"?d=e","cs-uri-scheme":"http","cs-uri-stem":"/b/c.php"}`,
		`{"cs-host":"a.example","cs-method":"CONNECT","cs-uri":"tcp://a.example:443/","cs-uri-path":"/","cs-uri-port":"443","cs-uri-scheme":"tcp","cs-uri-stem":"/"}`,
		`{"cs-method":"GET","cs-uri-path":"/b"}`,
		`{"c-agent":"x","cs-host":"a.example","cs-uri":"https://a.example/b.exe?c","cs-uri-extension":"exe","cs-uri-query":"c","cs-uri-scheme":"https","cs-uri-stem":"/b.exe"}`,
		`{"c-agent":"x","cs-uri":"a.example:443"}`,
		`{"cs(User-Agent)":"Mozilla/5.0 (X; a+b)","x-edge-location":"LAX1"}`,
		`{"cs(User-Agent)":"Mozilla/5.0 (X)","x-edge-location":"LAX1"}`,
		`{"cs(User-Agent)":"a%zz","x-edge-location":"LAX1"}`,
	}, table(t, `#Software: SGOS 7.3
#Fields: cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query
GET http a.example 80 /b/c.php ?d=e
CONNECT tcp a.example 443 / -
GET - - - /b -
#Fields: c-agent cs-uri
x https://a.example/b.exe?c
x a.example:443
#Fields: x-edge-location cs(User-Agent)
LAX1 Mozilla/5.0%20(X;%20a+b)
LAX1 Mozilla/5.0%2520(X)
LAX1 a%zz
`))
}

// TestLocalTimes: Windows Firewall says that its times are of no zone.
func TestLocalTimes(t *testing.T) {
	assert.Equal(t, []string{`{"action":"DROP","date":"2026-01-02","time":"03:04:05","timestamp":"2026-01-02T03:04:05"}`},
		table(t, "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: date time action size\n\n2026-01-02 03:04:05 DROP -\n")[1:])
}

func TestZeek(t *testing.T) {
	assert.Equal(t, []string{
		`{"_path":"dns","answers":["1.1.1.1","2.2.2.2"],"id.orig_h":"10.0.0.1","query":"a.com","ts":"1767225600.123"}`,
		`{"_path":"dns","id.orig_h":"10.0.0.1","query":"","ts":"1767225601.123"}`,
		"! the line has 1 values, but #Fields names 4",
	}, table(t, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tid.orig_h\tquery\tanswers\n#types\ttime\taddr\tstring\tvector[string]\n"+
		"1767225600.123\t10.0.0.1\ta.com\t1.1.1.1,2.2.2.2\n1767225601.123\t10.0.0.1\t(empty)\t-\ncut\n#close\t2026-01-01-00-00-00\n"))
}

// TestZeekEscapes: what Zeek writes with a backslash is read as the text that it stands for, also within a set.
func TestZeekEscapes(t *testing.T) {
	for cell, want := range map[string]string{
		`\\\\10.0.0.12\\ADMIN$`: `"\\\\10.0.0.12\\ADMIN$"`, `a\x09b\xc3\xa9`: `"a\tb\u00e9"`, `\x2d`: `"-"`, `\x5cx41`: `"\\x41"`, `a\`: `"a\\"`, `\xzz\x4`: `"\\xzz\\x4"`, `\\x41`: `"\\x41"`,
	} {
		fields, err := json.Marshal(map[string]any{"path": json.RawMessage(want)})
		require.NoError(t, err)
		assert.JSONEq(t, string(fields), table(t, "#separator \\x09\n#fields\tpath\n#types\tstring\n"+cell+"\n")[0], cell)
	}
	assert.Equal(t, []string{`{"names":["a,b","c"]}`}, table(t, "#separator \\x09\n#fields\tnames\n#types\tset[string]\na\\x2cb,c\n"))
}

func TestDetectTable(t *testing.T) {
	for line, want := range map[string]bool{"#Fields: a b": true, "#separator \\x09": true, "#TYPE System": false, "# Logs": false, "a b": false} {
		assert.Equal(t, want, DetectTable(line), line)
	}
}

// FuzzLines: no line panics, and what is read can be written.
func FuzzLines(f *testing.F) {
	for _, line := range []string{`<34>Feb  2 22:14:15 mymachine su[12]: x`, `<165>1 2026-02-22T22:14:15.003Z h a - ID [a@1 iut="3"] x`, `CEF:0|a\|b|c|1|2|n|3|cs1Label=x cs1=y z\=`,
		`node=a type=EXECVE msg=audit(1364481363.243:24287): a0=41 msg='a="b" c=\''`, `a=1, b="x \" y", c='z'`, `a= b="" c=`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		found, ok := (&Reader{Latest: latest}).Parse(line)
		if !ok {
			return
		}
		_, err := json.Marshal(found.Fields)
		require.NoError(t, err)
		assert.True(t, found.XML+found.JSON != "" || len(found.Fields) > 0)
	})
}

// FuzzTable: no file panics, and no row has more than its columns.
func FuzzTable(f *testing.F) {
	f.Add("#Fields: date time cs(User-Agent)\n2026-01-02 03:04:05 \"a \"\"b\"\n")
	f.Add("#separator \\x09\n#set_separator\t,\n#fields\tts\ta\n#types\ttime\tset[string]\n1\t(empty)\n")
	f.Fuzz(func(t *testing.T, text string) {
		reader := NewTable()
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			if IsDirective([]byte(line)) {
				reader = reader.With(line)
			}
			fields, err := reader.Row(line)
			assert.True(t, err == nil || fields == nil)
			assert.LessOrEqual(t, len(fields), len(reader.columns)+1)
		}
	})
}

// TestACraftedLineTakesMemoryOfItsSize: a line of many parts is not copied for each of them.
func TestACraftedLineTakesMemoryOfItsSize(t *testing.T) {
	const parts = 20_000
	head := `type=EXECVE msg=audit(1364481363.243:1): argc=1 `
	for name, line := range map[string]string{
		"parts of an argument":           head + strings.Repeat("a0[0]=AAAAAAAAAAAAAAAA ", parts),
		"words behind a pair":            head + "a0=x " + strings.Repeat("word ", parts),
		"what ausearch interprets":       strings.Replace(head, "1364481363", "01/02/2026 03:04:05", 1) + "a0=x " + strings.Repeat("word ", parts),
		"pairs":                          head + strings.Repeat("a=b ", parts),
		"a value of several pairs":       `a=1 b=2 c=3 ` + strings.Repeat("d=x,", parts),
		"an event of devices, its parts": `CEF:0|V|P|1|1|n|5|` + strings.Repeat("a=b ", parts),
	} {
		t.Run(name, func(t *testing.T) {
			took := fixture.Allocated(func() {
				_, ok := (&Reader{Latest: latest}).Parse(line)
				assert.True(t, ok)
			})
			assert.Less(t, took, uint64(200*len(line)))
		})
	}
}
