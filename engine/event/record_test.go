package event

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// converters write one logon, each in its own way.
var converters = map[string]string{
	"evtx_dump":                  `{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"P","Guid":"G"}},"EventID":4624,"TimeCreated":{"#attributes":{"SystemTime":"T"}},"EventRecordID":7,"Channel":"Security","Computer":"H","Security":null},"EventData":{"TargetUserName":"bob","Empty":""}}}`,
	"evtx_dump, qualifiers":      `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":4624},"TimeCreated":{"#attributes":{"SystemTime":"T"}},"EventRecordID":7,"Channel":"Security","Computer":"H"},"EventData":{"TargetUserName":{"#text":"bob"},"Empty":""}}}`,
	"evtx_dump, apart":           `{"Event":{"System":{"Provider_attributes":{"Name":"P"},"EventID":4624,"EventID_attributes":{"Qualifiers":0},"TimeCreated_attributes":{"SystemTime":"T"},"EventRecordID":7,"Channel":"Security","Computer":"H"},"EventData":{"TargetUserName":"bob","Empty":""}},"Event_attributes":{"xmlns":"x"}}`,
	"xmltodict and python-evtx":  `{"Event":{"@xmlns":"x","System":{"Provider":{"@Name":"P"},"EventID":{"@Qualifiers":"","#text":"4624"},"TimeCreated":{"@SystemTime":"T"},"EventRecordID":"7","Channel":"Security","Computer":"H"},"EventData":{"Data":[{"@Name":"TargetUserName","#text":"bob"},{"@Name":"Empty"}]}}}`,
	"a dash before attributes":   `{"Event":{"-xmlns":"x","System":{"Provider":{"-Name":"P"},"EventID":"4624","TimeCreated":{"-SystemTime":"T"},"EventRecordID":"7","Channel":"Security","Computer":"H"},"EventData":{"Data":[{"-Name":"TargetUserName","#text":"bob"},{"-Name":"Empty"}]}}}`,
	"xml2js":                     `{"Event":{"$":{"xmlns":"x"},"System":{"Provider":[{"$":{"Name":"P"}}],"EventID":["4624"],"TimeCreated":[{"$":{"SystemTime":"T"}}],"EventRecordID":["7"],"Channel":["Security"],"Computer":["H"]},"EventData":{"Data":[{"$":{"Name":"TargetUserName"},"_":"bob"},{"$":{"Name":"Empty"}}]}}}`,
	"lists under #attributes":    `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":4624,"TimeCreated":{"#attributes":{"SystemTime":"T"}},"EventRecordID":7,"Channel":"Security","Computer":"H"},"EventData":{"Data":[{"#attributes":{"Name":"TargetUserName"},"#text":"bob"},{"#attributes":{"Name":"Empty"}}]}}}`,
	"Velociraptor":               `{"System":{"Provider":{"Name":"P","Guid":"G"},"EventID":{"Value":4624},"TimeCreated":{"SystemTime":"T"},"EventRecordID":7,"Channel":"Security","Computer":"H"},"EventData":{"TargetUserName":"bob","Empty":""},"Message":"m","ClientId":"C.1"}`,
	"beside what a shipper adds": `{"host":{"name":"h"},"Event":{"System":{"Provider":{"Name":"P"},"EventID":4624,"TimeCreated":{"SystemTime":"T"},"EventRecordID":7,"Channel":"Security","Computer":"H"},"EventData":{"TargetUserName":"bob","Empty":""}}}`,
	"EvtxECmd":                   `{"PayloadData1":"x","EventId":4624,"Channel":"Security","Provider":"P","TimeCreated":"T","RecordNumber":7,"Computer":"H","ProcessId":5,"Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"TargetUserName\",\"#text\":\"bob\"},{\"@Name\":\"Empty\"}]}}"}`,
	"winlogbeat":                 `{"@timestamp":"T","TimeCreated":"T","winlog":{"channel":"Security","provider_name":"P","event_id":4624,"record_id":7,"computer_name":"H","event_data":{"TargetUserName":"bob","Empty":""}}}`,
	"winlogbeat before 7":        `{"@timestamp":"T","TimeCreated":"T","log_name":"Security","source_name":"P","event_id":4624,"record_number":"7","computer_name":"H","event_data":{"TargetUserName":"bob","Empty":""}}`,
	"a search hit":               `{"_index":"i","_id":"x","_score":null,"_source":{"TimeCreated":"T","winlog":{"channel":"Security","provider_name":"P","event_id":"4624","record_id":7,"computer_name":"H","event_data":{"TargetUserName":"bob","Empty":""}}}}`,
	"NXLog":                      `{"EventTime":"T","TimeCreated":"T","SourceName":"P","EventID":4624,"Channel":"Security","RecordNumber":7,"Hostname":"H","ProcessID":4,"TargetUserName":"bob","Empty":""}`,
	"Splunk":                     `{"TimeCreated":"T","source":"XmlWinEventLog:Security","SourceName":"P","EventCode":"4624","RecordNumber":"7","ComputerName":"H","TargetUserName":"bob","Empty":""}`,
	"Hayabusa":                   `{"Timestamp":"T","TimeCreated":"T","RuleTitle":"r","Computer":"H","Channel":"Security","EventID":4624,"RecordID":7,"Provider_Name":"P","AllFieldInfo":{"TargetUserName":"bob","Empty":""}}`,
	"Velociraptor, flat":         `{"EventTime":1767225600.5,"TimeCreated":"T","Provider":"P","EventID":4624,"Channel":"Security","EventRecordID":7,"Computer":"H","EventData":{"TargetUserName":"bob","Empty":""},"UserData":null}`,
	"Sumo Logic":                 `{"TimeCreated":"T","EventID":"4624","Provider":{"Guid":"G","Name":"P"},"Channel":"Security","EventRecordID":7,"Computer":"H","Security":{"UserID":"S"},"EventData":{"TargetUserName":"bob","Empty":""}}`,
	"Velociraptor's CSV":         `{"TimeCreated":"T","Provider":"P","EventID":"4624","Channel":"Security","EventRecordID":"7","Computer":"H","EventData":"{\"TargetUserName\":\"bob\",\"Empty\":\"\"}"}`,
	"Wazuh":                      `{"timestamp":"T","agent":{"name":"a"},"decoder":{"name":"windows_eventchannel"},"data":{"win":{"system":{"providerName":"P","eventID":"4624","systemTime":"T","eventRecordID":"7","channel":"Security","computer":"H"},"eventdata":{"targetUserName":"bob","empty":""}}}}`,
	"Graylog":                    `{"version":"1.1","host":"H","short_message":"m","_Provider_Name":"P","_EventID":4624,"_TimeCreated":"T","_EventRecordID":7,"_Channel":"Security","_TargetUserName":"bob","_Empty":""}`,
	"Plaso":                      `{"data_type":"windows:evtx:record","timestamp":1,"xml_string":"<Event><System><Provider Name=\"P\"/><EventID>4624</EventID><TimeCreated SystemTime=\"T\"/><EventRecordID>7</EventRecordID><Channel>Security</Channel><Computer>H</Computer></System><EventData><Data Name=\"TargetUserName\">bob</Data><Data Name=\"Empty\"/></EventData></Event>"}`,
	"Kibana's table":             `{"@timestamp":"T","TimeCreated":"T","winlog.channel":"Security","winlog.provider_name":"P","winlog.event_id":"4624","winlog.record_id":"7","winlog.computer_name":"H","winlog.event_data.TargetUserName":"bob","winlog.user_data.Empty":""}`,
}

