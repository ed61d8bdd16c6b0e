package fidelity

import (
	"cmp"
	"fmt"
	"slices"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/queries"
	"decree/compilers"
	"decree/rules/diag"
)

// logSourceCount is how many rules have a log source that a target lacks.
type logSourceCount struct {
	LogSource string `json:"logsource"` // product/category/service, as far as the rule names them
	Rules     int    `json:"rules"`
}

// shownLogSources bounds how many log sources a table names for one reason. JSON has all.
const shownLogSources = 6

// lacking names the log source for which a code is reported, where it is one that the target lacks; "" otherwise.
func lacking(c queries.Result, code string) string {
	if code != compilers.NoLogSourceCode && code != compilers.AnotherProduct {
		return ""
	}
	for _, d := range c.Found {
		for _, ls := range c.Source.LogSources() {
			if d.Code == code && d.Range == ls.Range {
				return ls.Name()
			}
		}
	}
	return ""
}

// counted sorts log sources, the most frequent first.
func counted(by map[string]int) (out []logSourceCount) {
	for name, n := range by {
		out = append(out, logSourceCount{name, n})
	}
	slices.SortFunc(out, func(a, b logSourceCount) int {
		return cmp.Or(cmp.Compare(b.Rules, a.Rules), cmp.Compare(a.LogSource, b.LogSource))
	})
	return out
}

// suchAs says of a reason what it is about: the log sources that the target lacks, or an example.
func (c reasonCount) suchAs() string {
	if len(c.LogSources) == 0 {
		return diag.Visible(c.Example)
	}
	if len(c.LogSources) == 1 {
		return "log source " + diag.Visible(c.LogSources[0].LogSource)
	}
	var parts []string
	for _, one := range c.LogSources {
		parts = append(parts, fmt.Sprintf("%s (%d)", diag.Visible(one.LogSource), one.Rules))
	}
	return "log sources " + plural.First(shownLogSources, parts)
}
