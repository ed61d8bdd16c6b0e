package engine_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// found runs a rule on lines of which the last matches, and gives that result.
func found(t *testing.T, opt engine.Options, rule string, lines ...string) engine.Result {
	t.Helper()
	opt.Evidence = true
	results, _ := enginetest.Run(t, opt, []*ir.Rule{lowered.Rule(t, rule)}, lines...)
	require.Len(t, results, 1)
	return results[0]
}

func TestEvidenceIsWhatHeldWithItsValues(t *testing.T) {
	for _, c := range []struct {
		name, detection, event string
		want                   []engine.Evidence
	}{
		{"of a list the values that held, and where", `a: {CommandLine|contains: [' -x', ' -enc', 'ÄB']}`, `{"CommandLine": "p -ENC äb"}`,
			[]engine.Evidence{{Name: "a", Field: "CommandLine", Test: `contains " -enc", "ÄB"`, Values: []string{"p -ENC äb"}, At: []int{1}}}},
		{"of a long list, too", `a: {CommandLine|contains: [a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12, a13, a14, a15, 'ÄB', -Enc]}`, `{"CommandLine": ["none", "p -ENC äb", "A15 a01"]}`,
			[]engine.Evidence{{Name: "a", Field: "CommandLine", Test: `contains "a01", "a15", "ÄB", "-Enc"`, Values: []string{"p -ENC äb", "A15 a01"}, At: []int{2, 0}}}},
		{"both tests of a map", `a: {Image|endswith: '\who.exe', User: ann}`, `{"Image": "C:\\WHO.exe", "User": "ANN"}`,
			[]engine.Evidence{{Name: "a", Field: "Image", Test: `endswith "\who.exe"`, Values: []string{`C:\WHO.exe`}, At: []int{2}},
				{Name: "a", Field: "User", Test: `equals "ann"`, Values: []string{"ANN"}, At: []int{0}}}},
		{"only the alternative that held, and nothing below not", "a: {Image: x}\n  b: {User: ann}\n  c: {User: bob}\n  condition: (a or b) and not c", `{"User": "ann"}`,
			[]engine.Evidence{{Name: "b", Field: "User", Test: `equals "ann"`, Values: []string{"ann"}, At: []int{0}}}},
		{"a name that the condition uses twice is shown once", "a: {User: ann}\n  condition: a and 1 of a*", `{"User": "ann"}`,
			[]engine.Evidence{{Name: "a", Field: "User", Test: `equals "ann"`, Values: []string{"ann"}, At: []int{0}}}},
		{"of several values of a field those that the test holds of", `a: {User|startswith: b}`, `{"User": ["ann", "bob"]}`,
			[]engine.Evidence{{Name: "a", Field: "User", Test: `startswith "b"`, Values: []string{"bob"}, At: []int{0}}}},
		{"expressions, also those that backtrack", "a: {Image|re: 'o+', User|re: '(a)\\1'}", `{"Image": "whoo", "User": "aa"}`,
			[]engine.Evidence{{Name: "a", Field: "Image", Test: "matches /o+/", Values: []string{"whoo"}, At: []int{2}},
				{Name: "a", Field: "User", Test: `matches /(a)\1/ (backtracking)`, Values: []string{"aa"}, At: []int{0}}}},
		{"words and file names, where they begin", "a: {CommandLine|word: net, Image|filename|contains: who, GrantedAccess|bits: 3}", `{"CommandLine": "dotnet é net", "Image": "who\\é\\xWHO.exe", "GrantedAccess": "0x1f"}`,
			[]engine.Evidence{{Name: "a", Field: "CommandLine", Test: `word "net"`, Values: []string{"dotnet é net"}, At: []int{9}},
				{Name: "a", Field: "Image", Test: `filename contains "who"`, Values: []string{`who\é\xWHO.exe`}, At: []int{7}},
				{Name: "a", Field: "GrantedAccess", Test: "has the bits 0x3", Values: []string{"0x1f"}, At: []int{0}}}},
		{"elements of an array, as JSON", "a: {'changes[any]': {name: role, 'new|contains': admin}, 'tags[-1]': x, 'none[none]': {a: b}}", `{"changes": [{"name": "x"}, {"new": "Admin", "name": "Role"}], "tags": ["x", "X"]}`,
			[]engine.Evidence{{Name: "a", Field: "changes", Test: `has an element with (name equals "role" and new contains "admin")`, Values: []string{`{"name":"Role","new":"Admin"}`}, At: []int{0}},
				{Name: "a", Field: "tags", Test: `has element -1 with (. equals "x")`, Values: []string{`"X"`}, At: []int{0}},
				{Name: "a", Field: "none", Test: `has no element with (a equals "b")`}}},
		{"keywords: the texts that have them", `a: [whoami]`, `{"X": "run whoami", "Y": "z"}`,
			[]engine.Evidence{{Name: "a", Test: `contains "whoami"`, Values: []string{"run whoami"}, At: []int{4}}}},
		{"numbers, patterns and networks", "a: {EventID: 1, Image: 'a?c', SourceIp|cidr: 10.0.0.0/8}", `{"EventID": 1, "Image": "abc", "SourceIp": "10.1.1.1"}`,
			[]engine.Evidence{{Name: "a", Field: "EventID", Test: "eq 1", Values: []string{"1"}, At: []int{0}},
				{Name: "a", Field: "Image", Test: `like "a" ? "c"`, Values: []string{"abc"}, At: []int{0}},
				{Name: "a", Field: "SourceIp", Test: "in network 10.0.0.0/8", Values: []string{"10.1.1.1"}, At: []int{0}}}},
		{"another field, with its value", `a: {Image|fieldref: User}`, `{"Image": "x", "User": "X"}`,
			[]engine.Evidence{{Name: "a", Field: "Image", Test: `equals the field User, "X"`, Values: []string{"x"}, At: []int{0}}}},
		{"what is not there", `a: {Image: null}`, `{"User": "X"}`, []engine.Evidence{{Name: "a", Field: "Image", Test: "is null"}}},
	} {
		detection := c.detection
		if !strings.Contains(detection, "condition") {
			detection += "\n  condition: a"
		}
		got := found(t, engine.Options{}, "sigma-version: 3\ndetection:\n  "+detection, c.event).Evidence
		assert.Equal(t, c.want, got, c.name)
	}
}

