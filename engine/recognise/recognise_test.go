package recognise

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/schema"
)

// modelOf gives the model that a file of a text is of, and what else its events are.
func modelOf(t *testing.T, text string) Choice {
	t.Helper()
	r, err := event.NewReader("-", strings.NewReader(text), event.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	return File(r, schema.Recognisable())
}

// TestProducts: an event of each product is told from those of all others, in the forms in which products and tools
// write it.
func TestProducts(t *testing.T) {
	for model, events := range map[string][]string{
		"windows": {
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"1","category":["process"],"type":["start"]},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1","event_data":{"Image":"C:\\a.exe"}}}`,
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"4688","category":["process"],"type":["start"]},"winlog":{"channel":"Security","event_id":"4688","event_data":{"NewProcessName":"C:\\a.exe"}}}`,
			`{"name":"q","hostIdentifier":"h","unixTime":1772359200,"action":"added","columns":{"eventid":"4688","provider_name":"P","source":"Security","data":"{\"EventData\":{}}"}}`,
			`{"EventRecordID":1,"EventID":4624,"Channel":"Security","Computer":"A","TargetUserName":"bob"}`,
			`{"EventID":1,"Image":"C:\\a.exe","ProcessGuid":"{1}"}`,
			`{"Event":{"System":{"Provider":{"@Name":"Microsoft-Windows-Sysmon"},"EventID":"1","Channel":"Microsoft-Windows-Sysmon/Operational"},"EventData":{"Data":[{"@Name":"Image","#text":"C:\\a.exe"}]}}}`,
			`<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Sysmon"/><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel></System></Event>`,
			`{"PayloadData1":"x","EventId":4624,"Channel":"Security","Provider":"Microsoft-Windows-Security-Auditing","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"TargetUserName\",\"#text\":\"bob\"}]}}"}`,
			`{"@timestamp":"2026-01-01T00:00:00Z","winlog":{"channel":"Security","event_id":4624,"event_data":{"TargetUserName":"bob"}},"event":{"code":"4624","kind":"event"},"ecs":{"version":"8.0.0"}}`,
			`{"Id":4624,"LogName":"Security","ProviderName":"Microsoft-Windows-Security-Auditing","TimeCreated":"2026-01-01T00:00:00Z"}`,
			"EventID,Channel,Computer\n4624,Security,A",
		},
		"linux": {
			`{"EventID":1,"Channel":"Linux-Sysmon/Operational","Computer":"web1","Image":"/bin/sh"}`,
			`<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>1</EventID><Channel>Linux-Sysmon/Operational</Channel></System><EventData><Data Name="Image">/bin/sh</Data></EventData></Event>`,
			`{"type":"EXECVE","a0":"curl","a1":"-s"}`,
			`{"type":"SYSCALL","syscall":"59","exe":"/bin/sh"}`,
			"Jan  2 03:04:05 web1 sshd[123]: Accepted password for root from 1.2.3.4 port 22 ssh2",
			"type=EXECVE msg=audit(1364481363.243:24287): argc=1 a0=\"curl\"",
			"<13>Jan  2 03:04:05 web1 sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>1</EventID><Channel>Linux-Sysmon/Operational</Channel></System></Event>",
			`{"MESSAGE":"Accepted password","SYSLOG_IDENTIFIER":"sshd","__REALTIME_TIMESTAMP":"1767225600000000"}`,
		},
		"mde": {
			`{"Timestamp":"2026-01-01T00:00:00Z","DeviceId":"1","DeviceName":"a","ActionType":"ProcessCreated","FolderPath":"C:\\a.exe"}`,
			`{"TimeGenerated":"2026-01-01T00:00:00Z","Timestamp":"2026-01-01T00:00:00Z","DeviceName":"a","ActionType":"ProcessCreated","FolderPath":"C:\\a.exe","Type":"DeviceProcessEvents"}`,
			`{"Timestamp":"2026-01-01T00:00:00Z","Application":"Office","AccountUpn":"a@b.c","ErrorCode":0}`,
			`{"Timestamp":"2026-01-01T00:00:00Z","AlertId":"da1","Title":"Malware","Category":"Execution","Severity":"High"}`,
			`{"Timestamp":"2026-01-01T00:00:00Z","RequestUri":"https://graph.microsoft.com/v1.0/users","RequestMethod":"GET","TargetWorkload":"Microsoft.DirectoryServices"}`,
		},
		"sentinel": {
			`{"TimeGenerated":"2026-01-01T00:00:00Z","EventID":4688,"Computer":"A","NewProcessName":"C:\\a.exe","Channel":"Security","Type":"SecurityEvent"}`,
			`{"TimeGenerated":"2026-01-01T00:00:00Z","Channel":"System","EventID":7045,"EventData":{"ServiceName":"x"},"Provider":"Service Control Manager"}`,
			`{"TimeGenerated":"2026-01-01T00:00:00Z","UserPrincipalName":"a@b.c","AppDisplayName":"Azure Portal","ResultType":"0","OperationName":"Sign-in activity","Category":"SignInLogs"}`,
			`{"TimeGenerated":"2026-01-01T00:00:00Z","Facility":"auth","SyslogMessage":"Accepted password","ProcessName":"sshd"}`,
			`{"TimeGenerated":"2026-01-01T00:00:00Z","EventSource":"iam.amazonaws.com","EventName":"CreateUser"}`,
			`{"TimeGenerated":"2026-01-01T00:00:00Z","OfficeWorkload":"Exchange","Operation":"New-InboxRule","UserId":"a@b.c","RecordType":"ExchangeAdmin","Type":"OfficeActivity"}`,
			"TimeGenerated,RecordType,Operation,OfficeWorkload,UserId\n2026-01-01T00:00:00Z,ExchangeAdmin,New-InboxRule,Exchange,a@b.c",
			"TimeGenerated,Operation,Workload,UserId,Type\n2026-01-01T00:00:00Z,New-InboxRule,Exchange,a@b.c,OfficeActivity",
			"\"TimeGenerated [UTC]\",Computer,EventID,Account\n\"1/2/2026, 3:04:05.123 PM\",H1,4625,x",
		},
		"sentinel-event": {`{"TimeGenerated":"2026-01-01T00:00:00Z","EventLog":"Microsoft-Windows-Sysmon/Operational","EventID":1,"EventData":"<DataItem/>","Computer":"A"}`},
		"asim":           {`{"TimeGenerated":"2026-01-01T00:00:00Z","EventType":"ProcessCreated","EventSchema":"ProcessEvent","EventProduct":"Sysmon","Dvc":"A","TargetProcessName":"C:\\a.exe"}`},
		"ecs": {
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":["process"],"type":["start"]},"host":{"os":{"type":"windows"}},"process":{"executable":"C:\\a.exe"}}`,
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"dataset":"aws.cloudtrail","action":"CreateUser"},"aws":{"cloudtrail":{"event_version":"1.08"}}}`,
			"@timestamp,event.category,process.executable\n2026-01-01T00:00:00Z,process,/bin/sh",
		},
		"winlogbeat": {
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"4625","category":["authentication"],"type":["start"]},"winlog":{"channel":"Security","event_id":"4625"},"process":{"executable":"C:\\a.exe"}}`,
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"1","category":["process"],"type":["start"]},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1"},"process":{"executable":"C:\\a.exe"}}`,
			"@timestamp,event.code,winlog.channel,process.executable\n2026-01-01T00:00:00Z,1,Microsoft-Windows-Sysmon/Operational,C:\\a.exe",
			`{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"4688","category":["process"],"type":["start"]},"winlog":{"channel":"Security","event_id":"4688"},"process":{"executable":"C:\\a.exe"}}`,
		},
		"splunk-windows": {
			`{"_time":"2026-01-01T00:00:00Z","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","sourcetype":"xmlwineventlog","EventCode":"1","Image":"C:\\a.exe"}`,
			`{"preview":false,"offset":0,"result":{"source":"XmlWinEventLog:Security","EventCode":"4624","_time":"2026-01-01T00:00:00.000+00:00"}}`,
			"_time,host,EventCode,Image\n2026-01-01T00:00:00Z,A,1,C:\\a.exe",
		},
		"splunk-linux":   {`{"_time":"2026-01-01T00:00:00Z","sourcetype":"linux:audit","type":"EXECVE","a0":"curl"}`},
		"splunk-cloud":   {`{"_time":"2026-01-01T00:00:00Z","sourcetype":"aws:cloudtrail","eventName":"CreateUser","eventSource":"iam.amazonaws.com","userIdentity.arn":"arn"}`},
		"splunk-network": {`{"_time":"2026-01-01T00:00:00Z","sourcetype":"bro:conn:json","id.orig_h":"10.0.0.1","uid":"C1"}`},
		"cim":            {`{"_time":"2026-01-01T00:00:00Z","tag":["process","report"],"process_guid":"{1}","process":"a.exe","dest":"A"}`},
		"cloud": {
			`{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","eventTime":"2026-01-01T00:00:00Z"}`,
			`{"Records":[{"eventSource":"iam.amazonaws.com","eventName":"CreateUser"}]}`,
			`{"time":"2026-01-01T00:00:00Z","resourceId":"/tenants/1","operationName":"Sign-in activity","category":"SignInLogs","properties":{"userPrincipalName":"a@b.c"}}`,
			`{"createdDateTime":"2026-01-01T00:00:00Z","userPrincipalName":"a@b.c","appDisplayName":"Azure Portal","status":{"errorCode":0}}`,
			`{"activityDateTime":"2026-01-01T00:00:00Z","activityDisplayName":"Add user","initiatedBy":{"user":{"id":"1"}}}`,
			`{"CreationTime":"2026-01-01T00:00:00","Operation":"New-InboxRule","Workload":"Exchange","RecordType":1,"UserId":"a@b.c"}`,
			`{"published":"2026-01-01T00:00:00Z","eventType":"user.session.start","actor":{"alternateId":"a@b.c"},"outcome":{"result":"SUCCESS"}}`,
			`{"protoPayload":{"methodName":"google.iam.admin.v1.CreateServiceAccountKey","serviceName":"iam.googleapis.com"},"logName":"projects/x/logs/cloudaudit","insertId":"1"}`,
			`{"id":{"applicationName":"admin","time":"2026-01-01T00:00:00Z"},"events":[{"name":"CREATE_USER"}],"kind":"admin#reports#activity"}`,
			`{"action":"repo.create","actor":"bob","org":"x","created_at":1767225600000}`,
			`{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","verb":"create","objectRef":{"resource":"pods"}}`,
			`{"auditType":{"category":"Permissions","action":"x"},"timestamp":"2026-01-01T00:00:00Z"}`,
			`{"eventVersion":"1.07","eventType":"AwsCloudTrailInsight","insightDetails":{"eventSource":"iam.amazonaws.com","eventName":"CreateUser"}}`,
			`{"createdDateTime":"2026-01-01T00:00:00Z","userPrincipalName":null,"servicePrincipalId":"s","appId":"a","status":{"errorCode":0}}`,
			`{"action":"org.update_member","actor":null,"_document_id":"d","org":"x"}`,
			`{"event_type":"authentication","factor":"duo_push","isotimestamp":"2026-01-01T00:00:00Z","reason":"bypass_user","user":{"name":"bob"}}`,
		},
		"network": {
			`{"_path":"conn","ts":1767225600.1,"uid":"C1","id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2"}`,
			`{"ts":"2026-01-01T00:00:00Z","uid":"C1","query":"a.com","qtype_name":"A"}`,
			"#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\n1767225600.1\tC1\t10.0.0.1",
			"CEF:0|V|P|1|1|n|5|src=1.1.1.1",
			"LEEF:1.0|V|P|1|1|src=1.1.1.1\tdst=1.1.1.2",
			"<189>29: *Mar  1 18:46:11: %SYS-5-CONFIG_I: Configured from console by vty0",
			`date=2026-01-02 time=03:04:05 devname="FW1" devid="FG1" logid="0000000013" type="traffic"`,
			"#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Fields: date time action protocol src-ip dst-ip\n2026-01-02 03:04:05 DROP TCP 10.0.0.1 10.0.0.2",
			`{"src_ip":"10.0.0.1","dst_ip":"10.0.0.2","dst_port":22,"action":"forward"}`,
		},
		"web":          {"#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status\n2026-01-02 03:04:05 GET / 10.0.0.1 curl 200", `{"date":"2026-01-01","cs-method":"GET","cs-uri-stem":"/a","sc-status":200}`, `{"c-uri":"http://a.com/x","c-useragent":"curl"}`},
		"applications": {`{"logtype":4002,"node_id":"1","dst_host":"10.0.0.1"}`},
		"eslogger": {
			`{"schema_version":1,"event_type":9,"action_type":1,"time":"2026-01-01T00:00:00Z","process":{"audit_token":{"pid":7,"pidversion":1},"executable":{"path":"/bin/zsh"}},"event":{"exec":{"target":{"executable":{"path":"/bin/ls"}},"args":["ls"]}}}`,
			`{"event":{"unlink":{"target":{"path":"/tmp/a"}}},"process":{"audit_token":{"pid":7},"executable":{"path":"\/bin\/rm"}},"event_type":32,"global_seq_num":4}`,
		},
		"osquery": {
			`{"name":"pack_ir_process_events","hostIdentifier":"web1","calendarTime":"Mon Mar  2 09:15:30 2026 UTC","unixTime":1772442930,"epoch":0,"counter":3,"numerics":false,"columns":{"cmdline":"id","path":"/usr/bin/id","pid":"7","time":"1772442900"},"action":"added"}`,
			`{"action":"added","columns":{"action":"connect","remote_address":"203.0.113.7"},"name":"socket_events","hostname":"web1","unixTime":"1412123850"}`,
			`{"name":"p","hostIdentifier":"web1","unixTime":1772442930,"columns":{"pid":"7"}}`,
			`{"diffResults":{"added":[{"pid":"2"}],"removed":[]},"name":"p","hostname":"web1","unixTime":5}`,
		},
		"falco": {
			`{"hostname":"node1","output":"09:15:00.1: Notice A shell","output_fields":{"evt.type":"execve","proc.name":"sh"},"priority":"Notice","rule":"Terminal shell in container","source":"syscall","tags":["shell"],"time":"2026-03-02T09:15:00.100000000Z"}`,
			`{"uuid":"5d0e","output":"x","priority":"Critical","rule":"r","time":"2026-03-02T09:15:00Z","output_fields":{"ka.verb":"list"}}`,
		},
		"unified-log": {`{"traceID":1,"eventMessage":"x","eventType":"logEvent","subsystem":"s","category":"c","processImagePath":"\\/usr\\/sbin\\/sshd","timestamp":"2026-03-02 09:15:00.100000+0100","machTimestamp":1,"messageType":"Default","processID":4}`},
		"sigma":       {`{"Image":"C:\\a.exe","CommandLine":"a.exe"}`, "id\tCommandLine\n1\ta"},
		"": {
			`{"name":"x","version":1}`,
			`{"timestamp":"2026-01-01T00:00:00Z","message":"hello"}`,
			`{"name":"orders","action":"update","columns":{"id":"7"},"user":"ann"}`,
			`{"name":"orders","action":"added","columns":{"id":"7"},"user":"ann"}`,
			`{"name":"orders","columns":[{"name":"id"}],"hostname":"db1"}`,
			`{"name":"orders","columns":5,"hostname":"db1"}`,
			`{"name":"orders","columns":{"id":"7"},"unixTime":5}`,
			`{"rule":"r","priority":"high","source":"x"}`,
			`{"event_type":9,"process":{"pid":7,"executable":"/bin/zsh"}}`,
			`{"eventMessage":"x","level":"info"}`,
		},
	} {
		for _, text := range events {
			c := modelOf(t, text+"\n")
			assert.Equal(t, model, c.Model, text)
		}
	}
}

