package rules

import (
	"time"

	"decree/rules/diag"
)

// Suppress gives one alert by values and time, the earliest: a match is suppressed if an alert with the same values
// came less than For before it.
type Suppress struct {
	By    []NamedField  // fields, entities, or what a correlation groups by; none: one alert whatever the values
	For   time.Duration // greater than 0; 0 after an error alone
	Range diag.Range
}
