package document

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
)

// loaded reads data with a document that asks for the columns, and by decoding it wholly.
func loaded(t *testing.T, data []byte) {
	loadedBy(t, New(layoutFor(data)), data)
}

// below are columns of data models of Elastic's and of Sentinel's, which ask for fields where they stand, too.
var below = []string{"winlog.channel", "winlog.event_id", "winlog.event_data.A", "winlog.event_data.Image", "winlog.event_data.a", "EventData.a", "EventData.Image", "EventData", "data.win.eventdata.a", "data.win.system.channel"}

// loadedBelow does the same for such models.
func loadedBelow(t *testing.T, data []byte) {
	l := layoutFor(data)
	for _, name := range append([]string{"Channel", "EventID"}, below...) {
		l.column(name)
	}
	l.Finish()
	loadedBy(t, New(l), data)
}

// layoutFor asks for every field of some events.
func layoutFor(events ...[]byte) *Layout {
	l := newLayout()
	l.keywords = true
	for _, data := range events {
		fields, _ := event.Decode(data)
		for name := range fields {
			l.column(name)
		}
	}
	return l
}

// askInside also asks for what is in the objects of an event, and of its lists.
func (l *Layout) askInside(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if path == "" && key == "winlog" {
				continue // it is lifted only if nobody asks for it
			}
			l.askInside(strings.TrimPrefix(path+"."+key, "."), inner)
		}
	case []any:
		for _, inner := range v {
			l.askInside(path, inner)
		}
	default:
		if strings.Contains(path, ".") && !strings.HasPrefix(path, "winlog.") {
			l.column(path)
		}
	}
}

// loadedBy loads data with a document that may have loaded other events before.
func loadedBy(t *testing.T, d *Document, data []byte) {
	t.Helper()
	fields, wrong := event.Decode(data)
	l := d.layout
	err := d.Load(data)
	require.Equal(t, wrong == nil, err == nil, "decoding: %v, loading: %v", wrong, err)
	if err != nil || !utf8.Valid(data) {
		return // what is no UTF-8 is replaced by one and kept by the other
	}
	for name, i := range l.columns {
		if strings.Contains(name, ".") && slices.Contains(below, name) {
			continue // no field of the outermost level
		}
		want := Value{Texts: []string{}}
		setAny(&want, fields[name])
		got := d.cols[i]
		texts := []string{}
		if got.gen == d.gen && got.Present {
			texts = append(texts, got.Texts...)
		}
		require.Equal(t, want.Present, got.gen == d.gen && got.Present, "is %q there", name)
		require.Equal(t, want.Texts, texts, "%q", name)
	}
	for _, text := range appendTexts(nil, fields) {
		if !l.keywords {
			break
		}
		require.Contains(t, d.All(), text)
	}
}