// TestAWindowsEventAsItsConvertersWriteIt holds that all give the same names.
func TestAWindowsEventAsItsConvertersWriteIt(t *testing.T) {
	for name, text := range converters {
		t.Run(name, func(t *testing.T) {
			fields, err := Decode([]byte(text))
			require.NoError(t, err)
			got := map[string]string{}
			for _, name := range []string{"Provider_Name", "EventID", "TimeCreated", "EventRecordID", "Channel", "Computer", "TargetUserName", "Empty"} {
				v, ok := fields[name]
				require.True(t, ok, name)
				got[name] = strings.Trim(string(must(json.Marshal(v))), `"`)
			}
			assert.Equal(t, map[string]string{"Provider_Name": "P", "EventID": "4624", "TimeCreated": "T", "EventRecordID": "7", "Channel": "Security", "Computer": "H", "TargetUserName": "bob", "Empty": ""}, got)
		})
	}
}

// TestWazuhDoublesBackslashes holds that the values are Windows' own, and that a value which has single ones is left as
// it is.
func TestWazuhDoublesBackslashes(t *testing.T) {
	for written, want := range map[string]string{
		`"image":"C:\\\\Windows\\\\a.exe","commandLine":"\\\"C:\\\\a b.exe\\\" /c"`: `C:\Windows\a.exe: "C:\a b.exe" /c`,
		`"image":"C:\\Windows\\a.exe","commandLine":"\\\\host\\share"`:              `C:\Windows\a.exe: \\host\share`,
		`"image":"a.exe","commandLine":"x"`:                                         `a.exe: x`,
		`"image":"a.exe\\","commandLine":"x"`:                                       `a.exe\: x`,
	} {
		fields, err := Decode([]byte(`{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{` + written + `}}}}`))
		require.NoError(t, err)
		assert.Equal(t, want, fmt.Sprintf("%v: %v", fields["Image"], fields["CommandLine"]))
	}
}

