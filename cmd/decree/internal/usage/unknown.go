package usage

import (
	"fmt"
	"strings"

	"decree/rules/diag"
)

// UnknownName gives the error for an unknown name. It suggests the closest name, or else says where names are listed.
func UnknownName(what, got string, allowed []string, otherwise string) error {
	return fmt.Errorf("unknown %s %q: %s", what, got, diag.Suggest("did you mean %q?", got, allowed, otherwise))
}

// UnknownChoice gives the error for an unknown value. It lists the allowed values, and suggests the closest.
func UnknownChoice(what, got string, allowed []string) error {
	hint := diag.Suggest("; did you mean %q?", got, allowed, "")
	return fmt.Errorf("unknown %s %q (one of %s)%s", what, got, strings.Join(allowed, ", "), hint)
}