// TestMajority: the model of most events is that of the file. Lines that are not events do not count.
func TestMajority(t *testing.T) {
	c := modelOf(t, `{"name":"x"}`+"\nnot json\n"+strings.Repeat(`{"EventID":1,"Channel":"Security"}`+"\n", 2)+strings.Repeat(`{"eventName":"a","eventSource":"b"}`+"\n", 3))
	require.Error(t, c.Why)
	c.Why = nil
	assert.Equal(t, Choice{Model: "cloud", Events: 6, Of: []Share{{"cloud", 3}, {"windows", 2}}, Columns: []string{"name"}, Rejected: 1}, c)
	c = modelOf(t, `{"eventName":"a","eventSource":"b"}`+"\n"+`{"EventID":1,"Channel":"Security"}`+"\n")
	assert.Equal(t, "windows", c.Model, "the first in order, of as many events")
}

// TestEventsOfSeveralModels: an event whose sign several models list counts for each of them, so that the model is the
// one that reads most, whichever event is more frequent. What it does not read is told.
func TestEventsOfSeveralModels(t *testing.T) {
	const (
		logon   = `{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"4624","category":["authentication"]},"winlog":{"channel":"Security","event_id":"4624"}}` + "\n"
		process = `{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"4688","category":["process"]},"winlog":{"channel":"Security","event_id":"4688"},"process":{"executable":"C:\\a.exe"}}` + "\n"
		sysmon  = `{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"1","category":["process"]},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1"},"process":{"executable":"C:\\a.exe"}}` + "\n"
		defend  = `{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":["process"],"type":["start"]},"host":{"os":{"type":"windows"}},"process":{"executable":"C:\\a.exe"}}` + "\n"
		cloud   = `{"eventName":"a","eventSource":"b"}` + "\n"
	)
	for _, c := range []struct {
		text string
		of   []Share
	}{
		{logon, []Share{{"winlogbeat", 1}}},
		{strings.Repeat(logon, 3) + process, []Share{{"winlogbeat", 4}}},
		{logon + strings.Repeat(process, 3), []Share{{"winlogbeat", 4}}},
		{strings.Repeat(logon, 3) + strings.Repeat(sysmon, 3), []Share{{"winlogbeat", 6}}},
		{defend, []Share{{"ecs", 1}}},
		{defend + strings.Repeat(logon, 3), []Share{{"ecs", 4}}},
		{defend + defend + sysmon + logon, []Share{{"ecs", 3}, {"winlogbeat", 1}}},
		{defend + process + sysmon + logon, []Share{{"winlogbeat", 3}, {"ecs", 1}}},
		{cloud + cloud + logon + cloud, []Share{{"cloud", 3}, {"winlogbeat", 1}}},
	} {
		choice := modelOf(t, c.text)
		assert.Equal(t, c.of, choice.Of, c.text)
		assert.Equal(t, c.of[0].Model, choice.Model, c.text)
	}
}

