// Package compilers turns rules into the queries of products. It holds what the dialects share; each dialect is a
// folder below.
//
// In: a lowered rule or correlation (ir), and Options with the data model. Out: a Query, which is a text, the files
// that must be deployed beside it, and notes; or findings.
//
// What must stay true:
//   - A query finds the events that the engine finds. A note names every difference, and the rule or the command has
//     accepted it.
//   - Nothing is dropped. What a dialect cannot say is reported with a code, a place in the rule and a hint, before a
//     byte is printed.
//   - Parentheses come from the tree: a dialect builds a logic.Pred, and a logic.Syntax prints it.
//   - The same input gives the same bytes.
//
// The way of a rule: NewPlans checks it against the dialect's Features and gives a Plan for each source of the data
// model. Branches joins the plans that ask the same. logic.Build makes a predicate of each condition, and a Syntax its
// text.
//
// The files of a dialect have the same names: dialect (features, the query as a whole), scope (what makes an event one
// of the source), match (tests of fields), scalar (values and functions), ancestor, prevalence and reputation,
// correlation (a file a part), lists, regex, quote, place (where an organisation keeps events), union (several
// sources). What only one dialect has is in a file named for it.
package compilers

import (
	"slices"
	"time"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Query is a compiled rule.
type Query struct {
	Dialect string  `json:"dialect"`
	Model   string  `json:"model"`
	Text    string  `json:"text"`
	Assets  []Asset `json:"assets,omitempty"`
	Notes   []Note  `json:"notes,omitempty"`
	Result  *Result `json:"-"` // what it returns, for packages
	// Indexed says that every search of the query asks something that the product answers from its index of terms,
	// beside what limits it to its source.
	Indexed bool `json:"-"`

	Written *rules.Query `json:"-"` // the query of the rule that it is; nil if it is compiled
}

// Asset is a file that must be deployed beside the query. Name is a plain file name.
type Asset struct {
	Name    string `json:"name"`
	Purpose string `json:"purpose"`
	Content string `json:"content"`
}

// Note says how a query differs from the rule. Effect is "exact" (a remark only), "false-positives",
// "false-negatives", "cost" or Unchecked; Code names the gap.
type Note struct {
	Code    string     `json:"code"`
	Effect  string     `json:"effect"`
	Message string     `json:"message"`
	Range   diag.Range `json:"range"`
}

// Options of one compilation.
type Options struct {
	Model       *schema.Model
	Approximate []string // gap codes accepted for this command; "all" accepts all
	Lists       string   // one of ListPlaces; "" means by size
	// NoIndexTerms leaves out what a query asks only so that the product answers it from its index (package terms).
	NoIndexTerms bool
	Show         Show
	// in SPL, and in KQL of a correlation: the reported period ends so long before now, so that events may arrive late
	Delay time.Duration
	// Where the organisation keeps the events; CheckPlaces checks them.
	Scope Places // in SPL: searches, such as index=win or a macro, added to those of the model
	Index Places // in EQL: index patterns, separated by commas, instead of the model's
	Table Places // in KQL: tables, functions or tables of other workspaces, instead of the model's
}

// Show names the fields and entities that a package shows. A query in KQL of whole rows gets columns for those that are
// a part of another column, or that its tables have in different ones.
type Show struct {
	Asked []string // by the rule
	Found []string // shown where the data model lists them
}

// Names are all of them.
func (s Show) Names() []string { return slices.Concat(s.Asked, s.Found) }

// Dialect is one query language.
type Dialect interface {
	Name() string      // "kql"
	Title() string     // "Microsoft KQL"
	Extension() string // ".kql"
	Lacks() Features   // what it cannot say exactly; the caller's own copy
	// Place is the setting by which an organisation says where its events are (scope, index or table), and the check of
	// its texts.
	Place() (setting string, check func(string) error)
	Lexis() Lexis // of queries that are written by hand
	Compile(*ir.Rule, Options) (*Query, diag.Diagnostics)
	CompileCorrelation(*ir.Correlation, Options) (*Query, diag.Diagnostics)
}
