package compilers

import (
	"fmt"

	"decree/rules/diag"
)

// ModelPassedOver is the code of PassedOver's finding.
const ModelPassedOver = "model-passed-over"

// PassedOver reports that a query is not for the target's preferred model, and why. filter is the title of the filter
// without which it would be, or "".
func PassedOver(dialect, written, passed string, at diag.Range, why diag.Diagnostic, filter string) diag.Diagnostic {
	cause := ""
	if filter != "" {
		cause = fmt.Sprintf(" because of filter %q", filter)
	}
	return diag.Diagnostic{Severity: diag.Info, Code: ModelPassedOver, Range: at,
		Message: fmt.Sprintf("%s: the query is for model %s; %s was passed over%s: %s (%s)", dialect, written, passed, cause, why.Message, why.Code),
		Hint:    "if it must be " + passed + ", --model " + passed + " shows all that it lacks"}
}