var documents = []string{
	`{"a":"x","b":[1,null,{"c":true}],"d":{"e":"f"},"n":null,"o":{},"l":[]}`,
	`{"a":1,"a":2}`, `{"a":1,"a":null}`, `{"a":null,"a":1}`, `{"a.b":1,"a":{"b":2}}`, `{"a":{"b":2},"a.b":1}`,
	`{"Event":{"System":{"EventID":1},"EventData":{"Image":"x"}}}`, `{"Event":1,"Event":{"EventData":{"Image":"x"}}}`,
	`{"Event":{"EventData":{"Image":"x"}},"Event":1}`, `{"winlog":{"event_id":1,"event_data":{"Image":"x"}}}`,
	`{"winlog":{"event_data":{"a":1,"b":{"c":2}},"user_data":{"a":3,"d":4},"channel":"c","event_id":5}}`, `{"a":0,"winlog":{"event_data":{"a":1}},"Channel":"x"}`,
	`{"winlog":{"channel":"w","event_data":{"Channel":"d"}},"Channel":null}`, `{"winlog":{"event_data":{"x":1}},"winlog":{"event_data":{"y":1}}}`, `{"winlog":{"event_data":{"a":{"event_data":1}}},"event_data":2}`,
	`{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"p","Guid":"g"}},"TimeCreated":{"#attributes":{"SystemTime":"t"}},"Correlation":null},"EventData":{"#attributes":{"Name":"n"},"a":1,"b":[1,{"c":2}]}}}`,
	`{"Event":{"System":{"Provider":{"Name":"p"},"EventID":{"#text":1,"Qualifiers":2},"Security":{},"A":[1]},"UserData":{"EventXML":{"Param1":"x","#attributes":{"y":1}}}}}`,
	`{"Event":{"EventData":{"Computer":"d"},"System":{"Computer":"s","Channel":"c"},"UserData":{"Channel":"u"}}}`, `{"Event":{"System":{"A":{"b":1},"A":{"c":1}}}}`,
	`{"Event":{"System":{"A":{"b":1},"A":3}}}`, `{"Event":{"System":{"A":{"b":1,"#attributes":{"c":2}}}}}`, `{"Event":{"System":{"A":{"#attributes":{"c":2},"b":1}}}}`, `{"Event":{"System":{"a":1},"System":{"b":1}}}`,
	`{"Event":{"EventData":{"a":1},"EventData":2}}`, `{"Event":{"EventData":{"Data":{"#text":["a","b"]}}}}`, `{"Event":{"EventData":{"a":{"b":{"c":1}},"d":{"e":1}}}}`, `{"Event":{"EventData":{"a":{"b":1},"b":2}}}`, `{"Event":{"EventData":{"b":2,"a":{"b":1}}}}`, `{"Event":{"UserData":{"b":2},"EventData":{"a":{"b":1}}}}`,
	`{"Event":{"EventData":{"a":1}},"b":2}`, `{"b":2,"Event":{"EventData":{"a":1}}}`, `{"Event":{"EventData":{"a":1}},"_source":{"b":1}}`, `{"Event":{"EventData":{"a":1}},"Event":{"EventData":{"b":1}}}`, `{"Event":{"EventData":[{"a":1}],"System":1}}`,
	`{"Event":{"ID":42}}`, `{"Event":{"System":{"ID":42}}}`, `{"Event":{"System":{"ID":1},"x":2}}`, `{"A":"b","Event":{"ID":42}}`, `{"A":"b","Event":{"System":{"EventID":1},"EventData":{"A":2,"C":3}}}`, `{"Event":{"EventData":{"a":1},"x":2}}`, `{"Event":{"EventData":"text"}}`,
	`{"Event":{"@xmlns":"x","System":{"Provider":{"@Name":"p","@Guid":"g"},"EventID":"1","TimeCreated":{"@SystemTime":"t"},"Correlation":null},"EventData":{"Data":[{"@Name":"a","#text":"x"},{"@Name":"b"},"c"]}}}`,
	`{"Event":{"System":{"Provider_attributes":{"Name":"p"},"EventID":1,"EventID_attributes":{"Qualifiers":0}},"EventData":{"a":1}},"Event_attributes":{"xmlns":"x"}}`, `{"Event":{"System":{"EventID":{"Value":1}},"EventData":{"Data":{"@Name":"a","#text":"x"}}}}`,
	`{"System":{"Provider":{"Name":"p"},"EventID":{"Value":1},"TimeCreated":{"SystemTime":1.5}},"EventData":{"a":1},"Message":"m"}`, `{"System":"x","EventData":{"a":1}}`, `{"EventData":{"a":1}}`, `{"EventData":{"a":1},"b":2}`, `{"System":{"a":1}}`,
	`{"Event":{"$":{"xmlns":"x"},"System":[{"EventID":["1"]}]}}`, `{"Event":{"System":{"EventID":["1"],"Provider":[{"$":{"Name":"p"}}]},"EventData":{"Data":[{"$":{"Name":"a"},"_":"x"}]}}}`,
	`{"Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"a\",\"#text\":\"x\"}]}}","EventId":1,"Channel":"c","Provider":"p","ProcessId":5}`, `{"Payload":"x"}`, `{"LogName":"c","ProviderName":"p","Id":1,"ProcessId":5,"RecordId":7}`,
	`{"LogName":"c","ProviderName":"Microsoft-Windows-Sysmon","Id":1,"ProcessId":5,"Message":"Process Create:\r\nImage: C:\\a.exe\r\nProcessId: 7"}`, `{"LogName":"c"}`,
	`{"log_name":"c","event_id":1,"event_data":{"a":1},"source_name":"p"}`, `{"EventID":1,"SourceName":"p","Hostname":"h","RecordNumber":5}`, `{"EventID":1,"SourceName":"p","Provider_Name":"q","Computer":null,"Hostname":"h"}`, `{"EventID":null,"SourceName":"p"}`, `{"SourceName":"p","Hostname":"h"}`,
	`{"EventID":1,"Channel":"c","Provider":"p","EventData":{"a":1,"b c":2},"UserData":null}`, `{"EventID":1,"Channel":"c","EventData":"{\"a\":1}"}`, `{"EventID":1,"Channel":"c","EventData":"\u007b\"a\":1}"}`, `{"EventID":1,"Channel":"c","EventData":" {\"a\":1}"}`, `{"EventID":1,"Channel":"c","EventData":"x","a":1}`,
	`{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x\\\\y","b":1}}}}`, `{"decoder":{},"data":{"aws":{"a":1}},"a":2}`, `{"short_message":"m","version":"1","_a":1,"_b":[2]}`, `{"xml_string":"<Event><EventData><Data Name=\"a\">x</Data></EventData></Event>","data_type":"t","a":1}`,
	`{"StringInserts":[],"ProviderName":"p","Channel":"c","ProcessID":1}`, `{"AuditData":"{\"a\":1}","a":2,"b":3}`, `{"auditData":{"a":1},"b":3}`, `{"winlog.channel":"c","winlog.event_id":1,"winlog.event_data.a":"x","winlog.user_data.b":"y"}`, `{"winlog.event_id":1,"a":2,"winlog.event_data.a":3}`,
	`{"EventCode":"1","source":"XmlWinEventLog:Security","ComputerName":"h"}`, `{"EventCode":"1","source":"other"}`, `{"EventCode":"","source":"WinEventLog:"}`, `{"AllFieldInfo":{"a":1},"EventID":1,"RecordID":2}`, `{"_index":"i","_id":"x","fields":{"a.b":[1]}}`, `{"_source":{"a":1},"b":2}`, `{"_source":{"winlog":{"event_id":1}},"_id":"x"}`,
	`{"winlog":{"event_data":{"SourceName":"s","Hostname":"h"},"event_id":1}}`, `{"Event":{"EventData":{"SourceName":"s","Hostname":"h"},"System":{"EventID":1}}}`,
	`{"_source":{"a":1},"_id":"i"}`, `{"winlog":null}`, `{"Event":{"System":{"EventID":{"#text":1,"#attributes":{"Qualifiers":2}}}}}`,
	`{"columns":{"eventid":"1","provider_name":"p","source":"c","data":"{\"EventData\":{\"a\":\"x\"}}"},"hostIdentifier":"h"}`, `{"columns":{"a":"x"},"b":1}`, `{"columns":[{"a":1}]}`, `{"eventid":"1","provider_name":"p","data":"x","a":1}`, `{"eventid":"1","a":2}`,
	`{"Event.System.Channel":"c","Event.System.EventID":1,"Event.System.EventID.#attributes.Qualifiers":5,"Event.System.Provider.#attributes.Name":"p","Event.EventData.a":"x","b":2}`, `{"System.Channel":"c","UserData.L.a":"x","EventData.a":null}`,
	`{"System.Channel":"c","System.Channel.x":1,"System.EventID.#text":1,"a":"x"}`, `{"Event.System.Channel":"c","Event.EventData.a":"x","a":"own"}`,
	`{"win":{"system":{"eventID":"1","channel":"c"},"eventdata":{"a":"x","b":"C:\\\\y"}}}`, `{"win":5,"a":1}`, `{"eventRecordID":7,"channel":"c","event_id":1,"source":"p","event_data":"<Data Name='a'>x &amp; y</Data>","message":"m"}`,
	`{"eventRecordID":7,"channel":"c","event_id":1,"event_data":"<Data","a":1}`, `{"system_time":"t","record_id":7,"channel":"c","event_id":{"id":1,"qualifiers":0},"provider":{"name":"p"},"event_data":{"data":[{"a":"x"},{"b":"y"},5]}}`,
	`{"system_time":"t","record_id":7,"channel":"c","event_id":1,"event_data":{"a":"x"},"user_data":{"b":1}}`, `{"eventRecordID":7,"a":1}`, `{"system_time":"t","a":1}`,
	`{"record_id":7,"channel":"c","event_id":1,"provider_name":"p","process_id":5,"event_data":{"a":"x","ProcessId":9},"user_data":{"b":1},"string_inserts":["i"]}`, `{"provider_name":"p","a":1}`, `{"event":{"EVENT":{"System":{"EventID":"1","Channel":"c"},"EventData":{"a":"x"}}},"routing":{"b":1},"ts":"t"}`, `{"event":{"EVENT":{}},"routing":{}}`, `{"routing":1,"a":2}`, `{"eventid":"1","provider_name":"p","record_id":7,"channel":"c","event_id":1,"data":"x"}`,
	`{"Event Time":"t","Machine Id":"m","Action Type":"a","Folder Path":"C:\\\\x","File Name":"y.exe","a b":1}`, `{"Event Time":"t","a":1}`,
	`{"Date (UTC)":"t","Username":"u","Application":"p","a b":1}`, `{"Event source":"s","Event name":"n","Event ID":"a","a":1}`, `{"protopayload_auditlog":{"a":1},"protoPayload":{"a":2}}`, `{"protopayload_auditlog":null,"a":1}`,
	`{"winlog":[{"event_data":{"a":1},"channel":"c"}]}`, `{"winlog":{"event_data":{"a":1},"event_data":{"Image":2}}}`, `{"winlog":{"event_data":{"a":1},"event_data":5}}`, `{"winlog":{"event_data":5,"event_data":{"a":1}}}`, `{"winlog":{"event_data":[{"a":1}]}}`,
	`{"winlog":{"event_data":{"a":1}},"winlog.event_data.a":2}`, `{"winlog":{"event_data.a":3,"event_data":{"b":1}}}`, `{"winlog":{"event_data":{"a.b":1}},"a":{"b":2}}`, `{"winlog":{"event_data":{"a":{"b":1}}}}`, `{"winlog":{"channel":null,"event_data":{"Channel":"c"}}}`,
	`{"winlog":{"event_id":1},"EventID":2,"SourceName":"s","Hostname":"h"}`, `{"winlog":{"event_id":1},"EventID":2,"Channel":"c","EventData":{"a":1}}`, `{"winlog":{"event_id":1},"decoder":{},"data":{"win":{"system":{"eventID":"1"}}}}`,
	`{"EventID":1,"Channel":"c","EventData":{"a":1,"Channel":"d","Provider_Name":"q"},"Provider":"p"}`, `{"EventID":1,"Channel":"c","EventData":{"a":1},"SourceName":"s"}`, `{"EventID":1,"EventData":{"a":1}}`, `{"EventID":1,"Channel":null,"EventData":{"a":1}}`, `{"EventID":1,"Channel":"c","EventData":{"Provider_Name":"q"},"Provider":null}`,
	`{"EventID":1,"Channel":"c","EventData":{"a":1},"EventCode":"1","source":"WinEventLog:x"}`, `{"EventID":1,"Channel":"c","EventData":{"a":1},"EventData":{"Image":1}}`, `{"EventID":1,"Channel":"c","EventData":[{"a":1}]}`, `{"EventID":1,"Channel":"c","EventData":{},"UserData":{"a":1}}`, `{"EventID":1,"Channel":"c","EventData":"x","UserData":"{\"a\":1}"}`,
	`{"EventID":1,"Channel":"c","EventData":{"a":1},"Provider":{"Name":"p","Guid":"g"}}`, `{"EventID":1,"Channel":"c","EventData":{"a":1},"Provider":[{"Name":"p"}]}`, `{"EventID":1,"Channel":"c","EventData":["x"],"ProviderName":"p","Description":"m"}`, `{"Provider":{"Name":"p"},"a":1}`,
	`{"EventID":1,"Channel":"c","EventData":"x","Provider":"p"}`, `{"EventID":1,"Channel":"c","EventData":null,"Provider":"p"}`, `{"EventData":{"a":1,"a b":2,"a_b":3},"Channel":"c","EventID":"1"}`, `{"EventID":1,"Channel":"c","EventData":{"a":1},"EventData.a":2}`,
	`{"decoder":{},"data":{"win":{"system":{"eventID":"1","channel":"s"},"eventdata":{"channel":"v","a":"C:\\\\x \\\"y\\\" z"}}},"A":"own"}`, `{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"C:\\\\x","b":"C:\\y"}}}}`, `{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x\\\u005cy"}}}}`,
	`{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x\u005c\\y","b":5}}}}`, `{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":["x\\\\y"],"b":"x\\\\y"}}}}`, `{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":{"b":"\\"},"b":"x\\\\y\n\u00e9"}}}}`,
	`{"decoder":{},"data":{"win":{"system":{},"eventdata":{"a":"x"}}}}`, `{"decoder":{},"data":{"win":{"eventdata":{"a":"x"}}}}`, `{"decoder":null,"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x"}}}}`, `{"decoder":"x","data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x","":"y"}}}}`, `{"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x"}}}}`,
	`{"decoder":{},"data":[{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x"}}}]}`, `{"decoder":{},"data":{"win":[{"system":{"eventID":"1"},"eventdata":{"a":"x"}}]}}`, `{"data":{"aws":{"a":1}},"a":2}`, `{"decoder":{},"data":{"aws":{"b":1},"win":{"system":{"eventID":"1"}}},"a":2}`, `{"decoder":{},"data":{"win":{"system":{"eventID":"1"}}},"data":{}}`,
	`{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x"}}},"EventID":7,"SourceName":"s"}`, `{"decoder":{},"data":{"win":{"system":{"eventID":1},"system":{"channel":"c"}}}}`,
	`{"EventCode":"1","source":["WinEventLog:Security"],"a":1}`, `{"EventCode":"1","source":"WinEventLog:Security","Channel":"own"}`, `{"EventCode":"1","source":"WinEventLog:Security","Channel":null,"ComputerName":null,"SourceName":"p"}`, `{"EventCode":1,"EventID":2,"source":"a:WinEventLog:b"}`, `{"EventCode":null,"source":"WinEventLog:Security"}`, `{"EventCode":"1","source":"WinEventLog:Security","source":"x"}`, `{"EventCode":"1","source":"WinEventLog:S\u0065curity"}`, `{"EventID":1,"SourceName":"p","EventCode":"1","source":"WinEventLog:Security"}`,
	`{"_index":"i","_id":"x","_score":1,"_source":{"a":1,"winlog":{"event_data":{"Image":"x"}}},"sort":[1]}`, `{"_index":"i","_source":{"a":1},"_id":{"b":1}}`, `{"_source":{"_id":"own","a":1},"_id":"x"}`, `{"_source":{"a":1},"_source":{"b":1}}`, `{"_source":{"a":1},"_source":5}`, `{"_source":5,"_source":{"a":1}}`, `{"_id":"x","a":1}`, `{"_id":"x","_source":{"a":1},"b":2}`,
	`{"_index":"i","fields":{"a":[1]}}`, `{"_index":"i","_source":null,"fields":{"a":[1]}}`, `{"_source":{"_source":{"a":1}}}`, `{"_source":{"Event":{"System":{"EventID":1}}}}`, `{"_source":{"EventID":1,"Channel":"c","EventData":{"a":1}},"_type":"t"}`, `{ "_source" : {"a":1} , "_id" : "x" }`, `{"_source":{"a":1}`, `{"_source":{"a":1},"_id":}`, `{"_":1}`, `{"_index":1}`, `{"_source":{}}`, `{"_source":{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x\\\\y"}}}}}`,
	`{"EventID":1,"Channel":"c","EventData":"x","UserData":{"a":1}}`, `{"EventID":1,"Channel":"c","EventData":"x","Provider":{"Guid":"g"}}`, `{"EventID":1,"SourceName":"s","decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x"}}}}`,
	`{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"a":"x","A":"y","1":"z"}}}}`, `{"decoder":{},"data":{"win":{"system":{"eventID":"1"},"eventdata":{"A":"y","a":"x"}}}}`,
	`{"winlog":{"user_data":{"":0}}}`, `{"EventID":1,"Channel":"c","EventData":{"":0}}`, `{"a b":1}`, `{"a b":1,"ab":2,"a_b":[3]}`, `{"a b":null,"ab":2}`, `{"a b":[1,2],"ab":[]}`, `{"a b":1,"c":{"d e":2}}`, `{"a\u0020b":1}`, `{" ":1}`, `{"a b":{"c":1},"a  b":2}`,
	`{"Event":{"System":{"EventID":1,"SourceName":"x"},"EventData":{"Source Name":"y","a":{"b c":1}}}}`, `{"winlog":{"event_data":{"Source Name":"x","New_Value":1},"user_data":{"a_b":2}},"SourceName":"y"}`, `{"winlog":{"event_data":{"a_b":1,"a b":2}}}`,
	`{"a":"x` + "\x01" + `"}`, `{"a":01}`, `{"a":1.2.3}`, `{"a":nan}`, `{"a":-}`, `{"a":+1}`, `{"a":1e}`, `{"a":"\q"}`, `{"a":1,}`, `{"a":1}}`,
	`{"a":1e400}`, `{"a":-0}`, `{"a":1.50}`, `{"a":1E+2}`, `[]`, `[{"a":1}]`, `"x"`, `1`, `null`, `true`, ``, ` `, `{`, `{"a"}`, `{"a":tru}`, "{\"a\":\"\x7f\xff\"}",
	"{\"\x1c\\b0\":0}", "{\"\t\\b0\":0}", "{\t\"a\":1}", "{\"a\":1}\f", "\f{\"a\":1}", `{"":1}`, `{"\u0061":1}`, `{"a":"\ud800"}`, "{\"a\":1}\x00", "\v{\"a\":1}", "{\"a\":\f1}",
}

