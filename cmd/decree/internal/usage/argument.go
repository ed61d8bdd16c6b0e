package usage

import (
	"regexp"
	"runtime"
	"strings"

	"decree/rules/diag"
)

// bare is the form of arguments that every shell reads as they are.
var bare = regexp.MustCompile(`^[\pL\pN_./:@%+,=\\-]+$`)

// Argument writes a path as a user types it in a command: in quotes if it has spaces or what means something to a shell.
func Argument(path string) string {
	switch {
	case bare.MatchString(path) && (runtime.GOOS == "windows" || !strings.Contains(path, `\`)):
		return path
	case runtime.GOOS == "windows":
		return `"` + diag.Visible(path) + `"`
	}
	return "'" + strings.ReplaceAll(diag.Visible(path), "'", `'\''`) + "'"
}
