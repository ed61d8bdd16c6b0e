package compilers

import (
	"decree/rules"
	"decree/rules/diag"
)

// LeftOutCode is the code of LeftOut's finding.
const LeftOutCode = "left-out"

// LeftOut is the remark that a target has no query for a rule because the project leaves it out on purpose.
func LeftOut(target string, r *rules.Rule) diag.Diagnostic {
	return diag.Diagnostic{Severity: diag.Info, Code: LeftOutCode, Range: r.Range, Message: target + ": the rule is left out on purpose", Hint: "`except` of this target in decree.yml names it"}
}