func TestLoadingAgreesWithDecoding(t *testing.T) {
	for _, text := range documents {
		t.Run(text, func(t *testing.T) {
			loaded(t, []byte(text))
			loadedBelow(t, []byte(text))
			if strings.Contains(text, `"columns"`) {
				return // event.WindowsForms
			}
			for _, name := range []string{"A", "Provider_Guid", "SourceName", "a"} { // alone: by others a form is known
				l := newLayout()
				l.column(name)
				loadedBy(t, New(l), []byte(text))
			}
		})
	}
	for deep := 198; deep < 305; deep++ {
		loaded(t, []byte(`{"a":`+string(bytes.Repeat([]byte("["), deep))+string(bytes.Repeat([]byte("]"), deep))+"}"))
	}
}

// FuzzLoad holds that what is read of an event's columns is what the event says, and that what
// is no event is refused by both ways of reading it.
func FuzzLoad(f *testing.F) {
	for _, text := range documents {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if json.Valid(data) || len(data) < 1<<12 {
			loaded(t, data)
			loadedBelow(t, data)
		}
	})
}

// TestUsualEventsAreReadOnce: what has the names of another form among its own is not decoded a second time, which
// costs ten times as much.
func TestUsualEventsAreReadOnce(t *testing.T) {
	l := newLayout()
	l.column("Payload")
	d := New(l)
	for _, line := range []string{
		`{"EventID":4103,"Channel":"Microsoft-Windows-PowerShell/Operational","Payload":"CommandInvocation(Get-Date)","Hostname":"h","SourceName":"s","RecordNumber":1,"RecordID":2}`,
		`{"EventID":1}`,
	} {
		require.NoError(t, d.Load([]byte(line)))
		require.False(t, d.wrapped, line)
	}
}

