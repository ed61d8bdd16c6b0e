// Package compilers turns a lowered rule into a product's query. In: ir.Rule and a data
// model. Out: a Query, or diagnostics for everything the target cannot say. Nothing is
// dropped: a gap is an error, or an accepted approximation that the query's notes name.
package compilers

import (
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
}

// Asset is a file that must be deployed beside the query. Name is a plain file name.
type Asset struct {
	Name    string `json:"name"`
	Purpose string `json:"purpose"`
	Content string `json:"content"`
}

// Note says how a query differs from the rule. Effect is "exact" (a remark only), "false-positives",
// "false-negatives" or "cost"; Code names the gap.
type Note struct {
	Code    string     `json:"code"`
	Effect  string     `json:"effect"`
	Message string     `json:"message"`
	Range   diag.Range `json:"range"`
}

// Options steer one compilation.
type Options struct {
	Model       *schema.Model
	Approximate []string // gap codes accepted for this command; "all" accepts every one
	Lists       string   // one of ListPlaces; "" is by size
}

// Dialect is one query language.
type Dialect interface {
	Name() string      // "kql"
	Title() string     // "Microsoft KQL"
	Extension() string // ".kql"
	Models() []string  // the shipped data models that it has queries for: a rule is written for the first that can say it
	Compile(*ir.Rule, Options) (*Query, diag.Diagnostics)
	CompileCorrelation(*ir.Correlation, Options) (*Query, diag.Diagnostics)
}
