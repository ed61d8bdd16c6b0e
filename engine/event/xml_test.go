package event

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// saved is what the event viewer saves: the declaration, then all events in one line.
const saved = `<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Sysmon" Guid="{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"/><EventID>1</EventID><Version>5</Version><Level>4</Level><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="2026-03-01T10:00:00.0000000Z"/><EventRecordID>7</EventRecordID><Correlation/><Execution ProcessID="4" ThreadID="8"/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>host-1</Computer><Security UserID="S-1-5-18"/></System><EventData><Data Name="Image">C:\Windows\System32\cmd.exe</Data><Data Name="CommandLine">cmd /c &quot;a &amp;&amp; b&quot; &gt; c</Data><Data Name="User"/></EventData><RenderingInfo Culture="en-US"><Message>Process Create</Message><Level>Information</Level></RenderingInfo></Event><Event><System><EventID Qualifiers="0">7045</EventID></System><EventData><Data>one</Data><Data>two</Data><Binary>00FF</Binary></EventData></Event></Events>
`

const savedEvents = `2: {"Channel":"Microsoft-Windows-Sysmon/Operational","CommandLine":"cmd /c \"a \u0026\u0026 b\" \u003e c","Computer":"host-1","EventID":"1","EventRecordID":"7","Execution_ProcessID":"4","Execution_ThreadID":"8","Image":"C:\\Windows\\System32\\cmd.exe","Keywords":"0x8000000000000000","Level":"4","Message":"Process Create","Provider_Guid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Provider_Name":"Microsoft-Windows-Sysmon","Security_UserID":"S-1-5-18","TimeCreated":"2026-03-01T10:00:00.0000000Z","TimeCreated_SystemTime":"2026-03-01T10:00:00.0000000Z","User":"","Version":"5"}
2: {"Binary":"00FF","Data":["one","two"],"EventID":"7045","EventID_Qualifiers":"0"}
`

