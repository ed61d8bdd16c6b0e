package packages

import (
	"cmp"

	"decree/rules"
	"decree/rules/diag"
)

// defaultLevel is that of a rule without one.
const defaultLevel = "medium"

// Severity is a product's word for the level of a rule. words has one for each level of Sigma.
func Severity(r *rules.Rule, words map[string]string) (string, diag.Diagnostics) {
	var found diag.Diagnostics
	if r.Level == "" {
		found.Warnf("package-level", r.Range, "add `level:` informational, low, medium, high or critical", "the rule has no level: it is packaged as %s", defaultLevel)
	}
	word, known := words[cmp.Or(r.Level, defaultLevel)]
	if !known {
		panic("packages: no word for the level " + r.Level)
	}
	return word, found
}

// Enabled tells whether the product runs the rule as soon as it is deployed: unless its status says that it is not
// ready, or not to be used any more.
func Enabled(r *rules.Rule) bool {
	switch r.Status {
	case "experimental", "deprecated", "unsupported":
		return false
	}
	return true
}
