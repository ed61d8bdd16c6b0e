package parse

import (
	"decree/rules"
	"decree/rules/diag"
)

// FilterCondition says how the conditions of filters are read. Two forms are in use: the specification's example
// describes what is suppressed (`condition: selection`), the reference implementation ANDs the condition to the rule
// (`condition: not selection`).
type FilterCondition string

// The ways to read the condition of a filter.
const (
	FilterByForm   FilterCondition = ""         // `not x` is what must hold, `x` is what is suppressed, and both at once are an error
	FilterSuppress FilterCondition = "suppress" // a condition describes what is suppressed
	FilterRequire  FilterCondition = "require"  // a condition is what must hold
)

// FilterConditions are the ways that a user may ask for.
func FilterConditions() []string { return []string{string(FilterSuppress), string(FilterRequire)} }

// form is how a condition uses `not`.
type form int

const (
	plainForm   form = iota // no `not` at all
	negatedForm             // negated as a whole: `not x`, or every term of it is
	mixedForm
)

func formOf(e rules.Expr) form {
	switch e := e.(type) {
	case rules.NotExpr:
		if formOf(e.Term) == negatedForm {
			return mixedForm // `not not x`
		}
		return negatedForm
	case rules.AndExpr:
		return formOfAll(e.Terms)
	case rules.OrExpr:
		return formOfAll(e.Terms)
	}
	return plainForm
}

func formOfAll(terms []rules.Expr) form {
	first := formOf(terms[0])
	for _, t := range terms[1:] {
		if formOf(t) != first {
			return mixedForm
		}
	}
	return first
}

// require sets what must hold of an event for every condition of a filter: each of a list is read by itself.
func (p *parser) require(f *rules.Filter, how FilterCondition) {
	var terms []rules.Expr
	for _, c := range f.Body.Conditions {
		terms = append(terms, p.required(c, how))
	}
	switch len(terms) {
	case 0: // the detection's reader has said why
	case 1:
		f.Required = terms[0]
	default:
		f.Required = rules.AndExpr{Range: terms[0].ExprRange(), Terms: terms}
	}
}

// required is what one condition asks of an event.
func (p *parser) required(c rules.Condition, how FilterCondition) rules.Expr {
	suppressed := rules.NotExpr{Range: c.Range, Term: c.Expr}
	form := formOf(c.Expr)
	switch how {
	case FilterSuppress:
		if form == negatedForm {
			p.keepsOnly(c, how)
		}
		return suppressed
	case FilterRequire:
		if form == plainForm {
			p.keepsOnly(c, how)
		}
		return c.Expr
	}
	switch form {
	case negatedForm:
		return c.Expr
	case mixedForm:
		p.Errorf("filter-mixed-condition", c.Range, "write `not (...)` around what is suppressed, or say how to read it: --filter-condition suppress, or require",
			"this filter's condition is negated in part, so that it may say what is suppressed or what must hold")
	case plainForm:
		p.Warnf("filter-without-not", c.Range, "write `"+suppressed.String()+"`, which every tool reads alike",
			"this filter suppresses what its condition describes; other tools keep only these events")
	}
	return suppressed
}

func (p *parser) keepsOnly(c rules.Condition, how FilterCondition) {
	hint := "leave `not` out if they are to be suppressed"
	if how == FilterRequire {
		hint = "write `" + rules.NotExpr{Range: c.Range, Term: c.Expr}.String() + "` if they are to be suppressed"
	}
	p.Warnf("filter-keeps-only", c.Range, hint, "this filter keeps only the events that it describes, because conditions of filters are read as %q", how)
}

// forAll notes that a filter names no rules.
func (p *parser) forAll(f *rules.Filter, at diag.Range) {
	f.Any = true
	p.Infof("filter-without-rules", at, "write `rules: any`, or ids and names", "the filter names no rules, so that it applies to every rule of its log source")
}
