package kql

import (
	"fmt"
	"regexp"
	"strings"

	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// made writes the value of an extract as a text, which is empty where there is none. Several values are written
// together (see extract_several.go).
func (w *writer) made(c schema.Column) string {
	spec := c.Made.Extract.Spec
	w.noteListOf(c.Made)
	from := make([]string, len(c.Made.From))
	for i, column := range c.Made.From {
		if hasSeveral(column) {
			w.refuseSeveral(spec.Range, column.Name)
		}
		from[i] = part(w.read(column, nil), column, nil).asText()
	}
	if len(spec.Text.Parts) > 0 {
		return finished(joined(spec.Text, from), spec)
	}
	x := from[0]
	switch spec.Op {
	case rules.ExtractArgv, rules.ExtractSplit:
		if spec.Any {
			return allTogether(spec, x)
		}
		x = fmt.Sprintf("tostring(%s[%d])", array(spec, x), spec.At)
	case rules.ExtractRegex, rules.ExtractURLPart:
		x = fmt.Sprintf("extract(%s, 1, %s)", verbatim(expression(c.Made.Extract.Expr)), x)
	case rules.ExtractMap:
		x = w.mapped(c.Made.Extract, x)
	}
	return finished(x, spec)
}

// array writes the arguments of a command line, split as CommandLineToArgvW does, or the parts of a text.
// https://learn.microsoft.com/en-us/kusto/query/parse-command-line-function
func array(spec *rules.Extract, x string) string {
	if spec.Op == rules.ExtractSplit {
		return fmt.Sprintf("split(%s, %s)", x, quote(spec.Separator))
	}
	return fmt.Sprintf(`parse_command_line(%s, "windows")`, x)
}

// joined writes a text with fields. It is empty if one of them is.
func joined(t rules.Template, from []string) string {
	var present logic.All
	var parts []string
	for _, x := range from {
		present = append(present, logic.Atom("isnotempty("+x+")"))
	}
	for _, p := range t.Parts {
		i := t.NumberOf(p)
		if i < 0 {
			parts = append(parts, quote(p.Text))
		} else {
			parts = append(parts, from[i])
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return whereSyntax.Print(present).Call("iff", "strcat("+strings.Join(parts, ", ")+")", `""`)
}

// mapped writes the text of the first row that holds.
func (w *writer) mapped(e *ir.Extract, x string) string {
	cases := []logic.Case{{If: whereSyntax.Print(logic.Atom("isempty(" + x + ")")), Then: `""`}}
	for _, row := range e.Rows {
		holds := logic.Build(row.When, func(n ir.Node) logic.Pred {
			m := n.(*ir.Match)
			w.negated[m] = true // a null would be no row's
			return w.matchOn(operand{name: x, kind: text}, m, m.Test)
		})
		cases = append(cases, logic.Case{If: whereSyntax.Print(holds), Then: quote(row.To)})
	}
	other := ""
	if e.Spec.Default != nil {
		other = *e.Spec.Default
	}
	return logic.Choose("case", cases, quote(other))
}

// finished writes a value trimmed, and in one case.
func finished(x string, spec *rules.Extract) string {
	for _, side := range []struct{ function, chars string }{{"trim_start", spec.TrimStart}, {"trim_end", spec.TrimEnd}} {
		if side.chars != "" {
			x = fmt.Sprintf("%s(%s, %s)", side.function, verbatim(anyOf(side.chars)), x)
		}
	}
	switch spec.Case {
	case "lower":
		x = "tolower(" + x + ")"
	case "upper":
		x = "toupper(" + x + ")"
	}
	return x
}

// anyOf matches some characters, as often as they are there.
func anyOf(chars string) string {
	var each []string
	for _, c := range chars {
		each = append(each, regexp.QuoteMeta(string(c)))
	}
	return "(?:" + strings.Join(each, "|") + ")+"
}