func TestEvidenceOfListsAncestorsAndRarity(t *testing.T) {
	r := found(t, engine.Options{Model: lowered.Model(t, "windows")}, `
lists: {tools: [who.exe, net.exe]}
ancestry:
  up: {grandparent: {Image|filename: sqlservr.exe}}
detection:
  tool: {Image|filename|expand: '%tools%'}
  condition: tool and up
`, enginetest.SecurityProcess(1, "A", "01", 1, 0, "sqlservr.exe", "s"), enginetest.SecurityProcess(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who"), enginetest.SecurityProcess(3, "A", "03", 3, 2, "who.exe", "who"))
	require.Len(t, r.Evidence, 2)
	assert.Equal(t, `filename "who.exe" of %tools%`, r.Evidence[0].Test)
	up := r.Evidence[1]
	assert.Equal(t, []any{"up", "Image", 2}, []any{up.Name, up.Field, up.Level})
	assert.Contains(t, up.Values[0], "sqlservr.exe")
	assert.NotEmpty(t, up.From, "read from another event")
	assert.Equal(t, engine.Log{Channel: "Security", Code: "4688"}, r.Log)
	assert.False(t, r.At.IsZero())
}

func TestEvidenceOfRarityIsItsCounts(t *testing.T) {
	const rule = `
prevalence:
  rare: {field: sha1, among: who, local: {distinct: host, lte: 1}}
detection:
  who: {Image|filename: who.exe}
  condition: who and rare
`
	const line = `{"UtcTime": "2026-03-01T00:00:00Z", "Image": "C:\\who.exe", "Computer": "pc", "sha1": "aa"}`
	r := found(t, engine.Options{}, rule, line)
	require.Len(t, r.Evidence, 2)
	assert.Equal(t, []string{"rare", "prevalence"}, []string{r.Evidence[1].Name, r.Evidence[1].Test})
	assert.Contains(t, r.Evidence[1].Values[0], "aa seen by 1 here")
	// A backtest tells the same: its alerts are described after the last run.
	b, found := engine.NewBacktest([]*ir.Rule{lowered.Rule(t, rule)}, engine.Options{Evidence: true})
	require.Empty(t, found)
	enginetest.Add(t, b.Engine, line, strings.ReplaceAll(line, "03-01", "03-05"), strings.NewReplacer("03-01", "03-05", "pc", "other").Replace(line))
	alerts, _, _, err := enginetest.Replay(b, func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} })
	require.NoError(t, err)
	require.Len(t, alerts, 1)
	assert.Equal(t, r.Evidence, alerts[0].Evidence)
}

