// Package ir is the logical tree of a rule that the engine and the compilers share. In: a parsed *rules.Rule. Out: a
// Rule with modifiers applied, lists expanded, conditions resolved and ancestors numbered. It must not depend on
// products or dialects.
//
// Logic has two values: a test of a missing field is false, so its negation is true.
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
	Extracts  []*Extract  // fields that the rule makes of others, in file order
	Filter    Node        // what the environment's own filters require of an event; nil = none

	SourceFilters []SourceFilter // filters that cover only some of its log sources
}

// List is a value list that a dialect may print once and refer to.
type List struct {
	Name    string
	Comment string
	Values  []string
	Union   []string // if the list is exactly a union: its parts, printed before it
}

// Node is one node of the tree: *And, *Or, *Not, *AtLeast, *Named, *Const, *Match, *Keyword, *Prevalence or *Join. Only
// the condition of a correlation has *Occurred.
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

// Base carries the position in the rule file that a node came from.
type Base struct{ At diag.Range }

// Range gives the position in the rule file.
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

// Named is a part of the condition that has a name in the rule. It means Body. Each name has one *Named, shared by all
// its uses.
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

// Field is a Sigma field or an entity of the event's own process (Level 0) or of its ancestor
// (1 = parent, 2 = grandparent, ... 5). `ParentImage` is {Image, 1}. With Extract, the rule makes it of other fields.
type Field struct {
	Name    string
	Level   int
	Extract *Extract
}

// Match is a test on one field. A multi-valued field matches if any element does.
type Match struct {
	Base
	Field Field
	Test  Test
}

// Keyword is a test of the whole event: it holds if any value of the event matches. Its test is a *Text (Contains, or
// Equals if modifiers say so), a *Glob or a *Regex.
type Keyword struct {
	Base
	Test Test
}

// Prevalence tests how rare the value of an entity is. All parts that are set must hold.
type Prevalence struct {
	Base
	Name  string
	Spec  rules.Prevalence
	Among Node // nil: all events of the log source

	extract, by *Extract // that the value is, and who saw it; nil if they are no extracts
}

// Value is the field or entity whose value is asked about. Of the actor it is that of the event itself: data models say
// where they have the actor's.
func (n *Prevalence) Value() Field {
	f := FieldNamed(n.Spec.Field)
	f.Extract = n.extract
	switch n.Spec.Of {
	case "parent":
		f.Level++
	case "grandparent":
		f.Level += 2
	}
	if f.Level > 0 && f.Name == "user" { // entities are of the event; Sigma's field is of any process
		f.Name = "User"
	}
	return f
}

// By is the field or entity of those that saw the value.
func (n *Prevalence) By() Field {
	f := FieldNamed(n.Spec.Local.Distinct)
	f.Extract = n.by
	return f
}

// Describe names the value, and whose it is.
func (n *Prevalence) Describe() string {
	if n.Spec.Of == "actor" {
		return "actor's " + n.Value().String()
	}
	return n.Value().String()
}

// Test is a test of a value: *Text, *Glob, *Regex, *OfFilename, *Number, *Bits, *Bool, *Null, *Exists,
// *CIDR, *FieldRef, *TimePart or *Elements.
type Test interface{ test() }

// TextOp is the comparison of a Text or FieldRef.
type TextOp int

// The text operations. Filename compares the part after the last '\' or '/'. Word holds of a text that has the value as
// HasWord says.
const (
	Equals TextOp = iota
	StartsWith
	EndsWith
	Contains
	Filename
	Word
)

var textOpNames = [...]string{"equals", "startswith", "endswith", "contains", "filename", "word"}

// String gives the operation's Sigma name.
func (o TextOp) String() string { return textOpNames[o] }

// Text holds if the comparison is true for any of Values: literal strings, no wildcards.
// Equals with "" holds for a field that is present and empty. Case is ignored unless Cased.
type Text struct {
	Op     TextOp
	Values []string // one or more
	Cased  bool
	List   string // name of the rule's list that has exactly these Values, or ""
	// Spelling is set if Values are spellings of a number, such as 0x17 for 23. A numeric column never has such a text.
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

// Regex holds if the PCRE expression matches anywhere in the value (Sigma's re). Flags is a subset of "ims" in that
// order. Backtracking is set if RE2 cannot run the expression.
type Regex struct {
	Expr         string
	Flags        string
	Backtracking bool
	parsed       *regex.Expression // parsed by lowering
}

// Parse gives the syntax tree of the expression. Lowering has parsed it already, so an error is a programming error.
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

// OfFilename holds if Test, which is a *Text, a *Glob or a *Regex, does of the part after the last '\' or '/'.
type OfFilename struct{ Test Test }

// Number compares numerically, whether the event has 5 or "5". Op is "eq", "lt", "lte", "gt" or "gte". One of Values
// is enough; only "eq" has several.
type Number struct {
	Op     string
	Values []float64
}

// Bits holds for a whole number in which all bits of Mask are set. ParseBits says which texts are such numbers. Mask is
// positive.
type Bits struct{ Mask int64 }

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

// TimePart compares a part of a timestamp (UTC): minute, hour, day, weekday (1 is Monday), week, month, year.
type TimePart struct {
	Part   string
	Op     string // as in Number
	Values []float64
}

// Elements tests the elements of an array: Body holds of those that Which says. Body consists of *And, *Or, *Not,
// *AtLeast, *Const and *Match on fields of an element, at level 0; ElementItself is the element itself. A value that is
// not an array has no elements.
type Elements struct {
	Which rules.Quantifier
	At    int // of ElementAt: from 0, or from -1 backwards
	Body  Node
}

// ElementItself names the element of an array in a test of it.
const ElementItself = "."

// OfNone is the result if there are no elements.
func (t *Elements) OfNone() bool { return t.Which == rules.NoElement || t.Which == rules.AllOrEmpty }

// WhenMissing is the result of a test of a missing field.
func WhenMissing(t Test) bool {
	switch t := t.(type) {
	case *Null:
		return true
	case *Exists:
		return !t.Value
	case *Elements:
		return t.OfNone()
	}
	return false
}

func (*Text) test()       {}
func (*Glob) test()       {}
func (*Regex) test()      {}
func (*OfFilename) test() {}
func (*Number) test()     {}
func (*Bits) test()       {}
func (*Bool) test()       {}
func (*Null) test()       {}
func (*Exists) test()     {}
func (*CIDR) test()       {}
func (*FieldRef) test()   {}
func (*TimePart) test()   {}
func (*Elements) test()   {}

// Children lists a node's direct children. Leaves have none. The population of a Prevalence and the rule of a Join are
// no children, because they are about other events. An unknown node is a programming error.
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
	case *Const, *Match, *Keyword, *Prevalence, *Join, *Occurred:
		return nil
	}
	panic("ir: unknown node")
}

// Inspect calls f for n and, if f returns true, for its children in order.
func Inspect(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	for _, c := range Children(n) {
		Inspect(c, f)
	}
}

// DeepestAncestor is the highest level of ancestors whose fields a condition reads, 0 for none.
func DeepestAncestor(condition Node) int {
	deepest := 0
	Inspect(condition, func(n Node) bool {
		if leaf, ok := n.(*Match); ok {
			deepest = max(deepest, leaf.Field.Level)
		}
		return true
	})
	return deepest
}
