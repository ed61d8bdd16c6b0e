package findings

import (
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/rules/diag"
)

// few keeps at most so many warnings and remarks of each code, and all errors. left names the others with their
// numbers, the most frequent first: "12 missing-date, 4 no-tests". It is empty if all are kept.
func few(found diag.Diagnostics, each int) (kept diag.Diagnostics, left string) {
	counts := map[string]int{}
	var codes []string
	for _, d := range found {
		if d.Severity == diag.Error {
			kept = append(kept, d)
			continue
		}
		if counts[d.Code]++; counts[d.Code] <= each {
			kept = append(kept, d)
		} else if counts[d.Code] == each+1 {
			codes = append(codes, d.Code)
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int { return counts[b] - counts[a] })
	var parts []string
	for _, code := range codes {
		parts = append(parts, fmt.Sprintf("%d %s", counts[code]-each, code))
	}
	return kept, strings.Join(parts, ", ")
}

// shownOfCode bounds how many warnings and remarks of one code a command shows that is about something else.
const shownOfCode = 3

// ShowFew shows all errors, and some of the warnings and remarks of each code. all says what shows the rest.
func ShowFew(s *stdio.Streams, show func(*stdio.Streams, diag.Diagnostics), found diag.Diagnostics, all string) {
	shown, left := few(found, shownOfCode)
	show(s, shown)
	if left != "" {
		fmt.Fprintln(s.Err, table.Wrap("not shown: "+left+" ("+all+")", s.ProseColumns(), 2))
	}
}
