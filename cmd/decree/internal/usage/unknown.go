package usage

import (
	"fmt"
	"strings"

	"decree/rules/diag"
)

// UnknownName gives the error for an unknown name. It suggests the closest name, or else says where names are listed.
func UnknownName(what, got string, allowed []string, otherwise string) error {
	if near := diag.Closest(got, allowed); near != "" {
		otherwise = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("unknown %s %q: %s", what, got, otherwise)
}

// UnknownChoice gives the error for an unknown value. It lists the allowed values, and suggests the closest.
func UnknownChoice(what, got string, allowed []string) error {
	hint := ""
	if near := diag.Closest(got, allowed); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("unknown %s %q (one of %s)%s", what, got, strings.Join(allowed, ", "), hint)
}
