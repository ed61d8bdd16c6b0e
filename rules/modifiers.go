package rules

import "slices"

// modifierNames are all modifiers of the Sigma 2.1 appendix, and those of beyondSigma.
var modifierNames = []string{
	"all", "startswith", "endswith", "contains", "exists", "cased", "neq", "windash",
	"re", "i", "m", "s",
	"base64", "base64offset", "utf16le", "utf16be", "utf16", "wide",
	"lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year",
	"cidr", "expand", "fieldref", "filename", "word", "bits", "weekday",
}

// beyondSigma are the modifiers that Sigma does not have.
var beyondSigma = []string{"filename", "word", "bits", "weekday"}

// ModifierNames lists the known modifiers, sorted.
func ModifierNames() []string {
	names := slices.Clone(modifierNames)
	slices.Sort(names)
	return names
}

// BeyondSigma tells whether decree has a modifier and Sigma does not.
func BeyondSigma(name string) bool { return slices.Contains(beyondSigma, name) }

// IsModifier tells whether a modifier is known by this name.
func IsModifier(name string) bool { return slices.Contains(modifierNames, name) }
