package match

import (
	"regexp"
	"strconv"
	"strings"

	"decree/engine/backtrack"
	"decree/engine/dfa"
	"decree/engine/fold"
	"decree/engine/timestamp"
	"decree/rules/ir"
)

// predicate is a compiled test: its expression compiled, its values folded.
type predicate struct {
	test   ir.Test
	values []string // of a Text, folded unless it is cased
	parts  []ir.GlobPart
	folds  bool // it is asked of folded texts
	name   bool // it is asked of the last component of a path
	re     *regexp.Regexp
	fast   *dfa.Program       // the same expression, for asking whether it matches
	body   element            // of a test of elements
	slow   *backtrack.Program // where RE2 cannot run the expression, or not within bounds
	number int                // among the fast, or among the slow
}

// maxExpanded bounds the size of an expression for RE2 once its repetitions are written out. RE2 may look at each part
// for each letter.
const maxExpanded = 1_000

func prepare(t ir.Test) *predicate {
	p := &predicate{test: t}
	if of, ok := t.(*ir.OfFilename); ok {
		p.test, p.name = of.Test, true
	}
	switch t := p.test.(type) {
	case *ir.Text:
		p.folds = !t.Cased
		p.values = make([]string, len(t.Values))
		for i, v := range t.Values {
			p.values[i] = folded(v, t.Cased)
		}
	case *ir.Glob:
		p.folds = !t.Cased
		p.parts = make([]ir.GlobPart, len(t.Parts))
		for i, part := range t.Parts {
			p.parts[i] = ir.GlobPart{Wild: part.Wild, Literal: folded(part.Literal, t.Cased)}
		}
	case *ir.Regex:
		p.compile(t)
	case *ir.Elements:
		p.body = elementOf(t.Body)
	}
	return p
}

func folded(s string, cased bool) string {
	if cased {
		return s
	}
	return fold.Text(s)
}

// compile never fails: lowering read the same expression before.
func (p *predicate) compile(t *ir.Regex) {
	e := t.Parse()
	if e.Expanded() <= maxExpanded {
		if re, err := e.Compile(); err == nil {
			p.re, p.fast = re, dfa.New(re)
			return
		}
	}
	p.slow = backtrack.Compile(e)
}

// holds asks the test of one value, which is folded already if p.folds. Expressions are asked by Matcher.any.
func (p *predicate) holds(v string) bool {
	if p.name {
		v = lastPart(v)
	}
	switch t := p.test.(type) {
	case *ir.Text:
		for _, want := range p.values {
			if compareText(t.Op, v, want) {
				return true
			}
		}
		return false
	case *ir.Glob:
		return glob(p.parts, v)
	case *ir.Number:
		n, err := strconv.ParseFloat(v, 64)
		return err == nil && compareNumber(t.Op, n, t.Values)
	case *ir.Bits:
		n, ok := ir.ParseBits(v)
		return ok && n&t.Mask == t.Mask
	case *ir.Bool:
		return strings.EqualFold(v, strconv.FormatBool(t.Value))
	case *ir.CIDR:
		return t.Has(v)
	case *ir.TimePart:
		at, _, ok := timestamp.Parse(v)
		return ok && compareNumber(t.Op, float64(timePart(t.Part, at)), t.Values)
	}
	panic("match: unknown test")
}
