// Package anycase looks for texts without regard to case, as strings.EqualFold compares them. In: texts. Out: whether
// one is among others, or begins another. Values of events are compared by the engine's own folding (engine/fold): this
// package is for names, and for words of a rule or of a model.
package anycase

import (
	"slices"
	"strings"
)

// Contains tells whether a text is among others.
func Contains(texts []string, text string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return strings.EqualFold(t, text) })
}

// HasPrefix tells whether a text begins with another.
func HasPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// CutPrefix gives a text without what it begins with, and whether it does.
func CutPrefix(text, prefix string) (rest string, found bool) {
	if !HasPrefix(text, prefix) {
		return text, false
	}
	return text[len(prefix):], true
}
