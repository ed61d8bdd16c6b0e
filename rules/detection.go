package rules

import (
	"regexp"

	"decree/rules/diag"
)

// Search is one named search identifier of `detection`.
type Search struct {
	Name  string
	Range diag.Range // of the name
	Body  Selection
}

// Selection is the body of a search identifier: AllOf (a map), AnyOf (a list), Keywords, or below an array a Block.
type Selection interface{ selection() }

// AllOf is a map of field items: every item must match. An item without a field holds keywords.
type AllOf struct {
	Items    []Item
	Elements []Elements // tests of arrays, which must hold too
}

// Quantifier says of which elements of an array a test must hold.
type Quantifier string

// The quantifiers, as Sigma's proposal for arrays has them: https://github.com/SigmaHQ/sigma-specification/issues/212
const (
	AnyElement   Quantifier = "any"          // of one or more
	EveryElement Quantifier = "all"          // of every one, and there is one
	NoElement    Quantifier = "none"         // of none; there may be no array
	AllOrEmpty   Quantifier = "all_or_empty" // of every one; there may be no array
	ElementAt    Quantifier = "at"           // of the one at an index
)

// Elements is a test of an array's elements: `field[any]: {name: x}`. Fields of the body are those of the element; "."
// is the element itself.
type Elements struct {
	Field string
	Which Quantifier
	At    int // of ElementAt: from 0, or from -1 backwards
	Body  Selection
	Range diag.Range
}

// Block is a selection with names and a condition of its own, as it may be below an array.
type Block struct {
	Searches  []Search
	Condition Expr // nil after an error
	Range     diag.Range
}

// AnyOf is a list of selections: one must match.
type AnyOf struct{ Selections []Selection }

// Keywords is a list of values that are searched for in the whole event (a bare list, or the
// map form `"|all": [...]`, where every value must be found). Modifiers apply as in Item.
type Keywords struct{ Item Item }

func (AllOf) selection()    {}
func (AnyOf) selection()    {}
func (Keywords) selection() {}
func (Block) selection()    {}

// Item is one `Field|modifier|...: values` line. Field is empty in Keywords.
type Item struct {
	Field     string
	Modifiers []Modifier
	Values    []Value // at least one, except for an empty YAML list
	Range     diag.Range
}

// Modifier is one known modifier of an item, with its position in the key.
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

// Value is one scalar, as written. Text is its source text, except for null.
type Value struct {
	Kind   ValueKind
	Text   string
	Number float64 // of a NumberValue
	Bool   bool    // of a BoolValue
	Range  diag.Range
}

// Placeholder finds `%name%` in a value under `expand`; its group 1 is the list's name.
var Placeholder = regexp.MustCompile(`%([^%\s]+)%`)

// EachItem visits every item of the rule's search identifiers and ancestries, and the tests of its extracts. Items
// below arrays are not visited: their fields are those of elements.
func (r *Rule) EachItem(f func(Item)) { r.eachItem(f, func(Elements) {}) }

// EachItemWithElements visits what EachItem does, and the items below arrays.
func (r *Rule) EachItemWithElements(f func(Item)) {
	var below func(Elements)
	below = func(e Elements) { items(e.Body, f, below) }
	r.eachItem(f, below)
}

// EachElements visits the rule's tests of arrays, without those in elements.
func (r *Rule) EachElements(f func(Elements)) { r.eachItem(func(Item) {}, f) }

// EachOf visits the items of a selection, and its tests of arrays without what is in their elements.
func EachOf(s Selection, item func(Item), elements func(Elements)) { items(s, item, elements) }

func (r *Rule) eachItem(f func(Item), below func(Elements)) {
	for _, s := range r.Searches {
		items(s.Body, f, below)
	}
	for _, a := range r.Ancestry {
		for _, level := range a.Levels {
			items(level.Body, f, below)
		}
	}
	for _, e := range r.Extracts {
		for _, row := range e.Map {
			f(row.When)
		}
	}
}

// items visits the items of a selection, and the tests of arrays in it.
func items(s Selection, f func(Item), below func(Elements)) {
	switch s := s.(type) {
	case AllOf:
		for _, it := range s.Items {
			f(it)
		}
		for _, e := range s.Elements {
			below(e)
		}
	case AnyOf:
		for _, part := range s.Selections {
			items(part, f, below)
		}
	case Keywords:
		f(s.Item)
	case Block:
		for _, search := range s.Searches {
			items(search.Body, f, below)
		}
	}
}

// Names lists the names that a condition may use, by section and in file order.
func (r *Rule) Names() []string {
	var names []string
	for _, s := range r.Searches {
		names = append(names, s.Name)
	}
	for _, a := range r.Ancestry {
		names = append(names, a.Name)
	}
	for _, q := range r.Prevalence {
		names = append(names, q.Name)
	}
	for _, j := range r.Joins {
		names = append(names, j.Name)
	}
	for _, f := range r.FirstSeen {
		names = append(names, f.Name)
	}
	return names
}
