// Package plural writes a number with the word that it counts, and the first of many texts.
package plural

import (
	"fmt"
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

// First joins the first n of some texts, and counts the others: a, b and 3 more.
func First(n int, texts []string) string {
	if more := len(texts) - n; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:n], ", "), more)
	}
	return strings.Join(texts, ", ")
}
