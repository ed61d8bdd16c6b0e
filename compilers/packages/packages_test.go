package packages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

func codes(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}

// TestIDs are the same for the same rule and target, also in the next release: they are written down here.
func TestIDs(t *testing.T) {
	of := func(target string, r rules.Rule) (string, diag.Diagnostics) { return packages.NewIDs(target).Of(&r) }
	id, found := of("sentinel", rules.Rule{ID: "5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178", Title: "T"})
	assert.Empty(t, found)
	assert.Equal(t, "6f5f9823-c12d-5da9-9d7f-e18d4dea72bb", id)
	assert.Equal(t, uuid.Version(5), uuid.MustParse(id).Version())
	other, _ := of("sentinel", rules.Rule{ID: "5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178", Title: "Another"})
	assert.Equal(t, id, other, "the title may change")
	other, _ = of("defender", rules.Rule{ID: "5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178"})
	assert.NotEqual(t, id, other)
	_, found = of("sentinel", rules.Rule{Title: "T"})
	assert.Equal(t, []string{"package-id"}, codes(found))
}

func TestTwoRulesOfOneID(t *testing.T) {
	ids := packages.NewIDs("sentinel")
	for _, r := range []rules.Rule{{Title: "First", ID: "1"}, {Title: "Other", ID: "2"}} {
		_, found := ids.Of(&r)
		assert.Empty(t, found)
	}
	_, found := ids.Of(&rules.Rule{Title: "Second", ID: "1"})
	require.Equal(t, []string{"package-same-id"}, codes(found))
	assert.Contains(t, found[0].Message, `"First"`)
}

// TestVersionsRise: each of these rules is newer than the one before.
func TestVersionsRise(t *testing.T) {
	last := 0
	for _, c := range []struct {
		rule  rules.Rule
		text  string
		found []string
	}{
		{rules.Rule{}, "0.0.1", []string{"package-version"}},
		{rules.Rule{Date: "2024-12-31"}, "0.2024.1231", nil},
		{rules.Rule{Date: "2024-12-31", Modified: "2025-01-01"}, "0.2025.101", nil},
		{rules.Rule{Modified: "2025/10/01"}, "0.2025.1001", nil},
		{rules.Rule{Changelog: []rules.Change{{Version: "newest"}}, Date: "2026-01-01"}, "0.2026.101", []string{"package-version"}},
		{rules.Rule{Changelog: []rules.Change{{Version: "0.9"}}}, "0.9.0", nil},
		{rules.Rule{Changelog: []rules.Change{{Version: "1"}}, Date: "2024-01-01"}, "1.0.0", nil},
		{rules.Rule{Changelog: []rules.Change{{Version: "v1.0.12"}, {Version: "1.0"}}}, "1.0.12", nil},
		{rules.Rule{Changelog: []rules.Change{{Version: "1.2"}}}, "1.2.0", nil},
		{rules.Rule{Changelog: []rules.Change{{Version: "2.0"}}}, "2.0.0", nil},
	} {
		v, found := packages.VersionOf(&c.rule)
		assert.Equal(t, c.text, v.String())
		assert.Equal(t, c.found, codes(found), c.text)
		if c.text != "0.9.0" { // a changelog that begins below 1.0.0 is older than a date
			assert.Greater(t, v.Number(), last, c.text)
			last = v.Number()
		}
	}
}

func TestTitles(t *testing.T) {
	long := strings.Repeat("long ", 20)
	inputs := []packages.Input{
		{Rule: &rules.Rule{Title: "One"}}, {Rule: &rules.Rule{Title: "one", Name: "second"}}, {Rule: &rules.Rule{Title: "Two\n lines"}},
		{Rule: &rules.Rule{Title: long + "a", ID: "1"}}, {Rule: &rules.Rule{Title: long + "b", ID: "2"}}, {Rule: &rules.Rule{Title: "One"}, Path: "third"},
	}
	titles, found := packages.Titles(inputs, 40)
	var got []string
	for _, in := range inputs {
		got = append(got, titles[in.Rule])
	}
	assert.Equal(t, []string{"One (" + inputs[0].Path + ")", "one (second)", "Two lines", "long long long long long long long lo...", "long long long long long long long... 2", "One (third)"}, got)
	assert.Len(t, found, 5)
	for _, title := range got {
		assert.LessOrEqual(t, len(title), 40)
	}
}

func TestSchedules(t *testing.T) {
	hour, day := time.Hour, 24*time.Hour
	for _, c := range []struct{ in, want rules.Schedule }{
		{rules.Schedule{}, rules.Schedule{Every: hour, Lookback: hour}},
		{rules.Schedule{Every: day}, rules.Schedule{Every: day, Lookback: day}},
		{rules.Schedule{Lookback: day}, rules.Schedule{Every: hour, Lookback: day}},
		{rules.Schedule{Lookback: time.Minute}, rules.Schedule{Every: time.Minute, Lookback: time.Minute}},
		{rules.Schedule{Every: hour, Lookback: 2 * hour}, rules.Schedule{Every: hour, Lookback: 2 * hour}},
	} {
		assert.Equal(t, c.want, packages.WithSchedule(c.in, packages.DefaultSchedule))
	}
	for d, want := range map[time.Duration]string{0: "PT0S", time.Minute: "PT1M", hour: "PT1H", 90 * time.Minute: "PT1H30M", day: "P1D", 14 * day: "P14D", day + hour: "PT25H", 61 * time.Second: "PT1M1S"} {
		assert.Equal(t, want, packages.ISO(d))
	}
}

func TestUnits(t *testing.T) {
	day := 24 * time.Hour
	for d, want := range map[time.Duration]string{2 * day: "2d", 36 * time.Hour: "36h", 90 * time.Minute: "90m", 61 * time.Second: "2m"} {
		assert.Equal(t, want, packages.Units(d, day, time.Hour, time.Minute))
	}
	assert.Equal(t, "48h", packages.Units(2*day, time.Hour, time.Minute, time.Second))
	assert.Equal(t, "2s", packages.Units(1500*time.Millisecond, time.Hour, time.Minute, time.Second))
}

func TestSeverities(t *testing.T) {
	words := map[string]string{"medium": "Medium", "high": "High"}
	word, found := packages.Severity(&rules.Rule{Level: "high"}, words)
	assert.Equal(t, "High", word)
	assert.Empty(t, found)
	word, found = packages.Severity(&rules.Rule{}, words)
	assert.Equal(t, "Medium", word)
	assert.Equal(t, []string{"package-level"}, codes(found))
	require.True(t, packages.Enabled(&rules.Rule{Status: "stable"}))
	require.False(t, packages.Enabled(&rules.Rule{Status: "experimental"}))
}

// TestLogSources: those of a rule that joins others are also theirs.
func TestLogSources(t *testing.T) {
	other := &rules.Rule{LogSource: rules.LogSource{Product: "linux"}}
	r := &rules.Rule{LogSource: rules.LogSource{Product: "windows"}, Joins: []rules.Join{{Other: other}, {Other: other}, {}}}
	assert.Equal(t, []rules.LogSource{r.LogSource, other.LogSource}, packages.Input{Rule: r}.LogSources())
}
