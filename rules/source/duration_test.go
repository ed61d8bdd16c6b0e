package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestDurationHint: where a text can only mean one duration, the hint says how to write it.
func TestDurationHint(t *testing.T) {
	const general = "write a number and a unit, such as 30m, 2h or 7d"
	for text, want := range map[string]string{
		"5min":        "write `5m`",
		"30 Minutes":  "write `30m`",
		"1 hour":      "write `1h`",
		"2hrs":        "write `2h`",
		"1h 30m":      "write `90m`",
		"1d, 12h":     "write `36h`",
		"1.5h":        "write `90m`",
		"0.5d":        "write `12h`",
		"24H":         "write `1d`",
		"PT1H30M":     "write `90m`",
		"P1DT12H":     "write `36h`",
		"P7D":         "write `7d`",
		"P1M":         general,
		"5M":          general + "; m is minutes",
		"90":          "add the unit: 90s, 90m, 90h or 90d",
		"":            general,
		"0m":          general,
		"-5m":         general,
		"soon":        general,
		"500ms":       general,
		"999999999w":  general,
		"1h30":        general,
		"1h garbage":  general,
		"5 mandarins": general,
		"1M 2d":       general + "; m is minutes",
		"5 MINUTES":   "write `5m`",
		"4.1h":        "write `246m`",
		"8.7h":        "write `522m`",
		"2.3d":        "write `3312m`",
		"5000w 5000w": general,
	} {
		assert.Equal(t, want, durationHint(text, false), text)
	}
	for text, want := range map[string]string{
		"1M 2d":  general + "; M is months, which stand alone and in whole numbers, such as 3M",
		"10000M": general + "; M is months, which stand alone and in whole numbers, such as 3M",
		"1h 30m": "write `90m`",
	} {
		assert.Equal(t, want, durationHint(text, true), text)
	}
	f, top := read(t, "1.5M\n")
	f.Timespan(top)
	assert.NotContains(t, f.Found()[0].Hint, "m is minutes")
}
