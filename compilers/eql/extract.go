package eql

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

func (w *writer) refuse(code string, at diag.Range, format string, args ...any) logic.Pred {
	w.found.Errorf(code, at, ofItsField, "eql: "+format, args...)
	return logic.Never
}

// made writes a test of an extract as one of the field that it is made of.
func (w *writer) made(m *ir.Match, c schema.Column) logic.Pred {
	e := c.Made.Extract
	spec := e.Spec
	if spec.TrimStart+spec.TrimEnd != "" {
		return w.refuse("extract-trim", m.Range(), "a trimmed value cannot be tested")
	}
	test, possible := uncased(m.Test, spec.Case)
	if test == nil {
		return w.refuse("extract-trim", m.Range(), "this test cannot be asked of a value in one case")
	}
	if !possible {
		return logic.Never
	}
	if spec.Op == rules.ExtractMap {
		return w.mapped(m, e, test)
	}
	from := c.Made.From[0]
	if spec.Op == rules.ExtractWhole {
		return w.match(&ir.Match{Base: m.Base, Field: e.From[0], Test: test})
	}
	if from.Made != nil {
		return w.refuse("eql-unsupported", m.Range(), "%s is taken out of a value that is itself taken out of another", spec.Name)
	}
	compilers.OneColumn("eql", lacks[compilers.SecondColumns].Hint, from, m.Range(), &w.found)
	if from.Type != "" && from.Type != schema.String {
		return w.refuse("eql-unsupported", m.Range(), "column %s is of type %s: nothing can be taken out of it", from.Name, from.Type)
	}
	switch test.(type) {
	case *ir.Exists, *ir.Null:
		if spec.Op == rules.ExtractArgv && !spec.Any && spec.At == 0 { // all but an empty text have one
			there := logic.Atom(columnName(from.Name) + " regex " + quote("..*"))
			if ir.WhenMissing(test) {
				return logic.Not{Term: there}
			}
			return there
		}
	}
	shapes := shapesOf(spec)
	if len(shapes) == 0 {
		return w.refuseShape(spec, m.Range())
	}
	p, err := shaped(columnName(from.Name), shapes, test)
	return w.reportError(p, err, m.Range())
}

// refuseShape reports an extract that no expression can find.
func (w *writer) refuseShape(spec *rules.Extract, at diag.Range) logic.Pred {
	switch spec.Op {
	case rules.ExtractArgv:
		return w.refuse("extract-argv", at, "%s", lacks[compilers.ExtractArgv].Message)
	case rules.ExtractSplit:
		return w.refuse("extract-split", at, betweenCharacters)
	}
	return w.refuse("extract-part", at, "the %s of a URL cannot be found by an expression", spec.URLPart)
}

// uncased gives a test as it is asked of a value before its letters are changed: nil if that cannot be said. possible
// is false if it never holds.
func uncased(t ir.Test, letters string) (test ir.Test, possible bool) {
	if letters == "" {
		return t, true
	}
	change := strings.ToLower
	if letters == "upper" {
		change = strings.ToUpper
	}
	switch t := t.(type) {
	case *ir.Text:
		if t.Op == ir.Filename {
			return nil, false // a column of file names would not be of the value
		}
		if !t.Cased {
			return t, true
		}
		out := &ir.Text{Op: t.Op}
		for _, v := range t.Values {
			if compilers.FoldsBeyondASCII(v) {
				return nil, false
			}
			if change(v) == v {
				out.Values = append(out.Values, v)
			}
		}
		return out, len(out.Values) > 0
	case *ir.Glob:
		if t.Cased {
			return nil, false
		}
		return t, true
	case *ir.Null, *ir.Exists, *ir.Number, *ir.CIDR, *ir.Bool:
		return t, true
	}
	return nil, false
}

// mapped writes a test of a map's text: a row with a text that passes holds, and none before it with a text that does
// not.
func (w *writer) mapped(m *ir.Match, e *ir.Extract, test ir.Test) logic.Pred {
	letters := e.Spec.Case
	var either logic.Any
	var before logic.All
	for _, row := range e.Rows {
		passes, ok := passes(test, row.To, letters)
		if !ok {
			return w.refuse("extract-map", m.Range(), "this test cannot be asked of the texts of a map")
		}
		holds := logic.Build(row.When, func(n ir.Node) logic.Pred {
			below := n.(*ir.Match)
			if _, name := ir.FilenameTest(below.Test); name {
				return w.refuse("extract-map", m.Range(), "a row tests a file name, of which there may be a column that is not of the value")
			}
			w.negated[below] = true
			return w.match(below)
		})
		if passes {
			either = append(either, append(slices.Clone(before), holds))
		} else {
			before = append(before, logic.Not{Term: holds})
		}
	}
	if other := e.Spec.Default; other != nil {
		if passes, _ := passes(test, *other, letters); passes {
			either = append(either, slices.Clone(before))
		}
	}
	there := &ir.Match{Base: m.Base, Field: e.From[0], Test: &ir.Exists{Value: true}}
	p := logic.All{w.match(there), either}
	if !ir.WhenMissing(test) {
		return p
	}
	return logic.Not{Term: p}
}

// passes asks a test of a text of the rule; ok is false if that is not done. Of a test that asks for a missing value,
// it is the opposite.
func passes(t ir.Test, text, letters string) (passes, ok bool) {
	switch letters {
	case "lower":
		text = strings.ToLower(text)
	case "upper":
		text = strings.ToUpper(text)
	}
	switch t := t.(type) {
	case *ir.Exists, *ir.Null:
		return true, true
	case *ir.Text:
		return textPasses(t, text)
	}
	return false, false
}

// textPasses compares a text with any of the values. ok is false where letters beyond ASCII may differ in case.
func textPasses(t *ir.Text, text string) (passes, ok bool) {
	for _, v := range t.Values {
		if compilers.FoldsBeyondASCII(v) || compilers.FoldsBeyondASCII(text) {
			return false, false
		}
		one, other := text, v
		if !t.Cased {
			one, other = strings.ToLower(one), strings.ToLower(other)
		}
		switch t.Op {
		case ir.Equals:
			passes = passes || one == other
		case ir.StartsWith:
			passes = passes || strings.HasPrefix(one, other)
		case ir.EndsWith:
			passes = passes || strings.HasSuffix(one, other)
		case ir.Contains:
			passes = passes || strings.Contains(one, other)
		default:
			return false, false
		}
	}
	return passes, true
}

// wholeColumns gives the columns of a field's whole value. Of an extract that only changes the case of its letters it
// is the column that it is made of: values are the same whatever their case. Another extract is not a column, and EQL
// joins only columns: then made is true.
// https://github.com/elastic/elasticsearch/blob/main/x-pack/plugin/eql/src/main/java/org/elasticsearch/xpack/eql/parser/ExpressionBuilder.java
func wholeColumns(p *compilers.Plan, f ir.Field) (columns []schema.Column, domain *schema.Column, made bool) {
	columns, domain = p.Whole(f)
	for len(columns) == 1 && columns[0].Made != nil {
		spec := columns[0].Made.Extract.Spec
		if spec.Op != rules.ExtractWhole || len(spec.Text.Parts) > 0 || spec.TrimStart+spec.TrimEnd != "" {
			return nil, nil, true
		}
		columns = columns[0].Made.From
	}
	return columns, domain, false
}
