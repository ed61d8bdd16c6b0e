package compilers

import (
	"strings"

	"decree/rules/ir"
)

// GlobRegex writes a pattern with wildcards as an expression for the whole value, without flags. anyDash is an
// expression for any dash, and literal escapes a text.
func GlobRegex(parts []ir.GlobPart, anyDash string, literal func(string) string) string {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, p := range parts {
		switch p.Wild {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case ir.AnyDash:
			b.WriteString(anyDash)
		default:
			b.WriteString(literal(p.Literal))
		}
	}
	return b.String() + `\z`
}
