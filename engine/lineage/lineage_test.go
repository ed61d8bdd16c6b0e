package lineage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/lineage"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const childOfShell = "ancestry:\n  up:\n    parent: {CommandLine|contains: '/c'}\n    grandparent: {Image|filename: sqlservr.exe}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and up\n"

func TestLineage(t *testing.T) {
	sql, shell, who := enginetest.SecurityProcess(1, "A", "01", 1, 0, "sqlservr.exe", "s"), enginetest.SecurityProcess(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who"), enginetest.SecurityProcess(3, "A", "03", 3, 2, "who.exe", "who")
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
		{"the pid belongs to another by then", []string{sql, shell, enginetest.SecurityProcess(4, "A", "02.5", 2, 9, "cmd.exe", "cmd /c who"), who}, nil},
		{"the pid belongs to another later", []string{sql, shell, who, enginetest.SecurityProcess(4, "A", "04", 2, 9, "other.exe", "x")}, []string{"3"}},
		{"a process is not its own parent", []string{enginetest.SecurityProcess(5, "A", "01", 5, 5, "who.exe", "who /c")}, nil},
		{"a circle", []string{enginetest.SecurityProcess(5, "A", "01", 5, 6, "who.exe", "who /c"), enginetest.SecurityProcess(6, "A", "01", 6, 5, "who.exe", "who /c")}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{lowered.Rule(t, childOfShell)}, c.events...)
			assert.Equal(t, append([]string{}, c.want...), got)
		})
	}
}

func TestAncestorsByLevel(t *testing.T) {
	events := []string{}
	for i, name := range []string{"a.exe", "b.exe", "c.exe", "d.exe", "e.exe", "f.exe"} {
		events = append(events, enginetest.SecurityProcess(i, "A", fmt.Sprintf("%02d", i), i+1, i, name, name))
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
				r := lowered.Rule(t, "ancestry:\n  up:\n    "+c.ancestry+"\ndetection:\n  any: {Image|endswith: .exe}\n  condition: "+condition+"\n")
				got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{r}, events...)
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
	events := []string{enginetest.SecurityProcess(1, "A", "01", 1, 0, "sqlservr.exe", "s"), enginetest.SecurityProcess(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who")}
	for i := range 20 {
		events = append(events, enginetest.SecurityProcess(100+i, "A", "03", 100+i, 0, "x.exe", "x"))
	}
	events = append(events, enginetest.SecurityProcess(3, "A", "04", 3, 2, "who.exe", "who"))
	opt := engine.Options{Model: lowered.Model(t, "windows"), MaxProcesses: 30}
	results, stats := enginetest.Run(t, opt, []*ir.Rule{lowered.Rule(t, childOfShell)}, events...)
	assert.Len(t, results, 1)
	assert.Zero(t, stats.Evicted)
	opt.MaxProcesses = 10
	results, stats = enginetest.Run(t, opt, []*ir.Rule{lowered.Rule(t, childOfShell)}, events...)
	assert.Empty(t, results)
	assert.Equal(t, len(events)-10, stats.Evicted)
}

// TestLineageOfPlainEvents holds that events under Sigma's own names are linked as those of a product: by GUID, else by
// the process id and the time, and that an event which names a grandparent itself is believed.
func TestLineageOfPlainEvents(t *testing.T) {
	const guid = `{"id":%d,"Computer":%q,"UtcTime":"2026-03-01 10:00:%02d","Image":%q,"CommandLine":"c","ProcessGuid":"{%d}","ParentProcessGuid":"{%d}"}`
	const pid = `{"id":%d,"Computer":%q,"UtcTime":"2026-03-01 10:00:%02d","Image":%q,"CommandLine":"c","ProcessId":%d,"ParentProcessId":%d}`
	const timeless = `{"id":%d,"Computer":%q,"unused":%d,"Image":%q,"CommandLine":"c","ProcessId":%d,"ParentProcessId":%d}`
	rule := lowered.Rule(t, "ancestry:\n  up:\n    grandparent: {Image|filename: sqlservr.exe}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and up\n")
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
		{"the first process names no parent", with(chain(guid)[:2], `{"Computer":"A","Image":"sqlservr.exe","ProcessGuid":"{1}"}`), []string{"3"}},
		{"another event of the first process", with(chain(guid)[:2], `{"Computer":"A","Image":"sqlservr.exe","ProcessGuid":"{1}","TargetFilename":"x"}`, `{"Computer":"A","Image":"z.exe","ProcessGuid":"{1}"}`), []string{"3"}},
		{"a creation counts before another event", with(chain(guid), `{"Computer":"A","UtcTime":"2026-03-01 10:00:09","Image":"z.exe","CommandLine":"z","ProcessGuid":"{1}"}`), []string{"3"}},
		{"the first process, by a process id that may be used again", with(chain(pid)[:2], `{"Computer":"A","UtcTime":"2026-03-01 10:00:01","Image":"sqlservr.exe","ProcessId":1}`), nil},
		{"process ids and times", chain(pid), []string{"3"}},
		{"a process id that is used again later", with(chain(pid), fmt.Sprintf(pid, 8, "A", 8, "other.exe", 1, 0)), []string{"3"}},
		{"a process id that was used again", with(chain(pid), fmt.Sprintf(pid, 8, "A", 1, "other.exe", 1, 0)), nil},
		{"a process id that is used again in the child's second, after it", with(chain(pid), fmt.Sprintf(pid, 8, "A", 2, "other.exe", 1, 0)), []string{"3"}},
		{"a parent in the child's second, after it", with(chain(pid)[:2], fmt.Sprintf(pid, 1, "A", 2, "sqlservr.exe", 1, 0)), []string{"3"}},
		{"bare process ids", chain(timeless), nil},
		{"the event names it", []string{`{"id":5,"Image":"who.exe","GrandParentImage":"C:\\sqlservr.exe"}`}, []string{"5"}},
		{"the event names another", with(chain(guid)[1:], `{"id":3,"Computer":"A","Image":"who.exe","GrandParentImage":"x.exe","ProcessGuid":"{3}","ParentProcessGuid":"{2}"}`), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, append([]string{}, c.want...), enginetest.IDs(t, engine.Options{}, []*ir.Rule{rule}, c.events...))
		})
	}
}

