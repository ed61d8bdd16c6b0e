package ruleset

import (
	"slices"

	"decree/cmd/decree/internal/targets"
	"decree/compilers"
)

// checkWritten checks the queries that rules have for targets.
func (set *Set) checkWritten() {
	own := set.Project.Targets
	names := slices.Concat(targets.Names(own), targets.FormatNames(), targets.DialectNames())
	for _, r := range set.All() {
		if found := compilers.CheckWritten(r.IR.Source, names, func(name string) compilers.Dialect { return targets.DialectOf(own, name) }); len(found) > 0 {
			set.KeepRule(r)
			set.Found = append(set.Found, found...)
		}
	}
}
