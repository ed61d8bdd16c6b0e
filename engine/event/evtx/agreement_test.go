package evtx

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event/winevent"
)

// rendered writes an element as Windows does: an array as several elements, texts escaped.
func rendered(t testing.TB, e *winevent.Element) string {
	var out bytes.Buffer
	content, _ := e.Content()
	contents := content.List
	switch {
	case content.List == nil:
		contents = []winevent.Value{content.Value}
	case len(content.List) == 0:
		contents = []winevent.Value{{}}
	}
	for _, v := range contents {
		fmt.Fprintf(&out, "<%s", e.Name)
		for _, a := range e.Attributes {
			fmt.Fprintf(&out, " %s='%s'", a.Name, escaped(t, a.Value.Text))
		}
		out.WriteByte('>')
		out.WriteString(escaped(t, v.Text))
		for _, c := range e.Children {
			out.WriteString(rendered(t, c))
		}
		fmt.Fprintf(&out, "</%s>", e.Name)
	}
	return out.String()
}

func escaped(t testing.TB, text string) string {
	var out bytes.Buffer
	require.NoError(t, xml.EscapeText(&out, []byte(text)))
	return out.String()
}

// roots gives the elements of each record of the first chunk.
func roots(t testing.TB, log []byte) (out []*winevent.Element) {
	c := chunk{data: log[fileHeader : fileHeader+chunkSize]}
	c.open()
	for {
		at, _ := c.next()
		if at == 0 {
			return out
		}
		p := &parser{chunk: c.data, at: at + recordHeader, end: c.at - 4, budget: maxRecordWeight, memory: &memory{}}
		root := &element{}
		require.NoError(t, p.fragment(root, 0))
		out = append(out, root.Children...)
	}
}

// asText gives fields as XML has them.
func asText(fields winevent.Fields) winevent.Fields {
	for _, field := range fields {
		for i := range field.Values {
			field.Values[i].Bare = false
		}
	}
	return fields
}

// numbered gives numbers as the JSON of fields has them.
func numbered(v any) any {
	switch v := v.(type) {
	case int64, uint64:
		return json.Number(fmt.Sprint(v))
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = numbered(one)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, one := range v {
			out[name] = numbered(one)
		}
		return out
	}
	return v
}

// agree holds that an event's XML gives the fields that its record gives.
func agree(t testing.TB, log []byte) {
	for _, event := range roots(t, log) {
		text := rendered(t, event)
		got, err := FromXML([]byte(text))
		require.NoError(t, err, text)
		var want winevent.Collector
		winevent.NewFlattener(&want).Event(event)
		require.Equal(t, asText(want.Take()).Map(), got.Map(), text)
	}
}

// TestXMLAndRecordsAgree holds it of the forms that data comes in.
func TestXMLAndRecordsAgree(t *testing.T) {
	texts := variantData{kind: typeArray | typeString, data: utf16Bytes("a\x00b\x00")}
	for _, c := range []struct {
		name string
		body func(b *builder)
		want map[string]any
	}{
		{"data without names", func(b *builder) {
			b.open("EventData")
			b.element("Data", "one")
			b.element("Data", "two")
			b.element("Binary", "00FF")
			b.close()
		}, map[string]any{"Data": []any{"one", "two"}, "Binary": "00FF"}},
		{"one value without a name", func(b *builder) {
			b.open("EventData", "Name", "TEMPLATE")
			b.element("Data", "one")
			b.close()
		}, map[string]any{"Data": "one", "EventData_Name": "TEMPLATE"}},
		{"names that stand twice", func(b *builder) {
			b.open("EventData")
			b.element("Data", "x", "Name", "N", "Type", "win:UnicodeString")
			b.element("Data", "", "Name", "N")
			b.close()
		}, map[string]any{"N": []any{"x", ""}}},
		{"data within data", func(b *builder) {
			b.open("EventData")
			b.open("ComplexData", "Name", "c")
			b.text(" ")
			b.element("Data", "x", "Name", "Inner")
			b.close()
			b.close()
		}, map[string]any{"Inner": "x"}},
		{"user data of several levels", func(b *builder) {
			b.open("UserData")
			b.open("CertGetCertificateChain", "xmlns", "x", "xmlns:auto-ns2", "y")
			b.open("Certificate", "fileRef", "1.cer", "subjectName", "s")
			b.close()
			b.open("Flags")
			b.text("mixed")
			b.element("Flag", "f")
			b.close()
			b.element("Empty", "")
			b.close()
			b.close()
		}, map[string]any{"Certificate_fileRef": "1.cer", "Certificate_subjectName": "s", "Flags": "mixed", "Flag": "f", "Empty": ""}},
		{"processing errors", func(b *builder) {
			b.open("ProcessingErrorData")
			b.element("ErrorCode", "15003")
			b.element("DataItemName", "n")
			b.element("EventPayload", "0A")
			b.close()
		}, map[string]any{"ErrorCode": "15003", "DataItemName": "n", "EventPayload": "0A"}},
		{"data of no schema", func(b *builder) { b.element("BinaryEventData", "0A") }, map[string]any{"BinaryEventData": "0A"}},
		{"a rendered message", func(b *builder) {
			b.open("RenderingInfo", "Culture", "en-US")
			b.element("Message", "It happened.")
			b.element("Level", "Information")
			b.close()
		}, map[string]any{"Message": "It happened."}},
		{"other elements", func(b *builder) { b.element("SubscriptionBookmarkEvent", "x") }, map[string]any{}},
		{"an array within a text, and in an attribute", func(b *builder) {
			b.useHere(func() {
				b.open("EventData")
				b.begin("Param", noDependency, true)
				at := len(b.chunk)
				b.u32(0)
				b.bytes(tokenAttribute)
				b.name("of")
				b.substitution(0, texts.kind)
				b.patch(at)
				b.bytes(tokenCloseStart)
				b.text("all: ")
				b.substitution(0, texts.kind)
				b.close()
				b.close()
			}, func() []variantData { return []variantData{texts} })
		}, map[string]any{"Param_of": "a,b", "Param": "all: a,b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuilder()
			b.record(func() {
				b.open("Event")
				c.body(b)
				b.close()
			})
			log := file(b)
			records, damage := readAll(t, bytes.NewReader(log))
			assert.Empty(t, damage)
			assert.Equal(t, []map[string]any{c.want}, records)
			agree(t, log)
		})
	}
}