// TestParentFieldOfNoEvent holds that what an event does not tell of the parent is read from the parent's own creation:
// Sysmon never has the parent's integrity level, and plain events may have it.
func TestParentFieldOfNoEvent(t *testing.T) {
	const events = `{"EventID":1,"id":%[1]d,"EventRecordID":%[1]d,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"A","UtcTime":"2026-03-01 10:00:0%[1]d","ProcessGuid":"{%[1]d}","ParentProcessGuid":"{%[2]d}","Image":"C:\\a.exe","ParentImage":"C:\\a.exe","IntegrityLevel":%[3]q%[4]s}`
	rule := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\nancestry:\n  up:\n    parent: {IntegrityLevel: Medium}\ndetection:\n  a: {IntegrityLevel: System}\n  condition: a and up\n")
	parents := []string{fmt.Sprintf(events, 1, 0, "Medium", ""), fmt.Sprintf(events, 2, 0, "High", "")}
	children := []string{fmt.Sprintf(events, 3, 1, "System", ""), fmt.Sprintf(events, 4, 2, "System", "")}
	for _, model := range []string{"windows", "sigma"} {
		assert.Equal(t, []string{"3"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, model)}, []*ir.Rule{rule}, append(parents, children...)...), model)
	}
	tells := fmt.Sprintf(events, 5, 2, "System", `,"ParentIntegrityLevel":"Medium"`)
	assert.Equal(t, []string{"5"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "sigma")}, []*ir.Rule{rule}, parents[1], tells), "the event's own word")
}

// sysmon writes a Sysmon 1 event. Its GUIDs are never used again; pids always are the same here.
func sysmon(id int, host, guid, parent, image, parentImage string) string {
	return fmt.Sprintf(`{"EventID":1,"EventRecordID":%d,"UtcTime":"2024-05-01 10:00:%02d.000","Computer":"%s","ProcessGuid":"{%s}","ParentProcessGuid":"{%s}","ProcessId":4,"ParentProcessId":4,"Image":"C:\\%s","ParentImage":"C:\\%s"}`,
		id, id, host, guid, parent, image, parentImage)
}

