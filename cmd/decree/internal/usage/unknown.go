package usage

import (
	"fmt"
	"strings"

	"decree/rules/diag"
)

// UnknownName says what was not understood, and the closest, else where they are listed.
func UnknownName(what, got string, allowed []string, otherwise string) error {
	if near := diag.Closest(got, allowed); near != "" {
		otherwise = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("unknown %s %q: %s", what, got, otherwise)
}

// UnknownChoice says what was not understood, what would be, and the closest.
func UnknownChoice(what, got string, allowed []string) error {
	hint := ""
	if near := diag.Closest(got, allowed); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("unknown %s %q (one of %s)%s", what, got, strings.Join(allowed, ", "), hint)
}
