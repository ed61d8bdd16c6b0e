// Package ir is the one logical tree of a rule that both the engine and the compilers
// read. In: a parsed *rules.Rule. Out: a Rule whose modifiers are applied, lists expanded,
// conditions resolved and ancestors numbered. It must stay free of products and dialects.
//
// Logic is two-valued: a predicate on a missing field is false, so its negation is true.
package ir

import (
	"fmt"
	"net/netip"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/regex"
)

// Rule is a lowered rule.
type Rule struct {
	Source    *rules.Rule // metadata, log source, schedule, documentation
	Condition Node        // never nil
	Names     []*Named    // every name the condition uses, in file order
	Lists     []List      // value lists that some Text test uses, in file order
	Filter    Node        // what the environment's own filters ask of an event; nil = none
}

// List is a value list a dialect may print once and refer to.
type List struct {
	Name    string
	Comment string
	Values  []string
	Union   []string // the lists it is exactly the union of, printed before it
}

// Node is one node of the tree: *And, *Or, *Not, *AtLeast, *Named, *Const, *Match, *Keyword or *Prevalence; in the
// condition of a correlation, and there alone, *Occurred.
type Node interface {
	Range() diag.Range
	node()
}

func (*And) node()        {}
func (*Or) node()         {}
func (*Not) node()        {}
func (*AtLeast) node()    {}
func (*Named) node()      {}
func (*Const) node()      {}
func (*Match) node()      {}
func (*Keyword) node()    {}
func (*Prevalence) node() {}
func (*Occurred) node()   {}

// Base carries the place in the rule a node came from.
type Base struct{ At diag.Range }

// Range gives the place in the rule file.
func (b Base) Range() diag.Range { return b.At }

// And holds when all Terms do. It has at least two.
type And struct {
	Base
	Terms []Node
}

// Or holds when one of Terms does. It has at least two.
type Or struct {
	Base
	Terms []Node
}

// Not holds when Term does not.
type Not struct {
	Base
	Term Node
}

// AtLeast holds when Count or more of Terms do (`2 of x*`). Count >= 2 and < len(Terms).
type AtLeast struct {
	Base
	Count int
	Terms []Node
}

// Named is a part of the condition under the author's own name for it; it means Body.
// One name is one *Named, shared by every place that uses it.
type Named struct {
	Base
	Name string
	Body Node
}

// Const is always true or always false.
type Const struct {
	Base
	Value bool
}

// Field is a Sigma field of the event's own process (Level 0) or of its ancestor
// (1 = parent, 2 = grandparent, ... 5). `ParentImage` is {Image, 1}.
type Field struct {
	Name  string
	Level int
}

// Match is a test on one field. A multi-valued field matches if any element does.
type Match struct {
	Base
	Field Field
	Test  Test
}

// Keyword is a test on the whole event: any of its values matches. Only *Text (Contains,
// or Equals when the author wrote modifiers that say so), *Glob and *Regex occur.
type Keyword struct {
	Base
	Test Test
}

// Prevalence asks how rare the value of an entity is. All parts that are set must hold.
type Prevalence struct {
	Base
	Name  string
	Spec  rules.Prevalence
	Among Node // nil: all events of the log source
}

// Test is what is asked of a value: *Text, *Glob, *Regex, *Number, *Bool, *Null, *Exists,
// *CIDR, *FieldRef or *TimePart.
type Test interface{ test() }

// TextOp is how a Text or FieldRef compares.
type TextOp int

// The text operations. Filename compares the part after the last '\' or '/'.
const (
	Equals TextOp = iota
	StartsWith
	EndsWith
	Contains
	Filename
)

var textOpNames = [...]string{"equals", "startswith", "endswith", "contains", "filename"}

// String gives the operation's Sigma name.
func (o TextOp) String() string { return textOpNames[o] }

// Text holds when the value compares so with any of Values: literal strings, no wildcards.
// Equals with "" holds for a present, empty value. Case is ignored unless Cased.
type Text struct {
	Op     TextOp
	Values []string // one or more
	Cased  bool
	List   string // the rule's list that Values are exactly, or ""
	// Spelling says that Values are how the rule writes a number, as 0x17 for 23: no column of numbers holds that.
	Spelling bool
}

// Glob holds when the whole value matches the pattern. Parts alternate literals and wildcards.
type Glob struct {
	Parts []GlobPart
	Cased bool
}

// AnyDash is the wildcard for one of Dashes.
const AnyDash = '-'

// GlobPart is a literal, or a wildcard when Wild is '*' (any run), '?' (one character) or AnyDash.
type GlobPart struct {
	Wild    byte
	Literal string
}

// Regex holds when the expression, which is PCRE's, is found anywhere in the value (Sigma's re). Flags is a
// subset of "ims" in that order. Backtracking is set where RE2 cannot run it.
type Regex struct {
	Expr         string
	Flags        string
	Backtracking bool
	parsed       *regex.Expression // as lowering read it
}

// Parse takes the expression apart. Lowering did so before: one that cannot be read is a programming error.
func (t *Regex) Parse() *regex.Expression {
	if t.parsed != nil {
		return t.parsed
	}
	e, err := regex.Parse(t.Expr, t.Flags)
	if err != nil {
		panic(fmt.Sprintf("ir: the expression %q: %v", t.Expr, err))
	}
	return e
}

// Number compares numerically, whether the event holds 5 or "5". Op is "eq", "lt", "lte",
// "gt" or "gte"; any one of Values holding is enough ("eq" alone has several).
type Number struct {
	Op     string
	Values []float64
}

// Bool holds for true/false, as a boolean or spelled out.
type Bool struct{ Value bool }

// Null holds when the field is absent or null.
type Null struct{}

// Exists holds when the field is present and not null; with Value false, when it is not.
type Exists struct{ Value bool }

// CIDR holds when the value is an address inside one of Prefixes.
type CIDR struct{ Prefixes []netip.Prefix }

// FieldRef compares with another field of the same event. Missing fields compare false.
type FieldRef struct {
	Op    TextOp
	Other Field
	Cased bool
}

// TimePart compares a part of a timestamp (UTC): minute, hour, day, week, month, year.
type TimePart struct {
	Part   string
	Op     string // as in Number
	Values []float64
}

// WhenMissing is what a test says of a field that is not there.
func WhenMissing(t Test) bool {
	switch t := t.(type) {
	case *Null:
		return true
	case *Exists:
		return !t.Value
	}
	return false
}

func (*Text) test()     {}
func (*Glob) test()     {}
func (*Regex) test()    {}
func (*Number) test()   {}
func (*Bool) test()     {}
func (*Null) test()     {}
func (*Exists) test()   {}
func (*CIDR) test()     {}
func (*FieldRef) test() {}
func (*TimePart) test() {}

// Children lists a node's direct children; leaves have none. A Prevalence's population is
// not a child: it is about other events. An unknown node is a programming error.
func Children(n Node) []Node {
	switch n := n.(type) {
	case *And:
		return n.Terms
	case *Or:
		return n.Terms
	case *AtLeast:
		return n.Terms
	case *Not:
		return []Node{n.Term}
	case *Named:
		return []Node{n.Body}
	case *Const, *Match, *Keyword, *Prevalence, *Occurred:
		return nil
	}
	panic("ir: unknown node")
}

// Inspect calls f for n and, while f returns true, for all below it in order.
func Inspect(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	for _, c := range Children(n) {
		Inspect(c, f)
	}
}
