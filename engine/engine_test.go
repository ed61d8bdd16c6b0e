package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestPredicates asks one item of one event, and its negation, which is always the opposite:
// a missing field makes a predicate false.
func TestPredicates(t *testing.T) {
	cases := []struct {
		item, event string
		want        bool
	}{
		{`F: abc`, `{"F":"ABC"}`, true},
		{`F: abc`, `{"F":"abcd"}`, false},
		{`F: abc`, `{}`, false},
		{`F: abc`, `{"F":null}`, false},
		{`F: abc`, `{"F":["x","ABC"]}`, true},
		{`F: abc`, `{"F":{"abc":1}}`, false},
		{`F: [abc, def]`, `{"F":"def"}`, true},
		{`F: ''`, `{"F":""}`, true},
		{`F: ''`, `{}`, false},
		{`F: '*'`, `{"F":""}`, true},
		{`F: null`, `{}`, true},
		{`F: null`, `{"F":null}`, true},
		{`F: null`, `{"F":""}`, false},
		{`F|exists: true`, `{"F":""}`, true},
		{`F|exists: true`, `{"F":null}`, false},
		{`F|exists: false`, `{}`, true},
		{`F|cased: aBc`, `{"F":"aBc"}`, true},
		{`F|cased: aBc`, `{"F":"abc"}`, false},
		{`F|contains|cased: aBc`, `{"F":"xaBcx"}`, true},
		{`F|contains|cased: aBc`, `{"F":"xabcx"}`, false},
		{`F|contains: é`, `{"F":"xÉx"}`, true},
		{`F|contains: straße`, `{"F":"STRASSE"}`, false},
		{`F|contains: kelvin`, "{\"F\":\"\u212Aelvin\"}", false},
		{`F: kelvin`, "{\"F\":\"KELVIN\"}", true},
		{`F|re|i: kelvin`, "{\"F\":\"\u212Aelvin\"}", true},
		{`F|re|i: 'wells+$'`, "{\"F\":\"well\u017f\"}", true},
		{`F|endswith: '\sc.exe'`, "{\"F\":\"C:\\\\\u017fc.exe\"}", false},
		{`F|filename: sc.exe`, "{\"F\":\"C:\\\\\u017fc.exe\"}", false},
		{`F: 's?'`, "{\"F\":\"\u017fc\"}", false},
		{`F: "\u017fc"`, "{\"F\":\"\u017fC\"}", true},
		{`F: "\u017fc"`, "{\"F\":\"sc\"}", false},
		{`F: "\u212b"`, "{\"F\":\"\u00e5\"}", true},
		{`F: straße`, "{\"F\":\"STRA\u1e9eE\"}", true},
		{`F: straße`, "{\"F\":\"STRASSE\"}", false},
		{`F: οδός`, "{\"F\":\"ΟΔΌΣ\"}", true},
		{`F: i`, "{\"F\":\"\u0130\"}", false},
		{`F|startswith: 'c:\'`, `{"F":"C:\\x"}`, true},
		{`F|endswith: '\a.exe'`, `{"F":"C:\\A.EXE"}`, true},
		{`F|endswith: '\a.exe'`, `{"F":"a.exe"}`, false},
		{`F|filename: a.exe`, `{"F":"a.exe"}`, true},
		{`F|filename: a.exe`, `{"F":"C:\\x\\A.exe"}`, true},
		{`F|filename: a.exe`, `{"F":"/usr/a.exe"}`, true},
		{`F|filename: a.exe`, `{"F":"C:\\xa.exe"}`, false},
		{`F|filename|cased: a.exe`, `{"F":"C:\\A.exe"}`, false},
		{`F|filename: 'x\a.exe'`, `{"F":"C:\\x\\a.exe"}`, false},
		{`F: 'a*c'`, `{"F":"A\nb\nC"}`, true},
		{`F: 'a?c'`, `{"F":"aéc"}`, true},
		{`F: 'a?c'`, `{"F":"ac"}`, false},
		{`F: 'a*b*c'`, `{"F":"a-c-b"}`, false},
		{`F: '*a*b'`, `{"F":"xaxbxab"}`, true},
		{`F|cased: 'A*b'`, `{"F":"axb"}`, false},
		{`F|contains|all: [a, b]`, `{"F":"b-a"}`, true},
		{`F|contains|all: [a, b]`, `{"F":"a"}`, false},
		{`F|all: [a, b]`, `{"F":["a","b"]}`, true},
		{`F|all: [a, b]`, `{"F":"a"}`, false},
		{`F|neq: a`, `{}`, true},
		{`F|neq: a`, `{"F":"A"}`, false},
		{`F: 5`, `{"F":5}`, true},
		{`F: 5`, `{"F":"5"}`, true},
		{`F: 5`, `{"F":5.0}`, true},
		{`F: 5`, `{"F":"05"}`, true},
		{`F: 5`, `{"F":"5x"}`, false},
		{`F: '5'`, `{"F":5}`, true},
		{`F|gt: 5`, `{"F":"6"}`, true},
		{`F|gt: 5`, `{"F":5}`, false},
		{`F|gte: 5`, `{"F":5}`, true},
		{`F|lt: 5`, `{"F":"x"}`, false},
		{`F|lte: 5.5`, `{"F":[9, 5.25]}`, true},
		{`F: true`, `{"F":true}`, true},
		{`F: true`, `{"F":"True"}`, true},
		{`F: true`, `{"F":1}`, false},
		{`F: false`, `{"F":"false"}`, true},
		{`F: 'true'`, `{"F":true}`, true},
		{`F|re: '^a\d+$'`, `{"F":"a12"}`, true},
		{`F|re: '^a\d+$'`, `{"F":"A12"}`, false},
		{`F|re|i: '^a\d+$'`, `{"F":"A12"}`, true},
		{`F|re|m: '^b$'`, `{"F":"a\nb"}`, true},
		{`F|re: '^b$'`, `{"F":"a\nb"}`, false},
		{`F|re|s: 'a.b'`, `{"F":"a\nb"}`, true},
		{`F|re: 'a(?=b)'`, `{"F":"ab"}`, true},
		{`F|re: 'a(?!b)'`, `{"F":"ab"}`, false},
		{`F|re: '(whoami|hostname)\s+/all'`, `{"F":"x hostname  /all"}`, true},
		{`F|re|i: 'ſecret'`, `{"F":"SECRET"}`, true},
		{`F|cidr: 10.0.0.0/8`, `{"F":"10.1.2.3"}`, true},
		{`F|cidr: 10.0.0.0/8`, `{"F":"11.1.2.3"}`, false},
		{`F|cidr: 10.0.0.0/8`, `{"F":"::ffff:10.1.2.3"}`, true},
		{`F|cidr: fe80::/10`, `{"F":"fe80::1"}`, true},
		{`F|cidr: 10.0.0.0/8`, `{"F":"no address"}`, false},
		{`F|fieldref: G`, `{"F":"a","G":"A"}`, true},
		{`F|fieldref: G`, `{"F":"a"}`, false},
		{`F|fieldref: G`, `{}`, false},
		{`F|fieldref|startswith: G`, `{"F":"abc","G":"AB"}`, true},
		{`F|fieldref|endswith: G`, `{"F":"abc","G":"BC"}`, true},
		{`F|fieldref|contains: G`, `{"F":"abc","G":"B"}`, true},
		{`F|fieldref|cased: G`, `{"F":"a","G":"A"}`, false},
		{`F|hour: 3`, `{"F":"2026-01-02T03:04:05Z"}`, true},
		{`F|hour: 3`, `{"F":"2026-01-02T05:04:05+02:00"}`, true},
		{`F|minute|lt: 5`, `{"F":"2026-01-02 03:04:05"}`, true},
		{`F|day: 2`, `{"F":"2026-01-02T03:04:05Z"}`, true},
		{`F|week: 1`, `{"F":"2026-01-02T03:04:05Z"}`, true},
		{`F|weekday: friday`, `{"F":"2026-01-02T03:04:05Z"}`, true},
		{`F|weekday: saturday`, `{"F":"2026-01-02T23:04:05-02:00"}`, true},
		{`F|weekday|gte: 6`, `{"F":"2026-01-04T03:04:05Z"}`, true},
		{`F|weekday|gte: 6`, `{"F":"2026-01-05T03:04:05Z"}`, false},
		{`F|month: 1`, `{"F":"2026-01-02T03:04:05Z"}`, true},
		{`F|year: 2026`, `{"F":"2026-01-02T03:04:05Z"}`, true},
		{`F|hour: 3`, `{"F":"not a time"}`, false},
		{`F|windash|contains: ' -enc '`, `{"F":"powershell /enc x"}`, true},
		{`F|windash|contains: ' -enc '`, `{"F":"powershell ―enc x"}`, true},
		{`F|windash|contains: ' -a -b -c -d '`, `{"F":"x /A -b –c ―d y"}`, true},
		{`F|windash|contains: ' -a -b -c -d '`, `{"F":"x +a -b -c -d y"}`, false},
		{`F|windash: '-a*-b -c -d'`, `{"F":"—a?/b -c /d"}`, true},
		{`F|windash: '-a*-b -c -d'`, `{"F":"—a?/b -c /dd"}`, false},
		{`F|windash|cased: '-a -b -c -d'`, `{"F":"-a -b -C -d"}`, false},
		{`F: 0x17`, `{"F":"0X17"}`, true},
		{`F: 0x17`, `{"F":23}`, true},
		{`F: 0x17`, `{"F":"17"}`, false},
		{`F: [017, 1_000]`, `{"F":"017"}`, true},
		{`F: [017, 1_000]`, `{"F":"1_000"}`, true},
		{`F: 12345678901234567890`, `{"F":12345678901234567891}`, false},
		{`F: 12345678901234567890`, `{"F":12345678901234567890}`, true},
		{`F|base64offset|contains: http`, `{"F":"powershell YWh0dHA="}`, true},
		{`A.B: x`, `{"A":{"B":"x"}}`, true},
		{`A.B: x`, `{"A.B":"x"}`, true},
		{`A.B: x`, `{"A.B":"y","A":{"B":"x"}}`, false},
		{`'|all': [abc, def]`, `{"X":"zabc","Y":{"Z":["def"]}}`, true},
		{`'|all': [abc, def]`, `{"X":"zabc"}`, false},
		{`'|all': ['a*c']`, `{"X":"xabcx"}`, true},
		{`TargetUserName: bob`, `{"winlog":{"event_data":{"TargetUserName":"Bob"}}}`, true},
		{`TargetUserName: bob`, `{"Event":{"System":{"EventID":1},"EventData":{"TargetUserName":"Bob"}}}`, true},
	}
	for _, c := range cases {
		t.Run(c.item+" on "+c.event, func(t *testing.T) {
			for _, negated := range []bool{false, true} {
				condition := "a"
				if negated {
					condition = "not a"
				}
				r := lowered.Rule(t, "detection:\n  a:\n    "+c.item+"\n  condition: "+condition+"\n")
				for _, exhaustive := range []bool{false, true} {
					got := len(enginetest.IDs(t, engine.Exhaustively(exhaustive, engine.Options{}), []*ir.Rule{r}, c.event)) == 1
					assert.Equal(t, c.want != negated, got, "negated %t, exhaustive %t", negated, exhaustive)
				}
			}
		})
	}
}

