package packages

import (
	"bytes"
	"fmt"

	"decree/rules/diag"
)

// Told is a finding that changes nothing about the package.
func Told(code string, at diag.Range, hint, format string, args ...any) diag.Diagnostic {
	return diag.Diagnostic{Severity: diag.Info, Code: code, Range: at, Hint: hint, Message: fmt.Sprintf(format, args...)}
}

// JSON writes a value with two spaces of indentation. Invisible characters of texts are escaped.
func JSON(v any) string {
	var b bytes.Buffer
	if err := diag.WriteJSON(&b, v); err != nil {
		panic(err) // a bytes.Buffer never fails, and packages have only texts, numbers, lists and maps
	}
	return b.String()
}
