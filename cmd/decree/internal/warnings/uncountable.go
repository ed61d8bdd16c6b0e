package warnings

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// Uncountable says which correlations, joins, first_seen and prevalence could count nothing, and which rules suppressed
// matches, for want of what.
func Uncountable(s *stdio.Streams, all []engine.Uncountable) {
	for _, u := range all[:min(len(all), shownSources)] {
		of := u.Kind
		if u.Name != "" {
			of = fmt.Sprintf("%s %q of rule", u.Kind, u.Name)
		}
		noun, does, so := "event", "was asked of", "it can count none of them"
		switch {
		case u.Others && u.Kind == "prevalence":
			does = "counts"
		case u.Others:
			noun, does = "match", "looks for"
		case u.Kind == "correlation":
			noun, does = "match", "was given"
		case u.Kind == "suppress":
			noun, of, does, so = "match", "suppress of rule", "was given", "it tells none of them apart"
		}
		lack := "have"
		if u.Count == 1 {
			lack = "has"
		}
		given := plural.Count(u.Count, noun)
		if len(u.Inputs) > 0 {
			given += " of " + strings.Join(u.Inputs, " or ")
		}
		fmt.Fprintf(s.Err, "warning: %s that %s %q %s %s no %s: %s\n",
			diag.Visible(given), diag.Visible(of), diag.Visible(u.Rule), does, lack, diag.Visible(strings.Join(u.Fields, " or no ")), so)
	}
	more(s, len(all), "other condition")
}
