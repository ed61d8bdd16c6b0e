// Package extract makes the fields that rules make of others. In: a lowered extract, and the texts of the fields that
// it reads. Out: its values.
//
// What must stay true: values are those that rules.Extract describes, in the order of the texts. Making them allocates
// nothing where the extract does not apply, and else only what an expression's match takes. Texts are views of what was
// given or of an arena. The time is bounded by the length of the texts.
package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/ir"
)

// Limits of what is read. Windows' command lines have at most 32,767 characters.
const (
	maxText = 1 << 20 // bytes of a text; of a longer one there is no value
	maxAny  = 10_000  // arguments or parts that are read of a text
)

// Test decides a test of one text, which is folded already if Folds.
type Test struct {
	Holds func(text string) bool
	Folds bool
}

// Tester makes a test ready.
type Tester func(ir.Test) Test

// Program makes the values of one extract. It does not change and may be shared.
type Program struct {
	Wide bool // the extract's own texts have letters beyond ASCII

	spec  *rules.Extract
	re    *regexp.Regexp
	rows  []row
	parts []part // of a text
}

type row struct {
	holds func(text, folded string) bool
	to    string
}

// part is a text, or the field of a number.
type part struct {
	text  string
	field int // -1 of a text
}

// Compile makes an extract ready. Lowering has checked it.
func Compile(e *ir.Extract, test Tester) *Program {
	p := &Program{spec: e.Spec}
	if e.Spec.Op == rules.ExtractRegex {
		re, err := e.Expr.Parse().Compile()
		if err != nil {
			panic("extract: an expression that lowering should have refused: " + err.Error())
		}
		p.re = re
	}
	own := ""
	for _, r := range e.Rows {
		p.rows = append(p.rows, row{rowTest(r.When, test), r.To})
		own += r.To
	}
	if e.Spec.Default != nil {
		own += *e.Spec.Default
	}
	for _, t := range e.Spec.Text.Parts {
		p.parts = append(p.parts, part{t.Text, e.Spec.Text.NumberOf(t)})
		own += t.Text
	}
	p.Wide = len(own) != 0 && !ascii(own)
	return p
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// rowHolds decides the test of a row on a text, which it also gets folded.
type rowHolds func(text, folded string) bool

// rowTest makes the test of a row ready.
func rowTest(n ir.Node, test Tester) rowHolds {
	var below []rowHolds
	for _, c := range ir.Children(n) {
		below = append(below, rowTest(c, test))
	}
	switch n := n.(type) {
	case *ir.Match:
		t := test(n.Test)
		return func(text, folded string) bool {
			if t.Folds {
				text = folded
			}
			return t.Holds(text)
		}
	case *ir.Not:
		return func(text, folded string) bool { return !below[0](text, folded) }
	case *ir.And:
		return func(text, folded string) bool {
			return !slices.ContainsFunc(below, func(holds rowHolds) bool { return !holds(text, folded) })
		}
	case *ir.Or:
		return func(text, folded string) bool {
			return slices.ContainsFunc(below, func(holds rowHolds) bool { return holds(text, folded) })
		}
	case *ir.Const:
		return func(string, string) bool { return n.Value }
	}
	panic("extract: unknown test of a row")
}

// Values adds the extract's values to dst. from has the texts of each field of ir.Extract.From.
func (p *Program) Values(dst []string, a *Arena, from [][]string) []string {
	for _, texts := range from {
		if len(texts) == 0 {
			return dst
		}
	}
	if len(p.parts) > 0 {
		return p.value(dst, a, p.text(a, from))
	}
	for _, t := range from[0] {
		if len(t) <= maxText {
			dst = p.value(dst, a, t)
		}
	}
	return dst
}

// text fills the template with the first value of each field.
func (p *Program) text(a *Arena, from [][]string) string {
	a.begin()
	for _, part := range p.parts {
		if part.field < 0 {
			a.add(part.text)
		} else {
			a.add(from[part.field][0])
		}
	}
	return a.end()
}

// value adds the values that are made of one text.
func (p *Program) value(dst []string, a *Arena, t string) []string {
	s := p.spec
	switch s.Op {
	case rules.ExtractWhole:
		return append(dst, p.finish(a, t))
	case rules.ExtractArgv:
		return p.arguments(dst, a, t)
	case rules.ExtractSplit:
		return p.split(dst, a, t)
	case rules.ExtractURLPart:
		if found, ok := urlPart(t, s.URLPart); ok {
			dst = append(dst, p.finish(a, found))
		}
		return dst
	case rules.ExtractRegex:
		if found := p.re.FindStringSubmatchIndex(t); found != nil && found[2] >= 0 {
			dst = append(dst, p.finish(a, t[found[2]:found[3]]))
		}
		return dst
	case rules.ExtractMap:
		folded := a.fold(t)
		for _, r := range p.rows {
			if r.holds(t, folded) {
				return append(dst, p.finish(a, r.to))
			}
		}
		if s.Default != nil {
			dst = append(dst, p.finish(a, *s.Default))
		}
		return dst
	}
	panic("extract: unknown operation")
}

// finish trims a value, and gives its case.
func (p *Program) finish(a *Arena, t string) string {
	if p.spec.TrimStart != "" {
		t = strings.TrimLeft(t, p.spec.TrimStart)
	}
	if p.spec.TrimEnd != "" {
		t = strings.TrimRight(t, p.spec.TrimEnd)
	}
	switch p.spec.Case {
	case "lower":
		return a.lower(t)
	case "upper":
		return a.upper(t)
	}
	return t
}

func (p *Program) arguments(dst []string, a *Arena, t string) []string {
	at := p.spec.At
	if at < 0 {
		count := 0
		for s := (splitter{rest: t}); s.more(); count++ {
			s.skip(a)
		}
		if at += count; at < 0 {
			return dst
		}
	}
	n := 0
	for s := (splitter{rest: t}); s.more() && n < maxAny; n++ {
		switch {
		case p.spec.Any:
			dst = append(dst, p.finish(a, s.next(a)))
		case n == at:
			return append(dst, p.finish(a, s.next(a)))
		default:
			s.skip(a)
		}
	}
	return dst
}

func (p *Program) split(dst []string, a *Arena, t string) []string {
	sep := p.spec.Separator
	at := p.spec.At
	if at < 0 {
		if at += strings.Count(t, sep) + 1; at < 0 {
			return dst
		}
	}
	for n := 0; n < maxAny; n++ {
		one, rest, more := strings.Cut(t, sep)
		if p.spec.Any || n == at {
			dst = append(dst, p.finish(a, one))
		}
		if !more || !p.spec.Any && n == at {
			return dst
		}
		t = rest
	}
	return dst
}
