package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
)

// born is a Security 4688 event: no command line of the parent, and a bare pid that is used again.
func born(id int, host, second string, pid, parent int, image, command string) string {
	return fmt.Sprintf(`{"EventID":4688,"Channel":"Security","EventRecordID":%d,"Computer":%q,"TimeCreated":"2026-03-01T10:00:%sZ","NewProcessId":"0x%x","ProcessId":"0x%x","NewProcessName":%q,"CommandLine":%q}`,
		id, host, second, pid, parent, image, command)
}

const childOfShell = "ancestry:\n  up:\n    parent: {CommandLine|contains: '/c'}\n    grandparent: {Image|filename: sqlservr.exe}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and up\n"

func TestLineage(t *testing.T) {
	sql, shell, who := born(1, "A", "01", 1, 0, "sqlservr.exe", "s"), born(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who"), born(3, "A", "03", 3, 2, "who.exe", "who")
	cases := []struct {
		name   string
		events []string
		want   []string
	}{
		{"a chain", []string{sql, shell, who}, []string{"3"}},
		{"events in any order", []string{who, shell, sql}, []string{"3"}},
		{"a parent on another host", []string{sql, strings.Replace(shell, `"A"`, `"B"`, 1), who}, nil},
		{"host names in another case", []string{sql, strings.Replace(shell, `"A"`, `"a"`, 1), who}, []string{"3"}},
		{"the parent was never logged", []string{sql, who}, nil},
		{"the grandparent was never logged", []string{shell, who}, nil},
		{"the pid belongs to another by then", []string{sql, shell, born(4, "A", "02.5", 2, 9, "cmd.exe", "cmd /c who"), who}, nil},
		{"the pid belongs to another later", []string{sql, shell, who, born(4, "A", "04", 2, 9, "other.exe", "x")}, []string{"3"}},
		{"a process is not its own parent", []string{born(5, "A", "01", 5, 5, "who.exe", "who /c")}, nil},
		{"a circle", []string{born(5, "A", "01", 5, 6, "who.exe", "who /c"), born(6, "A", "01", 6, 5, "who.exe", "who /c")}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, engine.Options{Model: model(t, "windows")}, []*ir.Rule{lower(t, childOfShell)}, c.events...)
			assert.Equal(t, append([]string{}, c.want...), got)
		})
	}
}

func TestAncestorsByLevel(t *testing.T) {
	events := []string{}
	for i, name := range []string{"a.exe", "b.exe", "c.exe", "d.exe", "e.exe", "f.exe"} {
		events = append(events, born(i, "A", fmt.Sprintf("%02d", i), i+1, i, name, name))
	}
	cases := []struct{ ancestry, want string }{
		{"parent: {CommandLine: e.exe}", "5"},
		{"grandparent: {Image|filename: d.exe}", "5"},
		{"ancestor: {level: 3, Image|filename: c.exe}", "5"},
		{"ancestor: {level: 5, CommandLine: a.exe}", "5"},
		{"ancestor: {level: 4, Image|filename: a.exe}", "4"},
		{"ancestor: {within: 2, CommandLine: d.exe}", "4 5"},
		{"ancestor: {within: 5, Image|filename: z.exe}", ""},
	}
	for _, c := range cases {
		t.Run(c.ancestry, func(t *testing.T) {
			for _, negated := range []bool{false, true} {
				condition := "any and up"
				if negated {
					condition = "any and not up"
				}
				r := lower(t, "ancestry:\n  up:\n    "+c.ancestry+"\ndetection:\n  any: {Image|endswith: .exe}\n  condition: "+condition+"\n")
				got := run(t, engine.Options{Model: model(t, "windows")}, []*ir.Rule{r}, events...)
				if negated {
					assert.Len(t, got, 6-len(strings.Fields(c.want)), "an unknown ancestor matches nothing, so its negation holds")
				} else {
					assert.Equal(t, c.want, strings.Join(got, " "))
				}
			}
		})
	}
}

