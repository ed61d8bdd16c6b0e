package compilers

import (
	"strconv"
	"time"
)

// Number writes a number as all query languages read it: 0.5, never 5e-01.
func Number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Span writes a duration as a whole number and the first of the units that measures it exactly: "d", "h" or "m"; else
// in seconds.
func Span(d time.Duration, units ...string) string {
	for _, unit := range units {
		if size := unitSizes[unit]; d%size == 0 {
			return strconv.FormatInt(int64(d/size), 10) + unit
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

var unitSizes = map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute}
