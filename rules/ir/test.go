package ir

import (
	"fmt"
	"net/netip"

	"decree/rules"
	"decree/rules/regex"
)

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

func (*Text) test() {}

func (*Glob) test() {}

func (*Regex) test() {}

func (*OfFilename) test() {}

func (*Number) test() {}

func (*Bits) test() {}

func (*Bool) test() {}

func (*Null) test() {}

func (*Exists) test() {}

func (*CIDR) test() {}

func (*FieldRef) test() {}

func (*TimePart) test() {}

func (*Elements) test() {}
