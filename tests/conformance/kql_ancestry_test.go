package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// sentinels are the tables of Sentinel that processes are linked in, and how a story is told in each.
var sentinels = []struct {
	name, model, source, id string
	tell                    func(*stories.Story) []stories.Record
}{
	{"Sysmon", "sentinel", "sysmon_process_creation", "EventRecordId", (*stories.Story).WindowsEvent},
	{"Security", "sentinel", "security_process_creation", "_ItemId", (*stories.Story).SecurityEvent},
	{"ASIM", "asim", "process", "EventOriginalUid", (*stories.Story).ASIM},
}

// onlySource is a model that has just one source for processes, so that a rule is written for it.
func onlySource(t testing.TB, model, source string) *schema.Model {
	t.Helper()
	m, err := schema.Load(model)
	require.NoError(t, err)
	m.Sources = slices.DeleteFunc(m.Sources, func(s schema.Source) bool { return s.Name != source })
	require.Len(t, m.Sources, 1)
	return m
}

// recorded writes a story as rows of a table.
func recorded(t testing.TB, m *schema.Model, id string, rows []stories.Record) Recording {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rows.ndjson")
	out, err := os.Create(file)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, json.NewEncoder(out).Encode(r))
	}
	require.NoError(t, out.Close())
	tables := tablesOf(t, m)
	table := m.Sources[0].Table
	return Recording{Tables: tables, ID: id, Profiles: filepath.Join(root(), "tests", "stories", "testdata", "reputation.csv"),
		Events: map[string]string{table: file}}
}

// TestKQLFindsTheStoryInSentinel runs the reference rule's own queries on the recorded intrusion.
func TestKQLFindsTheStoryInSentinel(t *testing.T) {
	t.Parallel()
	r := lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
	story := stories.Tell()
	for _, s := range sentinels {
		t.Run(s.name, func(t *testing.T) {
			m := onlySource(t, s.model, s.source)
			q, found := kql.New().Compile(r, compilers.Options{Model: m})
			if s.name == "Security" { // which has no hashes
				require.Nil(t, q)
				assert.Equal(t, "no-entity", found[0].Code)
				return
			}
			require.Empty(t, found)
			rec := recorded(t, m, s.id, s.tell(story))
			checked := CheckKQL(t, []string{q.Text}, rec.Tables, now, m.Time[0])[0]
			require.Empty(t, checked.Errors, q.Text)
			assert.Equal(t, story.Wanted(), RunKQL(t, []string{checked.Text}, rec)[0])
		})
	}
}

