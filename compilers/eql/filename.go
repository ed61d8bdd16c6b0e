package eql

import (
	"errors"
	"fmt"
	"strings"

	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// A character of a name, and what may stand before a name in a path.
const (
	inName     = `[^\\\/]`
	beforeName = `(.*[\\\/])?`
)

// ofFilename tests the part after the last separator: in a column with file names, if there is one, else by an
// expression for the whole path.
func ofFilename(col schema.Column, t ir.Test, negated bool) (logic.Pred, error) {
	name := col.Filename
	if col.Holds == "filename" {
		name = col.Name
	}
	if name != "" {
		return columnTest(schema.Column{Name: name}, t, negated)
	}
	exprs, err := nameExpressions(t)
	if err != nil {
		return nil, err
	}
	ways := make(logic.Any, len(exprs))
	for i, expr := range exprs {
		if ways[i] = logic.Atom(columnName(col.Name) + " regex " + quote(beforeName+expr)); len(beforeName+expr) > maxRegex {
			return nil, fmt.Errorf("the test of a file name needs an expression of %d characters; Elasticsearch allows %d", len(beforeName+expr), maxRegex)
		}
	}
	if len(ways) == 0 {
		return logic.Never, nil
	}
	return ways, nil
}

// nameExpressions are expressions for a test of a name, one for each of its values that a name can have.
func nameExpressions(t ir.Test) ([]string, error) {
	switch t := t.(type) {
	case *ir.Text:
		var exprs []string
		for _, v := range t.Values {
			if strings.ContainsAny(v, `\/`) {
				continue // a name has no separator
			}
			expr := literalRegex(v, t.Cased)
			if t.Op == ir.Contains || t.Op == ir.EndsWith {
				expr = inName + "*" + expr
			}
			if t.Op == ir.Contains || t.Op == ir.StartsWith {
				expr += inName + "*"
			}
			exprs = append(exprs, expr)
		}
		return exprs, nil
	case *ir.Glob:
		if expr, ok := nameGlob(t); ok {
			return []string{expr}, nil
		}
		return nil, nil
	}
	return nil, errors.New("an expression cannot be asked of the last component of a path: there is no column of file names")
}

// nameGlob is the expression for a pattern of a name. ok is false for a pattern with a separator, which no name has.
func nameGlob(t *ir.Glob) (_ string, ok bool) {
	var expr strings.Builder
	for _, p := range t.Parts {
		switch p.Wild {
		case '*':
			expr.WriteString(inName + "*")
		case '?':
			expr.WriteString(inName)
		case ir.AnyDash:
			expr.WriteString(anyDashOfName)
		default:
			if strings.ContainsAny(p.Literal, `\/`) {
				return "", false
			}
			expr.WriteString(literalRegex(p.Literal, t.Cased))
		}
	}
	return expr.String(), true
}

// anyDashOfName is a class with all dashes but the slash, which separates names.
var anyDashOfName = "[" + literalRegex(strings.ReplaceAll(ir.Dashes, "/", ""), true) + "]"
