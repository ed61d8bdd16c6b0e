package eql

import (
	"fmt"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// predicate writes a test of the event itself, or the condition on how rare a value is.
func (w *writer) predicate(n ir.Node) logic.Pred {
	switch n := n.(type) {
	case *ir.Match:
		return w.match(n)
	case *ir.Prevalence:
		return w.prevalence(n)
	}
	panic("eql: a node the plan should have refused")
}

// match writes a test of a field that the event carries.
func (w *writer) match(m *ir.Match) logic.Pred {
	col, ok := w.plan.Column(m.Field)
	if !ok {
		w.found.Errorf("deep-ancestor-negated", m.Range(), "test one level with parent or grandparent, outside of not, or and within; or use kql or spl", "eql: the ancestor's field %s cannot be tested below not or or", m.Field.Name)
		return logic.Never
	}
	if w.plan.TimeAsText(m, w.plan.Column, &w.found) {
		return logic.Never
	}
	if col.Made != nil {
		return w.made(m, col)
	}
	compilers.OneColumn("eql", lacks[compilers.SecondColumns].Hint, col, m.Range(), &w.found)
	w.noteMapped(m)
	w.noteDigits(m, col)
	p, err := columnTest(col, m.Test, w.negated[m])
	return w.reportError(p, err, m.Range())
}

// noteDigits notes that a text is compared with a number's digits alone.
func (w *writer) noteDigits(m *ir.Match, col schema.Column) {
	if _, ok := m.Test.(*ir.Number); ok && !isTyped(col) && !col.Digits {
		w.plan.NoteOf(m, "number-as-text", "false-negatives", "Elastic stores "+col.Name+" as text: a number is found as its shortest digits, such as 1, and not as 01, 1.0 or 1e0")
	}
}

// reportError reports what cannot be written.
func (w *writer) reportError(p logic.Pred, err error, at diag.Range) logic.Pred {
	if err != nil {
		w.found.Errorf("eql-unsupported", at, "rewrite the test, or use another target for this rule", "eql: %v", err)
		return logic.Never
	}
	return p
}

// columnTest writes a test on a column. With negated, it chooses a form whose negation holds for an event without the
// field.
func columnTest(col schema.Column, t ir.Test, negated bool) (logic.Pred, error) {
	f := columnName(col.Name)
	switch t.(type) {
	case *ir.Glob, *ir.Regex, *ir.OfFilename:
		if isTyped(col) {
			return nil, onlyEquality(col)
		}
	}
	switch t := t.(type) {
	case *ir.Text:
		return text(col, t)
	case *ir.Glob:
		return glob(f, t)
	case *ir.Regex:
		expr, err := expression(t)
		if err != nil {
			return nil, err
		}
		return logic.Atom(f + " regex " + quote(expr)), nil
	case *ir.OfFilename:
		return ofFilename(col, t.Test, negated)
	case *ir.Bits:
		return bits(f, col, t, negated)
	case *ir.Number:
		return number(f, col, t.Op, t.Values, negated)
	case *ir.Bool:
		if col.Type == schema.Bool {
			return logic.Atom(fmt.Sprintf("%s == %t", f, t.Value)), nil
		}
		return logic.Atom(fmt.Sprintf("%s : %s", f, quote(strconv.FormatBool(t.Value)))), nil
	case *ir.Null:
		return logic.Atom(f + " == null"), nil
	case *ir.Exists:
		if t.Value {
			return logic.Atom(f + " != null"), nil
		}
		return logic.Atom(f + " == null"), nil
	case *ir.CIDR:
		return networks(col, t)
	}
	panic("eql: a test the plan should have refused")
}

// text writes literal comparisons. The operators `:` and like read * and ? as wildcards without an escape, and ignore
// case only for ASCII. Other values are written differently.
func text(col schema.Column, t *ir.Text) (logic.Pred, error) {
	if isTyped(col) {
		return typedText(col, t)
	}
	f := columnName(col.Name)
	switch t.Op {
	case ir.Filename:
		return filename(col, t)
	case ir.Word:
		return words(f, t)
	}
	var plain, exact, folded []string
	for _, v := range t.Values {
		switch {
		case t.Op != ir.Equals && v == "":
			return logic.Atom(f + " != null"), nil
		case !t.Cased && compilers.FoldsBeyondASCII(v):
			folded = append(folded, v)
		case strings.ContainsAny(v, "*?") || v == "":
			exact = append(exact, v)
		default:
			plain = append(plain, v)
		}
	}
	var ways logic.Any
	if len(plain) > 0 {
		ways = append(ways, wildcards(f, t.Op, plain, t.Cased))
	}
	ways = append(ways, literals(f, t.Op, exact, t.Cased)...)
	for _, v := range folded {
		expr := foldedPattern(t.Op, v)
		if len(expr) > maxRegex {
			return nil, fmt.Errorf("the value %.40q needs an expression longer than Elasticsearch's %d characters", v, maxRegex)
		}
		ways = append(ways, logic.Atom(f+" regex "+quote(expr)))
	}
	return ways, nil
}

// isTyped tells whether Elasticsearch maps a column as something else than text. Patterns and expressions are of texts
// alone, and the query fails: https://github.com/elastic/elasticsearch/issues/63262
func isTyped(col schema.Column) bool {
	return col.Type == schema.Int || col.Type == schema.Bool || col.Type == schema.Datetime || col.Type == schema.IP
}

func onlyEquality(col schema.Column) error {
	return fmt.Errorf("column %s is of type %s: only equality can be tested", col.Name, col.Type)
}

// typedText compares a text with a column of another type. It supports equality, and only a value that has the column's
// type, and of addresses the first parts.
func typedText(col schema.Column, t *ir.Text) (logic.Pred, error) {
	if col.Type == schema.IP {
		return addresses(col, t)
	}
	if t.Op != ir.Equals {
		return nil, onlyEquality(col)
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		var err error
		if values[i], err = literal(col, v, t.Cased); err != nil {
			return nil, err
		}
	}
	if len(values) == 1 {
		return logic.Atom(columnName(col.Name) + " == " + values[0]), nil
	}
	return logic.Atom(columnName(col.Name) + " in (" + strings.Join(values, ", ") + ")"), nil
}

func wildcards(f string, op ir.TextOp, values []string, cased bool) logic.Pred {
	if cased && op == ir.Equals {
		return literals(f, op, values, true)[0]
	}
	word := " : "
	if cased {
		word = " like "
	}
	patterns := make([]string, len(values))
	for i, v := range values {
		if op == ir.EndsWith || op == ir.Contains {
			v = "*" + v
		}
		if op == ir.StartsWith || op == ir.Contains {
			v += "*"
		}
		patterns[i] = v
	}
	return logic.Atom(f + word + quoteList(patterns))
}

// literals compares without wildcards.
func literals(f string, op ir.TextOp, values []string, cased bool) logic.Any {
	if len(values) == 0 {
		return nil
	}
	tilde := "~"
	if cased {
		tilde = ""
	}
	if op == ir.Equals {
		if cased && len(values) == 1 {
			return logic.Any{logic.Atom(f + " == " + quote(values[0]))}
		}
		return logic.Any{logic.Atom(f + " in" + tilde + " " + quoteSet(values))}
	}
	var ways logic.Any
	for _, v := range values {
		ways = append(ways, logic.Atom(functions[op]+tilde+"("+f+", "+quote(v)+")"))
	}
	return ways
}

// filename compares the part after the last separator. It uses a column with file names, if there is one.
func filename(col schema.Column, t *ir.Text) (logic.Pred, error) {
	name := col.Filename
	if col.Holds == "filename" {
		name = col.Name
	}
	whole := &ir.Text{Op: ir.Equals, Values: t.Values, Cased: t.Cased}
	if name != "" {
		return text(schema.Column{Name: name}, whole)
	}
	end := &ir.Text{Op: ir.EndsWith, Cased: t.Cased}
	var names []string
	for _, v := range t.Values {
		if strings.ContainsAny(v, `\/`) {
			continue // never the last component of a path
		}
		names = append(names, v)
		end.Values = append(end.Values, `\`+v, "/"+v)
	}
	if len(names) == 0 {
		return logic.Never, nil
	}
	whole.Values = names
	bare := schema.Column{Name: col.Name}
	same, err := text(bare, whole)
	if err != nil {
		return nil, err
	}
	below, err := text(bare, end)
	return logic.Any{same, below}, err
}

// glob writes a pattern with wildcards if its literals allow it, else as a regular expression.
func glob(f string, g *ir.Glob) (logic.Pred, error) {
	var pattern, expr strings.Builder
	plain := true
	for _, p := range g.Parts {
		switch {
		case p.Wild == '*':
			pattern.WriteByte('*')
			expr.WriteString(".*")
		case p.Wild == '?':
			pattern.WriteByte('?')
			expr.WriteString(".")
		case p.Wild == ir.AnyDash:
			plain = false
			expr.WriteString(anyDash)
		default:
			plain = plain && !strings.ContainsAny(p.Literal, "*?") && (g.Cased || !compilers.FoldsBeyondASCII(p.Literal))
			pattern.WriteString(p.Literal)
			expr.WriteString(literalRegex(p.Literal, g.Cased))
		}
	}
	if plain {
		word := " : "
		if g.Cased {
			word = " like "
		}
		return logic.Atom(f + word + quote(pattern.String())), nil
	}
	if expr.Len() > maxRegex {
		return nil, fmt.Errorf("the pattern needs an expression of %d characters; Elasticsearch allows %d", expr.Len(), maxRegex)
	}
	return logic.Atom(f + " regex " + quote(expr.String())), nil
}

var comparisons = map[string]string{"eq": "==", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

// number compares numerically. A text column supports only equality, with the digits that noteDigits tells of.
func number(f string, col schema.Column, op string, values []float64, negated bool) (logic.Pred, error) {
	typed := col.Type == schema.Int
	switch {
	case col.Type == schema.Bool || col.Type == schema.IP:
		return logic.Never, nil // their values are never numbers
	case !typed && (op != "eq" || isTyped(col)):
		return nil, fmt.Errorf("column %s is not a number: numbers cannot be compared with it", col.Name)
	}
	texts, err := numberLiterals(values)
	if err != nil {
		return nil, err
	}
	if !typed {
		return logic.Atom(f + " : " + quoteList(texts)), nil
	}
	if op == "eq" {
		if len(texts) == 1 {
			return logic.Atom(f + " == " + texts[0]), nil
		}
		return logic.Atom(f + " in (" + strings.Join(texts, ", ") + ")"), nil
	}
	var ways logic.Any
	for _, v := range texts {
		var way logic.Pred = logic.Atom(f + " " + comparisons[op] + " " + v)
		if negated { // Elasticsearch turns `not a < b` into `a >= b`, false without the field
			way = logic.All{logic.Atom(f + " != null"), way}
		}
		ways = append(ways, way)
	}
	return ways, nil
}
