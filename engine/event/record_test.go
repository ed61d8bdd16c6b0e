package event

import (
	"encoding/json"
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

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestWhatStandsBesideARecordIsKept(t *testing.T) {
	fields, err := Decode([]byte(`{"EventID":9,"tag":"x","Event":{"System":{"EventID":1,"Channel":"c"},"EventData":{"Image":"i"}}}`))
	require.NoError(t, err)
	record := Event{Fields: fields}
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
