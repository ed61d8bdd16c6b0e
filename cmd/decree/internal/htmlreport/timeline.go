package htmlreport

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"decree/cmd/decree/internal/plural"
)

// timeline is a chart of matches by time. A bar is an hour, or several where the matches span more than some days.
type timeline struct {
	Bars        []bar
	Width       int // of the chart, in bars
	First, Last string
	Step        string
}

// bar is one bar of the chart, in which each level is a part.
type bar struct {
	Title string
	Parts []part
}

// part is one level of a bar, in the chart's units.
type part struct {
	Class           string
	X, Y, W, Height int
}

// mostBars bounds the bars of a chart.
const mostBars = 170

// The units of the chart.
const (
	barWidth    = 10
	chartHeight = 100
)

// steps are the hours that one bar may be.
var steps = []int64{1, 3, 6, 12, 24, 7 * 24, 30 * 24, 365 * 24}

// timeline makes the chart.
func (c *counts) timeline() timeline {
	var t timeline
	hours := slices.Sorted(maps.Keys(c.hours))
	if len(hours) == 0 {
		return t
	}
	first, last := hours[0], hours[len(hours)-1]
	step := steps[len(steps)-1]
	for _, s := range steps {
		if last/s-first/s < mostBars {
			step = s
			break
		}
	}
	for last/step-first/step >= mostBars {
		step *= 2
	}
	bins, highest := map[int64]*[6]int{}, 1
	for _, hour := range hours {
		at := hour / step
		if bins[at] == nil {
			bins[at] = &[6]int{}
		}
		sum := 0
		for level, n := range c.hours[hour] {
			bins[at][level] += n
			sum += bins[at][level]
		}
		highest = max(highest, sum)
	}
	t.Width = int(last/step-first/step+1) * barWidth
	t.First, t.Last = clock(first/step*step), clock(last/step*step)
	t.Step = plural.Count(int(step), "hour")
	if step%24 == 0 {
		t.Step = plural.Count(int(step/24), "day")
	}
	for _, at := range slices.Sorted(maps.Keys(bins)) {
		t.Bars = append(t.Bars, newBar(clock(at*step), int(at-first/step), *bins[at], highest))
	}
	return t
}

// newBar stacks the levels of a bar, the worst at the bottom.
func newBar(title string, at int, count [6]int, highest int) bar {
	b := bar{}
	var counted []string
	y := chartHeight
	for level, n := range count {
		if n == 0 {
			continue
		}
		height := max(1, n*chartHeight/highest)
		y -= height
		b.Parts = append(b.Parts, part{class(levels[level]), at * barWidth, max(0, y), barWidth - 1, height})
		counted = append(counted, fmt.Sprintf("%d %s", n, strings.ToLower(capital(levels[level]))))
	}
	b.Title = title + ": " + strings.Join(counted, ", ")
	return b
}

// clock writes an hour since 1970.
func clock(hour int64) string { return time.Unix(hour*3600, 0).UTC().Format("2006-01-02 15:04") }
