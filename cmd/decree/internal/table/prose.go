package table

import "strings"

// Prose breaks the lines of a text at spaces, so that they have so many columns. Indented lines are examples, and stay
// whole.
func Prose(text string, columns int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, " ") {
			lines[i] = Wrap(line, columns, 0)
		}
	}
	return strings.Join(lines, "\n")
}
