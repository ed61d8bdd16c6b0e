package warnings

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// shownNotRun bounds how many rules without a log source are shown one by one.
const shownNotRun = 3

// NotRun shows the findings about rules that are not run. Many rules without a log source are counted: they are usual
// when a collection is run on the logs of one product. model names the data models of the run, separated by commas.
func NotRun(s *stdio.Streams, set *ruleset.Set, found diag.Diagnostics, model string) {
	var others diag.Diagnostics
	missing := 0
	for _, d := range found {
		if d.Code == "no-log-source" {
			missing++
		} else {
			others = append(others, d)
		}
	}
	many := missing > shownNotRun
	if many {
		found = others
	}
	set.KeepRulesOf(found)
	set.Show(s, found)
	if !many {
		return
	}
	which := "data model " + model + " does"
	if strings.Contains(model, ", ") {
		which = "data models " + model + " do"
	}
	fmt.Fprintf(s.Err, "%d rules are not run: %s not have their log sources\n", missing, diag.Visible(which))
}
