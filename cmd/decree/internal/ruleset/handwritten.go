package ruleset

import (
	"slices"

	"decree/cmd/decree/internal/targets"
	"decree/compilers"
	"decree/compilers/dialects"
	"decree/compilers/packages/formats"
)

// checkWritten checks the queries that rules have for targets.
func (set *Set) checkWritten() {
	own := set.Project.Targets
	names := slices.Concat(targets.Names(own), formats.Names(), dialects.Names())
	for _, r := range set.All() {
		if found := compilers.CheckWritten(r.IR.Source, names, func(name string) compilers.Dialect { return targets.DialectOf(own, name) }); len(found) > 0 {
			set.KeepRule(r)
			set.Found = append(set.Found, found...)
		}
	}
}
