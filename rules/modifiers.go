package rules

import "slices"

// modifierNames are all modifiers of the Sigma 2.1 appendix, and decree's `filename`.
var modifierNames = []string{
	"all", "startswith", "endswith", "contains", "exists", "cased", "neq", "windash",
	"re", "i", "m", "s",
	"base64", "base64offset", "utf16le", "utf16be", "utf16", "wide",
	"lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year",
	"cidr", "expand", "fieldref", "filename",
}

// ModifierNames lists the known modifiers, sorted.
func ModifierNames() []string {
	names := slices.Clone(modifierNames)
	slices.Sort(names)
	return names
}

// IsModifier tells whether a modifier is known by this name.
func IsModifier(name string) bool { return slices.Contains(modifierNames, name) }