// TestOfTwoOfANameTheSameCounts whenever the event is read: Wazuh's own name, and event data before user data.
func TestOfTwoOfANameTheSameCounts(t *testing.T) {
	for range 30 {
		fields, err := Decode([]byte(`{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"image":"x","Image":"y"}}}}`))
		require.NoError(t, err)
		require.Equal(t, "x", fields["Image"])
		fields, err = Decode([]byte(`{"winlog.channel":"c","winlog.user_data.a":"y","winlog.event_data.a":"x"}`))
		require.NoError(t, err)
		require.Equal(t, "x", fields["a"])
	}
}

// TestAnEventInAField holds that what a collector puts around a service's own event does not hide its fields.
func TestAnEventInAField(t *testing.T) {
	for name, text := range map[string]string{
		"Wazuh's module":            `{"decoder":{"name":"json"},"timestamp":"T","data":{"integration":"aws","aws":{"eventName":"x","Workload":"w"}}}`,
		"Microsoft 365's portal":    `{"RecordType":"1","Operation":"o","AuditData":"{\"RecordType\":2,\"eventName\":\"x\",\"Workload\":\"w\"}"}`,
		"Microsoft Graph's records": `{"operation":"o","auditData":{"eventName":"x","Workload":"w"}}`,
	} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, "x w", fmt.Sprint(fields["eventName"], " ", fields["Workload"]), name)
	}
	for _, text := range []string{`{"AuditData":"x","a":1}`, `{"AuditData":{},"a":1}`, `{"decoder":{},"data":"x"}`, `{"decoder":{},"data":{"aws":5}}`, `{"xml_string":"<Event","data_type":"t"}`} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.JSONEq(t, text, string(must(json.Marshal(fields))))
	}
	fields, err := Decode([]byte(`{"StringInserts":["-"],"ProviderName":"Microsoft-Windows-Sysmon","EventID":1,"ProcessID":5,"Channel":"Microsoft-Windows-Sysmon/Operational","Message":"Process Create:\r\nImage: C:\\a.exe"}`))
	require.NoError(t, err)
	assert.Equal(t, `C:\a.exe`, fields["Image"], "Fluent Bit")
	assert.Nil(t, fields["ProcessID"], "it is that of the process that logged the event")
	fields, err = Decode([]byte(`{"ProviderName":"Microsoft-Windows-Sysmon","ProviderGUID":"G","EventID":"1","ThreadID":"5","Channel":"Microsoft-Windows-Sysmon/Operational","Description":"Process Create:\r\nImage: C:\\a.exe","EventData":["-"]}`))
	require.NoError(t, err)
	assert.Equal(t, `C:\a.exe Microsoft-Windows-Sysmon G`, fmt.Sprint(fields["Image"], " ", fields["Provider_Name"], " ", fields["Provider_Guid"]), "Fluentd")
}

