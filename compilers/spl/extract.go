package spl

import (
	"fmt"
	"regexp"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// cut is a field that a stage makes before the conditions: a hash of a set, one of two columns, or an extract.
type cut struct {
	column schema.Column
	stage  string
}

var unsafeInName = regexp.MustCompile(`[^a-z0-9_]`)

// made makes the field of an extract, and gives its name. Fields that it is made of come first: names begin with how
// deep they are.
func (w *writer) made(at diag.Range, c schema.Column) string {
	from := make([]string, len(c.Made.From))
	for i, column := range c.Made.From {
		from[i] = w.column(at, column)
	}
	name := fmt.Sprintf("decree_made_%d_%s", depth(c), unsafeInName.ReplaceAllString(strings.ToLower(c.Name), "_"))
	return w.cut(name, c, func(name string) string { return "eval " + w.making(name, at, c, from) })
}

func depth(c schema.Column) int {
	d := 0
	for _, from := range c.Made.From {
		if from.Made != nil {
			d = max(d, 1+depth(from))
		}
	}
	return d
}

// making writes the assignments that make an extract. A field with several values gives the extract several, but for
// texts.
func (w *writer) making(name string, at diag.Range, c schema.Column, from []string) string {
	e := c.Made.Extract
	spec, x := e.Spec, from[0]
	each := func(value string) string { return "mvmap(" + x + ", " + value + ")" }
	var value string
	switch {
	case len(spec.Text.Parts) > 0:
		value = joined(spec.Text, from)
	case spec.Op == rules.ExtractSplit && spec.Any:
		value = w.parts(x, spec, w.plan.Model.OneValue(w.plan.Source, c.Made.From[0]))
	case spec.Op == rules.ExtractSplit:
		value = each(fmt.Sprintf("mvindex(split(%s, %s), %d)", x, evalString(spec.Separator), spec.At))
	case e.Expr != nil:
		value = each(w.group(x, e.Expr, at))
	case spec.Op == rules.ExtractMap:
		value = each(w.mapped(e, x))
	default:
		value = x
	}
	steps := []string{name + "=" + value}
	if finish := finished(name, spec); finish != name {
		steps = append(steps, name+"=mvmap("+name+", "+finish+")")
	}
	if w.plan.Model.EmptyIsMissing {
		steps = append(steps, name+"=mvfilter(len("+name+")>0)")
	}
	return strings.Join(steps, ", ")
}

// parts splits a field into all its parts. Of several values these are the parts of them joined, unless the separator
// can begin before the place where two are joined.
func (w *writer) parts(x string, spec *rules.Extract, one bool) string {
	separator := evalString(spec.Separator)
	all := "split(" + x + ", " + separator + ")"
	switch {
	case one:
		return all
	case overlaps(spec.Separator):
		for _, effect := range compilers.BothEffects { // what reads the parts may stand below not
			w.plan.Note("extract-single-valued", effect, spec.Range, "a field with several values is not split into all its parts, since the separator can overlap itself")
		}
		return ifElse(oneOf(x), all, "null()")
	}
	return "split(mvjoin(" + x + ", " + separator + "), " + separator + ")"
}

// overlaps tells whether a text ends as it begins, so that two of them can share letters.
func overlaps(s string) bool {
	for n := 1; n < len(s); n++ {
		if strings.HasSuffix(s, s[:n]) {
			return true
		}
	}
	return false
}

// group writes what the first group of the leftmost match finds; null if nothing.
func (w *writer) group(x string, t *ir.Regex, at diag.Range) string {
	expr := w.expression(t, at)
	found := expr
	if !t.Parse().Certain(1) { // the leftmost match is kept, and must have found the group
		found = `\A(?>(?s:.*?)(?:` + expr + `))(?(1)|(?!))`
	}
	matches := logic.Atom("match(" + x + ", " + evalPattern(found) + ")")
	whole := `\A(?s:.*?)(?:` + expr + `)(?s:.*)\z`
	return whereSyntax.Print(matches).Call("if", "replace("+x+", "+evalPattern(whole)+", "+evalString(`\1`)+")", "null()")
}

// mapped writes the text of the first row that holds.
func (w *writer) mapped(e *ir.Extract, x string) string {
	var cases []logic.Case
	for _, row := range e.Rows {
		holds := logic.Build(row.When, func(n ir.Node) logic.Pred {
			m := *n.(*ir.Match)
			if t, ok := m.Test.(*ir.Text); ok { // a list as a lookup would come later
				m.Test = &ir.Text{Op: t.Op, Values: t.Values, Cased: t.Cased}
			}
			return w.test(x, &m)
		})
		cases = append(cases, logic.Case{If: whereSyntax.Print(holds), Then: evalString(row.To)})
	}
	other := "1=1, null()"
	if e.Spec.Default != nil {
		other = "1=1, " + evalString(*e.Spec.Default)
	}
	return logic.Choose("case", cases, other)
}

// joined writes a text with the first value of each field.
func joined(t rules.Template, from []string) string {
	var present logic.All
	for _, x := range from {
		present = append(present, logic.Atom("isnotnull("+x+")"))
	}
	var parts []string
	for _, p := range t.Parts {
		i := t.NumberOf(p)
		if i < 0 {
			parts = append(parts, evalString(p.Text))
		} else {
			parts = append(parts, "mvindex("+from[i]+", 0)")
		}
	}
	return whereSyntax.Print(present).Call("if", `"".`+strings.Join(parts, "."), "null()")
}

// finished writes a value trimmed, and in one case. The functions take off characters, as rules do.
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.4/evaluation-functions/text-functions
func finished(x string, spec *rules.Extract) string {
	if spec.TrimStart != "" {
		x = "ltrim(" + x + ", " + evalString(spec.TrimStart) + ")"
	}
	if spec.TrimEnd != "" {
		x = "rtrim(" + x + ", " + evalString(spec.TrimEnd) + ")"
	}
	if spec.Case != "" {
		x = spec.Case + "(" + x + ")"
	}
	return x
}
