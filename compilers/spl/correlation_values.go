package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

func (s *inputWriter) ruleAt(r *ir.Rule) int {
	return slices.IndexFunc(s.rules, func(m *inputRule) bool { return m.rule == r })
}

type valueKey struct {
	c     *ir.Correlation
	input int
	name  string
}

// value is the expression for a column's first value in one input. It is null if there is none.
func (s *correlationWriter) value(c *ir.Correlation, input int, column ir.Column) string {
	at := valueKey{c, input, column.Name}
	v, known := s.values[at]
	if !known {
		v = s.valueIn(c.Inputs[input], column.Fields[input], c.Source.FieldOf(column.Name, input), column.At)
		s.values[at] = v
	}
	return v
}

// valueIn is the first value of a field in the matches of an input. A match of a correlation is an event with the
// values of its group. If its inputs have these in different fields, decree_by_<k>_<i> has them.
func (s *correlationWriter) valueIn(in ir.Input, f ir.Field, name string, at diag.Range) string {
	if in.Correlation == nil {
		return s.fieldOf(s.rules[s.ruleAt(in.Rule)], f, name, at)
	}
	d := in.Correlation
	if by := slices.IndexFunc(d.GroupBy, func(c ir.Column) bool { return c.Name == name }); by >= 0 {
		if s.apart(d, d.GroupBy[by]) {
			return groupValue(slices.Index(s.chain, d), by)
		}
		return s.value(d, 0, d.GroupBy[by])
	}
	var values, cases []string
	made := false
	for _, r := range d.Rules() {
		v := s.fieldOf(s.rules[s.ruleAt(r)], f, name, at)
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
		cases = append(cases, fmt.Sprintf("decree_rule_%d=1, %s", s.ruleAt(r)+1, v))
		made = made || r.Own(f).Extract != nil
	}
	if len(values) == 1 {
		return values[0]
	}
	if made { // an event that several of them find may complete d by either
		s.report("correlation-extract", at, "group that correlation by it, or use kql", "spl: the rules of %q extract %s in different ways, and one event may be found by several of them", d.Source.Body.Title, f.Name)
		return "null()"
	}
	return "case(" + strings.Join(cases, ", ") + ")"
}

// apart tells whether inputs have the value of a column in different fields.
func (s *correlationWriter) apart(c *ir.Correlation, column ir.Column) bool {
	for i := range c.Inputs {
		if s.value(c, i, column) != s.value(c, 0, column) {
			return true
		}
	}
	return false
}

func groupValue(k, by int) string { return fmt.Sprintf("decree_by_%d_%d", k+1, by+1) }

// fieldOf is the first value of a field of a rule's events. With several columns, the first one that has a value
// counts. If another column has the domain or the rest of a path, it is put in front.
func (s *inputWriter) fieldOf(m *inputRule, f ir.Field, name string, at diag.Range) string {
	columns, before := m.w.plan.Whole(f)
	if unread := m.w.plan.CheckRead("spl", lacks, f, at); len(unread) > 0 {
		for _, d := range unread {
			s.report(d.Code, d.Range, d.Hint, "%s", d.Message)
		}
		return "null()"
	}
	if len(columns) == 0 || !m.w.plan.Source.Has(m.w.plan.Model, m.rule.Own(f)) {
		const message = "data model %s has no column for %s in the log source of %q"
		if s.first {
			s.report("first-seen-field", at, "name another field, or choose another --model", message, s.opt.Model.Name, name, m.rule.Source.Title)
		} else if s.joining {
			s.report("join-field", at, "join by another field, or choose another --model", message, s.opt.Model.Name, name, m.rule.Source.Title)
		} else {
			s.report("correlation-field", at, "group by or count another field, or choose another --model", message, s.opt.Model.Name, name, m.rule.Source.Title)
		}
		return "null()"
	}
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = s.columnOf(m, c, name, at)
	}
	value := values[0]
	if len(values) > 1 {
		value = "coalesce(" + strings.Join(values, ", ") + ")"
	}
	if before == nil {
		return value
	}
	return after(s.columnOf(m, *before, name, at), value, columns[0])
}

// after puts a value after the rest of its path, or after its domain, as its column says.
func after(front, value string, c schema.Column) string {
	if c.Under != "" {
		return below(front, value)
	}
	return behind(front, value)
}

// behind puts a user's domain in front of the name. Without either, the value is the name alone.
func behind(domain, name string) string {
	alone := append(lacking(domain), logic.Atom(name+`=""`))
	return whereSyntax.Print(alone).Call("if", name, domain+`."\\".`+name)
}

// below puts the rest of a path in front of its last part. Without either, the value is the other.
func below(path, last string) string {
	both := whereSyntax.Print(lacking(path)).Call("if", last, path+`."\\".`+last)
	return whereSyntax.Print(lacking(last)).Call("if", path, both)
}

// lacking tests that a value is empty or missing.
func lacking(value string) logic.Any {
	return logic.Any{logic.Atom(value + `=""`), logic.Atom("isnull(" + value + ")")}
}

// columnOf is the first value of a column.
func (s *inputWriter) columnOf(m *inputRule, col schema.Column, name string, at diag.Range) string {
	if written(col) {
		s.report("no-translation", at, "group by the product's own field, with a data model of your own",
			"data model %s stores %s in another form than the rule uses: its values cannot be compared", s.opt.Model.Name, name)
		return "null()"
	}
	if strings.HasPrefix(col.Name, "decree_") {
		s.report("field-name", at, "give the column another name in the product", "field names that begin with decree_ are reserved in a correlation's search")
		return "null()"
	}
	if col.Requires != "" {
		s.notes = compilers.AddNotes(s.notes, compilers.Note{Code: "requires", Effect: "exact", Message: col.Requires, Range: at})
	}
	return "mvindex(" + m.w.column(at, col) + ", 0)"
}

// written tells whether a column stores the values of its field in another form.
func written(col schema.Column) bool {
	return col.Holds != "" || len(col.Values) > 0 || col.Numbers != "" || col.Prefix != ""
}

// filled tests that all values are present and not empty.
func filled(values []string) logic.All {
	var all logic.All
	for _, test := range []string{"isnotnull(%s)", `%s!=""`} {
		for _, v := range values {
			if p := logic.Atom(fmt.Sprintf(test, v)); !slices.Contains(all, logic.Pred(p)) {
				all = append(all, p)
			}
		}
	}
	return all
}

// key joins values into a key, ignoring case. Each value follows its length, so that different tuples have different
// keys. The key begins with a punctuation character, so that it is never read as a number.
func key(values []string) string {
	switch len(values) {
	case 0:
		return `"="`
	case 1:
		return `"=".lower(` + values[0] + ")"
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = fmt.Sprintf(`len(lower(%s)).":".lower(%s)`, v, v)
	}
	return `"=".` + strings.Join(parts, ".")
}
