package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

func asksReputation(s rules.Prevalence) bool {
	return len(s.Global) > 0 || s.Signature != nil || s.Signer != nil || s.Issuer != nil || s.Root != nil
}

// lookup is one look-up of a value.
type lookup struct {
	stage   string
	fields  map[string]string // what is known -> the field that has it
	columns []string          // the lookup's own columns, as they are shown, by the field that has them
}

// lookUp looks the value of conditions up, decree_value_<i>.
func (w *writer) lookUp(i int, ps ...*ir.Prevalence) *lookup {
	rep := w.plan.Source.Reputation
	l := &lookup{fields: map[string]string{}}
	asks := func(of func(rules.Prevalence) bool) bool {
		return slices.ContainsFunc(ps, func(p *ir.Prevalence) bool { return of(p.Spec) })
	}
	var outputs []string
	for _, c := range []struct {
		what, column string
		asked        bool
	}{
		{"availability", rep.Availability, rep.Availability != ""},
		{"global", rep.Global, asks(func(s rules.Prevalence) bool { return len(s.Global) > 0 })},
		{"signature", rep.Signature, asks(func(s rules.Prevalence) bool { return s.Signature != nil })},
		{"signer", rep.Signer, asks(func(s rules.Prevalence) bool { return s.Signer != nil })},
		{"issuer", rep.Issuer, asks(func(s rules.Prevalence) bool { return s.Issuer != nil })},
		{"root", rep.Root, asks(func(s rules.Prevalence) bool { return s.Root != nil })},
	} {
		switch {
		case !c.asked:
		case c.column == "":
			w.found.Errorf("no-column", ps[0].Range(), "name it under reputation in a model file", "data model %s has no reputation column for %s", w.plan.Model.Name, c.what)
		default:
			l.fields[c.what] = fmt.Sprintf("decree_%s_%d", c.what, i)
			outputs = append(outputs, searchName(c.column)+" AS "+l.fields[c.what])
			l.columns = append(l.columns, c.column, l.fields[c.what])
		}
	}
	source := rep.Source
	if source == "" {
		source = "decree_reputation"
	}
	w.addAssets(source, ps[0].Spec.Field, rep)
	l.stage = fmt.Sprintf("lookup %s %s AS decree_value_%d OUTPUT %s", source, ps[0].Spec.Field, i, strings.Join(outputs, ", "))
	return l
}

// tests say what a condition asks of the answer.
func (l *lookup) tests(w *writer, p *ir.Prevalence) compilers.All {
	spec, rep := p.Spec, w.plan.Source.Reputation
	var tests compilers.All
	for _, b := range spec.Global {
		tests = append(tests, compilers.Atom(fmt.Sprintf("coalesce(tonumber(%s), %s)%s%s", l.fields["global"], number(spec.GlobalElse), comparisons[b.Op], number(b.Value))))
	}
	for _, m := range []struct {
		what string
		ask  *rules.Membership
	}{{"signature", spec.Signature}, {"signer", spec.Signer}, {"issuer", spec.Issuer}, {"root", spec.Root}} {
		if m.ask != nil {
			tests = append(tests, membership(l.fields[m.what], m.ask))
		}
	}
	if rep.Availability == "" {
		return tests
	}
	failed := compilers.Atom(fmt.Sprintf(`lower(coalesce(%s, ""))=%s`, l.fields["availability"], evalString(strings.ToLower(rep.Failed))))
	if spec.Unavailable == "include" {
		return compilers.All{compilers.Any{failed, tests}}
	}
	return append(compilers.All{compilers.Not{Term: failed}}, tests...)
}

// showStage gives events what is known of their values where a condition holds.
func (l *lookup) showStage(held compilers.Pred) string {
	var sets []string
	for i := 0; i < len(l.columns); i += 2 {
		sets = append(sets, evalName(l.columns[i])+"="+ifElse(held, l.columns[i+1], "null()"))
	}
	return "eval " + strings.Join(sets, ",\n    ")
}

func membership(field string, m *rules.Membership) compilers.Pred {
	values := make([]string, len(m.Values))
	for i, v := range m.Values {
		values[i] = evalString(strings.ToLower(v))
	}
	in := compilers.Atom(fmt.Sprintf(`in(lower(coalesce(%s, "")), %s)`, field, compilers.Fill(values, "    ")))
	if m.Not {
		return compilers.Not{Term: in}
	}
	return in
}

func (w *writer) addAssets(lookup, key string, rep schema.Reputation) {
	if len(w.assets) > 0 {
		return
	}
	columns := []string{key}
	for _, c := range []string{rep.Availability, rep.Global, rep.Signature, rep.Signer, rep.Issuer, rep.Root} {
		if c != "" {
			columns = append(columns, c)
		}
	}
	w.assets = []compilers.Asset{
		{Name: "transforms.conf", Purpose: "defines the lookup " + lookup,
			Content: fmt.Sprintf("[%s]\nfilename = %s.csv\ncase_sensitive_match = false\nmax_matches = 1\nmin_matches = 0\n", lookup, lookup)},
		{Name: lookup + ".csv", Purpose: "the lookup's table: one row for each " + key + ", filled by the reputation provider",
			Content: strings.Join(columns, ",") + "\n"},
	}
}
