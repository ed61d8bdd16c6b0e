package rules

import (
	"slices"
	"time"

	"decree/rules/anycase"
	"decree/rules/diag"
)

// ReputationTest is what a condition asks of one part of what a vendor knows of a value. Is, Flag or Within is set, as
// the part is a text, true or false, or a time.
type ReputationTest struct {
	Part   string
	Range  diag.Range
	Is     *Membership
	Flag   *bool         // what is unknown is neither true nor false
	Within time.Duration // at most so long before the event; what is unknown is not
}

// ReputationKind is what a part of a reputation is.
type ReputationKind int

// The kinds of parts.
const (
	ReputationText ReputationKind = iota
	ReputationFlag
	ReputationTime
)

// ReputationPart is a part of a reputation that a condition may test.
type ReputationPart struct {
	Name string
	Kind ReputationKind
}

// ReputationParts are all parts, beside the prevalence in the world, which is a number.
var ReputationParts = []ReputationPart{
	{"signature", ReputationText}, {"signer", ReputationText}, {"issuer", ReputationText}, {"root", ReputationText},
	{"certificate_valid", ReputationFlag}, {"root_signer_microsoft", ReputationFlag},
	{"software", ReputationText}, {"threat", ReputationText}, {"global_first_seen", ReputationTime},
}

// Asks tells whether the condition asks for a part of a reputation: "global", or one of ReputationParts.
func (p *Prevalence) Asks(part string) bool {
	return part == "global" && len(p.Global) > 0 || slices.ContainsFunc(p.Reputation, func(t ReputationTest) bool { return t.Part == part })
}

// ReputationKeys are the names of the values that sources of reputation know: each row of one is of one of them.
var ReputationKeys = []string{"sha1", "sha256", "md5", "domain"}

// AsksReputation tells whether the condition asks what a vendor knows of a value, not only how often it was seen here.
func (p *Prevalence) AsksReputation() bool { return len(p.Global)+len(p.Reputation) > 0 }

// FirstSeenWithin is how long before the event the value was first seen in the world at most; 0 if the condition does
// not ask that.
func (p *Prevalence) FirstSeenWithin() time.Duration {
	for _, t := range p.Reputation {
		if t.Within > 0 {
			return t.Within
		}
	}
	return 0
}

// Has tells whether a text is in the list, or with Not is not.
func (m *Membership) Has(text string) bool {
	return anycase.Contains(m.Values, text) != m.Not
}
