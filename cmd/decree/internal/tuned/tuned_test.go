package tuned_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/tuned"
	"decree/engine"
	"decree/engine/event"
	"decree/engine/tuning"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

func recording(t *testing.T, lines ...string) tuning.Recording {
	m, err := schema.Load("sigma")
	require.NoError(t, err)
	return tuning.Recording{Name: "r", Options: engine.Options{Model: m, Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, Read: func(each func(*event.Event) error) error {
		for i, l := range lines {
			if err := each(&event.Event{Source: "e", Line: i + 1, Raw: []byte(l)}); err != nil {
				return err
			}
		}
		return nil
	}}
}

func TestWriteAndReport(t *testing.T) {
	clitest.Files(t, "-- there/x.test.yml --\ncases: []\n")
	rule := lowered.Rule(t, "title: T\nid: 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a21\ndetection:\n  s: {Image: x}\n  condition: s\n")
	q := tuning.Request{Rule: rule, ID: "5d0e8c62-3b7f-4a9e-9f64-0f2b7c1d8e35", Good: []tuning.Recording{recording(t, `{"Image": "x", "User": "CORP\\svc"}`, `{"Image": "x", "User": "CORP\\ann"}`)},
		Bad: []tuning.Recording{recording(t, `{"Image": "x", "User": "CORP\\ann"}`), recording(t, `{"Image": "x", "User": "CORP\\bob"}`)}}
	found, err := tuning.Find(q)
	require.NoError(t, err)

	assert.EqualError(t, tuned.Free("there/x.yml", false), "there/x.test.yml exists; choose another name with -o, or overwrite it with --force")
	assert.NoError(t, tuned.Free("there/x.yml", true))
	assert.NoError(t, tuned.Free("X.YAML", false))
	assert.EqualError(t, tuned.Free("x.txt", true), "x.txt: name the filter's file NAME.yml")

	files, err := tuned.Write("new/f.yml", q, found, false)
	require.NoError(t, err)
	assert.Equal(t, []string{"new/f.yml", "new/f.test.yml", "new/f.good.ndjson", "new/f.bad.ndjson", "new/f.bad.2.ndjson"}, files)
	tests, err := os.ReadFile("new/f.test.yml")
	require.NoError(t, err)
	assert.Contains(t, string(tests), "  - name: 'still matches: r'\n    model: sigma\n    now: \"2026-03-01T12:00:00Z\"\n    file: f.bad.2.ndjson\n    expect:\n      count: 1\n")
	good, err := os.ReadFile("new/f.good.ndjson")
	require.NoError(t, err)
	assert.Equal(t, `{"Image": "x", "User": "CORP\\svc"}`+"\n", string(good))

	s, out, errs := clitest.Streams("")
	r := tuned.New(ruleset.Rule{IR: rule}, found)
	r.Files = files
	r.Print(s)
	assert.Contains(t, out.String(), "    User: 'CORP\\svc'\n")
	assert.Contains(t, errs.String(), "2 good matches before, 1 with the filter; 2 matches that must alert, all kept; 1 test in the filter\n")
	assert.Contains(t, errs.String(), "still matches: e:2, which has the same values as e:1\n")
	assert.Contains(t, errs.String(), "wrote new/f.yml\n")
}
