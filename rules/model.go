package rules

import (
	"time"

	"decree/rules/diag"

	"gopkg.in/yaml.v3"
)

// Rule is one Sigma detection rule with decree's three sections (lists, ancestry,
// prevalence) and its metadata, as written: nothing is expanded or lowered yet.
type Rule struct {
	Range diag.Range // the whole document; Range.File is the path as the user gave it

	Title, ID, Name, Description, Status, Level string
	Author, License, Date, Modified, Taxonomy   string
	References, Tags, FalsePositives            []string
	Fields, Scope                               []string
	Related                                     []Related
	LogSource                                   LogSource

	Searches   []Search    // search identifiers, in file order
	Conditions []Condition // one or more; any of them makes the rule match
	Lists      []List
	Ancestry   []Ancestry
	Prevalence []Prevalence

	Schedule      Schedule
	Documentation Documentation
	DataSources   []DataSource
	Changelog     []Change
	Approximate   map[string][]string // target dialect -> accepted gap codes
	Accepted      []Accepted          // the same, with places
	Extra         []Extra             // keys neither Sigma nor decree defines, kept

	places []place
}

// Related is one entry of Sigma's `related`.
type Related struct{ ID, Type string }

// LogSource says which logs a rule reads. Empty parts mean any.
type LogSource struct {
	Range                                  diag.Range
	Category, Product, Service, Definition string
}

// Search is one named search identifier of `detection`.
type Search struct {
	Name  string
	Range diag.Range // of the name
	Body  Selection
}

// Selection is the body of a search identifier: AllOf (a map), AnyOf (a list) or Keywords.
type Selection interface{ selection() }

// AllOf is a map of field items: every item must match. An item without a field is one of keywords.
type AllOf struct{ Items []Item }

// AnyOf is a list of selections: one must match.
type AnyOf struct{ Selections []Selection }

// Keywords is a list of values looked for in the whole event (a bare list, or the
// map form `"|all": [...]`, where every value must be found). Modifiers apply as in Item.
type Keywords struct{ Item Item }

func (AllOf) selection()    {}
func (AnyOf) selection()    {}
func (Keywords) selection() {}

// Item is one `Field|modifier|...: values` line. Field is empty in Keywords.
type Item struct {
	Field     string
	Modifiers []Modifier
	Values    []Value // at least one, except for an empty YAML list
	Range     diag.Range
}

// Modifier is one known modifier of an item, at its place in the key.
type Modifier struct {
	Name  string
	Range diag.Range
}

// ValueKind is the YAML type a value was written as.
type ValueKind int

// The kinds of value.
const (
	StringValue ValueKind = iota
	NumberValue
	BoolValue
	NullValue
)

// Value is one scalar, as written. Text holds its source text in every kind but null.
type Value struct {
	Kind   ValueKind
	Text   string
	Number float64 // of a NumberValue
	Bool   bool    // of a BoolValue
	Range  diag.Range
}

// Condition is one parsed condition.
type Condition struct {
	Text  string
	Range diag.Range
	Expr  Expr
}

// Expr is a condition's syntax: AndExpr, OrExpr, NotExpr, NameExpr or OfExpr.
type Expr interface {
	ExprRange() diag.Range
	String() string // the condition's text, which reads back as the same tree
	expr()
}

// AndExpr is `a and b and ...` (two or more terms).
type AndExpr struct {
	Range diag.Range
	Terms []Expr
}

// OrExpr is `a or b or ...` (two or more terms).
type OrExpr struct {
	Range diag.Range
	Terms []Expr
}

// NotExpr is `not a`.
type NotExpr struct {
	Range diag.Range
	Term  Expr
}

// NameExpr is one name: a search identifier, an ancestry or a prevalence entry.
type NameExpr struct {
	Range diag.Range
	Name  string
}

// OfExpr is `1 of x*`, `all of x*`, `N of them`. Names are those matched, in file order.
type OfExpr struct {
	Range   diag.Range
	All     bool
	Count   int    // when All is false
	Pattern string // "them" for all names not starting with an underscore
	Names   []string
}

// ExprRange gives the place of the expression in the rule file.
func (e AndExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the place of the expression in the rule file.
func (e OrExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the place of the expression in the rule file.
func (e NotExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the place of the expression in the rule file.
func (e NameExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the place of the expression in the rule file.
func (e OfExpr) ExprRange() diag.Range { return e.Range }

func (AndExpr) expr()  {}
func (OrExpr) expr()   {}
func (NotExpr) expr()  {}
func (NameExpr) expr() {}
func (OfExpr) expr()   {}

// List is one value list, used as %name% through `expand`. Values are resolved:
// read from its file, inline, or the result of its set expression; duplicates
// (compared case-insensitively) are removed, order kept.
type List struct {
	Name        string
	Range       diag.Range
	Title       string
	Description string
	File        string // for a list file: its path
	Union       []string
	Except      []string // names whose values are taken away
	Values      []string
}

// Ancestry is one named condition on processes above the event's own: every Level must hold.
type Ancestry struct {
	Name   string
	Range  diag.Range
	Levels []AncestryLevel
}

// AncestryLevel is the part about one ancestor: level Level (1 = parent), or with
// Within set any one level from 1 to Level, on which the whole Body holds.
type AncestryLevel struct {
	Level  int
	Within bool
	Body   Selection
	Range  diag.Range
}

// Prevalence is one named rarity condition.
type Prevalence struct {
	Name        string
	Range       diag.Range
	Field       string // the entity asked about: sha1, sha256, md5, domain, ...
	FieldRange  diag.Range
	Among       string // population: a name of the rule; "" = all events of the log source
	Local       *LocalPrevalence
	Global      []Bound // all must hold for the vendor's prevalence
	GlobalElse  float64 // vendor prevalence when unknown
	Signature   *Membership
	Signer      *Membership
	Issuer      *Membership
	Root        *Membership
	Unavailable string // "exclude" or "include": what a failed look-up means
}

// LocalPrevalence counts distinct entities (e.g. hosts) that saw the value in the lookback.
type LocalPrevalence struct {
	Distinct string  // the entity counted: host, user
	Rarest   int     // keep the N rarest values; 0 = no such cut
	Bounds   []Bound // on the count; all must hold
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

// Schedule is how a query is run: every Every, over the last Lookback. Zero = not set.
type Schedule struct{ Every, Lookback time.Duration }

// Documentation is the prose that Sigma has no key for.
type Documentation struct {
	OS                 []string `yaml:"os"`
	PermissionRequired []string `yaml:"permission_required"`
	Attack             string   `yaml:"attack"`
	Considerations     string   `yaml:"considerations"`
	Response           string   `yaml:"response"`
	BlindSpots         string   `yaml:"blind_spots"`
}

// DataSource is one log a rule was written for.
type DataSource struct {
	Provider            string `yaml:"provider"`
	Table               string `yaml:"table"`
	EventID             string `yaml:"event_id"`
	EventName           string `yaml:"event_name"`
	AttackDataSource    string `yaml:"attack_data_source"`
	AttackDataComponent string `yaml:"attack_data_component"`
}

// Change is one entry of the version history, newest first.
type Change struct {
	Version string `yaml:"version"`
	Date    string `yaml:"date"`
	Impact  string `yaml:"impact"`
	Notes   string `yaml:"notes"`
}

// Extra is a top-level key kept as it was written.
type Extra struct {
	Key   string
	Node  *yaml.Node
	Range diag.Range
}