// TestOsqueryTablesOfWindows are read as Windows' events, in a line of results and as rows alone. Other rows are left.
func TestOsqueryTablesOfWindows(t *testing.T) {
	row := `"eventid":"4688","provider_name":"P","datetime":"T","data":"{\"EventData\":{\"NewProcessName\":\"C:\\\\a.exe\",\"level\":\"own\"}}","level":"0"`
	for text, computer := range map[string]string{
		`{"name":"q","hostIdentifier":"h","action":"added","columns":{"source":"Security",` + row + `}}`:                     "h",
		`{"name":"q","hostIdentifier":"h","action":"added","columns":{"source":"Security","computer_name":"c",` + row + `}}`: "c",
		`{"channel":"Security","computer_name":"c",` + row + `}`:                                                             "c",
		`{"channel":"Security","source":"x","computer_name":"c",` + row + `}`:                                                "c",
	} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, "own", fields["level"], "the event's own value")
		assert.Equal(t, "0", fields["Level"])
		assert.Equal(t, strings.Contains(text, "columns"), fields["columns"] != nil, "a model may name the row's columns")
		assert.Equal(t, "4688 P T Security "+computer+` C:\a.exe`, fmt.Sprint(fields["EventID"], " ", fields["Provider_Name"], " ", fields["TimeCreated"], " ", fields["Channel"], " ", fields["Computer"], " ", fields["NewProcessName"]), text)
	}
	for data, want := range map[string]any{
		`{"EventData":{"":"a","":"b","Binary":"00"}}`: []any{"a", "b"}, `{"EventData":["a","b"]}`: []any{"a", "b"}, "{\"EventData\":{\"Data\":\"a\"}}\n": "a", `{"EventData":{"Data":"a"}}\x0A`: "a", `{"EventData":{"":"a"}}`: "a", "x": nil,
	} {
		fields, err := Decode(must(json.Marshal(map[string]any{"eventid": "1", "provider_name": "P", "data": data})))
		require.NoError(t, err)
		assert.Equal(t, want, fields["Data"], data)
	}
	for _, text := range []string{`{"columns":{"path":"/bin/sh","data":"x"},"name":"process_events"}`, `{"columns":["a"]}`, `{"eventid":"cowrie.login.failed","data":"x"}`} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.JSONEq(t, text, string(must(json.Marshal(fields))))
	}
}

// TestWindowsEventsByPaths are read as the same events with nested objects.
func TestWindowsEventsByPaths(t *testing.T) {
	nested, err := Decode([]byte(`{"Event":{"System":{"Channel":"c","EventID":{"#text":7,"#attributes":{"Qualifiers":5}},"Provider":{"#attributes":{"Name":"p"}},"TimeCreated":{"#attributes":{"SystemTime":"t"}}},"EventData":{"a":"x","b c":1}}}`))
	require.NoError(t, err)
	for _, before := range []string{"", "Event."} {
		text := strings.ReplaceAll(`{"^System.Channel":"c","^System.EventID":7,"^System.EventID.#attributes.Qualifiers":5,"^System.Provider.#attributes.Name":"p","^System.TimeCreated.#attributes.SystemTime":"t","^EventData.a":"x","^EventData.b c":1}`, "^", before)
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		for name, v := range nested {
			assert.Equal(t, v, fields[name], name)
		}
	}
}

