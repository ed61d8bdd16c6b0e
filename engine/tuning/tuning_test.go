package tuning_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/tuning"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

const ruleText = `title: Tool
id: 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a21
logsource: {product: windows, category: process_creation}
detection:
  tool: {Image|contains: tool}
  condition: tool
`

// recording is a recording of events that are written as JSON.
func recording(t testing.TB, model string, lines ...string) tuning.Recording {
	t.Helper()
	m, err := schema.Load(model)
	require.NoError(t, err)
	return tuning.Recording{Name: "test", Options: engine.Options{Model: m}, Read: func(each func(*event.Event) error) error {
		for i, line := range lines {
			if err := each(&event.Event{Source: "events", Line: i + 1, Raw: []byte(line)}); err != nil {
				return err
			}
		}
		return nil
	}}
}

func request(t testing.TB, rule string, good, bad []string) tuning.Request {
	t.Helper()
	return tuning.Request{Rule: lowered.Rule(t, rule), Good: []tuning.Recording{recording(t, "sigma", good...)}, Bad: []tuning.Recording{recording(t, "sigma", bad...)},
		ID: "5d0e8c62-3b7f-4a9e-9f64-0f2b7c1d8e35", Date: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
}

// selections is the part of a filter between the rule that it names and the condition.
func selections(text []byte) string {
	_, rest, _ := strings.Cut(string(text), "0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a21\n")
	out, _, _ := strings.Cut(rest, "  condition:")
	return out
}

func TestFilters(t *testing.T) {
	for _, c := range []struct {
		name      string
		good, bad []string
		want      string
		left      int
	}{
		{"the parent tells them apart, and ids and times do not", []string{
			`{"Image": "C:\\tool.exe", "ParentImage": "C:\\Program Files\\Deploy\\deploy.exe", "User": "NT AUTHORITY\\SYSTEM", "ProcessGuid": "{a}", "UtcTime": "2026-03-01 10:00:00.000", "RecordID": 7}`,
			`{"Image": "C:\\tool.exe", "ParentImage": "C:\\Program Files\\Deploy\\deploy.exe", "User": "NT AUTHORITY\\SYSTEM", "ProcessGuid": "{b}", "UtcTime": "2026-03-01 11:00:00.000", "RecordID": 8}`,
		}, []string{
			`{"Image": "C:\\tool.exe", "ParentImage": "C:\\Windows\\explorer.exe", "User": "CORP\\ann", "ProcessGuid": "{c}", "UtcTime": "2026-03-01 12:00:00.000", "RecordID": 9}`,
		}, "  selection:\n    ParentImage: 'C:\\Program Files\\Deploy\\deploy.exe'\n", 0},
		{"a share, where nothing else tells them apart", []string{`{"Image": "C:\\tool.exe", "Score": 0.25}`, `{"Image": "C:\\tool.exe", "Score": "0.25"}`}, []string{`{"Image": "C:\\tool.exe", "Score": 0.75}`},
			"  selection:\n    Score: '0.25'\n", 0},
		{"users and versions vary", []string{
			`{"Image": "C:\\Users\\ann\\AppData\\Local\\Deploy\\1.2.3\\tool.exe"}`, `{"Image": "C:\\Users\\bob\\AppData\\Local\\Deploy\\1.10.0\\tool.exe"}`,
			`{"Image": "C:\\Users\\cyd\\AppData\\Local\\Deploy\\2.0.1\\tool.exe"}`,
		}, []string{`{"Image": "C:\\Users\\ann\\AppData\\Local\\Other\\1.2.3\\tool.exe"}`},
			"  selection:\n    Image: 'C:\\Users\\\\*\\AppData\\Local\\Deploy\\\\*\\tool.exe'\n", 0},
		{"a folder with several programs", []string{
			`{"Image": "C:\\Program Files\\Suite\\bin\\tool_a.exe"}`, `{"Image": "C:\\Program Files\\Suite\\bin\\tool_b.exe"}`, `{"Image": "C:\\Program Files\\Suite\\bin\\tool_c.exe"}`,
			`{"Image": "C:\\Program Files\\Suite\\bin\\tool_d.exe"}`,
		}, []string{`{"Image": "D:\\tool.exe"}`}, "  selection:\n    Image|startswith: 'C:\\Program Files\\Suite\\bin\\'\n", 0},
		{"several selections", []string{
			`{"Image": "C:\\a\\tool.exe", "CommandLine": "tool /check one"}`, `{"Image": "C:\\a\\tool.exe", "CommandLine": "tool /check two"}`, `{"Image": "C:\\a\\tool.exe", "CommandLine": "tool /x", "ParentImage": "C:\\b\\agent.exe"}`,
		}, []string{`{"Image": "C:\\a\\tool.exe", "CommandLine": "tool /x", "ParentImage": "C:\\b\\evil.exe"}`},
			"  selection_1:\n    CommandLine|startswith: 'tool /check '\n  selection_2:\n    ParentImage: 'C:\\b\\agent.exe'\n", 0},
		{"only two tests together", []string{`{"Image": "C:\\tool.exe", "ParentImage": "C:\\a\\one.exe", "User": "CORP\\svc"}`},
			[]string{`{"Image": "C:\\tool.exe", "ParentImage": "C:\\a\\one.exe", "User": "CORP\\ann"}`, `{"Image": "C:\\tool.exe", "ParentImage": "C:\\a\\two.exe", "User": "CORP\\svc"}`},
			"  selection:\n    ParentImage: 'C:\\a\\one.exe'\n    User: 'CORP\\svc'\n", 0},
		{"a value with wildcards and backslashes is literal", []string{`{"Image": "\\\\srv\\share\\too*l\\tool?.exe"}`}, []string{`{"Image": "C:\\tool.exe"}`},
			"  selection:\n    Image: '\\\\\\\\srv\\share\\too\\*l\\tool\\?.exe'\n", 0},
		{"nothing but ids differs", []string{`{"Image": "C:\\tool.exe", "ProcessId": 4711, "ProcessGuid": "{a}"}`}, []string{`{"Image": "C:\\tool.exe", "ProcessId": 4712, "ProcessGuid": "{b}"}`}, "", 1},
		{"a hash where nothing else differs", []string{`{"Image": "C:\\tool.exe", "Hashes": "MD5=0123,SHA256=AAAA"}`}, []string{`{"Image": "C:\\tool.exe", "Hashes": "MD5=4567,SHA256=BBBB"}`},
			"  selection:\n    Hashes|contains: 'SHA256=AAAA'\n", 0},
		{"a host where nothing else differs", []string{`{"Image": "C:\\tool.exe", "Computer": "PC1", "CommandLine": "a"}`, `{"Image": "C:\\tool.exe", "Computer": "PC1", "CommandLine": "b"}`},
			[]string{`{"Image": "C:\\tool.exe", "Computer": "PC2", "CommandLine": "b"}`, `{"Image": "C:\\tool.exe", "Computer": "PC2", "CommandLine": "c"}`},
			"  selection:\n    Computer: 'PC1'\n", 0},
		{"a field that every target has is preferred", []string{`{"Image": "C:\\tool.exe", "AgentNote": "deploy", "IntegrityLevel": "System"}`},
			[]string{`{"Image": "C:\\tool.exe", "AgentNote": "none", "IntegrityLevel": "High"}`}, "  selection:\n    IntegrityLevel: 'System'\n", 0},
		{"what does not match does not count", []string{`{"Image": "C:\\other.exe"}`}, []string{`{"Image": "C:\\tool.exe"}`}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := tuning.Find(request(t, ruleText, c.good, c.bad))
			require.NoError(t, err)
			assert.Equal(t, c.want, selections(found.Text))
			assert.Len(t, found.Left, c.left)
			assert.Empty(t, found.Distrust)
		})
	}
}

