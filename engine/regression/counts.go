package regression

import (
	"fmt"
	"strings"

	"decree/rules/schema"
)

// countMatches writes a number of matches.
func countMatches(n int) string {
	if n == 1 {
		return "1 match"
	}
	return fmt.Sprintf("%d matches", n)
}

func matchesAre(n int) string {
	if n == 1 {
		return "1 match was"
	}
	return countMatches(n) + " were"
}

func matchesHave(n int) string {
	if n == 1 {
		return "1 match has"
	}
	return countMatches(n) + " have"
}

// timesOf says which columns of an event a data model reads as its time.
func timesOf(m *schema.Model) string {
	if len(m.Time) == 0 {
		return fmt.Sprintf("data model %s names no column of time", m.Name)
	}
	return fmt.Sprintf("data model %s reads the time from %s", m.Name, strings.Join(m.Time, ", "))
}
