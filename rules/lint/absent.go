package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// absentField reports a field that no data model has in this log source. A source without a list of fields may have any
// field.
func absentField(s *subject) {
	if s.lowered == nil {
		return
	}
	if !s.filter {
		neverIn(s)
	}
	reported := map[string]bool{}
	s.eachTested(func(name string, at diag.Range) {
		if reported[name] {
			return
		}
		reported[name] = true
		if near, absent := s.isAbsent(name); absent && (modifierInName(name) == "" || !s.isItem(name)) {
			hint := s.ofColumn(name)
			if hint == "" {
				hint = diag.DidYouMean(name, near, "remove it, or use the log source that has this field")
			}
			so := "never matches"
			if s.asksForNone(name) {
				so = "always holds"
			}
			s.report(at, hint, "this log source has no field %q: the test %s", name, so)
		}
	})
}

// unwrittenPrefix reports a value that begins as no value of the field does in the rule's log. Other products may have
// such values, but mostly do not either: Defender has a user's SID behind HKEY_CURRENT_USER.
func unwrittenPrefix(s *subject) {
	if s.lowered == nil {
		return
	}
	var asked []*schema.Source
	for m := range models() {
		asked = append(asked, m.Asked(s.lowered)...)
	}
	s.EachItem(func(it rules.Item) {
		if has(it, "contains", "endswith", "re", "word", "filename") {
			return
		}
		for _, v := range it.Values {
			if log, prefix := neverBegins(asked, it.Field, v.Text); prefix != "" {
				s.report(v.Range, "test for the part behind the hive: `"+it.Field+"|contains`", "in the log %s no %s begins with %s: the test never matches there", log, it.Field, prefix)
			}
		}
	})
}

// neverBegins gives the log of the first source in which no value of a field has the prefix of a text, and the prefix.
func neverBegins(sources []*schema.Source, field, text string) (log, prefix string) {
	for _, source := range sources {
		if prefix = source.NeverBegins(field, text); prefix != "" {
			return source.Log, prefix
		}
	}
	return "", ""
}

// isItem tells whether a field is that of an item, and not one that an extract or a value names.
func (s *subject) isItem(name string) (is bool) {
	s.EachItem(func(it rules.Item) { is = is || it.Field == name })
	return is
}

// asksForNone tells whether all tests of a field hold where it is missing.
func (s *subject) asksForNone(name string) bool {
	none := s.isItem(name)
	s.EachItem(func(it rules.Item) {
		none = none && (it.Field != name || !slices.ContainsFunc(it.Values, func(v rules.Value) bool {
			return v.Kind != rules.NullValue && !(has(it, "exists") && v.Kind == rules.BoolValue && !v.Bool)
		}))
	})
	return none
}

// eachTested visits the fields that the searches test and the extracts read. A field may come several times.
func (s *subject) eachTested(visit func(name string, at diag.Range)) {
	for _, search := range s.Searches {
		one := rules.Rule{Searches: []rules.Search{search}}
		one.EachItem(func(it rules.Item) { fieldsOfItem(it, visit) })
	}
	for _, e := range s.Extracts {
		for _, f := range e.Reads() {
			visit(f.Name, f.Range)
		}
	}
}

// fieldsOfItem visits the field of an item, and those with which it is compared.
func fieldsOfItem(it rules.Item, visit func(name string, at diag.Range)) {
	visit(it.Field, it.Range)
	if has(it, "fieldref") {
		for _, v := range it.Values {
			visit(v.Text, v.Range)
		}
	}
}

// isAbsent tells whether no data model has a field in the rule's log sources, and which of their fields and the rule's
// extracts have similar names. Where a rule names a product and only sources of any product answer, the fields are the
// product's own.
func (s *subject) isAbsent(name string) (near []string, absent bool) {
	if name == "" || s.lowered == nil || s.ExtractNamed(name) != nil {
		return nil, false
	}
	for _, e := range s.Extracts {
		near = append(near, e.Name)
	}
	for m := range models() {
		closed := *m
		closed.Open = false // it refuses a field that its logs are not known to have
		for _, source := range closed.Asked(s.lowered) {
			absent = absent || source.Product != "*" || s.LogSource.Product == ""
			f := ir.FieldNamed(name)
			if _, column := closed.Column(source, f.Name, f.Level); column && source.Has(&closed, f) {
				return nil, false
			}
			near = append(near, closed.Closest(source, name)...)
		}
	}
	return near, absent
}

// ofColumn says which field a product has in a column of this name; "" if none does.
func (s *subject) ofColumn(column string) string {
	for m := range models() {
		var names []string
		for _, source := range m.Asked(s.lowered) {
			names = append(names, fieldsIn(source.Fields, "", column)...)
			names = append(names, fieldsIn(source.Ancestors[1], "Parent", column)...)
		}
		if len(names) > 0 {
			slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) })
			return fmt.Sprintf("write `%s`, which is this column in data model %s", names[0], m.Name)
		}
	}
	return ""
}

// fieldsIn gives the fields, behind a prefix, that are in a column, or whose file name is.
func fieldsIn(fields map[string]schema.Column, prefix, column string) (names []string) {
	for name, c := range fields {
		switch {
		case prefix != "" && ir.FieldNamed(prefix+name).Level == 0: // no rule names it so
		case strings.EqualFold(c.Name, column):
			names = append(names, prefix+name)
		case strings.EqualFold(c.Filename, column):
			names = append(names, prefix+name+"|filename")
		}
	}
	return names
}

// neverIn reports those of several log sources where the rule can never match in any data model, as each lacks a field
// that must hold there.
func neverIn(s *subject) {
	if len(s.OtherLogSources) == 0 {
		return
	}
	for _, ls := range s.LogSources() {
		asked, able := false, false
		for m := range models() {
			if len(m.Find(ls.Category, ls.Product, ls.Service)) == 0 {
				continue
			}
			closed := *m
			closed.Open = false
			asked = true
			able = able || !slices.Contains(closed.Unanswered(s.lowered), ls)
		}
		if asked && !able {
			s.report(ls.Range, "write a rule of its own for it, or make the fields that it lacks alternatives", "the rule never finds events of this log source: no data model has the fields there that it needs")
		}
	}
}
