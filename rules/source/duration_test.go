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
	} {
		assert.Equal(t, want, durationHint(text), text)
	}
}
