package compilers

import (
	"fmt"

	"decree/rules/diag"
)

// ModelPassedOver is the code of PassedOver's finding.
const ModelPassedOver = "model-passed-over"

// PassedOver reports that a query is not for the target's preferred model, and why. filters are the titles of the
// filters without which it would be, if there are any.
func PassedOver(dialect, written, passed string, at diag.Range, why diag.Diagnostic, filters []string) diag.Diagnostic {
	cause := ""
	for i, title := range filters {
		cause += fmt.Sprintf([]string{" because of filter %q", " and filter %q"}[min(i, 1)], title)
	}
	return diag.Diagnostic{Severity: diag.Info, Code: ModelPassedOver, Range: at,
		Message: fmt.Sprintf("%s: the query is for model %s; %s was passed over%s: %s (%s)", dialect, written, passed, cause, why.Message, why.Code),
		Hint:    "if it must be " + passed + ", --model " + passed + " shows all that it lacks"}
}
