package rules

import "time"

// ReadDate reads a date as Sigma writes it, or as it did before version 2: 2026-03-01, 2026/03/01.
func ReadDate(text string) (day time.Time, ok bool) {
	for _, form := range []string{time.DateOnly, "2006/01/02"} {
		if day, err := time.Parse(form, text); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}
