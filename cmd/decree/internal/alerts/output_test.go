package alerts

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/engine/event"
	"decree/rules/ir"
)

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"2026-03-02": "2026-03-02T00:00:00Z", "2026-03-02T10:00:00+02:00": "2026-03-02T08:00:00Z", "2026-03-02 10:00": "2026-03-02T10:00:00Z",
		"24h": "2026-03-09T12:00:00Z", "7d": "2026-03-03T12:00:00Z", "90m": "2026-03-10T10:30:00Z",
	} {
		at, err := parseTime("from", text, now)
		require.NoError(t, err, text)
		assert.Equal(t, want, at.UTC().Format(time.RFC3339))
	}
	for _, text := range []string{"yesterday", "-1h", "d", "0d", "2026-13-01"} {
		_, err := parseTime("from", text, now)
		assert.EqualError(t, err, "--from "+text+" is not a time: write it as 2026-03-02, 2026-03-02T12:00:00Z, or as 24h or 7d before now")
	}
}

func TestOnlyMatchesOfTheWindowAreShown(t *testing.T) {
	s, out, errs := clitest.Streams("")
	o, err := NewOutput(s, Flags{Format: "csv", Fields: []string{"event_id"}, From: "2026-03-01T10:00", To: "1h"}, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), 1<<20)
	require.NoError(t, err)
	for _, c := range []struct {
		id, at string
	}{{"early", "09:59:59"}, {"first", "10:00:00"}, {"last", "10:59:59"}, {"late", "11:00:00"}, {"undated", ""}} {
		r := match(rule("Who", "high", 1), c.id)
		r.At = time.Time{}
		if c.at != "" {
			r.At, err = time.Parse(time.DateTime, "2026-03-01 "+c.at)
			require.NoError(t, err)
		}
		assert.Equal(t, c.id == "first" || c.id == "last", o.Add(r), c.id)
	}
	require.NoError(t, o.Close(nil, nil))
	o.ShowOutside(s)
	assert.Equal(t, "event_id\nfirst\nlast\n", out.String())
	assert.Equal(t, "matches from 2026-03-01T10:00:00Z before 2026-03-01T11:00:00Z are shown; 2 others are not, nor 1 match without a readable time\n", errs.String())
	assert.Equal(t, 2, o.Shown)
}

func TestWindowsThatCannotBe(t *testing.T) {
	s, _, _ := clitest.Streams("")
	for want, p := range map[string]Flags{
		"--to x is not a time": {Format: "text", To: "x"},
		"--from 2026-03-02T00:00:00Z is not before --to 2026-03-01T00:00:00Z": {Format: "text", From: "2026-03-02", To: "2026-03-01"},
	} {
		_, err := NewOutput(s, p, time.Now(), 1)
		assert.ErrorContains(t, err, want)
	}
}

func TestFlagsThatDoNotGoTogether(t *testing.T) {
	for want, p := range map[string]Flags{
		`unknown sort "name" (one of time)`:                                                                {Format: "text", Sort: "name"},
		"--summary has no --format csv: write text or json":                                                {Format: "csv", Summary: true},
		"--summary shows counts: leave out --sort and --fields":                                            {Format: "text", Summary: true, Sort: "time"},
		"--format timeline has fixed columns: leave out --fields, or write --format csv":                   {Format: "timeline", Fields: []string{"a"}},
		"--backtest has no --format csv: write text or json":                                               {Format: "csv"},
		"--backtest counts alerts by day: leave out --sort, --suppress, --fields, --from, --to and --html": {Format: "text", From: "1h"},
	} {
		err := p.Check()
		if err == nil {
			err = p.CheckBacktest(true)
		}
		assert.EqualError(t, err, want)
	}
	p := Flags{Format: "json", Sort: "time"}
	assert.NoError(t, p.Check())
	assert.NoError(t, p.CheckBacktest(false))
	assert.Equal(t, 50, p.Memory(100))
	assert.False(t, p.AtOnce())
	assert.True(t, (&Flags{}).AtOnce())
	assert.Equal(t, 100, (&Flags{}).Memory(100))
}

func TestSortedOutput(t *testing.T) {
	s, out, _ := clitest.Streams("")
	o, err := NewOutput(s, Flags{Format: "csv", Fields: []string{"event_id"}, Sort: "time"}, time.Now(), 1<<20)
	require.NoError(t, err)
	late, early := match(rule("Who", "high", 1), "late"), match(rule("Who", "high", 1), "early")
	early.At = early.At.Add(-time.Hour)
	o.Add(late)
	o.Add(early)
	require.NoError(t, o.Close(nil, nil))
	assert.Equal(t, "event_id early late", strings.Join(strings.Fields(out.String()), " "))
}

func TestSuppressedMatchesAreLikeAnEarlierOne(t *testing.T) {
	s, out, errs := clitest.Streams("")
	o, err := NewOutput(s, Flags{Format: "csv", Fields: []string{"event_id"}, Suppress: "host=1h"}, time.Now(), 1<<20)
	require.NoError(t, err)
	who, other := rule("Who", "high", 1), rule("Other", "high", 5)
	for _, c := range []struct {
		id, at, host string
		of           *ir.Rule
	}{{"soon", "10:30", "PC7", who}, {"first", "10:00", "PC7", who}, {"host", "10:10", "PC8", who}, {"rule", "10:20", "PC7", other}, {"next", "11:00", "PC7", who}, {"undated", "", "PC7", who}} {
		r := match(c.of, c.id)
		r.Facts, r.At = []event.Fact{{Name: "host", Value: c.host}}, time.Time{}
		if c.at != "" {
			r.At, err = time.Parse("2006-01-02 15:04", "2026-03-01 "+c.at)
			require.NoError(t, err)
		}
		o.Add(r)
	}
	require.NoError(t, o.Close(nil, nil))
	o.ShowOutside(s)
	assert.Equal(t, "event_id\nfirst\nhost\nrule\nnext\nundated\n", out.String())
	assert.Equal(t, "1 match suppressed: each is like one before it\n", errs.String())
}

func TestParseSuppression(t *testing.T) {
	got, err := parseSuppression("host,Image=1d")
	require.NoError(t, err)
	assert.Equal(t, Suppression{[]string{"host", "Image"}, 24 * time.Hour}, got)
	for _, text := range []string{"host", "=1d", "host=", "host=0s", "host,=1d", "host=-1h", "host=1x"} {
		_, err := parseSuppression(text)
		assert.EqualError(t, err, "--suppress "+text+": write names and a time, such as host,Image=1d")
		_, err = NewOutput(nil, Flags{Suppress: text}, time.Now(), 1)
		assert.Error(t, err)
	}
}
