// Package ir is the logical tree of a rule that the engine and the compilers share. In: a parsed *rules.Rule. Out: a
// Rule with modifiers applied, lists expanded, conditions resolved and ancestors numbered. It must not depend on
// products or dialects.
//
// Logic has two values: a test of a missing field is false, so its negation is true.
package ir

import (
	"decree/rules"
	"decree/rules/diag"
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
