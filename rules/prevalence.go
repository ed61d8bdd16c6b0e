package rules

import (
	"time"

	"decree/rules/diag"
)

// Prevalence is one named rarity condition.
type Prevalence struct {
	Name        string
	Range       diag.Range
	Field       string // the value asked about: an entity (sha1, sha256, md5, domain, ...), a field or an extract
	FieldRange  diag.Range
	Of          string // whose value: one of PrevalenceOf; "" = the event's own
	OfRange     diag.Range
	Among       string // population: a name of the rule; "" = all events of the log source
	Local       *LocalPrevalence
	Global      []Bound          // all must hold for the vendor's prevalence
	GlobalElse  float64          // vendor prevalence when unknown
	Reputation  []ReputationTest // in the order of ReputationParts
	Unavailable string           // "exclude" or "include": what a failed look-up means
}

// PrevalenceOf are those whose value may be asked about. The actor is the process that did what the event tells; of the
// creation of a process that is the parent.
var PrevalenceOf = []string{"actor", "parent", "grandparent"}

// LocalPrevalence counts distinct entities (e.g. hosts) that saw the value in the lookback, or in a longer period.
type LocalPrevalence struct {
	Distinct      string // the entity or field counted: host, user
	DistinctRange diag.Range
	Rarest        int           // keep the N rarest values; 0 = no such cut
	Bounds        []Bound       // on the count; all must hold
	Over          time.Duration // the period in which it is counted, longer than the lookback; 0 = the lookback
	OverRange     diag.Range
}

// Period is how far back a run counts, if that is longer than the lookback; 0 if a run counts what it looks back on.
func (p *Prevalence) Period(lookback time.Duration) time.Duration {
	if p.Local == nil || lookback == 0 || p.Local.Over <= lookback {
		return 0
	}
	return p.Local.Over
}

// Bound is one numeric comparison; Op is "lt", "lte", "gt", "gte" or "eq".
type Bound struct {
	Op    string
	Value float64
	Range diag.Range
}

// Membership asks whether a text is (or with Not, is not) one of Values, in any case.
// A missing text is in no list, so Not holds for it.
type Membership struct {
	Not    bool
	Values []string
	Range  diag.Range
}
