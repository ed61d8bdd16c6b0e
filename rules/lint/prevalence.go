package lint

import (
	"strings"

	"decree/rules/anycase"
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
	{Code: "bound-without-effect", Severity: diag.Warning, rule: boundsWithoutEffect, correlation: boundsOfCorrelation},
	{Code: "bound-of-first-event", Severity: diag.Warning, correlation: boundOfFirstEvent},
}

// signatureStates are the words of SignatureState:
// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
var signatureStates = []string{"SignedValid", "SignedInvalid", "Unsigned", "Unknown"}

// unknownSignature reports a state of a signature that FileProfile() never gives. An empty text is what is unknown.
func unknownSignature(s *subject) {
	for _, p := range s.Prevalence {
		for _, t := range p.Reputation {
			if t.Part != "signature" || t.Is == nil {
				continue
			}
			for _, v := range t.Is.Values {
				if v != "" && !anycase.Contains(signatureStates, v) && !strings.ContainsAny(v, "*?") {
					s.report(t.Range, diag.OneOf(v, signatureStates), "no signature has the state %q", v)
				}
			}
		}
	}
}
