package match

import (
	"slices"

	"decree/rules"
	"decree/rules/ir"
)

// Examined is what a test of an array's elements finds.
type Examined struct {
	Count   int // of the array's elements
	Element int // from 0: the element that decides, or that comes nearest to what the test asks for; -1: none
	Parts   []Part
}

// Part is a part of what the examined element must satisfy.
type Part struct {
	Node    ir.Node
	Holds   bool
	Present bool      // of a *ir.Match: the element has the field
	Texts   []string  // of a *ir.Match: what the field has
	Within  *Examined // of a *ir.Match on an array within the element; nil if it is another test
	Parts   []Part
}

// Examine tells what a test of an array's elements finds. all are the elements, as event.Decode has them. It is for
// explanations: matching is faster.
func Examine(t *ir.Elements, all []any, emptyMissing bool) Examined {
	out := Examined{Count: len(all), Element: -1}
	closest := -1.0
	for i, e := range all {
		if t.Which == rules.ElementAt && i != t.At && i != t.At+len(all) {
			continue
		}
		p := examine(t.Body, e, emptyMissing)
		near := p.nearness()
		if t.Which == rules.EveryElement || t.Which == rules.AllOrEmpty { // the element that fails decides
			near = 1 - near
		}
		if near > closest {
			closest, out.Element, out.Parts = near, i, p.top()
		}
	}
	return out
}

// examine tells which parts of a body hold of an element.
func examine(n ir.Node, e any, emptyMissing bool) Part {
	out := Part{Node: n, Holds: elementOf(n)(e, emptyMissing)}
	if m, ok := n.(*ir.Match); ok {
		v := within(e, m.Field.Name)
		out.Texts, out.Present = textsOf(v)
		if of, ok := m.Test.(*ir.Elements); ok {
			list, _ := v.([]any)
			x := Examine(of, list, emptyMissing)
			out.Within = &x
		}
		return out
	}
	for _, child := range ir.Children(n) {
		out.Parts = append(out.Parts, examine(child, e, emptyMissing))
	}
	return out
}

// top gives the parts that must hold together.
func (p Part) top() []Part {
	if _, ok := p.Node.(*ir.And); ok {
		return p.Parts
	}
	return []Part{p}
}

// nearness is from 0 to 1: which part of what is asked for holds.
func (p Part) nearness() float64 {
	if p.Holds {
		return 1
	}
	each := nearnessOf(p.Parts)
	switch n := p.Node.(type) {
	case *ir.And:
		return sum(each) / float64(len(each))
	case *ir.AtLeast:
		slices.Sort(each)
		return sum(each[max(0, len(each)-n.Count):]) / float64(n.Count)
	case *ir.Or:
		return slices.Max(append(each, 0))
	}
	if p.Within != nil && len(p.Within.Parts) > 0 { // an array that is there is nearer than none
		return sum(nearnessOf(p.Within.Parts)) / float64(len(p.Within.Parts)+1)
	}
	return 0
}

func nearnessOf(parts []Part) (each []float64) {
	for _, p := range parts {
		each = append(each, p.nearness())
	}
	return each
}

func sum(each []float64) (total float64) {
	for _, v := range each {
		total += v
	}
	return total
}