func TestLineageByGUID(t *testing.T) {
	r := lowered.Rule(t, "ancestry:\n  up:\n    grandparent: {Image|filename: sql.exe}\ndetection:\n  any: {Image|filename: who.exe}\n  condition: any and up\n")
	shell, who := sysmon(2, "A", "S", "Q", "cmd.exe", "sql.exe"), sysmon(3, "A", "W", "S", "who.exe", "cmd.exe")
	for _, c := range []struct {
		name   string
		events []string
		want   []lineage.Ancestor
	}{
		{"the parent's creation names the grandparent, whose own is long gone", []string{shell, who},
			[]lineage.Ancestor{{Level: 1, Image: `C:\cmd.exe`, From: "the event itself"}, {Level: 2, Image: `C:\sql.exe`, From: "creation of ancestor 1"}}},
		{"a GUID in another case", []string{strings.Replace(shell, "{S}", "{s}", 1), who},
			[]lineage.Ancestor{{Level: 1, Image: `C:\cmd.exe`, From: "the event itself"}, {Level: 2, Image: `C:\sql.exe`, From: "creation of ancestor 1"}}},
		{"without the parent's creation", []string{sysmon(1, "A", "Q", "0", "sql.exe", "services.exe"), who}, nil},
		{"a parent on another host", []string{strings.Replace(shell, `"A"`, `"B"`, 1), who}, nil},
		{"the creation comes later in the file and by the clock", []string{who, strings.Replace(shell, "10:00:02", "10:09:00", 1)},
			[]lineage.Ancestor{{Level: 1, Image: `C:\cmd.exe`, From: "the event itself"}, {Level: 2, Image: `C:\sql.exe`, From: "creation of ancestor 1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{r}, c.events...)
			if c.want == nil {
				assert.Empty(t, results)
				return
			}
			require.Len(t, results, 1)
			assert.Equal(t, "3", results[0].EventID)
			assert.Equal(t, c.want, results[0].Ancestors)
		})
	}
}

func TestHostIsFoundUnderItsOtherNames(t *testing.T) {
	r := lowered.Rule(t, "ancestry:\n  up:\n    grandparent: {Image|filename: sql.exe}\ndetection:\n  any: {Image|filename: who.exe}\n  condition: any and up\n")
	for _, name := range []string{`"Hostname":"A"`, `"host":{"name":"A"}`, `"host.name":"A"`} {
		shell := strings.Replace(sysmon(2, "A", "S", "Q", "cmd.exe", "sql.exe"), `"Computer":"A"`, name, 1)
		assert.Equal(t, []string{"3"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{r}, shell, sysmon(3, "A", "W", "S", "who.exe", "cmd.exe")), name)
		assert.Empty(t, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{r}, shell, sysmon(3, "B", "W", "S", "who.exe", "cmd.exe")), name)
	}
}

// TestHashesOfAFileAreNotItsWriters holds for plain events that are not known as the creation of a process.
func TestHashesOfAFileAreNotItsWriters(t *testing.T) {
	r := lowered.Rule(t, "ancestry:\n  up:\n    parent: {sha1: aa}\ndetection:\n  a: {Image: who.exe}\n  condition: a and up\n")
	child := `{"id":2,"Image":"who.exe","ProcessGuid":"{2}","ParentProcessGuid":"{1}"}`
	assert.Empty(t, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, child, `{"id":1,"Image":"cmd.exe","sha1":"aa","TargetFilename":"x","ProcessGuid":"{1}"}`))
	assert.Equal(t, []string{"2"}, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, child, `{"id":1,"Image":"cmd.exe","CommandLine":"cmd","sha1":"aa","ProcessGuid":"{1}"}`))
}

// TestWhatAProcessDidTellsItsImage: an event of a source without a category is of some process, and no creation. It
// tells the parent of others that was there before the recording, until that replaces itself.
func TestWhatAProcessDidTellsItsImage(t *testing.T) {
	const did = `{"process":{"audit_token":{"pid":7,"pidversion":%d},"executable":{"path":"/bin/zsh"}},"event_type":11,"event":{"fork":{}}}`
	const exec = `{"process":{"executable":{"path":"/bin/zsh"}},"event_type":9,"global_seq_num":%d,"event":{"exec":{"target":{"audit_token":{"pid":%d,"pidversion":%d},"parent_audit_token":{"pid":7,"pidversion":%d},"executable":{"path":"%s"}},"args":["x"]}}}`
	r := lowered.Rule(t, "logsource: {product: macos, category: process_creation}\ndetection:\n  a: {ParentImage|endswith: /zsh, Image: /bin/ls}\n  condition: a\n")
	ids := func(events ...string) []string {
		return enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "eslogger")}, []*ir.Rule{r}, events...)
	}
	child := fmt.Sprintf(exec, 1, 8, 21, 20, "/bin/ls")
	assert.Equal(t, []string{"1"}, ids(child, fmt.Sprintf(did, 20)))
	assert.Empty(t, ids(child))
	assert.Empty(t, ids(child, fmt.Sprintf(did, 19)), "another program of the same process id")
	assert.Empty(t, ids(child, fmt.Sprintf(did, 20), fmt.Sprintf(exec, 2, 7, 20, 5, "/bin/bash")), "the creation counts")
}

// TestOneEventOfAProcessIsKept, and another once that is evicted.
func TestOneEventOfAProcessIsKept(t *testing.T) {
	told := func(key string) *lineage.Process { return lineage.ToldProcess(key) }
	ps := lineage.Processes{MaxCount: 1, MaxBytes: 1 << 20}
	assert.Zero(t, ps.Add(told("a")))
	assert.Zero(t, ps.Add(told("a")))
	assert.Equal(t, 1, ps.Add(told("b")))
	assert.Equal(t, 1, ps.Add(told("a")))
}
