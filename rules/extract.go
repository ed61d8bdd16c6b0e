package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"decree/rules/diag"
)

// Extract is a new field that a rule makes of others. Its values are made of each value of Field, or of Text once, in
// this order: Op, then trimming, then the case. It has no value where a field that it reads has none, or where Op does
// not apply.
type Extract struct {
	Name  string
	Range diag.Range // of the name

	Field NamedField // that it is made of; without a name where Text is written
	Text  Template   // a text with {Field}: the first value of each

	Op        ExtractOp
	At        int        // the argument or part: 0 is the first, -1 the last
	Any       bool       // every argument or part
	Separator string     // between parts
	Expr      NamedField // the expression, with its place
	URLPart   string     // one of URLParts
	Map       []MapRow
	Default   *string // where no row of Map holds; nil: no value

	TrimStart, TrimEnd string // characters to take off, each as often as it is there
	Case               string // "lower", "upper" or ""
}

// ExtractOp is how a value is taken out of another.
type ExtractOp int

// The ways of taking a value out of another.
const (
	ExtractWhole ExtractOp = iota // the whole value
	// arguments of a command line, as Windows' CommandLineToArgvW splits it; 0 is the program
	ExtractArgv
	ExtractRegex   // the first group of the leftmost match of Expr
	ExtractSplit   // parts between Separator
	ExtractURLPart // a part of a URL, as RFC 3986 takes it apart
	ExtractMap     // the text of the first row of Map that holds
)

// URLParts are the parts of a URL. A host of IPv6 keeps its brackets, and a port is one that is written.
var URLParts = []string{"scheme", "host", "port", "path", "query"}

// MapRow gives a value for all values for which a test holds.
type MapRow struct {
	When  Item // its field is Extract.Field
	To    string
	Range diag.Range
}

// Reads are the fields that an extract is made of, each once.
func (e *Extract) Reads() []NamedField {
	if e.Field.Name != "" {
		return []NamedField{e.Field}
	}
	return e.Text.Fields()
}

// Describe says how the value is made, in the rule's own words.
func (e *Extract) Describe() string {
	var words []string
	from := e.Field.Name
	if from == "" {
		for _, part := range e.Text.Parts {
			if part.Field.Name != "" {
				from += "{" + part.Field.Name + "}"
			} else {
				from += strings.NewReplacer("{", "{{", "}", "}}").Replace(part.Text)
			}
		}
	}
	words = append(words, from)
	at := strconv.Itoa(e.At)
	if e.Any {
		at = "any"
	}
	switch e.Op {
	case ExtractArgv:
		words = append(words, "argv "+at)
	case ExtractRegex:
		words = append(words, "re "+e.Expr.Name)
	case ExtractSplit:
		words = append(words, fmt.Sprintf("split %q at %s", e.Separator, at))
	case ExtractURLPart:
		words = append(words, "part "+e.URLPart)
	case ExtractMap:
		rows := make([]string, len(e.Map))
		for i, r := range e.Map {
			rows[i] = r.Describe()
		}
		if e.Default != nil {
			rows = append(rows, "default "+strconv.Quote(*e.Default))
		}
		words = append(words, "map "+strings.Join(rows, ", "))
	}
	for _, t := range []struct{ word, chars string }{{"trim_start", e.TrimStart}, {"trim_end", e.TrimEnd}} {
		if t.chars != "" {
			words = append(words, t.word+" "+strconv.Quote(t.chars))
		}
	}
	if e.Case != "" {
		words = append(words, e.Case)
	}
	return strings.Join(words, "; ")
}

// Describe says what a row tests and gives.
func (r MapRow) Describe() string {
	words := []string{}
	for _, m := range r.When.Modifiers {
		words = append(words, m.Name)
	}
	if len(words) == 0 {
		words = append(words, "equals")
	}
	values := make([]string, len(r.When.Values))
	for i, v := range r.When.Values {
		values[i] = strconv.Quote(v.Text)
	}
	return strings.Join(words, "|") + " " + strings.Join(values, " or ") + " to " + strconv.Quote(r.To)
}

// ExtractNamed finds the extract of a name; nil if the rule has none.
func (r *Rule) ExtractNamed(name string) *Extract {
	i := slices.IndexFunc(r.Extracts, func(e *Extract) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return r.Extracts[i]
}
