package warnings

import (
	"fmt"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// OnlyWritten says how many rules are not run because they have queries and no detection.
func OnlyWritten(s *stdio.Streams, set *ruleset.Set) {
	switch n := len(set.Written); {
	case n == 1:
		fmt.Fprintf(s.Err, "rule %q is not run: it has a query and no detection\n", diag.Visible(set.Written[0].IR.Source.Title))
	case n > 1:
		fmt.Fprintf(s.Err, "%d rules are not run: they have queries and no detection\n", n)
	}
}
