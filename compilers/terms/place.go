// Package terms finds what an index can be asked for: the words that an event must have to match a rule.
//
// In: the tests and conditions of a lowered rule (ir), and the Rules by which a product cuts texts into terms. Out:
// clauses, of which each must hold. A clause holds if the event has one of its terms.
//
// What must stay true: an event that matches the rule satisfies every clause. A term is therefore given only where both
// of its ends are certain, in whatever form the product stores the value. Whatever is not known gives no term.
package terms

import (
	"slices"

	"decree/rules/ir"
	"decree/rules/regex"
)

// place is what is known of one place of a value that passes a test.
type place struct {
	chars []rune // the characters that may be there, as pairs of a range's first and last
	edge  bool   // the value may begin or end there
	gap   bool   // any text may be there, also an empty one
}

// value is what is known of a value, from its begin to its end.
type value []place

// maxValues limits the alternatives of one test: with more of them, no term is worth asking for.
const maxValues = 24

var (
	edge = place{edge: true}
	gap  = place{gap: true}
)

// values gives what is known of the values that pass a test, one for each of its alternatives. It is nil if nothing is
// known.
func values(t ir.Test) []value {
	switch t := t.(type) {
	case *ir.Text:
		if len(t.Values) > maxValues {
			return nil
		}
		out := make([]value, len(t.Values))
		for i, v := range t.Values {
			out[i] = ofText(t.Op, v)
		}
		return out
	case *ir.Glob:
		return []value{ofGlob(t)}
	case *ir.Regex:
		found := ofRegex(t.Parse().Root)
		for i, v := range found {
			found[i] = slices.Concat(value{gap}, v, value{gap})
		}
		return found
	case *ir.OfFilename:
		return inFilename(values(t.Test))
	}
	return nil
}

// separator is where the last component of a path begins.
var separator = place{chars: []rune{'/', '/', '\\', '\\'}, edge: true}

// inFilename are values of a path, of those of its last component.
func inFilename(names []value) []value {
	for i, v := range names {
		v = slices.Clone(v)
		if len(v) > 0 && v[0].edge {
			v[0] = separator
		}
		names[i] = slices.Insert(v, 0, gap)
	}
	return names
}

func ofText(op ir.TextOp, text string) value {
	v := letters(text)
	switch op {
	case ir.Equals:
		return slices.Concat(value{edge}, v, value{edge})
	case ir.StartsWith:
		return slices.Concat(value{edge}, v, value{gap})
	case ir.EndsWith:
		return slices.Concat(value{gap}, v, value{edge})
	case ir.Filename:
		return slices.Concat(value{gap, separator}, v, value{edge})
	}
	return slices.Concat(value{gap}, v, value{gap}) // what stands around a word is not known
}

func letters(text string) value {
	var v value
	for _, r := range text {
		v = append(v, place{chars: []rune{r, r}})
	}
	return v
}

func ofGlob(t *ir.Glob) value {
	v := value{edge}
	for _, p := range t.Parts {
		switch p.Wild {
		case '*', '?':
			v = append(v, gap)
		case ir.AnyDash:
			dash := place{}
			for _, r := range ir.Dashes {
				dash.chars = append(dash.chars, r, r)
			}
			v = append(v, dash)
		default:
			v = append(v, letters(p.Literal)...)
		}
	}
	return append(v, edge)
}

// followed gives each of some texts with each of those that may follow it. If these are too many, nothing is known of
// what follows.
func followed(values, next []value) (out []value) {
	if len(values)*len(next) > maxValues {
		next = []value{{gap}}
	}
	for _, v := range values {
		for _, more := range next {
			out = append(out, slices.Concat(v, more))
		}
	}
	return out
}

// ofRegex gives what is known of the text that a part of an expression matches, one for each of its alternatives.
func ofRegex(n regex.Node) []value {
	switch n := n.(type) {
	case *regex.Char:
		return []value{{character(n)}}
	case *regex.Set:
		return []value{{{chars: n.Ranges}}}
	case *regex.Flags, *regex.Look: // take no text
		return []value{nil}
	case *regex.Assert:
		switch n.Kind {
		case regex.BeginText, regex.EndText:
			return []value{{edge}}
		case regex.End:
			return []value{{{edge: true, chars: []rune{'\n', '\n'}}}}
		}
		return []value{nil}
	case *regex.Group:
		return ofRegex(n.Body)
	case *regex.Repeat:
		return ofRepeat(n)
	case *regex.Concat:
		out := []value{nil}
		for _, part := range n.Parts {
			out = followed(out, ofRegex(part))
		}
		return out
	case *regex.Alternate:
		var out []value
		for _, part := range n.Parts {
			out = append(out, ofRegex(part)...)
		}
		if len(out) > maxValues {
			return []value{{gap}}
		}
		return out
	case *regex.Any, *regex.Backref, *regex.Conditional:
		return []value{{gap}}
	}
	panic("terms: unknown part of an expression")
}

// ofRepeat knows the first and the last repetition.
func ofRepeat(n *regex.Repeat) []value {
	if n.Min == 0 {
		return []value{{gap}}
	}
	once := ofRegex(n.Body)
	if n.Max == 1 || len(once) > 1 {
		if n.Max == 1 {
			return once
		}
		return []value{{gap}}
	}
	return []value{slices.Concat(once[0], value{gap}, once[0])}
}

// character is the place of a character in an expression. Where case is ignored there, s may also be ſ.
func character(n *regex.Char) place {
	if !n.Fold {
		return place{chars: []rune{n.Rune, n.Rune}}
	}
	p := place{}
	for _, r := range regex.Folds(n.Rune) {
		p.chars = append(p.chars, r, r)
	}
	return p
}
