package parse

import (
	"decree/rules"
	"decree/rules/diag"
)

// FilterCondition says how the conditions of filters are read. Two forms are in use. In the specification's example,
// the condition describes what is suppressed (`condition: selection`). The reference implementation adds the condition
// to the rule with `and` (`condition: not selection`).
type FilterCondition string

// The ways to read the condition of a filter.
const (
	FilterByForm   FilterCondition = ""         // `not x` must hold, `x` is suppressed, and a mix of both is an error
	FilterSuppress FilterCondition = "suppress" // a condition describes what is suppressed
	FilterRequire  FilterCondition = "require"  // a condition must hold
)

// FilterConditions are the ways that a user may choose.
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

// require sets what an event must satisfy for every condition of a filter. Each condition of a list is read by itself.
func (p *parser) require(f *rules.Filter, how FilterCondition) {
	var terms []rules.Expr
	for _, c := range f.Body.Conditions {
		terms = append(terms, p.required(c, how))
	}
	switch len(terms) {
	case 0: // already reported while reading the detection
	case 1:
		f.Required = terms[0]
	default:
		f.Required = rules.AndExpr{Range: terms[0].ExprRange(), Terms: terms}
	}
}

// required is what an event must satisfy for one condition.
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
		p.Errorf("filter-mixed-condition", c.Range, "write `not (...)` around what is suppressed, or pass --filter-condition suppress or require",
			"only a part of this filter's condition is negated, so it may mean what is suppressed or what must hold")
	case plainForm:
		p.Warnf("filter-without-not", c.Range, "write `"+suppressed.String()+"`, which every tool reads the same way",
			"this filter suppresses what its condition describes; other tools keep only these events")
	}
	return suppressed
}

func (p *parser) keepsOnly(c rules.Condition, how FilterCondition) {
	hint := "remove `not` to suppress them"
	if how == FilterRequire {
		hint = "write `" + rules.NotExpr{Range: c.Range, Term: c.Expr}.String() + "` to suppress them"
	}
	p.Warnf("filter-keeps-only", c.Range, hint, "this filter keeps only the events that it describes, because filter conditions are read as %q", how)
}

// forAll reports that a filter names no rules.
func (p *parser) forAll(f *rules.Filter, at diag.Range) {
	f.Any = true
	p.Infof("filter-without-rules", at, "write `rules: any`, or ids and names", "the filter names no rules, so it applies to every rule of its log source")
}
