package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// arrayTest is a test of the elements of one array. Its elements are values of a field, as JSON texts, which a foreach
// command looks at one after the other. An array in the elements of another is looked at before it: its field has the
// elements of all of them, each behind the number of the element that it is in. JSON texts tell "5" from 5 and "[]"
// from []. https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.4/search-commands/foreach
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.4/evaluation-functions/json-functions
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/multivalue-eval-functions
type arrayTest struct {
	w      *writer
	id     string     // 1, and 1_2 for the second array that is tested in its elements
	within *arrayTest // in whose elements the array is; nil if the event has it
	path   string     // of the array, in the event or in the element
	test   *ir.Elements
	inner  []*arrayTest
	fields []elementField // of an element, by their numbers
}

// elementField is a field of an element. Some tests read its texts, and some only whether it is there.
type elementField struct {
	path            string
	texts, presence bool
}

// elements tests the elements of an array of the event.
func (w *writer) elements(m *ir.Match, t *ir.Elements) logic.Pred {
	column, ok := w.plan.Column(m.Field)
	if !ok {
		panic("spl: array without a column passed the check")
	}
	w.plan.Require("the events are indexed as JSON, and Splunk has foreach mode=multivalue (9.0 and later)", m.Range())
	for n := 1; ; n++ {
		a := &arrayTest{w: w, id: fmt.Sprint(n), path: strings.TrimPrefix(column.Name, schema.RawPrefix), test: t}
		holds := a.holds()
		name, stage := a.name("array"), strings.Join(a.stages(), "\n| ")
		if had, taken := w.hashes[name]; !taken || had.stage == stage { // the same test may occur twice
			w.hashes[name] = cut{column, stage}
			return holds
		}
	}
}

// name is that of a field of the test.
func (a *arrayTest) name(what string) string { return "decree_" + what + "_" + a.id }

// fails tells whether elements are looked for that do not satisfy the body.
func (a *arrayTest) fails() bool {
	return a.test.Which == rules.EveryElement || a.test.Which == rules.AllOrEmpty
}

// holds is the predicate, on the event or on the element that the array is in.
func (a *arrayTest) holds() logic.Pred {
	some, none := a.has("found", "$"), logic.Pred(logic.Not{Term: a.has("found", "$")})
	switch a.test.Which {
	case rules.AnyElement, rules.ElementAt:
		return some
	case rules.NoElement, rules.AllOrEmpty:
		return none
	case rules.EveryElement:
		return logic.All{a.has("array", " "), none}
	}
	panic("spl: unknown quantifier " + string(a.test.Which))
}

// has tells whether a field has a value, of the element that the array is in.
func (a *arrayTest) has(what, after string) logic.Pred {
	if a.within == nil {
		return logic.Atom("isnotnull(" + a.name(what) + ")")
	}
	return logic.Atom(fmt.Sprintf(`isnotnull(mvfind(%s, "^".%s."%s"))`, a.name(what), a.within.name("at"), after))
}

// stages look at the elements.
func (a *arrayTest) stages() []string {
	body := logic.Build(a.test.Body, a.predicate)
	if a.fails() {
		body = logic.Not{Term: body}
	}
	var stages []string
	if a.within == nil {
		stages = append(stages, "eval "+a.name("array")+"="+a.selected(jsonElements("_raw", a.path)))
	}
	if len(a.inner) > 0 {
		var gather []string
		for _, in := range a.inner {
			gather = append(gather, in.gather()...)
		}
		stages = append(stages, a.foreach(gather)...)
		for _, in := range a.inner {
			stages = append(stages, in.stages()...)
		}
	}
	look := []string{}
	for i := range a.fields {
		look = append(look, a.read(i)...)
	}
	whose := "1"
	if a.within != nil {
		whose = "mvappend(" + a.name("found") + `, replace(mvindex(` + a.name("array") + ", " + a.name("at") + `), "(?s) .*$", ""))`
	}
	there := logic.All{logic.Atom("isnotnull(" + a.name("element") + ")"), body}
	look = append(look, a.name("found")+"="+ifElse(there, whose, a.name("found")))
	return append(stages, a.foreach(look)...)
}

// foreach makes assignments for each element. Two turns more than there are elements find none: so there are always
// several values to look at.
func (a *arrayTest) foreach(assignments []string) []string {
	element := "mvindex(" + a.name("array") + ", " + a.name("at") + ")"
	if a.within != nil {
		element = "replace(" + element + `, "^\\d+ ", "")`
	}
	all := slices.Concat([]string{a.name("element") + "=" + element}, assignments, []string{a.name("at") + "=" + a.name("at") + "+1"})
	return []string{
		fmt.Sprintf("eval %s=0, %s=mvrange(0, coalesce(mvcount(%s), 0)+2)", a.name("at"), a.name("turn"), a.name("array")),
		fmt.Sprintf("foreach mode=multivalue %s [eval\n    %s]", a.name("turn"), strings.Join(all, ",\n    ")),
	}
}