// TestIndexFindsWhatTheRulesMean compares the engine with its index and without, on random rules
// and events: soundness of the atoms that must hold.
func TestIndexFindsWhatTheRulesMean(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	word := func() string { return pick("whoami", "net.exe", "/add", "cmd", "Ünïc", "a", `\x\`, "K", "") }
	var rs []*ir.Rule
	for range 300 {
		var b strings.Builder
		b.WriteString("detection:\n")
		for _, name := range []string{"a1", "a2", "b", "c"} {
			mod := pick("", "|contains", "|startswith", "|endswith", "|filename", "|contains|cased", "|re|i", "|contains|all", "|re")
			value := "'" + word() + "'"
			if mod == "" && r.IntN(3) == 0 {
				value = pick("5", "null", "'*a*'", "'n?t*'", "true")
			}
			if strings.Contains(mod, "re") {
				value = pick("'who(ami|are)'", "'(net|cmd).*add'", "'[a-z]+'", `'\\x'`, "'k+elvin'", "'(a|bcd)'")
			}
			if strings.Contains(mod, "all") {
				value = "[" + value + ", '" + word() + "']"
			}
			fmt.Fprintf(&b, "  %s: {%s%s: %s}\n", name, pick("F", "G"), mod, value)
		}
		fmt.Fprintf(&b, "  condition: %s\n", pick("a1 and b", "a1 or a2", "not a1", "1 of a* and not b", "all of a*", "2 of them", "3 of them", "(a1 or b) and (a2 or c)", "not (a1 or b) and c"))
		rs = append(rs, lowered.Rule(t, b.String()))
	}
	var events []string
	for i := range 200 {
		f := word() + pick("", " ", word()) + word()
		g := fmt.Sprintf("%q", word())
		if r.IntN(4) == 0 {
			g = pick("5", "null", `["a","Net.exe"]`, "true", `"5"`, "\"\u212Aelvin\"")
		}
		events = append(events, fmt.Sprintf(`{"EventRecordID":%d,"F":%q,"G":%s}`, i, f, g))
	}
	type match struct{ rule, event string }
	collect := func(exhaustive bool) (all []match) {
		results, _ := enginetest.Run(t, engine.Exhaustively(exhaustive, engine.Options{}), rs, events...)
		for _, res := range results {
			all = append(all, match{fmt.Sprintf("%p", res.Rule), res.EventID})
		}
		return all
	}
	want := collect(true)
	require.Greater(t, len(want), 5000)
	assert.Equal(t, want, collect(false))
}

func TestLookback(t *testing.T) {
	r := lowered.Rule(t, "schedule: {every: 1h, lookback: 2h}\ndetection:\n  a: {Image: x}\n  condition: a\n")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	events := []string{
		`{"EventRecordID":1,"Image":"x","UtcTime":"2026-03-01 09:59:59.999"}`,
		`{"EventRecordID":2,"Image":"x","UtcTime":"2026-03-01 10:00:00.000"}`,
		`{"EventRecordID":3,"Image":"x","UtcTime":"2026-03-01 12:00:00.000"}`,
		`{"EventRecordID":4,"Image":"x","UtcTime":"2026-03-01 12:00:00.001"}`,
		`{"EventRecordID":5,"Image":"x"}`,
	}
	assert.Equal(t, []string{"2", "3"}, enginetest.IDs(t, engine.Options{Now: now}, []*ir.Rule{r}, events...))
	assert.Len(t, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, events...), 5)
	_, stats := enginetest.Run(t, engine.Options{Now: now}, []*ir.Rule{r}, events...)
	assert.Equal(t, 1, stats.Undated)
}

func TestResultSaysWhy(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {Image|endswith: x.exe}\n  b: {Image: y}\n  c: {ParentImage: p}\n  condition: a and not b or c\n")
	results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{r},
		`{"EventID":1,"EventRecordID":7,"Computer":"H","User":"U","UtcTime":"2026-03-01 10:00:00","Image":"C:\\x.exe","CommandLine":"x","ParentImage":"P"}`)
	require.Len(t, results, 1)
	assert.Equal(t, []string{"a", "c"}, results[0].Names)
	assert.Equal(t, []event.Fact{{Name: "time", Value: "2026-03-01T10:00:00.000Z"}, {Name: "host", Value: "H"}, {Name: "user", Value: "U"},
		{Name: "Image", Value: `C:\x.exe`}, {Name: "CommandLine", Value: "x"}}, results[0].Facts)
	assert.Equal(t, []lineage.Ancestor{{Level: 1, Image: "P", From: "the event itself"}}, results[0].Ancestors)
}

// TestProductsThatKnowNoEmptyText pins that Defender's empty columns are missing ones.
func TestProductsThatKnowNoEmptyText(t *testing.T) {
	opt := engine.Options{Model: lowered.Model(t, "mde")}
	for item, want := range map[string]bool{"sha1: null": true, "sha1: ''": true, "sha1: '*'": false, "sha1|exists: false": true, "sha1|contains: a": false} {
		r := lowered.Rule(t, "detection:\n  a: {"+item+"}\n  condition: a\n")
		for _, line := range []string{`{"ActionType":"ProcessCreated","ReportId":1,"SHA1":""}`, `{"ActionType":"ProcessCreated","ReportId":1}`} {
			assert.Equal(t, want, len(enginetest.IDs(t, opt, []*ir.Rule{r}, line)) == 1, "%s on %s", item, line)
		}
	}
}

// TestNamesWithoutAPath pins that a file name is read from its own column where an event has no path, as queries ask
// for it.
func TestNamesWithoutAPath(t *testing.T) {
	opt := engine.Options{Model: lowered.Model(t, "mde")}
	for line, want := range map[string]bool{
		`{"ActionType":"ProcessCreated","FileName":"A.exe","InitiatingProcessFileName":"w3wp.exe"}`:                                                               true,
		`{"ActionType":"ProcessCreated","FileName":"A.exe","FolderPath":"","InitiatingProcessFolderPath":"c:\\w3wp.exe"}`:                                         true,
		`{"ActionType":"ProcessCreated","FileName":"b.exe","InitiatingProcessFileName":"w3wp.exe"}`:                                                               false,
		`{"ActionType":"ProcessCreated","FileName":"A.exe","FolderPath":"c:\\b.exe","InitiatingProcessFileName":"w3wp.exe"}`:                                      false,
		`{"ActionType":"ProcessCreated","FileName":"A.exe","InitiatingProcessFileName":"cmd.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\cmd.exe"}`: false,
	} {
		r := lowered.Rule(t, "detection:\n  a: {Image|filename: a.exe, ParentImage|filename: w3wp.exe}\n  condition: a\n")
		assert.Equal(t, want, len(enginetest.IDs(t, opt, []*ir.Rule{r}, line)) == 1, line)
	}
}

func TestWrongEventsAreErrors(t *testing.T) {
	e, found := engine.New([]*ir.Rule{lowered.Rule(t, "detection:\n  a: {Image: x}\n  condition: a\n")}, engine.Options{})
	require.Empty(t, found)
	for _, line := range []string{``, `{`, `[]`, `"x"`, `{"a":1}{`, strings.Repeat(`{"a":`, 10_000) + `1` + strings.Repeat(`}`, 10_000)} {
		assert.Error(t, e.Add(&event.Event{Raw: []byte(line)}), line[:min(len(line), 20)])
	}
	assert.NoError(t, e.Add(&event.Event{Raw: []byte(`{"Image":"x"}`)}))
}

func TestCatastrophicExpressionsAreBounded(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {Image|re: '^(?=a)(a*)*$'}\n  condition: a\n")
	start := time.Now()
	results, stats := enginetest.Run(t, engine.Options{}, []*ir.Rule{r}, `{"Image":"`+strings.Repeat("a", 5000)+`b"}`)
	assert.Empty(t, results)
	assert.Len(t, stats.Suspended, 1)
	assert.Less(t, time.Since(start), time.Minute)
}

func TestUnknownLogSourceIsReported(t *testing.T) {
	_, found := engine.New([]*ir.Rule{lowered.Rule(t, "logsource: {category: nothing_of_the_kind}\ndetection:\n  a: {Image: x}\n  condition: a\n")}, engine.Options{Model: lowered.Model(t, "mde")})
	require.Len(t, found, 1)
	assert.Equal(t, "no-log-source", found[0].Code)
}

// TestNothingIsAllocatedForOthersEvents pins the cost of an event that matches nothing.
func TestNothingIsAllocatedForOthersEvents(t *testing.T) {
	var rs []*ir.Rule
	for i := range 200 {
		rs = append(rs, lowered.Rule(t, fmt.Sprintf("detection:\n  a: {Image|endswith: '\\tool%d.exe', CommandLine|contains: [x%d, y%d]}\n  b: {CommandLine|re: 'foo%d[0-9]+'}\n  condition: a or b\n", i, i, i, i)))
	}
	e, found := engine.New(rs, engine.Options{})
	require.Empty(t, found)
	ev := &event.Event{Raw: []byte(`{"EventRecordID":1,"Image":"C:\\Windows\\System32\\svchost.exe","CommandLine":"svchost -k netsvcs \"quoted\"","User":"SYSTEM","ProcessId":4242}`)}
	require.NoError(t, e.Add(ev))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if err := e.Add(ev); err != nil {
			t.Fatal(err)
		}
	}))
}