// TestWhatCannotBeReadIsPassedOver: events behind many damaged lines are looked at, also where those between show no
// sign.
func TestWhatCannotBeReadIsPassedOver(t *testing.T) {
	const damaged, odd, windows = "{\"a\":\n", "{\"colour\":1}\n", `{"EventRecordID":1,"EventID":4624,"Channel":"Security","Computer":"A"}` + "\n"
	for _, c := range []struct {
		text, model      string
		events, rejected int
	}{
		{strings.Repeat(damaged, sampleEvents+6) + windows, "windows", 1, sampleEvents + 6},
		{odd + strings.Repeat(damaged, sampleEvents+6) + windows, "windows", 2, sampleEvents + 6},
		{damaged + strings.Repeat(odd, sampleEvents+6) + windows, "windows", sampleEvents + 7, 1},
		{damaged + strings.Repeat(odd, 3*sampleEvents) + windows, "", 2 * sampleEvents, 1},
		{`{"a":"` + strings.Repeat("x", sampleBytes) + "\n" + windows, "windows", 1, 1},
		{`{"a":"` + strings.Repeat("x", sampleBytes) + "\"}\n" + windows, "", 1, 0},
		{strings.Repeat(odd, sampleEvents+6) + windows, "", sampleEvents, 0},
		{strings.Repeat(damaged, sampleLines) + windows, "", 0, sampleLines},
		{damaged + odd, "", 1, 1},
	} {
		choice := modelOf(t, c.text)
		assert.Equal(t, []any{c.model, c.events, c.rejected}, []any{choice.Model, choice.Events, choice.Rejected})
		assert.Equal(t, c.rejected > 0, choice.Why != nil)
	}
}

