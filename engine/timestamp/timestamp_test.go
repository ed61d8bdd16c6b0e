package timestamp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const afternoon = "2026-01-02T15:04:05"

func TestTimesAsProductsExportThem(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-02T15:04:05Z": afternoon + "Z", "2026-01-02T15:04:05.1234567Z": afternoon + ".1234567Z", "2026-01-02 15:04:05.123": afternoon + ".123Z",
		"2026-01-03T00:04:05+0900": afternoon + "Z", "2026-01-03T00:04:05+09": afternoon + "Z", "2026-01-02 12:34:05.5 -02:30": afternoon + ".5Z",
		"2026-01-02T15:04:05": afternoon + "Z", "2026-01-02 15:04:05,123": afternoon + ".123Z", "2026-01-02T15:04:05,123+0000": afternoon + ".123Z",
		"2026-01-02 15:04:05 UTC": afternoon + "Z", "2026-01-02 15:04:05.000 GMT": afternoon + "Z", "2026-01-02T15:04Z": "2026-01-02T15:04:00Z", "2026-01-02": "2026-01-02T00:00:00Z",
		"2026/01/02 15:04:05": afternoon + "Z", "20260102T150405Z": afternoon + "Z", "20260102150405": afternoon + "Z", "20260102": "2026-01-02T00:00:00Z",
		"20260102160405.500000+060": afternoon + ".5Z",
		"1767366245":                afternoon + "Z", "1767366245.5": afternoon + ".5Z", "1767366245123": afternoon + ".123Z", "1767366245123456": afternoon + ".123456Z", "1767366245123456789": afternoon + ".123456789Z",
		"1.767366245123E9": afternoon + ".123Z", "1.767366245123E12": afternoon + ".123Z", "/Date(1767366245123)/": afternoon + ".123Z", `\/Date(1767366245123+0100)\/`: afternoon + ".123Z",
		"/Date(-62135596800000)/": "0001-01-01T00:00:00Z", "1/13/2026, 3:04:05.123 PM": "2026-01-13T15:04:05.123Z", "1/13/2026 3:04:05\u202fPM": "2026-01-13T15:04:05Z", "01/13/2026 03:04:05 am": "2026-01-13T03:04:05Z",
		"13/1/2026 15:04": "2026-01-13T15:04:00Z", "02.01.2026 15:04:05": afternoon + "Z", "1/1/2026 15:04:05": "2026-01-01T15:04:05Z",
		"Jan 2, 2026 @ 15:04:05.123": afternoon + ".123Z", "January 2, 2026 3:04:05 PM": afternoon + "Z", "02/Jan/2026:17:04:05 +0200": afternoon + "Z", "Fri, 02 Jan 2026 15:04:05 GMT": afternoon + "Z",
		"Fri Jan  2 15:04:05 2026": afternoon + "Z", "Fri Jan 2 15:04:05 UTC 2026": afternoon + "Z",
		"9999-12-31T23:59:59Z": "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z", "0000-02-29": "0000-02-29T00:00:00Z", "+10000-01-01T00:00:00Z": "10000-01-01T00:00:00Z", "12024-02-29 01:00:00+0100": "12024-02-29T00:00:00Z",
		"2016-12-31T23:59:60Z": "2017-01-01T00:00:00Z",
		"134118398450000000":   afternoon + "Z", "134118398451234567": afternoon + ".1234567Z", "639029630450000000": afternoon + "Z", "1000000000000000000": "2001-09-09T01:46:40Z",
	} {
		at, guessed, ok := Parse(text)
		if assert.True(t, ok, text) {
			assert.Equal(t, want, at.Format("2006-01-02T15:04:05.999999999Z07:00"), text)
			assert.False(t, guessed, text)
		}
	}
	for _, text := range []string{"", "-", "0", "-1", "x", "13:04", "2026-13-01T00:00:00Z", "31/31/2026", "1/2/2026 25:00:00", "1e99", "NaN", "0x10", "20269999", "2026-01-02T15:04:05+9", "١٧٦٧٣٦٦٢٤٥"} {
		_, _, ok := Parse(text)
		assert.False(t, ok, text)
	}
}

func TestATimeThatCanBeReadInTwoWaysIsSaid(t *testing.T) {
	for _, text := range []string{"1/2/2026, 3:04:05.123 PM", "01/02/2026 15:04:05", "01-02-2026 15:04", "1/2/2026"} {
		at, guessed, ok := Parse(text)
		assert.True(t, ok && guessed, text)
		assert.Equal(t, "January 2", at.Format("January 2"), text)
	}
	var first Guess
	first.Take(7, "01/02/2026", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	first.Take(3, "03/04/2026", time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	first.Take(5, "05/06/2026", time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC))
	assert.Equal(t, `the time "03/04/2026" was read as 4 March 2026`, first.String())
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{afternoon, "1/2/2026, 3:04:05 PM", "99999-12-31", "1767366245.123", "/Date(1)/", "20260102160405.500000+060"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, _, ok := Parse(text)
		if ok {
			assert.Equal(t, time.UTC, at.Location())
		}
	})
}
