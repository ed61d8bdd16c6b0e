package input

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/schema"
)

// Events of each kind, one a line.
const (
	windowsEvent = `{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}` + "\n"
	mdeEvent     = `{"Timestamp": "2026-01-01T00:00:00Z", "DeviceName": "a", "ActionType": "ProcessCreated", "FolderPath": "C:\\whoami.exe"}` + "\n"
	plainEvent   = `{"Image": "C:\\whoami.exe"}` + "\n"
	unknownEvent = `{"colour": "red", "age": 3}` + "\n"
	messageEvent = `{"Id": 4688, "LogName": "Security", "ProviderName": "Microsoft-Windows-Security-Auditing", "TimeCreated": "2026-01-01T00:00:00Z", "Message": "A process"}` + "\n"
)

// write writes files of events into a new folder, and makes it the working folder.
func write(t *testing.T, texts map[string]string) {
	t.Helper()
	clitest.Files(t, files)
	for name, text := range texts {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

// readChosen reads inputs whose content decides on their models. It gives the models that occur, the number of matches
// of each, and what was shown.
func readChosen(t *testing.T, stdin string, paths ...string) (in *Reader, occur []string, matches map[string]int, shown string) {
	t.Helper()
	s, _, errs := clitest.Streams(stdin)
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"who.yml"}})
	require.NoError(t, err)
	choice := models.NewChoice()
	matches = map[string]int{}
	total := 0
	in = New(s, Options{Files: paths, MaxLine: 1 << 20, Workers: 2, Matches: func() int { return total }})
	err = in.ReadAll(event.Expand(paths), choice.Signs(), func(names []string) (*engines.Set, error) {
		occur = names
		all, err := choice.LoadAll(nil, names)
		if err != nil {
			return nil, err
		}
		return engines.New(set.Lowered(), all, engine.Options{OnResult: func(r engine.Result) {
			total++
			matches[r.Event.Source]++
		}}, false), nil
	})
	require.NoError(t, err)
	in.ShowSkipped()
	return in, occur, matches, errs.String()
}

func TestEachFileIsReadAsTheModelOfItsEvents(t *testing.T) {
	write(t, map[string]string{
		"win.ndjson": windowsEvent, "mde.ndjson": mdeEvent, "plain.ndjson": plainEvent, "unknown.ndjson": unknownEvent,
		"mixed2.ndjson":    strings.Repeat(windowsEvent, 3) + mdeEvent,
		"damaged.ndjson":   "{\"a\":\n{\"b\":\n" + unknownEvent,
		"late.ndjson":      strings.Repeat("{\"a\":\n", 70) + mdeEvent,
		"partly.ndjson":    unknownEvent + windowsEvent,
		"withplain.ndjson": windowsEvent + windowsEvent + plainEvent,
		"message.ndjson":   messageEvent + messageEvent,
	})
	for _, c := range []struct {
		files               []string
		stdin               string
		models              []string
		lines, rejected     int
		matches             map[string]int
		unreadable, misread bool
		want                string
	}{
		{files: []string{"win.ndjson", "mde.ndjson"}, models: []string{"windows", "mde"}, lines: 2, matches: map[string]int{"win.ndjson": 1, "mde.ndjson": 1},
			want: "win.ndjson: model windows\nmde.ndjson: model mde\n"},
		{files: []string{"plain.ndjson"}, models: []string{"sigma"}, lines: 1, matches: map[string]int{"plain.ndjson": 1},
			want: "plain.ndjson: model sigma (rules are asked whatever their log source)\n"},
		{files: []string{"-"}, stdin: mdeEvent + mdeEvent, models: []string{"mde"}, lines: 2, matches: map[string]int{"standard input": 2}, want: "standard input: model mde\n"},
		{files: []string{"unknown.ndjson", "win.ndjson"}, models: []string{"windows"}, lines: 1, matches: map[string]int{"win.ndjson": 1}, unreadable: true,
			want: "error: unknown.ndjson: no data model recognises its events, which have the fields age, colour: name theirs with --model, or describe them with --model-file\n" +
				"win.ndjson: model windows\n"},
		{files: []string{"damaged.ndjson"}, unreadable: true,
			want: "error: damaged.ndjson: no data model recognises its events, which have the fields age, colour: name theirs with --model, or describe them with --model-file; 2 of the first 3 lines cannot be read (not JSON: unexpected EOF)\n"},
		{files: []string{"late.ndjson"}, models: []string{"mde"}, lines: 71, rejected: 70, matches: map[string]int{"late.ndjson": 1}, unreadable: true, want: "late.ndjson: model mde\n"},
		{files: []string{"mixed2.ndjson"}, models: []string{"windows"}, lines: 4, matches: map[string]int{"mixed2.ndjson": 3}, misread: true,
			want: "mixed2.ndjson: model windows; it has 3 of the first 4 events, and all are read as its; 1 look like mde\n"},
		{files: []string{"withplain.ndjson"}, models: []string{"windows"}, lines: 3, matches: map[string]int{"withplain.ndjson": 2},
			want: "withplain.ndjson: model windows; it has 2 of the first 3 events, and all are read as its; 1 look like sigma\n"},
		{files: []string{"partly.ndjson"}, models: []string{"windows"}, lines: 2, matches: map[string]int{"partly.ndjson": 1},
			want: "partly.ndjson: model windows; it has 1 of the first 2 events, and all are read as its\n"},
		{files: []string{"message.ndjson"}, models: []string{"windows"}, lines: 2, misread: true,
			want: "message.ndjson: model windows; events with only a message text and no fields: 2 of the first 2 events (save the log as EVTX or XML)\n"},
		{files: []string{"mixed.ndjson"}, models: []string{"windows"}, lines: 2, rejected: 1, matches: map[string]int{"mixed.ndjson": 1},
			want: "mixed.ndjson: model windows\nrejected mixed.ndjson:1: "},
		{files: []string{"none.json", "win.ndjson"}, models: []string{"windows"}, lines: 1, matches: map[string]int{"win.ndjson": 1},
			want: "win.ndjson: model windows\nwarning: none.json holds no events\n"},
		{files: []string{"none.json"}, unreadable: true, want: "error: no events in none.json\n"},
		{files: []string{"folder"}, models: []string{"windows"}, lines: 1, matches: map[string]int{"folder/one.json": 1},
			want: "folder/one.json: model windows\n1 file skipped, not logs of the data model: folder/package.json\n"},
	} {
		in, models, matches, shown := readChosen(t, c.stdin, c.files...)
		if c.matches == nil {
			c.matches = map[string]int{}
		}
		assert.Equal(t, c.models, models, c.files)
		assert.Equal(t, c.matches, matches, c.files)
		assert.Equal(t, []int{c.lines, c.rejected}, []int{in.Lines, in.Rejected}, c.files)
		assert.Equal(t, []bool{c.unreadable, c.misread, len(c.models) > 0}, []bool{in.Unreadable, in.Misread, in.Recognised}, c.files)
		assert.True(t, strings.HasPrefix(shown, c.want), "%v: %s", c.files, shown)
	}
}

