package input

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/schema"
)

const files = `
-- who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
-- good.ndjson --
{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}
{"EventRecordID": 2, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\x.exe"}
-- mixed.ndjson --
not json
{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}
-- junk.ndjson --
not json
-- other.ndjson --
{"ActionType": "ProcessCreated", "ReportId": 1}
-- empty.ndjson --
-- none.json --
[]
-- folder/one.json --
{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}
-- folder/package.json --
{"name": "x"}
-- nologs/package.json --
{"name": "x"}
`

// read reads inputs and gives the reader, the number of matches, and what was shown.
func read(t *testing.T, opt Options) (in *Reader, matches int, shown string, err error) {
	t.Helper()
	s, _, errs := clitest.Streams(`{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}` + "\n")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"who.yml"}})
	require.NoError(t, err)
	m, err := schema.Load("windows")
	require.NoError(t, err)
	es := engines.New(set.Lowered(), []*schema.Model{m}, engine.Options{OnResult: func(engine.Result) { matches++ }}, false)
	require.Empty(t, es.Found)
	opt.MaxLine, opt.Workers, opt.Matches = 1<<20, 2, func() int { return matches }
	in = New(s, opt)
	err = in.ReadAll(event.Expand(opt.Files), nil, func([]string) (*engines.Set, error) { return es, nil })
	in.ShowSkipped()
	return in, matches, errs.String(), err
}

func TestEveryLineIsAccountedFor(t *testing.T) {
	clitest.Files(t, files)
	for _, c := range []struct {
		files                    []string
		lines, rejected, matches int
		unreadable               bool
		want                     string
	}{
		{[]string{"good.ndjson", "-"}, 3, 0, 2, false, ""},
		{[]string{"mixed.ndjson"}, 2, 1, 1, false, "rejected mixed.ndjson:1: "},
		{[]string{"good.ndjson", "junk.ndjson"}, 3, 1, 1, true, "error: junk.ndjson: its form is unknown: write its events as JSON, one a line"},
		{[]string{"good.ndjson", "other.ndjson"}, 3, 0, 1, true, "error: other.ndjson: no event has a field of the rules or of data model windows: check that --model"},
		{[]string{"good.ndjson", "nowhere.ndjson"}, 2, 0, 1, true, "error: nowhere.ndjson: no such file or folder\n"},
		{[]string{"good.ndjson", "none.json"}, 2, 0, 1, false, "warning: none.json holds no events\n"},
		{[]string{"good.ndjson", "none.json", "empty.ndjson"}, 2, 0, 1, false, "warning: 2 inputs hold no events: none.json, empty.ndjson\n"},
		{[]string{"none.json"}, 0, 0, 0, true, "error: no events in none.json\n"},
		{[]string{"folder"}, 1, 0, 1, false, "1 file skipped, not logs of the data model: folder"},
		{[]string{"nologs"}, 0, 0, 0, true, "error: no events in nologs\n"},
	} {
		in, matches, shown, err := read(t, Options{Files: c.files})
		require.NoError(t, err)
		assert.Equal(t, []int{c.lines, c.rejected, c.matches}, []int{in.Lines, in.Rejected, matches}, c.files)
		assert.Equal(t, c.unreadable, in.Unreadable, c.files)
		if c.want == "" {
			assert.Empty(t, shown, c.files)
		} else {
			assert.Contains(t, shown, c.want, c.files)
		}
	}
}

func TestRejectedLinesAreKeptWholeOrNotAtAll(t *testing.T) {
	clitest.Files(t, files)
	_, _, _, err := read(t, Options{Files: []string{"mixed.ndjson"}, Rejects: "bad.ndjson"})
	require.NoError(t, err)
	kept, err := os.ReadFile("bad.ndjson")
	require.NoError(t, err)
	assert.Contains(t, string(kept), "not json")
	_, _, _, err = read(t, Options{Files: []string{"mixed.ndjson"}, Rejects: "nowhere/bad.ndjson"})
	assert.ErrorContains(t, err, "--rejects: ")
}

func TestOnlyTheFirstRejectedLinesAreShown(t *testing.T) {
	clitest.Files(t, files)
	require.NoError(t, os.WriteFile("many.ndjson", []byte(strings.Repeat("not json\n", shownRejects+5)), 0o644))
	in, _, shown, err := read(t, Options{Files: []string{"many.ndjson"}})
	require.NoError(t, err)
	assert.Equal(t, shownRejects+5, in.Rejected)
	assert.Equal(t, shownRejects, strings.Count(shown, "rejected many.ndjson:"))
	assert.Equal(t, 1, strings.Count(shown, "more rejected lines are only counted; decree run --rejects FILE keeps them all"))
}

func TestNotesOfManyFiles(t *testing.T) {
	s, _, errs := clitest.Streams("")
	in := New(s, Options{})
	for i := range shownNotes + 2 {
		in.note(fmt.Sprintf("%d.evtx", i), fmt.Sprintf("%d records left", 10+i))
	}
	in.note("x.csv", "no zone")
	in.showNotes()
	assert.Equal(t, "note: 0.evtx: 10 records left\nnote: 1.evtx: 11 records left\nnote: 2.evtx: 12 records left\nnote: x.csv: no zone\n"+
		"note: 2 more files: N records left\n", errs.String())
}

func TestNotAmong(t *testing.T) {
	clitest.Files(t, files)
	assert.NoError(t, NotAmong("rejects", "new.ndjson", []string{"good.ndjson"}))
	assert.NoError(t, NotAmong("rejects", "folder", []string{"folder"}), "not a file: it cannot be written at all")
	assert.EqualError(t, NotAmong("rejects", "./good.ndjson", []string{"", "good.ndjson"}), "--rejects ./good.ndjson is a file that this run reads: choose another name")
}

func TestNames(t *testing.T) {
	assert.Equal(t, "standard input, a, …", names([]string{"-", "a", "b"}, 2))
	assert.Equal(t, "a", names([]string{"a"}, 2))
}

func TestTheBarIsClearedWhereMatchesAreShown(t *testing.T) {
	s, _, errs := clitest.Streams("")
	s.ErrTerminal = true
	in := New(s, Options{})
	in.ClearBar()
	assert.Empty(t, errs.String(), "matches go to a file")
	s.OutTerminal = true
	require.NoError(t, in.bar.RenderBlank())
	errs.Reset()
	in.ClearBar()
	assert.NotEmpty(t, errs.String())
}
