package wording

import (
	"fmt"
	"strings"
	"time"
)

// Duration writes a time in words: 14 days, 1 hour 30 minutes. What is shorter than a second is left out.
func Duration(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if n := d / unit.is; n > 0 {
			words = append(words, Counted(int(n), unit.name))
			d -= n * unit.is
		}
	}
	if len(words) == 0 {
		return "0 seconds"
	}
	return strings.Join(words, " ")
}

// Counted writes a number of things: 1 day, 2 days.
func Counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
