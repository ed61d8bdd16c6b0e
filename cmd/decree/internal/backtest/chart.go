package backtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// table shows each rule with a chart of its days.
func (c *counts) table(s *stdio.Streams) error {
	if len(c.rules) == 0 {
		return nil
	}
	first, last := c.first, c.last
	days := day(last) - day(first) + 1
	width := (days + chartWidth - 1) / chartWidth // days of one column
	title := fmt.Sprintf("%s TO %s", first.Format(time.DateOnly), last.Format(time.DateOnly))
	if width > 1 {
		title += fmt.Sprintf(", %d DAYS A COLUMN", width)
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	_, err := fmt.Fprintf(w, "ALERTS\tLEVEL\tRULE\tMOST A DAY\t%s\n", title)
	for _, rule := range c.sorted() {
		columns, most := make([]int, (days+width-1)/width), 0
		for at, n := range rule.byDay {
			columns[(at-day(first))/width] += n
			most = max(most, n)
		}
		_, more := fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\n", rule.Alerts, diag.Visible(rule.Level), diag.Visible(rule.Rule), most, chart(columns))
		err = errors.Join(err, more)
	}
	return errors.Join(err, w.Flush())
}

const chartWidth = 60

// chart draws a bar for each count, and a dot for 0.
func chart(counts []int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	most := slices.Max(counts)
	var b strings.Builder
	for _, n := range counts {
		if n == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[(n*len(bars)-1)/most])
	}
	return b.String()
}
