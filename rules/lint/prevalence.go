package lint

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

var prevalenceChecks = []Check{
	{Code: "reputation-wildcard", Severity: diag.Warning, rule: func(s *subject) {
		for _, p := range s.Prevalence {
			for _, t := range p.Reputation {
				if t.Is != nil && strings.ContainsAny(strings.Join(t.Is.Values, ""), "*?") {
					s.report(t.Range, "write whole texts, as the product has them", "%s is compared with whole texts: `*` and `?` are the characters themselves", t.Part)
				}
			}
		}
	}},
	{Code: "unknown-value", Severity: diag.Warning, rule: unknownSignature},
	{Code: "bound-without-effect", Severity: diag.Warning, rule: func(s *subject) {
		for _, p := range s.Prevalence {
			if p.Local != nil {
				for _, b := range p.Local.Bounds {
					reportBound(s, b, "a value that was seen was seen at least once", 1, p.Among == "")
				}
			}
			for _, b := range p.Global {
				reportBound(s, b, "the vendor's prevalence is never below 0", 0, p.GlobalElse >= 0)
			}
		}
	}},
}

// reportBound reports a bound that no number from least on passes, or every one. always is false if there may be none, or a smaller one.
func reportBound(s *subject, b rules.Bound, why string, least float64, always bool) {
	switch {
	case b.Op == "lt" && b.Value <= least, (b.Op == "lte" || b.Op == "eq") && b.Value < least:
		s.report(b.Range, "write a larger number", "the bound can never hold: %s", why)
	case always && (b.Op == "gte" && b.Value <= least || b.Op == "gt" && b.Value < least):
		s.report(b.Range, "write a larger number, or remove the bound", "the bound always holds: %s", why)
	}
}

// signatureStates are the words of SignatureState: https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
var signatureStates = []string{"SignedValid", "SignedInvalid", "Unsigned", "Unknown"}

// unknownSignature reports a state of a signature that FileProfile() never gives. An empty text is what is unknown.
func unknownSignature(s *subject) {
	for _, p := range s.Prevalence {
		for _, t := range p.Reputation {
			if t.Part != "signature" || t.Is == nil {
				continue
			}
			for _, v := range t.Is.Values {
				if v != "" && !slices.ContainsFunc(signatureStates, func(state string) bool { return strings.EqualFold(state, v) }) && !strings.ContainsAny(v, "*?") {
					s.report(t.Range, diag.OneOf(v, signatureStates), "no signature has the state %q", v)
				}
			}
		}
	}
}
