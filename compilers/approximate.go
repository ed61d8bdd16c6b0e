package compilers

import (
	"fmt"
	"slices"

	"decree/rules"
	"decree/rules/diag"
)

// CheckAccepted warns of accepted gaps that no target has. The gap that was meant is still refused.
func CheckAccepted(r *rules.Rule, targets []string) diag.Diagnostics {
	var found diag.Diagnostics
	if len(r.Accepted) == 0 {
		return nil
	}
	codes := GapCodes()
	for _, a := range r.Accepted {
		if !slices.Contains(targets, a.Target) {
			found.Warnf("unknown-gap", a.TargetRange, diag.DidYouMean(a.Target, targets, "targets are kql, spl and eql, in lower case"), "unknown target %q under `approximate`", a.Target)
		} else if !slices.Contains(codes, a.Code) {
			found.Warnf("unknown-gap", a.Range, diag.DidYouMean(a.Code, codes, "`decree compile --explain` lists them"), "unknown gap %q under `approximate`", a.Code)
		}
	}
	return found
}

// Accepts tells whether the rule or the command accepts the approximation of a gap.
func (o Options) Accepts(dialect string, r *rules.Rule, code string) bool {
	return slices.Contains(r.Approximate[dialect], code) || slices.Contains(o.Approximate, code) || slices.Contains(o.Approximate, "all")
}

// AcceptHint tells how to accept the approximation of a gap.
func AcceptHint(dialect, code string) string {
	return fmt.Sprintf("accept it in the rule with `approximate: {%s: [%s]}`, or for this command with --allow-approximate %s", dialect, code, code)
}
