package document

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/engine/event/winevent"
	"decree/tests/fixture"
)

// drawEvent draws an event of few keys and values, so that both come again, in any order and any form that has names of
// its own for fields. Some keys are given twice, have escapes or are written without need.
func drawEvent(r *rand.Rand, values []string) string {
	value := func() string { return values[r.IntN(len(values))] }
	members := func(keys ...string) string {
		var all []string
		for range r.IntN(6) {
			all = append(all, fmt.Sprintf(`"%s":%s`, keys[r.IntN(len(keys))], value()))
		}
		if r.IntN(10) == 0 {
			return "{ " + strings.Join(all, " ,\t") + "\r\n}"
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	outer := func() string {
		return members("EventID", "EventID", "SourceName", "SourceName", "Hostname", "Computer", "Provider_Name", "Provider_Name", "RecordNumber", "EventRecordID", `\u0041`, "A", "a", "A.b", "Source Name", "A_b", "Channel", "winlog.event_id", "Message", "")
	}
	switch r.IntN(19) {
	case 12, 13, 16:
		few := values[:2]
		with := func(key string) string {
			if r.IntN(3) == 0 {
				return ""
			}
			return fmt.Sprintf(`,"%s":%s`, key, few[r.IntN(len(few))])
		}
		return `{"EventID":` + few[0] + `,"SourceName":` + few[0] + with("Computer") + with("Hostname") + with("Provider_Name") + with("EventRecordID") + with("RecordNumber") + `}`
	case 0:
		return `{"Event":{"System":` + members("EventID", "Computer", "Channel", "Provider_Name") + `,"EventData":` + members("A", "Computer", "SourceName", "Source Name") + `}}`
	case 1, 14, 15:
		id, computer := values[r.IntN(2)], values[r.IntN(2)]
		if r.IntN(2) == 0 {
			return `{"Event":{"System":{"EventID":` + id + `}},"EventID":` + computer + `}`
		}
		return `{"Event":{"System":{"EventID":` + id + `,"Computer":` + computer + `}},` + outer()[1:]
	case 2:
		return `{"winlog":{"event_data":` + members("A", "SourceName", "a", "A_b") + `,"event_id":` + value() + `,"computer_name":` + value() + `},"Computer":` + value() + `}`
	case 3:
		return `{"A":` + outer() + `,"Computer":` + value() + `}`
	case 4:
		return `{"A":[` + outer() + `,` + outer() + `,` + value() + `]}`
	case 5:
		return []string{`{"_source":`, `{"_index":"i","_id":` + value() + `,"_source":`}[r.IntN(2)] + outer() + `}`
	case 6:
		return `{"EventID":` + values[r.IntN(3)] + `,"Channel":` + value() + `,"EventData":` + members("A", "a", "Channel", "Provider_Name", "A_b", "Source Name") + `,"Provider":` + value() + `,` + outer()[1:]
	case 7:
		return `{"EventCode":` + values[r.IntN(3)] + `,"source":` + []string{`"WinEventLog:x"`, `"XmlWinEventLog:y"`, value()}[r.IntN(3)] + `,"ComputerName":` + value() + `,` + outer()[1:]
	case 8, 9:
		double := func(text string) string {
			if r.IntN(4) > 0 {
				return strings.ReplaceAll(text, `\\`, `\\\\`)
			}
			return text
		}
		return `{"decoder":{},"data":{"win":{"system":` + members("eventID", "channel", "computer", "providerName") + `,"eventdata":` + double(members("a", "a", "channel", "b", "sourceName")) + `}},"Computer":` + value() + `}`
	}
	return outer()
}

// drawValues draws values of which some differ in their last letters, or by their form alone.
func drawValues(r *rand.Rand) (values []string) {
	values = []string{"1", "12", `"1"`, "null", "true", `""`, "[]", "{}", `["x"]`, `"x\u0000"`, "1.0", "-0", `"ſ"`, `"\u017f"`, "\"\xff\""}
	head := strings.Repeat([]string{"x", `\\`, `\u0041`, "é", `\ud83d`}[r.IntN(5)], []int{3, 12, 62, 63, 64, 65, 126, 128, 300}[r.IntN(9)])
	for range 4 {
		values = append(values, `"`+head+[]string{"", "x", `\n`, `\"`, `\ud83d`, `\ude00`, `\\`, "é", "\u007f"}[r.IntN(9)]+[]string{"", "y", `\u0059`}[r.IntN(3)]+`"`)
	}
	return values
}

// TestEventsOneAfterTheOther holds that an event reads the same after any others, as text or as fields, and that a
// column has one value under one version.
func TestEventsOneAfterTheOther(t *testing.T) {
	for seed := range fixture.Times(uint64(60), 250) {
		r := rand.New(rand.NewPCG(seed, 1))
		values := drawValues(r)
		var all []string
		for range 60 {
			all = append(all, drawEvent(r, values))
		}
		var texts [][]byte
		for _, text := range all {
			texts = append(texts, []byte(text))
		}
		layout := layoutFor(texts[:30]...)
		layout.keywords = r.IntN(2) == 0
		if r.IntN(2) == 0 { // as for a data model of Elastic's
			for _, name := range []string{"winlog.event_data.A", "winlog.computer_name", "Computer", "EventData.A", "EventData", "data.win.eventdata.a"} {
				layout.column(name)
			}
			layout.Finish()
		}
		d := New(layout)
		known := make([]map[uint64][]string, len(layout.columns))
		for i := range known {
			known[i] = map[uint64][]string{}
		}
		for at, text := range texts {
			load := func(d *Document) error { return d.Load(text) }
			if fields, ok := fieldsOf(text); ok && r.IntN(3) == 0 {
				load = func(d *Document) error { return d.loadFields(fields) }
			}
			fresh := New(layout)
			want, got := load(fresh), load(d)
			require.Equal(t, want == nil, got == nil, "seed %d, event %d: %s", seed, at, text)
			if want != nil {
				continue
			}
			for i, number := range layout.columns {
				want, got := fresh.column(number), d.column(number)
				require.Equal(t, want.Present, got.Present, "seed %d, event %d: %s of %s", seed, at, i, text)
				require.Equal(t, append([]string{}, want.Texts...), append([]string{}, got.Texts...), "seed %d, event %d: %s of %s", seed, at, i, text)
				if got.Version == 0 {
					continue
				}
				if before, ok := known[number][got.Version]; ok {
					require.Equal(t, before, append([]string{}, got.Texts...), "seed %d, event %d: %s of %s is not what it was under version %d", seed, at, i, text, got.Version)
				}
				copied := []string{}
				for _, t := range got.Texts {
					copied = append(copied, strings.Clone(t))
				}
				known[number][got.Version] = copied
			}
			if layout.keywords {
				require.ElementsMatch(t, fresh.All(), d.All())
			}
			if d.ASCII() {
				for i := range layout.columns {
					for _, text := range d.column(layout.columns[i]).Texts {
						require.False(t, strings.ContainsFunc(text, func(r rune) bool { return r > 0x7f }), "seed %d, event %d: %s", seed, at, text)
					}
				}
			}
		}
	}
}

// TestDrawnEventsAgreeWithDecoding holds that they read as the plain decoder reads them.
func TestDrawnEventsAgreeWithDecoding(t *testing.T) {
	for seed := range fixture.Times(uint64(40), 1000) {
		r := rand.New(rand.NewPCG(seed, 2))
		values := drawValues(r)
		for range 60 {
			data := []byte(drawEvent(r, values))
			loaded(t, data)
			loadedBelow(t, data)
			if t.Failed() {
				t.Fatalf("seed %d: %s", seed, data)
			}
		}
	}
}

// TestAVersionIsOfOneValue reads columns that had two values in one event, of which each comes again.
func TestAVersionIsOfOneValue(t *testing.T) {
	for _, c := range []struct {
		column string
		events [3]string
	}{
		{"Computer", [3]string{`{"EventID":1,"SourceName":"s","Computer":"x","Hostname":"y"}`, `{"EventID":1,"SourceName":"s","Computer":"x"}`, `{"EventID":1,"SourceName":"s","Hostname":"y"}`}},
		{"EventID", [3]string{`{"Event":{"System":{"EventID":"y"}},"EventID":"x"}`, `{"EventID":"x"}`, `{"Event":{"System":{"EventID":"y"}}}`}},
	} {
		l := newLayout()
		column := l.column(c.column)
		d := New(l)
		var versions [3]uint64
		for i, text := range c.events {
			require.NoError(t, d.Load([]byte(text)))
			versions[i] = d.column(column).Version
		}
		require.Equal(t, []string{"y"}, d.column(column).Texts)
		require.NotEqual(t, versions[1], versions[2], "%s", c.events)
	}
}

// fieldsOf gives the fields of an event that a reader could have made of another form: texts alone.
func fieldsOf(text []byte) (fields winevent.Fields, ok bool) {
	decoded, err := event.Object(text)
	if err != nil {
		return nil, false
	}
	for name, v := range decoded {
		var list []winevent.Value
		for _, t := range appendTexts(nil, v) {
			list = append(list, winevent.Value{Text: t})
		}
		fields = append(fields, winevent.Field{Name: name, Values: list})
	}
	slices.SortFunc(fields, func(a, b winevent.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields, true
}