func TestWhatIsSaid(t *testing.T) {
	tool, other := `{"Image": "C:\\tool.exe", "ProcessId": 1, "id": "a"}`, `{"Image": "C:\\tool.exe", "ProcessId": 2, "id": "b"}`
	found, err := tuning.Find(request(t, ruleText, []string{tool}, []string{other}))
	require.NoError(t, err)
	assert.Nil(t, found.Text)
	require.Len(t, found.Left, 1)
	assert.Equal(t, "events:1 (a)", found.Left[0].Match.String())
	assert.Equal(t, "events:1 (b)", found.Left[0].Like.String())
	_, err = tuning.Find(request(t, ruleText, []string{tool}, []string{`{"Image": "x"}`}))
	assert.ErrorIs(t, err, tuning.ErrNoBad)
	found, err = tuning.Find(request(t, ruleText, []string{`{"Image": "C:\\tool.exe", "sha256": "aa"}`}, []string{`{"Image": "C:\\tool.exe", "sha256": "bb"}`}))
	require.NoError(t, err)
	assert.Equal(t, []string{"sha256"}, found.Digests)
	found, err = tuning.Find(request(t, ruleText, []string{`{"Image": "C:\\tool.exe", "AgentNote": "deploy"}`}, []string{`{"Image": "C:\\tool.exe", "AgentNote": "none"}`}))
	require.NoError(t, err)
	assert.Equal(t, []string{"AgentNote"}, found.Absent)
}

// TestAParentThatOnlyItsCreationTells has a filter on the parent of processes whose own events tell only its id.
func TestAParentThatOnlyItsCreationTells(t *testing.T) {
	create := func(pid, parent int, image, line string) string {
		return fmt.Sprintf(`{"EventID": 4688, "Channel": "Security", "Computer": "pc", "NewProcessId": "0x%x", "ProcessId": "0x%x", "NewProcessName": "%s", "CommandLine": "%s", "TimeCreated": "2026-03-01T10:00:%02dZ"}`, pid, parent, image, line, pid)
	}
	q := request(t, ruleText, nil, nil)
	q.Good = []tuning.Recording{recording(t, "windows", create(10, 1, `C:\\a\\host.exe`, "host deploy"), create(11, 10, `C:\\tool.exe`, "x"))}
	q.Bad = []tuning.Recording{recording(t, "windows", create(10, 1, `C:\\a\\host.exe`, "host evil"), create(11, 10, `C:\\tool.exe`, "x"))}
	found, err := tuning.Find(q)
	require.NoError(t, err)
	assert.Equal(t, "  selection:\n    ParentCommandLine: 'host deploy'\n", selections(found.Text))
	cases, err := tuning.Cases(q, found)
	require.NoError(t, err)
	assert.Empty(t, cases, "the matches alone do not tell the parent")
}

