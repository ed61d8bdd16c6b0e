package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// arrayTest counts the elements of one array that satisfy a test, in stages before the condition that asks for the
// count. mv-apply runs a subquery for each row: over the elements, or over one null if there are none, so that no row
// is lost.
// https://learn.microsoft.com/en-us/kusto/query/mv-apply-operator
type arrayTest struct {
	n      int
	array  string   // expression for the array
	inner  []string // stages in the subquery, which count elements of arrays in the element
	counts string   // call that counts elements that satisfy the predicate
}

func (a *arrayTest) length() string  { return fmt.Sprintf("decree_length_%d", a.n) }
func (a *arrayTest) count() string   { return fmt.Sprintf("decree_count_%d", a.n) }
func (a *arrayTest) element() string { return fmt.Sprintf("decree_element_%d", a.n) }

func (a *arrayTest) stages() []string {
	array := fmt.Sprintf("decree_array_%d", a.n)
	subquery := append(slices.Clone(a.inner), fmt.Sprintf("summarize %s = %s", a.count(), a.counts))
	return []string{
		fmt.Sprintf("extend %s = %s", array, a.array),
		fmt.Sprintf("extend %s = coalesce(array_length(%s), 0)", a.length(), array),
		fmt.Sprintf("mv-apply %s = iff(%s > 0, %s, dynamic([null])) to typeof(dynamic) on (\n%s)", a.element(), a.length(), array, indent(pipe(subquery))),
	}
}

// done drops the columns of array tests.
func done(tests []*arrayTest) []string {
	var names []string
	for _, a := range tests {
		names = append(names, fmt.Sprintf("decree_array_%d", a.n), a.length(), a.count())
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"project-away " + strings.Join(names, ", ")}
}

// takeArrays gives the stages of the array tests written since the last call, and the tests.
func (w *writer) takeArrays() (stages []string, tests []*arrayTest) {
	tests, w.arrays = w.arrays, nil
	for _, a := range tests {
		stages = append(stages, a.stages()...)
	}
	return stages, tests
}

// elements tests the elements of an array, of which m asks. at is the array's name: its column, or behind that of the
// array in whose elements it is.
func (w *writer) elements(array, at string, m *ir.Match, t *ir.Elements) logic.Pred {
	if t.Which == rules.ElementAt {
		least := t.At
		if least < 0 {
			least = -least - 1
		}
		if w.negated[m] { // the test stands in the condition itself, where a null would decide; counts are never null
			compilers.MarkNegated(&ir.Not{Term: t.Body}, w.negated)
		}
		there := logic.Atom(fmt.Sprintf("coalesce(array_length(%s), 0) > %d", array, least))
		return logic.All{there, w.body(fmt.Sprintf("%s[%d]", array, t.At), at, t.Body)}
	}
	w.arraysMade++
	a := &arrayTest{n: w.arraysMade, array: array}
	outer := w.arrays
	w.arrays = nil
	a.counts = whereSyntax.Print(w.body(a.element(), at, t.Body)).Call("countif")
	a.inner, _ = w.takeArrays()
	w.arrays = append(outer, a)
	some, none := logic.Atom(a.length()+" > 0"), logic.Atom(a.length()+" == 0")
	every := logic.Atom(a.count() + " == " + a.length())
	switch t.Which {
	case rules.AnyElement:
		return logic.All{some, logic.Atom(a.count() + " > 0")}
	case rules.EveryElement:
		return logic.All{some, every}
	case rules.NoElement:
		return logic.Any{none, logic.Atom(a.count() + " == 0")}
	case rules.AllOrEmpty:
		return logic.Any{none, every}
	}
	panic("kql: unknown quantifier " + string(t.Which))
}

// body writes what an element of the array at a name must satisfy.
func (w *writer) body(element, at string, n ir.Node) logic.Pred {
	compilers.MarkNegated(n, w.negated)
	return logic.Build(n, func(n ir.Node) logic.Pred {
		m, ok := n.(*ir.Match)
		if !ok {
			panic("kql: unknown node in a test of elements")
		}
		value := element
		if m.Field.Name != ir.ElementItself {
			value = below(element, strings.Split(m.Field.Name, "."))
		}
		if t, array := m.Test.(*ir.Elements); array {
			return w.elements(value, at+"."+m.Field.Name, m, t)
		}
		w.noteElement(m, at)
		return w.matchOn(operand{name: "tostring(" + value + ")"}, m, m.Test)
	})
}

// What a query says otherwise where the field of an element is a list or an object, or has a key with a dot.
const (
	elementMissed = "a field of an element that is a list is read as its JSON, in which no member is found by its whole value; a key with a dot in its name is not read"
	elementThere  = "a field of an element that is an object, or a list without texts and numbers, is there for the query, and missing for the rule"
	elementFound  = "a field of an element that is a list or an object is read as its JSON, also the names and punctuation in it"
)

// noteElement notes what a test says of an element's field that may be a list, or whose key may have a dot.
func (w *writer) noteElement(m *ir.Match, at string) {
	name := m.Field.Name
	if w.plan.Source.OneInElements(at, name) {
		return
	}
	missed, found := false, false
	if asksValue(m.Test) {
		missed, found = inJSON(m.Test)
	}
	below := name != ir.ElementItself && strings.Contains(name, ".")
	switch {
	case below && ir.WhenMissing(m.Test):
		w.plan.NoteOf(m, "element-values", "false-positives", elementMissed)
	case below || missed:
		w.plan.NoteOf(m, "element-values", "false-negatives", elementMissed)
	}
	if effect := ofPresence(m.Test); effect != "" {
		w.plan.NoteOf(m, "element-values", effect, elementThere)
	}
	if found {
		w.plan.NoteOf(m, "element-values", "false-positives", elementFound)
	}
}

// arrayOf is the expression for a column that holds an array.
func (w *writer) arrayOf(c schema.Column) string {
	if container, path := w.plan.Source.Inside(c.Name); container != "" {
		return w.inside(container, path)
	}
	name := columnName(c.Name)
	if w.plan.Source.Columns[c.Name] == "dynamic" {
		return name
	}
	return "parse_json(" + name + ")"
}

// countsElements is 1 for a condition that needs the elements of an array counted.
func countsElements(n ir.Node) (counts int) {
	ir.Inspect(n, func(below ir.Node) bool {
		if m, ok := below.(*ir.Match); ok {
			if t, array := m.Test.(*ir.Elements); array && (t.Which != rules.ElementAt || countsElements(t.Body) > 0) {
				counts = 1
			}
		}
		return true
	})
	return counts
}