// TestColumnsAreShort: what is not a log may have a first line that is taken for a header.
func TestColumnsAreShort(t *testing.T) {
	c := modelOf(t, strings.Repeat("x", 300)+"\tb\n1\t2\n")
	assert.Equal(t, []string{"b", strings.Repeat("x", 60) + "…"}, c.Columns)
}

// TestNothingIsLost: after the choice, the reader gives every line, with its number and the reason why it is not an
// event.
func TestNothingIsLost(t *testing.T) {
	var rejected []int
	text := "not json\n" + strings.Repeat(`{"EventID":1,"Channel":"Security"}`+"\n", 2*sampleEvents)
	r, err := event.NewReader("-", strings.NewReader(text), event.Options{OnReject: func(j event.Reject) { rejected = append(rejected, j.Line) }})
	require.NoError(t, err)
	assert.Equal(t, "windows", File(r, schema.Recognisable()).Model)
	assert.Empty(t, rejected)
	for line := 2; line <= 2*sampleEvents+1; line++ {
		ev, err := r.Next()
		require.NoError(t, err)
		assert.Equal(t, line, ev.Line)
	}
	_, err = r.Next()
	require.Error(t, err)
	assert.Equal(t, []int{1}, rejected)
	assert.Equal(t, 2*sampleEvents+1, r.Lines())
}