// TestCollectorsOfWindowsEvents have the event's own values in XML, in a list, or below the name of their product.
func TestCollectorsOfWindowsEvents(t *testing.T) {
	for _, text := range []string{
		`{"source":"P","channel":"Security","computer":"c","event_id":4688,"levelText":"Information","timeCreated":"T","eventRecordID":7,"execution":{"processId":4},"event_data":"<Data Name='CommandLine'>a &amp; b</Data><Data Name='x'>y</Data>","message":"m"}`,
		`{"channel":"Security","computer":"c","event_id":{"id":4688,"qualifiers":0},"provider":{"name":"P","guid":"g"},"record_id":7,"system_time":"T","event_data":{"data":[{"CommandLine":"a & b"},{"x":"y"}]}}`,
		`{"channel":"Security","computer":"c","event_id":4688,"provider":{"name":"P"},"record_id":7,"system_time":"T","event_data":{"CommandLine":"a & b","x":"y"}}`,
		`{"channel":"Security","computer":"c","event_id":4688,"level":"Information","level_value":0,"provider_name":"P","record_id":7,"timestamp":"t","TimeCreated":"T","event_data":{"CommandLine":"a & b","x":"y"},"user_data":{"x":"z"}}`,
		`{"event":{"EVENT":{"System":{"Provider":{"Name":"P"},"Channel":"Security","Computer":"c","EventID":"4688","EventRecordID":"7","TimeCreated":{"SystemTime":"T"}},"EventData":{"CommandLine":"a & b"}}},"routing":{"event_type":"WEL"},"ts":"t"}`,
		`{"win":{"system":{"providerName":"P","eventID":"4688","channel":"Security","computer":"c","systemTime":"T","eventRecordID":"7"},"eventdata":{"commandLine":"a & b"}}}`,
	} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, "P Security c 4688 7 T a & b", fmt.Sprint(fields["Provider_Name"], " ", fields["Channel"], " ", fields["Computer"], " ", fields["EventID"], " ", fields["EventRecordID"], " ", fields["TimeCreated"], " ", fields["CommandLine"]), text)
	}
}

// TestValuesWithoutNamesOfCollectors are Data, as in every form of a Windows event.
func TestValuesWithoutNamesOfCollectors(t *testing.T) {
	for _, text := range []string{
		`{"channel":"c","event_id":{"id":1},"provider":{"name":"P"},"record_id":7,"system_time":"T","event_data":{"data":[{"":"a"},{"x":"y"},{"":"b"}]}}`,
		`{"channel":"c","event_id":1,"provider_name":"P","record_id":7,"timestamp":"T","string_inserts":["a","b"],"event_data":{"x":"y"}}`,
	} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, []any{"a", "b"}, fields["Data"], text)
		assert.Equal(t, "y", fields["x"], text)
	}
}

