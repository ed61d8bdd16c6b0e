package conformance

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// splunk makes the event that Splunk's add-ons for Windows and for Sysmon extract: fields by the names of the event's
// data, with underscores for what names may not hold.
// https://github.com/splunk/security_content/tree/develop/data_sources, files windows_event_log_* and sysmon_eventid_*.
// What is empty is not extracted: KEEP_EMPTY_VALS in transforms.conf. Every third of Sysmon's events is as text, whose
// labels are the same names.
func (r record) splunk(t testing.TB) doc {
	t.Helper()
	d := doc{"RecordID": r.id, "source": "XmlWinEventLog:" + r.channel, "sourcetype": "XmlWinEventLog", "host": r.computer, "Computer": r.computer,
		"EventCode": r.code, "EventID": r.code, "Channel": r.channel, "Name": r.provider}
	if r.channel == sysmonChannel && strings.HasSuffix(r.id, "3") {
		d["source"], d["sourcetype"] = "WinEventLog:"+r.channel, "WinEventLog"
	}
	if at, err := time.Parse(time.RFC3339Nano, r.instant); err == nil {
		d["_time"] = float64(at.UnixMilli()) / 1000
	}
	var raw strings.Builder
	fmt.Fprintf(&raw, "<Event><System><Provider Name='%s'/><EventID>%s</EventID><Channel>%s</Channel><Computer>%s</Computer></System><EventData>",
		r.provider, r.code, r.channel, r.computer)
	for _, name := range sortedNames(r.data) {
		v := r.data[name]
		var escaped strings.Builder
		require.NoError(t, xml.EscapeText(&escaped, []byte(v)))
		fmt.Fprintf(&raw, "<Data Name='%s'>%s</Data>", name, &escaped)
		switch {
		case v == "":
		case name == "Data":
			d["EventData_Xml"] = "<Data>" + escaped.String() + "</Data>"
		default:
			d[strings.ReplaceAll(name, " ", "_")] = v
		}
	}
	d["_raw"] = raw.String() + "</EventData></Event>"
	return d
}

// otherForms are the raw texts that hold the same values in other forms: JSON, as Go writes it and with nothing escaped
// that need not be, and the text of a classic event, whose labels have no escapes.
func (r record) otherForms(t testing.TB) []string {
	t.Helper()
	escaped, err := json.Marshal(r.data)
	require.NoError(t, err)
	var bare, text strings.Builder
	enc := json.NewEncoder(&bare)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(r.data))
	for _, name := range sortedNames(r.data) {
		fmt.Fprintf(&text, "%s: %s\r\n", name, r.data[name])
	}
	return []string{string(escaped), bare.String(), text.String()}
}

// splRows are events as a search has them: all values are texts but the time.
func splRows(t testing.TB, events []doc) []splRow {
	t.Helper()
	var out []splRow
	for _, e := range events {
		r := splRow{}
		for name, v := range e {
			switch v := v.(type) {
			case string:
				r[name] = v
			case float64:
				require.Equal(t, "_time", name)
				r[name] = v
			case []any:
				var all []string
				for _, one := range v {
					all = append(all, one.(string))
				}
				r[name] = splField(all)
			default:
				require.Fail(t, "no value of an event", "%s: %v", name, v)
			}
		}
		out = append(out, r)
	}
	return out
}

// splFound are the ids of the events that a search leaves, sorted.
func splFound(search string, events []splRow, world *splWorld, id string) []string {
	var ids []string
	for _, r := range splRunIn(search, events, world) {
		ids = append(ids, r[id].(string))
	}
	slices.Sort(ids)
	return ids
}
