// Package regex reads the regular expressions of Sigma's `re`, which are PCRE's. In: the author's text and flags. Out:
// a tree in which every construct has one meaning, or an error that names what is wrong with it or not supported. The
// engine and the compilers read the same tree.
//
// The meaning is that of PCRE2 10.42 with UTF and without UCP, as Splunk runs it: \d, \w, \s, \b and the POSIX classes
// are ASCII's, case is ignored by Unicode's simple folding, $ also holds before a newline that ends the text, and a
// look-behind has a fixed length.
// https://www.pcre.org/current/doc/html/pcre2pattern.html
package regex

// Expression is an expression taken apart. It is immutable.
type Expression struct {
	Root   Node
	Flags  string // the initial ones
	Groups int    // capturing groups
	Reads  bool   // what a group found is read again, by a back-reference or a condition
	twice  bool   // some name is of several groups
}

// Node is a part of an expression: *Char, *Set, *Any, *Assert, *Flags, *Group, *Repeat, *Concat, *Alternate, *Look,
// *Backref or *Conditional.
type Node interface{ node() }

// Char is a character that stands for itself.
type Char struct {
	Text string // as the author wrote it
	Rune rune
	Fold bool // in any case
}

// Set is one character of many: [...], \d, \pL.
type Set struct {
	Text    string
	Ranges  []rune // pairs, in order, case and negation taken into account
	Members []Member
	Negated bool
	Bracket bool // written as [...]
	Fold    bool
}

// Member is a part of a set: a range of characters, or a class that is not affected by case.
type Member struct {
	Text   string // of a class
	Low    Char
	High   Char
	Class  []rune // of a class: pairs
	ByName bool   // it is a class
}

// Any is any character, with or without a newline.
type Any struct {
	Text    string
	Newline bool
}

// Kind is what an assertion asks of a place.
type Kind int

// The assertions. End holds at the end and before a newline that ends the text.
const (
	BeginText Kind = iota
	BeginLine
	EndText
	End
	EndLine
	Word
	NotWord
)

// Assert holds at a place of the text.
type Assert struct {
	Kind Kind
	Text string
}

// Flags changes how the characters behind it were read; it stands here for printers alone.
type Flags struct{ On, Off string }

// Group is a part in parentheses.
type Group struct {
	Number  int // of a capturing one, from 1
	Name    string
	Reset   bool   // its alternatives number their groups alike
	Atomic  bool   // it is not entered again once it matched
	On, Off string // flags of (?i:...)
	Body    Node
}

// Mode is how a repetition chooses its length.
type Mode int

// The modes.
const (
	Greedy Mode = iota
	Lazy
	Possessive
)

// Repeat is a part a number of times; Max is -1 where there is no bound.
type Repeat struct {
	Body     Node
	Min, Max int
	Mode     Mode
}

// Concat is one part after another.
type Concat struct{ Parts []Node }

// Alternate is one of several parts.
type Alternate struct{ Parts []Node }

// Look asks for what lies ahead or behind, without moving.
type Look struct {
	Behind, Negative bool
	Fold             bool // letters are read in any case where it stands
	Body             Node
	Lengths          []int // of a look-behind: of each alternative, in characters
}

// Backref is what a group found; of several of one name, the first that found anything.
type Backref struct {
	Groups []int
	Fold   bool
}

// Conditional chooses by a group that matched, or by what a look-around finds.
type Conditional struct {
	Groups  []int
	Look    *Look
	Yes, No Node
}

func (*Char) node()        {}
func (*Set) node()         {}
func (*Any) node()         {}
func (*Assert) node()      {}
func (*Flags) node()       {}
func (*Group) node()       {}
func (*Repeat) node()      {}
func (*Concat) node()      {}
func (*Alternate) node()   {}
func (*Look) node()        {}
func (*Backref) node()     {}
func (*Conditional) node() {}

// Children lists a node's direct parts. An unknown node is a programming error.
func Children(n Node) []Node {
	switch n := n.(type) {
	case *Char, *Set, *Any, *Assert, *Flags, *Backref:
		return nil
	case *Group:
		return []Node{n.Body}
	case *Repeat:
		return []Node{n.Body}
	case *Concat:
		return n.Parts
	case *Alternate:
		return n.Parts
	case *Look:
		return []Node{n.Body}
	case *Conditional:
		if n.Look != nil {
			return []Node{n.Look, n.Yes, n.No}
		}
		return []Node{n.Yes, n.No}
	}
	panic("regex: unknown node")
}

// Error says what is wrong with an expression, or what of it is not supported.
type Error struct {
	Message     string
	Hint        string
	Offset      int  // in bytes
	Unsupported bool // it is PCRE, but not run here
}

func (e *Error) Error() string { return e.Message }