// TestEventsBehindTheFirstLines: a file whose model is not known, because events begin too late, is never passed over
// in silence.
func TestEventsBehindTheFirstLines(t *testing.T) {
	write(t, map[string]string{"win.ndjson": windowsEvent, "late.ndjson": strings.Repeat("{\"a\":\n", 4100) + strings.Repeat(mdeEvent, 4200)})
	in, _, _, shown := readChosen(t, "", "win.ndjson", "late.ndjson")
	assert.True(t, in.Unreadable)
	assert.Equal(t, []int{8301, 4100}, []int{in.Lines, in.Rejected})
	const blame = ": none of its first lines is an event, so that its data model is not known and rules may have missed its 4200 events: name it with --model\n"
	assert.Contains(t, shown, "error: late.ndjson"+blame)
	late, err := os.ReadFile("late.ndjson")
	require.NoError(t, err)
	_, _, _, shown = readChosen(t, string(late), "win.ndjson", "-")
	assert.Contains(t, shown, "error: standard input"+blame)
}

// TestManyFilesAreCounted: of many files, only those in doubt are named.
func TestManyFilesAreCounted(t *testing.T) {
	texts := map[string]string{"m.ndjson": mdeEvent, "x.ndjson": windowsEvent + windowsEvent + mdeEvent}
	paths := []string{"m.ndjson", "x.ndjson"}
	for i := range shownFiles - 1 {
		name := string(rune('a'+i)) + ".ndjson"
		texts[name] = windowsEvent
		paths = append(paths, name)
	}
	write(t, texts)
	_, models, _, shown := readChosen(t, "", paths...)
	assert.Equal(t, []string{"mde", "windows"}, models)
	assert.Equal(t, "1 file: model mde\n5 files: model windows\n"+
		"x.ndjson: model windows; it has 2 of the first 3 events, and all are read as its; 1 look like mde\n", shown)
	_, _, _, shown = readChosen(t, "", paths[1:]...)
	assert.Equal(t, shownFiles, strings.Count(shown, ".ndjson: model windows"), "few enough to name each")
	assert.NotContains(t, shown, "files: ")
}

// TestLaterEventsOfAnotherModel: what comes after the first events is looked at too.
func TestLaterEventsOfAnotherModel(t *testing.T) {
	for _, c := range []struct {
		later   string
		misread bool
		want    string
	}{
		{windowsEvent, false, ""},
		{mdeEvent, true, `; \d+ look like mde\n$`},
		{plainEvent, false, `; \d+ look like sigma\n$`},
		{unknownEvent, false, `as which all are read\n$`},
	} {
		write(t, map[string]string{"long.ndjson": strings.Repeat(windowsEvent, 100) + strings.Repeat(c.later, 3000)})
		in, _, _, shown := readChosen(t, "", "long.ndjson")
		assert.Equal(t, 3100, in.Lines)
		assert.Equal(t, c.misread, in.Misread, c.later)
		if c.want == "" {
			assert.Equal(t, "long.ndjson: model windows\n", shown)
		} else {
			assert.Regexp(t, `^long.ndjson: model windows\nwarning: long.ndjson: of \d+ events further on that were looked at, \d+ are not of model windows, as which all are read`, shown)
			assert.Regexp(t, c.want, shown)
		}
	}
}