// deep is a story six generations deep, with what links may get wrong: an id used again before and after the child,
// the same ids on another host, a parent that was never logged, and children with no parent known.
func deep() *stories.Story {
	s := &stories.Story{}
	at := stories.Now.Add(-time.Hour)
	start := func(parent *stories.Process, host string, pid int, name string) *stories.Process {
		at = at.Add(time.Second)
		p := &stories.Process{ID: 2000 + len(s.Processes), At: at, Host: host, PID: pid, Image: `C:\x\` + name, Command: name + " run", SHA1: fmt.Sprintf("%040x", pid),
			User: "u-" + name, Parent: parent, Logged: true}
		s.Processes = append(s.Processes, p)
		return p
	}
	family := func(host string, names ...string) {
		parent := &stories.Process{At: stories.Now.Add(-100 * time.Hour), Host: host, PID: 4, Image: "System"}
		for i, name := range names {
			parent = start(parent, host, 100+i, name)
		}
	}
	family("H1", "a.exe", "b.exe", "c.exe", "d.exe", "e.exe", "f.exe", "g.exe")
	family("H1", "p.exe", "q.exe", "c.exe", "r.exe", "e.exe", "f.exe")
	family("H2", "a.exe", "z.exe", "c.exe", "d.exe", "e.exe", "f.exe")
	family("h1", "a.exe", "b.exe")
	unlogged := &stories.Process{At: at, Host: "H1", PID: 900, Image: `C:\x\e.exe`, Command: "e.exe run", User: "u-e.exe"}
	start(start(unlogged, "H1", 901, "f.exe"), "H1", 902, "g.exe")
	return s
}

// deepAncestries are conditions on the story above, for each level one that the event cannot answer alone.
var deepAncestries = []string{
	"parent: {CommandLine: e.exe run}",
	"parent: {User: u-e.exe}",
	"grandparent: {Image|endswith: '\\d.exe'}",
	"grandparent: {Image|filename: d.exe, CommandLine|startswith: d}",
	"ancestor: {level: 3, Image|filename: c.exe}",
	"ancestor: {level: 3, CommandLine|re: '^c'}",
	"ancestor: {level: 4, Image|filename: [b.exe, q.exe]}",
	"ancestor: {level: 4, CommandLine|contains: 'z.exe'}",
	"ancestor: {level: 5, Image|filename: a.exe}",
	"ancestor: {level: 5, CommandLine|contains: p.exe}",
	"ancestor: {within: 5, CommandLine: a.exe run}",
	"ancestor: {within: 3, Image|filename: b.exe}",
	"grandparent: {CommandLine: null}",
	"ancestor: {level: 3, Image|exists: false}",
}

// TestKQLLinksProcessesAsTheEngine asks each ancestry both ways, and its negation.
func TestKQLLinksProcessesAsTheEngine(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	for _, s := range sentinels {
		t.Run(s.name, func(t *testing.T) {
			var sections []string
			for _, a := range deepAncestries {
				sections = append(sections, "ancestry:\n  x:\n    "+a+"\n")
			}
			bothWays(t, onlySource(t, s.model, s.source), s.id, s.tell(deep()), sections)
		})
	}
}

// rarities are conditions on how rare a value is; the first few ask nothing of files.
var rarities = []string{
	"{field: user, local: {distinct: host, gte: 2}}",
	"{field: host, among: shell, local: {distinct: user, eq: 1}}",
	"{field: CommandLine, local: {distinct: host, eq: 1}}",
	"{field: Image, of: parent, local: {distinct: host, gte: 2}}",
	"{field: Image, of: actor, among: shell, local: {distinct: user, gte: 2}}",
	"{field: sha1, local: {distinct: host, lte: 1}}",
	"{field: sha1, local: {distinct: host, rarest: 900}}",
	"{field: sha1, among: shell, local: {distinct: user, lt: 2}}",
	"{field: sha1, among: shell, signature: {neq: SignedValid}}",
	"{field: sha1, global: {lt: 250}}",
	"{field: sha1, global: {gte: 3, lt: 250, default: 100}, unavailable: include}",
	"{field: sha1, signature: {neq: SignedValid}}",
	"{field: sha1, among: shell, local: {distinct: host, lte: 2}, signature: [SignedValid]}",
	"{field: sha1, among: shell, local: {distinct: host, lte: 1, over: 1d}, global: {lt: 250, default: 0}}",
}

// TestKQLCountsAsTheEngine asks each prevalence both ways, and its negation.
func TestKQLCountsAsTheEngine(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	for _, s := range sentinels {
		t.Run(s.name, func(t *testing.T) {
			asked := rarities
			if s.name == "Security" { // which has no hashes
				asked = rarities[:5]
			}
			var sections []string
			for _, r := range asked {
				sections = append(sections, "prevalence:\n  x: "+r+"\n")
			}
			bothWays(t, onlySource(t, s.model, s.source), s.id, s.tell(someUsers(stories.Tell())), sections)
		})
	}
}

// someUsers gives the processes of a story users: one everywhere would tell nothing.
func someUsers(story *stories.Story) *stories.Story {
	for i, p := range story.Processes {
		p.User = fmt.Sprint("user", i%2*len(p.Host), p.Host[len(p.Host)-2:])
		if i%5 == 0 {
			p.User = "everywhere"
		}
		if i%3 == 1 { // which is not a user
			p.User = ""
		}
	}
	return story
}

// bothWays asks conditions named x, and their negations, by the engine and by the queries.
func bothWays(t *testing.T, m *schema.Model, id string, rows []stories.Record, sections []string) {
	rec := recorded(t, m, id, rows)
	var names, queries []string
	var wanted [][]string
	for _, section := range sections {
		for _, condition := range []string{"any and x", "any and not x"} {
			r := lowered.Rule(t, header+section+"detection:\n  any: {Image|contains: .}\n  shell: {ParentImage|endswith: '\\cmd.exe'}\n  condition: "+condition+"\n")
			want := RunEngine(t, r, m, rec.Events[m.Sources[0].Table], rec.Profiles)
			require.NotEmpty(t, want, "%s: %s proves nothing: no event matches", condition, section)
			require.Less(t, len(want), len(rows), "%s: %s proves nothing: every event matches", condition, section)
			names, queries, wanted = append(names, condition+": "+section), append(queries, compileIR(t, r, m)), append(wanted, want)
		}
	}
	var runnable []string
	for i, c := range CheckKQL(t, queries, rec.Tables, now, m.Time[0]) {
		require.Empty(t, c.Errors, "%s\n%s", names[i], queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, rec) {
		assert.ElementsMatch(t, wanted[i], got, "%s\n%s", names[i], runnable[i])
	}
}
