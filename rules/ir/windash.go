package ir

import (
	"errors"
	"regexp"
	"slices"
)

// dashes are the characters that Windows programs accept before an option.
var dashes = []string{"-", "/", "–", "—", "―"}

// dashSpots finds a dash or slash that begins a word; the group is the dash.
var dashSpots = regexp.MustCompile(`(?:^|\B)([-/–—―])\b`)

// errTooManyForms says that a value expands to more than maxValues, or to more than maxFormBytes.
var errTooManyForms = errors.New("too many forms")

// windash gives every combination of dashes that a value can be written with: 5ⁿ forms for n
// dashes that begin a word, the value itself first.
func windash(s string) ([]string, error) {
	forms, last := []string{""}, 0
	for _, spot := range dashSpots.FindAllStringSubmatchIndex(s, -1) {
		written := s[spot[2]:spot[3]]
		if n := len(forms) * len(dashes); n > maxValues || n*len(s) > maxFormBytes {
			return nil, errTooManyForms
		}
		next := make([]string, 0, len(forms)*len(dashes))
		for _, form := range forms {
			form += s[last:spot[2]]
			next = append(next, form+written)
			for _, dash := range dashes {
				if dash != written {
					next = append(next, form+dash)
				}
			}
		}
		forms, last = next, spot[3]
	}
	for i := range forms {
		forms[i] += s[last:]
	}
	return slices.Clip(forms), nil
}