func TestXML(t *testing.T) {
	event := func(id string) string { return "<Event><System><EventID>" + id + "</EventID></System></Event>" }
	for _, c := range []struct{ name, in, want string }{
		{"as the event viewer saves it", saved, savedEvents},
		{"as wevtutil prints it", event("1") + "\r\n" + event("2") + "\n", "1: {\"EventID\":\"1\"}\n2: {\"EventID\":\"2\"}\n"},
		{"over lines", "\n\n<Event\n xmlns='x'>\n <System>\n  <EventID>\n1</EventID>\n </System>\n</Event>\n" + event("2"), "3: {\"EventID\":\"\\n1\"}\n10: {\"EventID\":\"2\"}\n"},
		{"user data", "<Event><UserData><EventXML xmlns='Event_NS'><Param1> x </Param1><Inner><Deep>y</Deep></Inner></EventXML></UserData></Event>", "1: {\"Deep\":\"y\",\"Param1\":\" x \"}\n"},
		{"a > in a value", "<Event><EventData><Data Name='a>b'>c -> d</Data></EventData></Event>", "1: {\"a\\u003eb\":\"c -\\u003e d\"}\n"},
		{"an empty event", "<Event/>\n<Event />" + event("1"), "1: {}\n2: {}\n2: {\"EventID\":\"1\"}\n"},
		{"characters that XML cannot have", "<Event><EventData><Data Name='c'>a\x01b&#x2;c&#1;d\xffe&#10;f&#x110000;</Data></EventData></Event>", "1: {\"c\":\"a\\u0001b\\u0002c\\u0001d�e\\nf�\"}\n"},
		{"text between events", event("1") + "\n\n noise" + event("2") + "x\n", "1: {\"EventID\":\"1\"}\n3! not an <Event>: Windows' XML has nothing else\n3: {\"EventID\":\"2\"}\n3! not an <Event>: Windows' XML has nothing else\n"},
		{"other elements", event("0") + "<html><body>" + event("1") + "</body></html>", "1: {\"EventID\":\"0\"}\n1! not an <Event>: Windows' XML has nothing else\n1! not an <Event>: Windows' XML has nothing else\n1: {\"EventID\":\"1\"}\n1! not an <Event>: Windows' XML has nothing else\n1! not an <Event>: Windows' XML has nothing else\n"},
		{"an event that has no end", "<Event><System>\n" + event("2"), "1! not XML: the next event begins inside this one\n2: {\"EventID\":\"2\"}\n"},
		{"tags that do not close", "<Event><System></Event>\n" + event("2"), "1! not XML: element <System> closed by </Event>\n2: {\"EventID\":\"2\"}\n"},
		{"XML of others", "<html>\n{\"a\":1}", "1! not JSON: invalid character '<' looking for beginning of value\n2: {\"a\":1}\n"},
		{"after an array", "[{\"a\":1}]\n" + event("1"), "1: {\"a\":1}\n2: {\"EventID\":\"1\"}\n"},
		{"a document type", "<!DOCTYPE Events SYSTEM \"a>b\" [\n<!ENTITY a '>]>'>\n<!-- '> -->\n]>\n<Events>" + event("1") + "</Events>", "5: {\"EventID\":\"1\"}\n"},
		{"an entity of the file's own", "<?xml?><!DOCTYPE x [<!ENTITY a 'b'>]>\n<Event><EventData><Data Name='a'>&a;</Data></EventData></Event>\n" + event("2"),
			"2! not XML: invalid character entity &a;\n3: {\"EventID\":\"2\"}\n"},
		{"a document type that has no end", "<!DOCTYPE x [\n" + event("1"), "1! not XML: a comment or document type does not end\n"},
		{"comments", "<!-- <Event> it's > this -->\n" + event("1") + "<!---->" + event("2"), "2: {\"EventID\":\"1\"}\n2: {\"EventID\":\"2\"}\n"},
		{"as evtx_dump writes it", "Record 1\n<?xml version='1.0'?>\n<Event>\n  <System>\n    <Correlation>\n    </Correlation>\n    <EventID>1</EventID>\n  </System>\n  <EventData>\n    <Data Name='a'>\n    </Data>\n  </EventData>\n</Event>\n\nRecord 2\n" + event("2"),
			"3: {\"EventID\":\"1\",\"a\":\"\"}\n16: {\"EventID\":\"2\"}\n"},
		{"line ends in a value", "<Event\r\n  a='1'>\r\n<EventData>\r\n<Data Name='a'>x\r\ny&#13;\n</Data><Data Name='b'><![CDATA[x\r\ny<z]]></Data></EventData></Event>", "1: {\"a\":\"x\\r\\ny\\r\\n\",\"b\":\"x\\r\\ny\\u003cz\"}\n"},
		{"a file that is cut off", event("1") + "<Event><System>", "1: {\"EventID\":\"1\"}\n1! not XML: the file ends inside this event\n"},
		{"a file that is cut off inside a tag", event("1") + "\n<Eve", "1: {\"EventID\":\"1\"}\n2! not an <Event>: Windows' XML has nothing else\n"},
		{"elements too deep", "<Event>" + strings.Repeat("<a>", 70) + strings.Repeat("</a>", 70) + "</Event>", "1! not XML: elements nest deeper than 64\n"},
		{"UTF-16", "\xff\xfe" + wide("<?xml version='1.0' encoding='utf-16'?>\n"+event("1")), "2: {\"EventID\":\"1\"}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, inFile(t, "e.xml", []byte(c.in), Options{}))
			assert.Equal(t, c.want, transcript(t, "-", Options{Stdin: strings.NewReader(c.in)}))
		})
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

func TestXMLBounds(t *testing.T) {
	long := "<Event><EventData><Data Name='a'>" + strings.Repeat("x", 200) + "</Data></EventData></Event>"
	good := "<Event><EventData><Data Name='a'>x</Data></EventData></Event>"
	assert.Equal(t, "1! event of 260 bytes is longer than 100\n2: {\"a\":\"x\"}\n", inFile(t, "e.xml", []byte(long+"\n"+good), Options{MaxLine: 100}))
}

func TestCSVOnStandardInput(t *testing.T) {
	in := func(s string) string { return transcript(t, "-", Options{Stdin: strings.NewReader(s)}) }
	assert.Equal(t, "2: {\"a\":\"1\",\"b\":\"{\"}\n", in("a,b\n1,{\n"))
	assert.Equal(t, "1! not JSON: invalid character 'o' in literal null (expecting 'u')\n2: {\"a\":1}\n", in("noise, and\n{\"a\":1}\n"), "a line before those of JSON is not a header")
	assert.Equal(t, "1! neither JSON nor a line of a log that decree knows\n", in("a\n"))
}
