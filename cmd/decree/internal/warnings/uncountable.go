package warnings

import (
	"fmt"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// Uncountable says which matches correlations, joins, first_seen and prevalence could not count, and for want of what.
func Uncountable(s *stdio.Streams, all []engine.Uncountable) {
	for _, u := range all {
		of := u.Kind
		if u.Name != "" {
			of = fmt.Sprintf("%s %q of rule", u.Kind, u.Name)
		}
		fmt.Fprintf(s.Err, "warning: %s without %s; %s %q did not count them\n", plural.Count(u.Matches, "match"), diag.Visible(u.Field), diag.Visible(of), diag.Visible(u.Rule))
	}
}