func TestOldestProcessesGoFirst(t *testing.T) {
	events := []string{born(1, "A", "01", 1, 0, "sqlservr.exe", "s"), born(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who")}
	for i := range 20 {
		events = append(events, born(100+i, "A", "03", 100+i, 0, "x.exe", "x"))
	}
	events = append(events, born(3, "A", "04", 3, 2, "who.exe", "who"))
	opt := engine.Options{Model: model(t, "windows"), MaxProcesses: 30}
	results, stats := finish(t, opt, []*ir.Rule{lower(t, childOfShell)}, events...)
	assert.Len(t, results, 1)
	assert.Zero(t, stats.Evicted)
	opt.MaxProcesses = 10
	results, stats = finish(t, opt, []*ir.Rule{lower(t, childOfShell)}, events...)
	assert.Empty(t, results)
	assert.Equal(t, len(events)-10, stats.Evicted)
}

func TestPendingIsBounded(t *testing.T) {
	events := []string{born(1, "A", "01", 1, 0, "sqlservr.exe", "s"), born(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who")}
	for i := range 5 {
		events = append(events, born(10+i, "A", "03", 10+i, 2, "who.exe", "who"))
	}
	results, stats := finish(t, engine.Options{Model: model(t, "windows"), MaxPending: 3}, []*ir.Rule{lower(t, childOfShell)}, events...)
	assert.Len(t, results, 3)
	assert.Equal(t, 2, stats.Dropped)
}

// TestMemoryIsBounded keeps what waits for the end within its bytes, however few events that is, and says what it dropped.
func TestMemoryIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	noise := make([]byte, 1<<14)
	for i := range noise {
		noise[i] = byte('a' + r.IntN(26)) // which compresses badly
	}
	var events []string
	for i := range 400 {
		at := r.IntN(1 << 13)
		events = append(events, born(100+i, "A", "03", 100+i, 99+i, "who.exe", string(noise[at:at+1<<13])))
	}
	opt := engine.Options{Model: model(t, "windows"), MaxMemory: 1 << 21}
	_, stats := finish(t, opt, []*ir.Rule{lower(t, childOfShell)}, events...)
	assert.Positive(t, stats.Dropped)
	assert.Positive(t, stats.Evicted)
	opt.MaxMemory = 0
	_, stats = finish(t, opt, []*ir.Rule{lower(t, childOfShell)}, events...)
	assert.Zero(t, stats.Dropped+stats.Evicted+stats.Uncounted)
}

// seen is a process creation as Defender tells it.
func seen(id int, host, sha1, name string) string {
	return fmt.Sprintf(`{"ActionType":"ProcessCreated","ReportId":%d,"DeviceId":%q,"SHA1":%q,"FolderPath":%q,"FileName":%q}`, id, host, sha1, `C:\`+name, name)
}

func TestPrevalence(t *testing.T) {
	table := engine.NewReputation([]map[string]string{
		{"sha1": "AA", "GlobalPrevalence": "249", "SignatureState": "Unsigned"},
		{"sha1": "bb", "GlobalPrevalence": "250", "SignatureState": "Unsigned"},
		{"sha1": "cc", "GlobalPrevalence": "3", "SignatureState": "SignedValid"},
		{"sha1": "dd", "ProfileAvailability": "Error"},
		{"sha1": "ee", "SignatureState": "Unsigned"},
	})
	events := []string{seen(1, "h1", "aa", "a"), seen(2, "h1", "bb", "a"), seen(3, "h1", "CC", "a"), seen(4, "h1", "dd", "a"), seen(5, "h1", "ee", "a"),
		seen(6, "h1", "", "a"), seen(7, "h1", "ff", "a"), seen(8, "h2", "FF", "b"), seen(9, "H2", "ff", "b"), seen(10, "h3", "ff", "b")}
	cases := []struct{ name, spec, condition, want string }{
		{"global", "global: {lt: 250}", "rare", "1 3 5 7 8 9 10"},
		{"global, unknown means many", "global: {lt: 250, default: 1000}", "rare", "1 3"},
		{"a failed look-up included", "global: {lt: 250, default: 1000}, unavailable: include", "rare", "1 3 4"},
		{"a range", "global: {gte: 3, lt: 250, default: 0}", "rare", "1 3"},
		{"signature", "signature: {neq: SignedValid}", "rare", "1 2 5 7 8 9 10"},
		{"signature in", "signature: [signedvalid, x]", "rare", "3"},
		{"count", "local: {distinct: host, lte: 2}", "rare", "1 2 3 4 5"},
		{"count, hosts in any case", "local: {distinct: host, eq: 3}", "rare", "7 8 9 10"},
		{"the rarest, ties by value", "local: {distinct: host, rarest: 2}", "rare", "1 2"},
		{"the rarest five", "local: {distinct: host, rarest: 5}", "rare", "1 2 3 4 5"},
		{"among a few", "local: {distinct: host, eq: 2}, among: b", "rare", "7 8 9 10"},
		{"not rare", "global: {lt: 250}", "not rare", "2 4 6"},
		{"rare or named", "global: {lt: 5, default: 9}", "rare or b", "3 8 9 10"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := lower(t, "prevalence:\n  rare: {field: sha1, "+c.spec+"}\ndetection:\n  b: {Image|endswith: '\\b'}\n  condition: "+c.condition+"\n")
			got := run(t, engine.Options{Model: model(t, "mde"), Reputation: table}, []*ir.Rule{r}, events...)
			assert.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

func TestReputationOnTheEvent(t *testing.T) {
	r := lower(t, "prevalence:\n  rare: {field: sha1, global: {lt: 250, default: 1000}}\ndetection:\n  a: {Image: '*'}\n  condition: a and rare\n")
	line := `{"event":{"id":"1","category":["process"],"type":["start"]},"host":{"id":"h","os":{"type":"windows"}},"process":{"executable":"x","hash":{"sha1":"aa"}},"decree":{"GlobalPrevalence":7}}`
	results, _ := finish(t, engine.Options{Model: model(t, "ecs")}, []*ir.Rule{r}, line)
	require.Len(t, results, 1)
	assert.Equal(t, map[string]string{"GlobalPrevalence": "7"}, results[0].Reputation)
}

// TestWorkersChangeNothing runs the same lines on one and on several workers.
func TestWorkersChangeNothing(t *testing.T) {
	var lines bytes.Buffer
	for i := range 5000 {
		switch {
		case i%97 == 0:
			lines.WriteString("{bad\n")
		case i%3 == 0:
			lines.WriteString(born(i, "A", "02", 2+i%7, 1, "cmd.exe", "cmd /c who") + "\n")
		default:
			lines.WriteString(born(i, "A", "03", 100+i, 2+i%11, "who.exe", "who") + "\n")
		}
	}
	lines.WriteString(born(9999, "A", "01", 1, 0, "sqlservr.exe", "s") + "\n")
	rs := []*ir.Rule{lower(t, childOfShell), lower(t, "detection:\n  a: {Image|filename: cmd.exe}\n  condition: a\n"),
		lower(t, "prevalence:\n  rare: {field: sha1, local: {distinct: host, lte: 1}}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and not rare\n")}
	collect := func(workers int) (ids []string, rejected []int) {
		e, found := engine.New(rs, engine.Options{Model: model(t, "windows")})
		require.Empty(t, found)
		r, err := event.Open("-", event.Options{Stdin: bytes.NewReader(lines.Bytes()), OnReject: func(j event.Reject) { rejected = append(rejected, j.Line) }})
		require.NoError(t, err)
		events := 0
		require.NoError(t, e.Run(r, "-", workers, func(n int) { events += n }))
		assert.Equal(t, 5001, events)
		results, _, err := e.Finish()
		require.NoError(t, err)
		for _, res := range results {
			ids = append(ids, fmt.Sprintf("%s:%d:%v", res.EventID, res.Event.Line, res.Names))
		}
		return ids, rejected
	}
	ids, rejected := collect(1)
	require.Greater(t, len(ids), 3000)
	require.Len(t, rejected, 52)
	for _, workers := range []int{2, 5} {
		again, rejectedAgain := collect(workers)
		assert.Equal(t, ids, again)
		assert.Equal(t, rejected, rejectedAgain)
	}
}

func TestLoadReputation(t *testing.T) {
	_, err := engine.LoadReputation("testdata/none.csv")
	assert.ErrorContains(t, err, "none.csv")
	_, err = engine.LoadReputation("testdata/nokey.csv")
	assert.ErrorContains(t, err, "a reputation row needs one of the columns sha1, sha256, md5, domain")
	table, err := engine.LoadReputation("testdata/reputation.csv")
	require.NoError(t, err)
	row, ok := table.Lookup("sha1", "AB")
	require.True(t, ok)
	assert.Equal(t, engine.Row{"SHA1": "ab", "GlobalPrevalence": "5"}, row)
	_, ok = table.Lookup("md5", "ab")
	assert.False(t, ok)
}

// TestLineageOfPlainEvents holds that events under Sigma's own names are linked as those of a product: by GUID, else by the process id and the
// time, and that an event which names a grandparent itself is believed.
func TestLineageOfPlainEvents(t *testing.T) {
	const guid = `{"id":%d,"Computer":%q,"UtcTime":"2026-03-01 10:00:%02d","Image":%q,"CommandLine":"c","ProcessGuid":"{%d}","ParentProcessGuid":"{%d}"}`
	const pid = `{"id":%d,"Computer":%q,"UtcTime":"2026-03-01 10:00:%02d","Image":%q,"CommandLine":"c","ProcessId":%d,"ParentProcessId":%d}`
	const timeless = `{"id":%d,"Computer":%q,"unused":%d,"Image":%q,"CommandLine":"c","ProcessId":%d,"ParentProcessId":%d}`
	rule := lower(t, "ancestry:\n  up:\n    grandparent: {Image|filename: sqlservr.exe}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and up\n")
	chain := func(form string) []string {
		return []string{fmt.Sprintf(form, 3, "A", 3, "who.exe", 3, 2), fmt.Sprintf(form, 2, "A", 2, "cmd.exe", 2, 1), fmt.Sprintf(form, 1, "A", 1, "sqlservr.exe", 1, 0)}
	}
	with := func(events []string, more ...string) []string { return append(append([]string{}, events...), more...) }
	for _, c := range []struct {
		name   string
		events []string
		want   []string
	}{
		{"GUIDs", chain(guid), []string{"3"}},
		{"another event of the parent, later", with(chain(guid), `{"id":9,"Computer":"A","UtcTime":"2026-03-01 10:00:09","Image":"cmd.exe","ProcessGuid":"{2}","ProcessId":2}`), []string{"3"}},
		{"GUIDs of another host", with(chain(guid)[:1], fmt.Sprintf(guid, 2, "B", 2, "cmd.exe", 2, 1), chain(guid)[2]), nil},
		{"process ids and times", chain(pid), []string{"3"}},
		{"a process id that is used again later", with(chain(pid), fmt.Sprintf(pid, 8, "A", 8, "other.exe", 1, 0)), []string{"3"}},
		{"a process id that was used again", with(chain(pid), fmt.Sprintf(pid, 8, "A", 1, "other.exe", 1, 0)), nil},
		{"bare process ids", chain(timeless), nil},
		{"the event names it", []string{`{"id":5,"Image":"who.exe","GrandParentImage":"C:\\sqlservr.exe"}`}, []string{"5"}},
		{"the event names another", with(chain(guid)[1:], `{"id":3,"Computer":"A","Image":"who.exe","GrandParentImage":"x.exe","ProcessGuid":"{3}","ParentProcessGuid":"{2}"}`), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, append([]string{}, c.want...), run(t, engine.Options{}, []*ir.Rule{rule}, c.events...))
		})
	}
}
