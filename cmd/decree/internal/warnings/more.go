package warnings

import (
	"fmt"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
)

// shownSources bounds how many log sources or conditions are shown.
const shownSources = 5

// more counts those that are not shown.
func more(s *stdio.Streams, all int, noun string) {
	if rest := all - shownSources; rest > 0 {
		fmt.Fprintf(s.Err, "  and so in %s\n", plural.Count(rest, noun))
	}
}
