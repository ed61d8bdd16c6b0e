package ir

import (
	"regexp"
	"strings"
)

// Dashes are the characters that Windows programs accept before an option.
const Dashes = "-/–—―"

// dashSpots finds a dash or slash that begins a word; the group is the dash.
var dashSpots = regexp.MustCompile(`(?:^|\B)([-/–—―])\b`)

// maxSpelledDashes limits how many dashes of one value are spelled out: n dashes make 5ⁿ texts. With more, a pattern is
// used.
const maxSpelledDashes = 3

// dashForms is the number of texts that windash generates from a value.
func dashForms(s string) float64 {
	forms := 1.0
	for range dashSpots.FindAllStringIndex(s, -1) {
		forms *= float64(len([]rune(Dashes)))
	}
	return forms
}

// windash gives every combination of dashes for a value, with the value itself first. The caller must count them first.
func windash(s string) ([]string, error) {
	forms, last := []string{""}, 0
	for _, spot := range dashSpots.FindAllStringSubmatchIndex(s, -1) {
		written := s[spot[2]:spot[3]]
		var next []string
		for _, form := range forms {
			form += s[last:spot[2]]
			next = append(next, form+written)
			for _, dash := range Dashes {
				if string(dash) != written {
					next = append(next, form+string(dash))
				}
			}
		}
		forms, last = next, spot[3]
	}
	for i := range forms {
		forms[i] += s[last:]
	}
	return forms, nil
}

// dashed is a pattern in which every dash that begins a word may be any of Dashes. A backslash never escapes a dash, so
// the text between dashes is read separately.
func dashed(s string) []GlobPart {
	var out []GlobPart
	last := 0
	for _, spot := range dashSpots.FindAllStringSubmatchIndex(s, -1) {
		out = append(append(out, parts(s[last:spot[2]])...), GlobPart{Wild: AnyDash})
		last = spot[3]
	}
	return append(out, parts(s[last:])...)
}

// manyDashes tells whether a value has more dashes than maxSpelledDashes.
func manyDashes(s string) bool {
	return strings.ContainsAny(s, Dashes) && len(dashSpots.FindAllStringIndex(s, maxSpelledDashes+1)) > maxSpelledDashes
}
