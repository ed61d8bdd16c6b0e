package kql

import (
	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

// CompileCorrelation refuses: no query of this dialect counts matches in windows that slide.
func (dialect) CompileCorrelation(c *ir.Correlation, _ compilers.Options) (*compilers.Query, diag.Diagnostics) {
	return nil, compilers.NoCorrelation(c, "KQL")
}
