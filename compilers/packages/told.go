package packages

import (
	"fmt"

	"decree/rules/diag"
)

// Told is a finding that changes nothing about the package.
func Told(code string, at diag.Range, hint, format string, args ...any) diag.Diagnostic {
	return diag.Diagnostic{Severity: diag.Info, Code: code, Range: at, Hint: hint, Message: fmt.Sprintf(format, args...)}
}