// gather adds the elements of an array that is in an element.
func (a *arrayTest) gather() []string {
	own, element := a.name("own"), a.within.name("element")
	return []string{
		own + "=" + jsonText(element, a.path),
		fmt.Sprintf(`%[1]s=if(isnotnull(mvfind(%[1]s, "^\\[")), %[2]s, null())`, own, a.selected(jsonElements(element, a.path))),
		fmt.Sprintf(`%s=mvappend(%s, mvmap(%s, %s." ".%s))`, a.name("array"), a.name("array"), own, a.within.name("at"), own),
	}
}

// selected is the element at the place that is asked for, or all elements.
func (a *arrayTest) selected(elements string) string {
	if a.test.Which == rules.ElementAt {
		return fmt.Sprintf("mvindex(%s, %d)", elements, a.test.At)
	}
	return elements
}

// jsonElements are the elements of an array in an object, as JSON texts. json_array_to_mv makes nothing of what is not
// an array.
func jsonElements(object, path string) string {
	if path == ir.ElementItself {
		return "json_array_to_mv(" + object + ", true())"
	}
	return "json_array_to_mv(json_extract(" + object + ", " + evalString(path) + "), true())"
}

// jsonText is the value of a field as JSON text: null if it is missing, and `null` or null if it is null. With two
// paths json_extract gives an array of JSON; with one it gives a text that may only look like JSON.
func jsonText(object, path string) string {
	if path == ir.ElementItself {
		return object
	}
	return "mvindex(json_array_to_mv(json_extract(" + object + ", " + evalString(path) + ", " + evalString(path) + "), true()), 0)"
}

// predicate is a test of a field of the element.
func (a *arrayTest) predicate(n ir.Node) logic.Pred {
	m, ok := n.(*ir.Match)
	if !ok {
		panic("spl: unknown node in a test of elements")
	}
	path := m.Field.Name
	if !nameable(path) || strings.ContainsAny(path, "{}") {
		a.w.found.Errorf("field-name", m.Range(), "use kql, or `decree run`", "SPL cannot name the field %q of an element", path)
	}
	if t, array := m.Test.(*ir.Elements); array {
		in := &arrayTest{w: a.w, id: fmt.Sprintf("%s_%d", a.id, len(a.inner)+1), within: a, path: path, test: t}
		a.inner = append(a.inner, in)
		return in.holds()
	}
	i := slices.IndexFunc(a.fields, func(f elementField) bool { return f.path == path })
	if i < 0 {
		i = len(a.fields)
		a.fields = append(a.fields, elementField{path: path})
	}
	a.note(m)
	one := *m
	switch t := m.Test.(type) {
	case *ir.Null, *ir.Exists:
		a.fields[i].presence = true
		return a.w.test(a.there(i), m)
	case *ir.Text: // a list as a lookup would come before the elements
		one.Test = &ir.Text{Op: t.Op, Values: t.Values, Cased: t.Cased}
	}
	a.fields[i].texts = true
	return a.w.test(a.value(i), &one)
}

// note notes that not all values of an element's field are read, unless it is known to have one.
func (a *arrayTest) note(m *ir.Match) {
	const message = "of an element, a list inside a list and a key with a dot in its name are not read"
	array, name := a.path, m.Field.Name
	for up := a.within; up != nil; up = up.within {
		array = up.path + "." + array
	}
	if a.w.plan.Source.OneInElements(array, name) {
		return
	}
	_, isExists := m.Test.(*ir.Exists)
	below := name != ir.ElementItself && strings.Contains(name, ".")
	switch absent := ir.WhenMissing(m.Test); {
	case absent && below:
		a.w.plan.NoteOf(m, "element-values", "false-positives", message)
	case below || !absent && !isExists:
		a.w.plan.NoteOf(m, "element-values", "false-negatives", message)
	}
}

func (a *arrayTest) value(field int) string { return fmt.Sprintf("decree_value_%s_%d", a.id, field+1) }
func (a *arrayTest) there(field int) string { return fmt.Sprintf("decree_there_%s_%d", a.id, field+1) }

// read assigns the texts of a field of the element, and whether it is there. A list has the texts of its members, an
// object none.
func (a *arrayTest) read(i int) []string {
	f, element, value, there := a.fields[i], a.name("element"), a.value(i), a.there(i)
	steps := []string{value + "=" + jsonText(element, f.path)}
	if f.presence {
		known := logic.All{logic.Atom("isnotnull(" + value + ")"), logic.Atom(value + `!="null"`)}
		steps = append(steps, there+"="+ifElse(known, "1", "null()"))
	}
	emptyMissing := a.w.plan.Model.EmptyIsMissing
	if !f.texts && !emptyMissing {
		return steps
	}
	steps = append(steps,
		fmt.Sprintf(`%[1]s=if(isnotnull(mvfind(%[1]s, "^\\[")), %[2]s, %[1]s)`, value, jsonElements(element, f.path)),
		fmt.Sprintf(`%[1]s=mvmap(%[1]s, case(match(%[1]s, "^\""), json_extract(%[1]s), match(%[1]s, "^[\\[{]|^null$"), null(), 1=1, %[1]s))`, value))
	if emptyMissing {
		steps = append(steps, fmt.Sprintf("%[1]s=if(isnotnull(mvfilter(len(%[1]s)>0)), %[1]s, null())", value), there+"="+value)
	}
	return steps
}
