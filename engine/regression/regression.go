// Package regression runs a rule's test file, x.test.yml: cases with events and what must match. In: test files (or
// Sigma's own regression data) and the rules beside them. Out: an outcome for each case, and findings about errors in
// the test file. The outcome of a case does not depend on other cases, on their order, or on how many run at once.
package regression

import (
	"time"

	"go.yaml.in/yaml/v3"

	"decree/engine"
	"decree/rules"
	"decree/rules/diag"
)

// File is a test file.
type File struct {
	Path  string // in the rules folder
	Shown string // path in findings
	Cases []*Case
	text  []byte
}

// Case is one test of a rule.
type Case struct {
	Range      diag.Range
	Name       string
	Rule       string     // name or id of the rule that it tests; "" = every rule of the file
	RuleRange  diag.Range // of Rule
	Model      string     // data model of the events
	Now        time.Time  // the end of the lookback; zero = no cut
	Reputation []map[string]string
	Filters    []*rules.Filter
	SameAs     *SameAs // another case that must have the same matches; nil = none
	Expect     Expect
	inputs     []input // shared events first
	node       *yaml.Node
}

// SameAs names another case with the same story, mostly in another data model.
type SameAs struct {
	Range diag.Range
	Case  string
	By    Way // ByID, ByIndex or ByCount: how the events are compared
}

// Way is how a case says what must match.
type Way string

// The ways. A case has one of them, or none if it has a SameAs.
const (
	ByID      Way = "ids"     // exactly the events with these ids
	ByIndex   Way = "indexes" // exactly these of the case's own events, from 1
	ByCount   Way = "count"
	ByAtLeast Way = "at_least"
	ByNone    Way = "none"
)

var ways = []string{string(ByID), string(ByIndex), string(ByCount), string(ByAtLeast), string(ByNone)}

// Expect is what must match, and the expected details of single events.
type Expect struct {
	Range   diag.Range // of what the way says
	Way     Way
	Events  []Reference // of ByID and ByIndex
	Count   int         // of ByCount and ByAtLeast
	Details []Detail
	node    *yaml.Node // what --update rewrites: the way's value
}

// Reference names an event of a case: by id, or by its index among the case's own events, from 1.
type Reference struct {
	Range diag.Range
	ID    string
	Index int
}

// Detail is the expected explanation of one event, whether it matches or not.
type Detail struct {
	Event      Reference
	Selections *Selections
	Ancestors  []Ancestor
	Prevalence []Prevalence
}

// Selections are exactly the names of the rule's condition that must be true.
type Selections struct {
	Range diag.Range
	Names []string
	node  *yaml.Node
}

// Ancestor is what must be known about an ancestor of the event's process. Nil texts are not compared.
type Ancestor struct {
	Range       diag.Range
	Level       int
	Unknown     bool // it must not be found
	Image       *string
	CommandLine *string
}

// Prevalence is the expected result of a prevalence condition. Nil parts are not compared.
type Prevalence struct {
	Range     diag.Range
	Name      string
	Unknown   bool // the event's value must not be in the population
	Value     *string
	Count     *int
	Rank      *int
	Global    *float64
	Signature *string
	Rare      *bool
}

// Outcome is the result of one case. The case passed if Failures is empty.
type Outcome struct {
	Case      string              `json:"case"`
	Model     string              `json:"model"`
	At        diag.Range          `json:"at"`
	Events    int                 `json:"events"`
	Expected  string              `json:"expected"`
	Matched   []string            `json:"matched"` // ids, or indexes of events without an id
	Failures  diag.Diagnostics    `json:"failures,omitempty"`
	Warnings  diag.Diagnostics    `json:"warnings,omitempty"`  // expectations that are less exact than they seem
	Explained *engine.Explanation `json:"explained,omitempty"` // the first wrong event
	events    []seen
	matches   []int                   // places in events
	unlike    string                  // why `suppress` does not apply to some matches
	observed  map[*yaml.Node][]string // what was true where other selections were expected
}

// Summary gives the expected and the observed matches, one line each.
func (o Outcome) Summary() []string {
	got := named(o.Matched)
	if o.notRun() {
		got = "nothing: the case was not run"
	}
	return []string{"expected: " + o.Expected, "got:      " + got}
}

// Passed tells whether the case passed.
func (o Outcome) Passed() bool { return len(o.Failures) == 0 }
