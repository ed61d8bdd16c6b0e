package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/rules/ir"
)

// sysmon writes a Sysmon 1 event. Its GUIDs are never used again; pids always are the same here.
func sysmon(id int, host, guid, parent, image, parentImage string) string {
	return fmt.Sprintf(`{"EventID":1,"EventRecordID":%d,"UtcTime":"2024-05-01 10:00:%02d.000","Computer":"%s","ProcessGuid":"{%s}","ParentProcessGuid":"{%s}","ProcessId":4,"ParentProcessId":4,"Image":"C:\\%s","ParentImage":"C:\\%s"}`,
		id, id, host, guid, parent, image, parentImage)
}

func TestLineageByGUID(t *testing.T) {
	r := lower(t, "ancestry:\n  up:\n    grandparent: {Image|filename: sql.exe}\ndetection:\n  any: {Image|filename: who.exe}\n  condition: any and up\n")
	shell, who := sysmon(2, "A", "S", "Q", "cmd.exe", "sql.exe"), sysmon(3, "A", "W", "S", "who.exe", "cmd.exe")
	for _, c := range []struct {
		name   string
		events []string
		want   []engine.Ancestor
	}{
		{"the parent's creation names the grandparent, whose own is long gone", []string{shell, who},
			[]engine.Ancestor{{Level: 1, Image: `C:\cmd.exe`, From: "the event itself"}, {Level: 2, Image: `C:\sql.exe`, From: "creation of ancestor 1"}}},
		{"a GUID in another case", []string{strings.Replace(shell, "{S}", "{s}", 1), who},
			[]engine.Ancestor{{Level: 1, Image: `C:\cmd.exe`, From: "the event itself"}, {Level: 2, Image: `C:\sql.exe`, From: "creation of ancestor 1"}}},
		{"without the parent's creation", []string{sysmon(1, "A", "Q", "0", "sql.exe", "services.exe"), who}, nil},
		{"a parent on another host", []string{strings.Replace(shell, `"A"`, `"B"`, 1), who}, nil},
		{"the creation comes later in the file and by the clock", []string{who, strings.Replace(shell, "10:00:02", "10:09:00", 1)},
			[]engine.Ancestor{{Level: 1, Image: `C:\cmd.exe`, From: "the event itself"}, {Level: 2, Image: `C:\sql.exe`, From: "creation of ancestor 1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			results, _ := finish(t, engine.Options{Model: model(t, "windows")}, []*ir.Rule{r}, c.events...)
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
	r := lower(t, "ancestry:\n  up:\n    grandparent: {Image|filename: sql.exe}\ndetection:\n  any: {Image|filename: who.exe}\n  condition: any and up\n")
	for _, name := range []string{`"Hostname":"A"`, `"host":{"name":"A"}`, `"host.name":"A"`} {
		shell := strings.Replace(sysmon(2, "A", "S", "Q", "cmd.exe", "sql.exe"), `"Computer":"A"`, name, 1)
		assert.Equal(t, []string{"3"}, run(t, engine.Options{Model: model(t, "windows")}, []*ir.Rule{r}, shell, sysmon(3, "A", "W", "S", "who.exe", "cmd.exe")), name)
		assert.Empty(t, run(t, engine.Options{Model: model(t, "windows")}, []*ir.Rule{r}, shell, sysmon(3, "B", "W", "S", "who.exe", "cmd.exe")), name)
	}
}

func TestAtLeast(t *testing.T) {
	r := func(condition string) []*ir.Rule {
		return []*ir.Rule{lower(t, "detection:\n  s1: {A: x}\n  s2: {B: x}\n  s3: {C: x}\n  other: {D: x}\n  condition: "+condition+"\n")}
	}
	events := []string{`{"id":0}`, `{"id":1,"A":"x"}`, `{"id":2,"A":"x","C":"x"}`, `{"id":3,"A":"x","B":"x","C":"x"}`, `{"id":4,"A":"x","D":"x"}`}
	for condition, want := range map[string]string{
		"1 of s*": "1 2 3 4", "2 of s*": "2 3", "all of s*": "3", "2 of them": "2 3 4", "not 2 of s*": "0 1 4", "2 of s* and not all of s*": "2", "2 of s* or other": "2 3 4",
	} {
		for _, exhaustive := range []bool{false, true} {
			assert.Equal(t, want, strings.Join(run(t, engine.Options{Exhaustive: exhaustive}, r(condition), events...), " "), condition)
		}
	}
}

func TestReputationTablesThatCannotBe(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"r.ndjson", "{\"sha1\":\"AA\",\"GlobalPrevalence\":5}\n", ""},
		{"r.json", "[{\"Sha256\":\"AA\",\"GlobalPrevalence\":5,\"Signer\":null}]\n", ""},
		{"r.ndjson", "{\"sha1\":\"AA\"}\n{\"GlobalPrevalence\":5}\n", "r.ndjson:2: a reputation row needs one of the columns sha1, sha256, md5, domain"},
		{"r.csv", "sha1,GlobalPrevalence\n,5\n", "r.csv:2: a reputation row needs one of the columns sha1, sha256, md5, domain"},
		{"r.csv", "sha1,GlobalPrevalence\naa,5\nbb\n", "r.csv:3: 1 cells where the header has 2"},
		{"r.csv", "sha1,GlobalPrevalence\n\"aa,5\nbb,6\n", "r.csv:2: not CSV: lines 2 to 3 are one row, because a quote is never closed"},
		{"r.ndjson", "{\"sha1\":\"aa\"}\nnope\n", "r.ndjson:2: not JSON: invalid character 'o' in literal null (expecting 'u')"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o644))
		table, err := engine.LoadReputation(path)
		if c.want != "" {
			assert.ErrorContains(t, err, c.want)
			continue
		}
		require.NoError(t, err)
		row, ok := table.Lookup(map[string]string{"r.ndjson": "sha1", "r.json": "sha256"}[c.name], "aa")
		assert.True(t, ok, c.name)
		assert.Equal(t, "5", row["GlobalPrevalence"])
	}
}
