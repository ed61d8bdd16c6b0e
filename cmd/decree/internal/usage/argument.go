package usage

import (
	"runtime"
	"strings"
	"unicode"

	"decree/rules/diag"
)

// special tells whether a character of an argument may mean something to a shell.
func special(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune(`_./:@%+,=\-`, r)
}

// Argument writes a path as a user types it in a command: in quotes if it has spaces or what means something to a
// shell.
func Argument(path string) string {
	switch {
	case path != "" && !strings.ContainsFunc(path, special) && (runtime.GOOS == "windows" || !strings.Contains(path, `\`)):
		return path
	case runtime.GOOS == "windows":
		return `"` + diag.Visible(path) + `"`
	}
	return "'" + strings.ReplaceAll(diag.Visible(path), "'", `'\''`) + "'"
}