func TestFieldsOfAResultAreReadThroughItsModel(t *testing.T) {
	r := found(t, engine.Options{Model: lowered.Model(t, "mde")}, "detection: {a: {Image|filename: who.exe}, condition: a}",
		`{"Timestamp": "2026-03-01T00:00:00Z", "ActionType": "ProcessCreated", "DeviceName": "pc", "FolderPath": "C:\\who.exe", "FileName": "who.exe", "AccountName": "ann", "AccountDomain": "corp", "Extra": {"N": 5}}`)
	for name, want := range map[string]string{"Image": `C:\who.exe`, "FileName": "who.exe", "Extra.N": "5", "nothing": "", "User": `corp\ann`} {
		assert.Equal(t, want, r.Field(name), name)
	}
}

// TestAPathInTwoColumnsIsShownWhole: of a key without a value the key is the path.
func TestAPathInTwoColumnsIsShownWhole(t *testing.T) {
	const head = `{"Timestamp": "2026-03-01T00:00:00Z", "ActionType": "RegistryValueSet", "InitiatingProcessFileName": "who.exe"`
	for event, want := range map[string]string{
		head + `, "RegistryKey": "HKEY_LOCAL_MACHINE\\Run", "RegistryValueName": "Up"}`: `HKEY_LOCAL_MACHINE\Run\Up`,
		head + `, "RegistryKey": "HKEY_LOCAL_MACHINE\\Run", "RegistryValueName": ""}`:   `HKEY_LOCAL_MACHINE\Run`,
		head + `, "RegistryKey": "HKEY_LOCAL_MACHINE\\Run"}`:                            `HKEY_LOCAL_MACHINE\Run`,
		head + `, "RegistryValueName": "Up"}`:                                           "Up",
		head + `}`:                                                                      "",
	} {
		r := found(t, engine.Options{Model: lowered.Model(t, "mde")}, "logsource: {product: windows, category: registry_set}\ndetection: {a: {Image|filename: who.exe}, condition: a}", event)
		assert.Equal(t, want, r.Field("TargetObject"), event)
	}
}

func TestWithoutTheOptionThereIsNoEvidence(t *testing.T) {
	results, _ := enginetest.Run(t, engine.Options{}, []*ir.Rule{lowered.Rule(t, "detection: {a: {Image: x}, condition: a}")}, `{"Image": "x"}`)
	require.Len(t, results, 1)
	assert.Nil(t, results[0].Evidence)
}

// TestEvidenceHoldsNothingOfTheNextEvent: the memory of events is used again.
func TestEvidenceHoldsNothingOfTheNextEvent(t *testing.T) {
	var lines []string
	for i := range 100 {
		line, err := json.Marshal(map[string]string{"Image": strings.Repeat(string(rune('a'+i%26)), 20) + "\t.exe"})
		require.NoError(t, err)
		lines = append(lines, string(line))
	}
	results, _ := enginetest.Run(t, engine.Options{Evidence: true}, []*ir.Rule{lowered.Rule(t, "detection: {a: {Image|endswith: .exe}, condition: a}")}, lines...)
	require.Len(t, results, 100)
	for i, r := range results {
		assert.Equal(t, r.Event.Fields()["Image"], r.Evidence[0].Values[0], i)
	}
	assert.False(t, slices.Equal(results[0].Evidence[0].Values, results[1].Evidence[0].Values))
}

// TestAResultShowsWhatWasMatched: a field of the result's event is what tests, groups and joins read of it, in a list
// of objects too, in a text of JSON and of a set of hashes.
func TestAResultShowsWhatWasMatched(t *testing.T) {
	for _, c := range []struct{ model, logsource, field, value, event string }{
		{"sigma", "{category: x}", "a.b", "v", `{"a":[{"b":"v"},{"b":"w"}]}`},
		{"mde", "{product: windows, category: process_creation}", "AdditionalFields.Key", "v", `{"ActionType":"ProcessCreated","DeviceId":"d","AdditionalFields":"{\"Key\":\"v\"}"}`},
		{"windows", "{product: windows, category: process_creation}", "Imphash", "ab", `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Hashes":"MD5=x,IMPHASH=ab"}`},
	} {
		r := found(t, engine.Options{Model: lowered.Model(t, c.model)}, "title: T\nlogsource: "+c.logsource+"\ndetection: {a: {"+c.field+": "+c.value+"}, condition: a}\n", c.event)
		assert.Contains(t, strings.Split(r.Field(c.field), ", "), c.value)
	}
}
