package alerts

import (
	"fmt"
	"strings"
	"time"

	"decree/cmd/decree/internal/usage"
)

// Window is a time of events, from its start up to its end, which is no longer in it. A zero time sets no bound.
type Window struct{ From, To time.Time }

// all tells whether the window has no bound.
func (w Window) all() bool { return w.From.IsZero() && w.To.IsZero() }

// has tells whether a time is in the window. No time is in a window with a bound.
func (w Window) has(at time.Time) bool {
	return w.all() || !at.IsZero() && !at.Before(w.From) && (w.To.IsZero() || at.Before(w.To))
}

// String says what the window is, in UTC.
func (w Window) String() string {
	var parts []string
	if !w.From.IsZero() {
		parts = append(parts, "from "+w.From.UTC().Format(time.RFC3339))
	}
	if !w.To.IsZero() {
		parts = append(parts, "before "+w.To.UTC().Format(time.RFC3339))
	}
	return strings.Join(parts, " ")
}

// layouts are the times that a user may write. Without a zone, a time is UTC; a date is its midnight.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

// parseTime reads a time as a user writes it, or a duration before now: 24h, 90m, 7d.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if ago, err := usage.ParseDuration(text); err == nil && ago > 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("--%s %s is not a time: write it as 2026-03-02, 2026-03-02T12:00:00Z, or as 24h or 7d before now", flag, text)
}