// TestLook: events are counted by the first other model that they look like.
func TestLook(t *testing.T) {
	c := &chosen{among: schema.Recognisable()}
	look := func(texts ...string) {
		r, err := event.NewReader("-", strings.NewReader(strings.Join(texts, "")), event.Options{})
		require.NoError(t, err)
		for range texts {
			raw, err := r.NextRaw()
			require.NoError(t, err)
			c.look(raw)
		}
	}
	look(mdeEvent)
	assert.Equal(t, later{}, c.later, "no file is read yet")
	c.later.model = "windows"
	look(windowsEvent, "not json\n")
	assert.Equal(t, later{model: "windows", events: 1}, c.later)
	assert.Empty(t, c.later.text())
	both := `{"@timestamp": "2026-01-01T00:00:00Z", "event": {"code": "4624", "category": ["authentication"]}, "winlog": {"channel": "Security"}}` + "\n"
	for _, model := range []string{"ecs", "winlogbeat"} {
		c.later = later{model: model}
		look(both)
		assert.Equal(t, later{model: model, events: 1}, c.later, "both models read it")
	}
	c.later = later{model: "windows", events: 1}
	look(unknownEvent, mdeEvent, plainEvent, mdeEvent)
	assert.Equal(t, later{model: "windows", events: 5, not: 4, lookLike: "mde", ofLookLike: 2}, c.later)
	assert.Equal(t, "of 5 events further on that were looked at, 4 are not of model windows, as which all are read; 2 look like mde", c.later.text())
}

func TestExplain(t *testing.T) {
	write(t, map[string]string{"win.ndjson": windowsEvent, "win2.ndjson": windowsEvent + "not json\n", "mde.ndjson": mdeEvent, "unknown.ndjson": unknownEvent})
	for _, c := range []struct {
		files  []string
		choose bool
		model  string
		lines  map[string]int // that are events, of the files that are read
		shown  string
		err    string
	}{
		{[]string{"win.ndjson", "win2.ndjson"}, true, "windows", map[string]int{"win.ndjson": 1, "win2.ndjson": 1}, "rejected win2.ndjson:2: ", ""},
		{[]string{"-"}, true, "mde", map[string]int{"standard input": 2}, "standard input: model mde\n", ""},
		{[]string{"win.ndjson", "mde.ndjson"}, false, "", map[string]int{"win.ndjson": 1, "mde.ndjson": 1}, "", ""},
		{[]string{"unknown.ndjson", "win.ndjson"}, true, "windows", map[string]int{"win.ndjson": 1}, "error: unknown.ndjson: no data model recognises", ""},
		{[]string{"none.json"}, true, "sigma", map[string]int{"none.json": 0}, "", ""},
		{[]string{"win.ndjson", "mde.ndjson"}, true, "", nil, "", "the files have different data models: windows, mde\ngive files of one of them, or name it with --model"},
		{[]string{"unknown.ndjson"}, true, "", nil, "error: unknown.ndjson: ", "no events to explain"},
		{[]string{"win.ndjson", "nowhere.ndjson"}, true, "", nil, "", "nowhere.ndjson: no such file or folder"},
	} {
		s, _, errs := clitest.Streams(mdeEvent + mdeEvent)
		e, err := Explain(s, c.files, c.choose, schema.Recognisable())
		if c.err != "" {
			assert.EqualError(t, err, c.err)
			assert.Contains(t, errs.String(), c.shown, c.files)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.model, e.Model, c.files)
		lines := map[string]int{}
		require.NoError(t, e.Each(func(r *event.Reader, file string) error {
			lines[file] = 0
			for {
				switch _, err := r.Next(); {
				case errors.Is(err, io.EOF):
					return nil
				case err != nil:
					return err
				}
				lines[file]++
			}
		}))
		assert.Equal(t, c.lines, lines, c.files)
		assert.Contains(t, errs.String(), c.shown, c.files)
	}
}

func TestExplainNamesTheFileOfAnError(t *testing.T) {
	write(t, map[string]string{"win.ndjson": windowsEvent})
	s, _, _ := clitest.Streams("")
	e, err := Explain(s, []string{"win.ndjson"}, false, nil)
	require.NoError(t, err)
	assert.EqualError(t, e.Each(func(*event.Reader, string) error { return assert.AnError }), "win.ndjson: "+assert.AnError.Error())
	require.NoError(t, os.Remove("win.ndjson"))
	assert.ErrorContains(t, e.Each(func(*event.Reader, string) error { return nil }), "win.ndjson: ")
}
