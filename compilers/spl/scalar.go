package spl

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// field names the column of a field in eval. A hash is first extracted from its set.
func (w *writer) field(n ir.Node, f ir.Field) string {
	col, ok := w.plan.Column(f)
	if !ok {
		panic("spl: field without a column passed the check")
	}
	return w.column(n.Range(), col)
}

func (w *writer) column(at diag.Range, col schema.Column) string {
	if col.Made != nil {
		return w.made(at, col)
	}
	if col.Second() {
		return w.either(at, col)
	}
	if !nameable(col.Name) {
		var unnamed diag.Diagnostics
		unnamed.Errorf("field-name", at, "give the column another name in the product, or map the field to one", "SPL cannot name the field %q", col.Name)
		if !slices.Contains(w.found, unnamed[0]) { // a test may name the column several times
			w.found = append(w.found, unnamed...)
		}
	}
	if w.dataset != nil {
		w.dataset.noteRead(w, at, col)
	}
	if col.Type == schema.HashSet {
		name := "decree_hash_" + strings.ToLower(col.Key)
		for had, taken := w.hashes[name]; taken && had.column.Name != col.Name; had, taken = w.hashes[name] {
			name += "_" // rules of a correlation may have it in different fields
		}
		w.hashes[name] = cut{col, fmt.Sprintf("rex field=%s %s", searchName(col.Name), evalString("(?i)(?:^|,)"+regexLiteral(col.Key)+"=(?<"+name+">[^,]+)"))}
		return name
	}
	if col.Missing != "" {
		return w.cut("decree_there_"+unsafeInName.ReplaceAllString(strings.ToLower(col.Name), "_"), col, func(name string) string {
			return fmt.Sprintf("eval %s=mvfilter(%s!=%s)", name, evalName(col.Name), evalString(col.Missing))
		})
	}
	return evalName(col.Name)
}

// either makes a field of the column that has the value: the other one where the first is empty, or in the events that
// a third column tells. It gives the field's name.
func (w *writer) either(at diag.Range, c schema.Column) string {
	read := func(name string) string {
		one := c
		one.Name, one.OrElse, one.Instead = name, "", schema.Instead{}
		return w.column(at, one)
	}
	value := read(c.Name)
	if i := c.Instead; i.Column != "" {
		tells := anyValueMatches(read(i.When), textRegex(&ir.Text{Op: ir.Equals, Values: i.Is}))
		value = ifElse(tells, read(i.Column), value)
	} else {
		there := logic.Pred(logic.Atom("isnotnull(" + value + ")"))
		if w.plan.Model.EmptyIsMissing {
			there = someValue(logic.Atom("len(" + value + ")>0"))
		}
		value = ifElse(there, value, read(c.OrElse))
	}
	return w.cut("decree_either_"+unsafeInName.ReplaceAllString(strings.ToLower(c.Name), "_"), c, func(name string) string { return "eval " + name + "=" + value })
}

// cut makes a field of a column before the conditions, and gives its name. Another rule or source may make another
// field of that name.
func (w *writer) cut(name string, c schema.Column, stage func(name string) string) string {
	for had, taken := w.hashes[name]; taken && had.stage != stage(name); had, taken = w.hashes[name] {
		name += "_"
	}
	w.hashes[name] = cut{c, stage(name)}
	return name
}

// hashStages extract the used hashes from their sets, and make the other fields that stages make.
func (w *writer) hashStages() []string {
	var stages []string
	for _, name := range slices.Sorted(maps.Keys(w.hashes)) {
		stages = append(stages, w.hashes[name].stage)
	}
	return stages
}

// lastPart is the file name in a path.
func lastPart(name string) string { return "replace(" + name + `, "(?s)^.*[\\\\/]", "")` }

// sameText compares two values as texts. Splunk would treat 7 and 7.0 as equal, because both could be numbers.
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.4/search-commands/where
func sameText(x, y string) logic.Pred { return logic.Atom(`"=".` + x + `="=".` + y) }

func ifElse(p logic.Pred, value, otherwise string) string {
	if p == logic.Always {
		return value
	}
	return whereSyntax.Print(p).Call("if", value, otherwise)
}