// TestFormsThatAreReadOnce are those that are common: Splunk's add-on, search hits, rows of Velociraptor and of
// Sentinel's WindowsEvent, and alerts of Wazuh.
func TestFormsThatAreReadOnce(t *testing.T) {
	for _, line := range []string{
		`{"_time":"t","source":"XmlWinEventLog:c","EventCode":"1","ComputerName":"h","Image":"C:\\x"}`,
		`{"_index":"i","_id":"x","_source":{"winlog":{"event_id":"1","channel":"c","computer_name":"h","event_data":{"Image":"C:\\x","host":"h"}}}}`,
		`{"EventID":1,"Channel":"c","Computer":"h","Provider":"p","EventData":{"Image":"C:\\x","host":"h"}}`,
		`{"decoder":{"name":"windows_eventchannel"},"data":{"win":{"system":{"eventID":"1","channel":"c","computer":"h"},"eventdata":{"image":"C:\\\\x"}}}}`,
		`{"decoder":{"name":"windows_eventchannel"},"data":{"win":{"system":{"eventID":"1","channel":"c","computer":"h"},"eventdata":{"image":"C:\\x"}}}}`,
	} {
		l := newLayout()
		columns := map[string]string{"EventID": "1", "Channel": "c", "Computer": "h", "Image": `C:\x`}
		for name := range columns {
			l.column(name)
		}
		l.column("host.name") // which a text under the key host is no part of
		d, data := New(l), []byte(line)
		for range 3 {
			require.NoError(t, d.Load(data))
			require.False(t, d.wrapped, line)
			for name, text := range columns {
				require.Equal(t, []string{text}, d.cols[l.column(name)].Texts, line)
			}
		}
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = d.Load(data) }), line)
	}
}

// TestWinlogbeatsEventsAreReadOnce also where a data model asks for fields below winlog, and results show two of them
// under Windows' names.
func TestWinlogbeatsEventsAreReadOnce(t *testing.T) {
	l := newLayout()
	for _, name := range []string{"winlog.event_data.Image", "Channel", "EventID", "message"} {
		l.column(name)
	}
	l.Finish()
	d := New(l)
	require.NoError(t, d.Load([]byte(`{"winlog":{"event_id":"1","channel":"c","event_data":{"Image":"x","User_Name":"u"}},"EventID":null,"message":"m"}`)))
	require.False(t, d.wrapped)
	require.Equal(t, []string{"c"}, d.cols[l.column("Channel")].Texts)
	require.Equal(t, []string{"x"}, d.cols[l.column("winlog.event_data.Image")].Texts)
	require.NoError(t, d.Load([]byte(`{"winlog":{"event_id":"1","event_data":{"message":"own"}}}`)))
	require.False(t, d.wrapped)
	require.Equal(t, []string{"own"}, d.cols[l.column("message")].Texts)
}