// TestTablesOfPortals have the names of the logs that they are of.
func TestTablesOfPortals(t *testing.T) {
	for table, want := range map[string]string{
		"Date (UTC),Request ID,Username,User,Application,Application ID ,User agent,Sign-in error code,Status\nt,r,a@b,Ann,Azure Portal,i,curl,50126,Failure\n": "{\"appDisplayName\":\"Azure Portal\",\"appId\":\"i\"," +
			"\"createdDateTime\":\"t\",\"id\":\"r\",\"status.errorCode\":\"50126\",\"Status\":\"Failure\",\"userAgent\":\"curl\",\"userDisplayName\":\"Ann\",\"userPrincipalName\":\"a@b\"}",
		"Date (UTC),Username,Application,Sign-in error code,Status\nt,a@b,Azure Portal,,Success\n": "{\"appDisplayName\":\"Azure Portal\",\"createdDateTime\":\"t\",\"status.errorCode\":\"0\",\"Status\":\"Success\",\"userPrincipalName\":\"a@b\"}",
		"Date (UTC),CorrelationId,Service,Category,Activity,Result,ActorUserPrincipalName,IPAddress,Target1Type,Target1DisplayName,Target1ModifiedProperty1Name,Target1ModifiedProperty1OldValue,Target1ModifiedProperty1NewValue," +
			"Target1ModifiedProperty2Name,Target2Type,Target3Type,AdditionalDetail1Key,AdditionalDetail1Value\nt,c,Core Directory,RoleManagement,Add member to role,success,a@b,1.2.3.4,User,Bob,Role.DisplayName,,Admin,,Role,,k,v\n": `{"activityDateTime":"t",` +
			`"correlationId":"c","loggedByService":"Core Directory","category":"RoleManagement","activityDisplayName":"Add member to role","result":"success","initiatedBy.user.userPrincipalName":"a@b","initiatedBy.user.ipAddress":"1.2.3.4",` +
			`"targetResources":[{"type":"User","displayName":"Bob","modifiedProperties":[{"displayName":"Role.DisplayName","newValue":"Admin"}]},{"type":"Role","modifiedProperties":[]}],"additionalDetails":[{"key":"k","value":"v"}],` +
			`"Target1Type":"User","Target1DisplayName":"Bob","Target1ModifiedProperty1Name":"Role.DisplayName","Target1ModifiedProperty1NewValue":"Admin","Target2Type":"Role","AdditionalDetail1Key":"k","AdditionalDetail1Value":"v"}`,
		"Date (UTC),CorrelationId,Activity,Target1Type,Target1DisplayName,Target1ModifiedProperty1Name,Target2DisplayName,Target2ModifiedProperty1Name,Target2ModifiedProperty2Name,Target3Type,Target3ModifiedProperty1NewValue,AdditionalDetail1Key,AdditionalDetail2Key\n" +
			"t,c,a,,,,second,,Role,,x,,k\n": `{"activityDateTime":"t","correlationId":"c","activityDisplayName":"a","targetResources":[{"displayName":"second","modifiedProperties":[{"displayName":"Role"}]},{"modifiedProperties":[{"newValue":"x"}]}],` +
			`"additionalDetails":[{"key":"k"}],"Target2DisplayName":"second","Target2ModifiedProperty2Name":"Role","Target3ModifiedProperty1NewValue":"x","AdditionalDetail2Key":"k"}`,
		"eventversion,useridentity,eventtime,eventsource,eventname,sourceipaddress,requestparameters,readonly,resources,errormessage\n" +
			`1.08,"{type=AssumedRole, arn=arn:aws:sts::1:a/b, c, sessioncontext={attributes={mfaauthenticated=false, creationdate=d}, sessionissuer=null}, username=a=b}",t,iam.amazonaws.com,CreateUser,1.2.3.4,"{""userName"":""x""}",false,[],{a=b}` + "\n": `{"eventVersion":"1.08",` +
			`"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:a/b, c","sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"d"}},"userName":"a=b"},"eventTime":"t","eventSource":"iam.amazonaws.com",` +
			`"eventName":"CreateUser","sourceIPAddress":"1.2.3.4","requestParameters":{"userName":"x"},"readOnly":"false","resources":"[]","errorMessage":"{a=b}"}`,
		"eventversion,eventsource,eventname,useridentity\n1,s,n,\"{a={b={c={d={e={f={g={h={i=1, j={\"\n1": `{"eventVersion":"1","eventSource":"s","eventName":"n","userIdentity":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":"{i=1","j":"{"}}}}}}}}}`,
		"eventversion,eventsource,eventname,useridentity,useragent,eventtype\n" +
			`1,s,n,"{""username"":""bob"",""userName"":""x"",""sessioncontext"":{""attributes"":{""mfaauthenticated"":""false""}}}","{""sqlmap"":""1""}","{}"` + "\n": `{"eventVersion":"1","eventSource":"s","eventName":"n",` +
			`"userIdentity":{"username":"bob","userName":"x","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"userAgent":"{\"sqlmap\":\"1\"}","eventType":"{}"}`,
		"Event ID,Event time,User name,Event name,Resource name,Event source\ni,t,ann,CreateUser,x,iam.amazonaws.com\n": "{\"eventID\":\"i\",\"eventName\":\"CreateUser\",\"eventSource\":\"iam.amazonaws.com\"," +
			"\"eventTime\":\"t\",\"Resource name\":\"x\",\"Resourcename\":\"x\",\"Resource_name\":\"x\",\"userIdentity.userName\":\"ann\"}",
		"Event Time,Machine Id,Computer Name,Action Type,File Name,Folder Path,Sha1,Initiating Process File Name,Initiating Process Folder Path\nt,m,pc,ProcessCreated,a.exe,C:\\x\\A.exe,s,cmd.exe,C:\\Windows\n": `{"Timestamp":"t","DeviceId":"m","DeviceName":"pc",` +
			`"SHA1":"s","Action Type":"ProcessCreated","ActionType":"ProcessCreated","Action_Type":"ProcessCreated","File Name":"a.exe","FileName":"a.exe","File_Name":"a.exe","Folder Path":"C:\\x\\A.exe","FolderPath":"C:\\x\\A.exe","Folder_Path":"C:\\x\\A.exe",` +
			`"Initiating Process File Name":"cmd.exe","InitiatingProcessFileName":"cmd.exe","Initiating_Process_File_Name":"cmd.exe","Initiating Process Folder Path":"C:\\Windows\\cmd.exe","InitiatingProcessFolderPath":"C:\\Windows\\cmd.exe","Initiating_Process_Folder_Path":"C:\\Windows\\cmd.exe"}`,
		"Event Time,Machine Id,Action Type,File Name,Folder Path\nt,m,a,sh,/usr/bin\n": `{"Timestamp":"t","DeviceId":"m","Action Type":"a","ActionType":"a","Action_Type":"a","File Name":"sh","FileName":"sh","File_Name":"sh","Folder Path":"/usr/bin/sh","FolderPath":"/usr/bin/sh","Folder_Path":"/usr/bin/sh"}`,
		"protopayload_auditlog,insertId\n{},i\n":                                       "{\"insertId\":\"i\",\"protoPayload\":\"{}\"}",
	} {
		r, err := NewReader("x.csv", strings.NewReader(table), Options{})
		require.NoError(t, err)
		ev, err := r.Next()
		require.NoError(t, err)
		assert.JSONEq(t, want, string(must(json.Marshal(ev.Fields()))))
		assert.Equal(t, strings.HasPrefix(table, "Event ID"), len(r.Notes()) == 1, "what the rows lack is said")
	}
}

