// Package plural writes a number with the word that it counts, and the first of many texts or lines.
package plural

import (
	"fmt"
	"io"
	"strings"
)

// Count writes a number and a noun, which gets its ending unless there is one of it: 1 match, 2 matches.
func Count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "ch") || strings.HasSuffix(noun, "ss"):
		noun += "e"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// List writes the first of some lines, each after indent, and then how many more there are.
func List(w io.Writer, indent string, shown []string, more int) {
	for _, line := range shown {
		fmt.Fprintf(w, "%s%s\n", indent, line)
	}
	if more > 0 {
		fmt.Fprintf(w, "%sand %d more\n", indent, more)
	}
}

// First joins the first n of some texts, and counts the others: a, b and 3 more.
func First(n int, texts []string) string {
	if more := len(texts) - n; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:n], ", "), more)
	}
	return strings.Join(texts, ", ")
}
