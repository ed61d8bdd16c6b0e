package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// lookup is one look-up of a value.
type lookup struct {
	stage   string
	fields  map[string]string // kind of reputation -> its field
	columns []string          // the lookup's columns for the result, by their fields
}

// lookUp looks up the value of conditions, decree_value_<i>.
func (w *writer) lookUp(i int, ps ...*ir.Prevalence) *lookup {
	rep := w.plan.Source.Reputation
	l := &lookup{fields: map[string]string{}}
	var outputs []string
	for _, part := range schema.ReputationParts {
		name := rep.Column(part)
		asks := func(p *ir.Prevalence) bool { return p.Spec.Asks(part) }
		switch {
		case part == "availability" && name == "", part != "availability" && !slices.ContainsFunc(ps, asks):
		case name == "":
			w.found.Errorf("no-column", ps[0].Range(), "name it under reputation in a model file", "data model %s has no reputation column for %s", w.plan.Model.Name, part)
		default:
			l.fields[part] = fmt.Sprintf("decree_%s_%d", part, i)
			outputs = append(outputs, searchName(name)+" AS "+l.fields[part])
			l.columns = append(l.columns, w.shownAs(name, i), l.fields[part])
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

// shownAs is the result's name for a column of reputation. That of a second value, such as a parent's hash, has the
// number of its look-up.
func (w *writer) shownAs(column string, i int) string {
	if slices.Contains(w.shown, column) {
		column += fmt.Sprintf("_%d", i)
	}
	w.shown = append(w.shown, column)
	return column
}

// tests write the tests of a condition on the result of the look-up.
func (l *lookup) tests(w *writer, p *ir.Prevalence) logic.All {
	spec, rep := p.Spec, w.plan.Source.Reputation
	var tests logic.All
	for _, b := range spec.Global {
		tests = append(tests, logic.Atom(fmt.Sprintf("coalesce(tonumber(%s), %s)%s%s", l.fields["global"], compilers.Number(spec.GlobalElse), comparisons[b.Op], compilers.Number(b.Value))))
	}
	for _, t := range spec.Reputation {
		field := l.fields[t.Part]
		switch {
		case t.Is != nil:
			tests = append(tests, membership(field, t.Is))
		case t.Flag != nil:
			tests = append(tests, membership(field, compilers.FlagTexts(*t.Flag)))
		case t.Within > 0:
			tests = append(tests, logic.Atom(fmt.Sprintf("coalesce(%s, 0)>=_time-%s", utcTime(field), compilers.Number(t.Within.Seconds()))))
		}
	}
	if rep.Availability == "" {
		return tests
	}
	failed := logic.Atom(fmt.Sprintf(`lower(coalesce(%s, ""))=%s`, l.fields["availability"], evalString(strings.ToLower(rep.Failed))))
	if spec.Unavailable == "include" {
		return logic.All{logic.Any{failed, tests}}
	}
	return append(logic.All{logic.Not{Term: failed}}, tests...)
}

// utcTime reads a time as ISO 8601 writes it in UTC, to the second. A bare Z is not a zone of strptime:
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.4/time-format-variables-and-modifiers/date-and-time-format-variables
func utcTime(field string) string {
	return fmt.Sprintf(`strptime(replace(%s, "(?:\\.\\d+)?Z$", "+0000"), "%%Y-%%m-%%dT%%H:%%M:%%S%%z")`, field)
}

// showStage adds the reputation of their values to events for which a condition holds.
func (l *lookup) showStage(held logic.Pred) string {
	var sets []string
	for i := 0; i < len(l.columns); i += 2 {
		sets = append(sets, evalName(l.columns[i])+"="+ifElse(held, l.columns[i+1], "null()"))
	}
	return "eval " + strings.Join(sets, ",\n    ")
}

func membership(field string, m *rules.Membership) logic.Pred {
	values := make([]string, len(m.Values))
	for i, v := range m.Values {
		values[i] = evalString(strings.ToLower(v))
	}
	in := logic.Atom(fmt.Sprintf(`in(lower(coalesce(%s, "")), %s)`, field, compilers.Fill(values, "    ")))
	if m.Not {
		return logic.Not{Term: in}
	}
	return in
}

func (w *writer) addAssets(lookup, key string, rep schema.Reputation) {
	if len(w.assets) > 0 {
		w.assets[1] = compilers.WithKey(w.assets[1], key)
		return
	}
	columns := append([]string{key}, rep.Columns()...)
	w.assets = []compilers.Asset{
		lookupDefinition("transforms.conf", lookup, false),
		{Name: lookup + ".csv", Purpose: "the lookup's table: one row for each " + key + ", filled by the reputation provider",
			Content: strings.Join(columns, ",") + "\n"},
	}
}