func TestAthenasStructuresAsJSON(t *testing.T) {
	fields, err := Decode([]byte(`{"eventversion":"1","eventsource":"s","eventname":"n","useridentity":{"username":"bob","sessioncontext":{"sessionissuer":{"accountid":"1"}}},"tlsdetails":{"tlsversion":"v"},"useragent":"{\"a\":1}"}`))
	require.NoError(t, err)
	assert.JSONEq(t, `{"eventVersion":"1","eventSource":"s","eventName":"n","userIdentity":{"userName":"bob","sessionContext":{"sessionIssuer":{"accountId":"1"}}},"tlsDetails":{"tlsVersion":"v"},"userAgent":"{\"a\":1}"}`,
		string(must(json.Marshal(fields))))
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestWhatStandsBesideARecordIsKept(t *testing.T) {
	fields, err := Decode([]byte(`{"EventID":9,"tag":"x","Event":{"System":{"EventID":1,"Channel":"c"},"EventData":{"Image":"i"}}}`))
	require.NoError(t, err)
	record := Of(fields)
	for column, want := range map[string]any{"EventID": json.Number("9"), "tag": "x", "Channel": "c", "Image": "i", "Event.System.EventID": json.Number("1")} {
		got, _ := record.Lookup(column)
		assert.Equal(t, want, got, column)
	}
}

func TestDataWithoutNames(t *testing.T) {
	for data, want := range map[string]any{
		`["a","b"]`: []any{"a", "b"}, `"a"`: "a", `{"#text":"a"}`: "a", `[{"#text":"a"},{"#text":"b"}]`: []any{"a", "b"}, `{"#text":["a","b"]}`: []any{"a", "b"}, `["a",{"@Name":"n","#text":"x"}]`: "a", `null`: nil,
	} {
		fields, err := Decode([]byte(`{"Event":{"System":{"EventID":1},"EventData":{"Data":` + data + `}}}`))
		require.NoError(t, err)
		assert.Equal(t, want, fields["Data"], data)
	}
}