// ofTool is a rule on what tool.exe does.
func ofTool(category string) string {
	return "title: Tool\nid: 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a21\nlogsource: {product: windows, category: " + category + "}\ndetection:\n  s: {Image|endswith: tool.exe}\n  condition: s\n"
}

// TestAFilterSaysWhatSigmaSays has events in the words of Elastic.
func TestAFilterSaysWhatSigmaSays(t *testing.T) {
	event := func(direction, user string) string {
		return `{"event": {"category": "network", "type": "start"}, "host": {"os": {"type": "windows"}}, "process": {"executable": "C:\\tool.exe"}, "network": {"direction": "` + direction + `"}, "user": {"name": "` + user + `", "domain": "CORP"}}`
	}
	q := request(t, ofTool("network_connection"), nil, nil)
	q.Good, q.Bad = []tuning.Recording{recording(t, "ecs", event("ingress", "ann"))}, []tuning.Recording{recording(t, "ecs", event("egress", "ann"))}
	found, err := tuning.Find(q)
	require.NoError(t, err)
	assert.Equal(t, "  selection:\n    Initiated: 'false'\n", selections(found.Text))
	q.Good, q.Bad = []tuning.Recording{recording(t, "ecs", event("egress", "svc"))}, []tuning.Recording{recording(t, "ecs", event("egress", "ann"))}
	found, err = tuning.Find(q)
	require.NoError(t, err)
	assert.Equal(t, "  selection:\n    User: 'CORP\\svc'\n", selections(found.Text))
}

// TestAFieldThatTheModelTranslatesIsNotUsed has a field of which the engine reads another value than the event shows.
func TestAFieldThatTheModelTranslatesIsNotUsed(t *testing.T) {
	event := func(name string) string {
		return `{"ActionType": "RegistryKeyCreated", "InitiatingProcessFolderPath": "C:\\tool.exe", "RegistryKey": "HKLM\\` + name + `"}`
	}
	q := request(t, ofTool("registry_add"), nil, nil)
	q.Good, q.Bad = []tuning.Recording{recording(t, "mde", event("deploy"))}, []tuning.Recording{recording(t, "mde", event("evil"))}
	found, err := tuning.Find(q)
	require.NoError(t, err)
	assert.Equal(t, []string{"TargetObject"}, found.Distrust)
	assert.NotContains(t, string(found.Text), "TargetObject")
}

// TestAValueBehindAPrefixIsUsed has a field that Sigma writes without what the product puts before it.
func TestAValueBehindAPrefixIsUsed(t *testing.T) {
	event := func(pipe string) string {
		return `{"ActionType": "NamedPipeEvent", "InitiatingProcessFolderPath": "C:\\tool.exe", "AdditionalFields": "{\"PipeName\": \"\\\\Device\\\\NamedPipe\\\\` + pipe + `\"}"}`
	}
	q := request(t, ofTool("pipe_created"), nil, nil)
	q.Good, q.Bad = []tuning.Recording{recording(t, "mde", event("deploy"))}, []tuning.Recording{recording(t, "mde", event("evil"))}
	found, err := tuning.Find(q)
	require.NoError(t, err)
	assert.Equal(t, "  selection:\n    PipeName: '\\deploy'\n", selections(found.Text))
}

// TestNoBadEventIsEverExcluded draws events of a few values, so that they often differ in several fields together.
func TestNoBadEventIsEverExcluded(t *testing.T) {
	for seed := range int64(60) {
		rnd := rand.New(rand.NewSource(seed))
		draw := func(n int) []string {
			var out []string
			for range n {
				out = append(out, fmt.Sprintf(`{"Image": "C:\\p\\tool%d.exe", "ParentImage": "C:\\Program Files\\a%d\\b%d.exe", "CommandLine": "tool%d /opt-%c --user 'x%d'", "User": "CORP\\u%d"}`,
					rnd.Intn(3), rnd.Intn(3), rnd.Intn(4), rnd.Intn(2), 'a'+rune(rnd.Intn(4)), rnd.Intn(5), rnd.Intn(3)))
			}
			return out
		}
		good, bad := draw(1+rnd.Intn(40)), draw(1+rnd.Intn(15))
		found, err := tuning.Find(request(t, ruleText, good, bad))
		require.NoError(t, err, "seed %d", seed)
		assert.Len(t, found.Bad, len(bad))
		assert.Empty(t, found.Distrust, "seed %d", seed)
		for _, l := range found.Left {
			assert.NotNil(t, l.Like, "seed %d: %s is not excluded and is like no bad event", seed, l.Match.Raw)
		}
		assert.Len(t, found.Excluded, len(good)-len(found.Left))
	}
}