// TestTextOfTypes reads the values that stand in the XML itself with a type, of which Windows writes texts alone.
func TestTextOfTypes(t *testing.T) {
	b := newBuilder()
	b.record(func() {
		b.open("Event")
		b.open("EventData")
		for _, s := range samples[1:] {
			b.open("Data")
			b.bytes(tokenValue, s.kind)
			switch s.kind {
			case typeString:
				b.u16(len(s.data) / 2)
			case typeAnsi, typeBinary:
				b.u16(len(s.data))
			}
			b.bytes(s.data...)
			b.close()
		}
		b.open("Data")
		b.bytes(tokenValue, typeNull)
		b.close()
		b.close()
		b.close()
	})
	var want []any
	for _, s := range samples[1:] {
		want = append(want, s.want)
	}
	records, damage := readAll(t, bytes.NewReader(file(b)))
	assert.Empty(t, damage)
	assert.Equal(t, []map[string]any{{"Data": append(numbered(want).([]any), "")}}, records)
}

// TestEndsAndRoots reads records with ends of the stream in places where they change nothing, and with several elements
// side by side.
func TestEndsAndRoots(t *testing.T) {
	one := func(b *builder, id string) {
		b.open("Event")
		b.open("System")
		b.element("EventRecordID", id)
		b.close()
		b.close()
	}
	for _, c := range []struct {
		name, want string
		damage     []string
		body       func(b *builder)
	}{
		{"two events in a record", "1 2", nil, func(b *builder) { one(b, "1"); one(b, "2") }},
		{"other elements beside the event", "1", nil, func(b *builder) { b.element("Other", "x"); one(b, "1"); b.header() }},
		{"several ends, and bytes behind", "1", nil, func(b *builder) { one(b, "1"); b.bytes(tokenEnd, tokenEnd, 0xff, 0xff) }},
		{"an end before the event", "", []string{"it holds no event"}, func(b *builder) { b.bytes(tokenEnd); one(b, "1") }},
		{"an end inside an element", "", []string{"it ends inside the element System"}, func(b *builder) { b.open("Event"); b.open("System"); b.bytes(tokenEnd) }},
		{"an element that is not closed", "", []string{"it ends inside the element Event"}, func(b *builder) { b.open("Event") }},
		{"a header inside an element", "1", nil, func(b *builder) {
			b.open("Event")
			b.header()
			b.open("System")
			b.element("EventRecordID", "1")
			b.header()
			b.close()
			b.close()
		}},
		{"a close without an element", "", []string{"an unknown token 0x4"}, func(b *builder) { b.bytes(tokenClose) }},
		{"no start of content", "", []string{"a token 0x5 where an element begins"}, func(b *builder) { b.begin("Event", 0, false); b.text("x") }},
		{"binary XML in an attribute", "", []string{"it is larger than a record can be"}, func(b *builder) {
			b.useHere(func() {
				b.begin("Event", noDependency, true)
				b.u32(0)
				b.bytes(tokenAttribute)
				b.name("a")
				b.substitution(0, typeBinXML)
				b.end(tokenCloseEmpty)
			}, func() []variantData {
				return []variantData{{kind: typeBinXML, write: func() { b.element("x", "y") }}}
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuilder()
			b.record(func() { c.body(b) })
			records, damage := readAll(t, bytes.NewReader(file(b)))
			assert.Equal(t, c.want, ids(records))
			require.Len(t, damage, len(c.damage))
			for i, reason := range c.damage {
				assert.Equal(t, "chunk 1: the record at byte 512 cannot be read: "+reason, damage[i])
			}
		})
	}
}

// TestDependenciesOfOtherWriters reads elements that name the value that they depend on outside of a template, and that
// do not within one.
func TestDependenciesOfOtherWriters(t *testing.T) {
	b := newBuilder()
	b.record(func() {
		b.defined = true
		b.open("Event")
		b.open("EventData")
		b.element("Data", "x", "Name", "Field")
		b.close()
		b.close()
	})
	b.record(func() {
		b.useHere(func() {
			b.defined = false
			b.open("Event")
			b.open("EventData")
			b.element("Data", "y", "Name", "Field")
			b.close()
			b.close()
		}, func() []variantData { return nil })
	})
	records, damage := readAll(t, bytes.NewReader(file(b)))
	assert.Empty(t, damage)
	assert.Equal(t, []map[string]any{{"Field": "x"}, {"Field": "y"}}, records)
}
