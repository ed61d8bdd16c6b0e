package warnings

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// Misnamed says which events have nothing that rules test, or have it under other names.
func Misnamed(s *stdio.Streams, all []engine.Misnamed) {
	named := false
	for _, n := range all[:min(len(all), shownSources)] {
		named = named || len(n.Names) > 0
		where, what := n.File, "some fields that rules test are not"
		if n.Files > 1 {
			where += " and " + plural.Count(n.Files-1, "other file")
		}
		if n.Blank {
			what = "no field that rules test is"
		}
		text := "they test " + strings.Join(n.Fields, ", ")
		if len(n.Names) > 0 {
			var pairs []string
			for i, name := range n.Names {
				pairs = append(pairs, n.Fields[i]+" may be "+name)
			}
			text = strings.Join(pairs, ", ")
		}
		fmt.Fprintf(s.Err, "warning: %s: %s in %s of %s: %s\n", diag.Visible(where), what, plural.Count(n.Events, "event"), diag.Visible(n.LogSource), diag.Visible(text))
	}
	more(s, len(all), "other case")
	if named {
		fmt.Fprintln(s.Err, "  name them alike in rules and events, or say in a --model-file where the events have them")
	}
}
