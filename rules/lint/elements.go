package lint

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/diag"
)

// unknownOfElements reports the names of arrays and of their elements' fields that are close to one that models know.
func unknownOfElements(s *subject) {
	reported := map[string]bool{}
	s.EachElements(func(e rules.Elements) {
		unknownArray(s, e, reported)
		for _, ls := range s.LogSources() {
			unknownOfElement(s, e.Body, fieldsOfElements(ls, e.Field), e.Field, reported)
		}
	})
}

// unknownArray reports the name of an array, as that of another field.
func unknownArray(s *subject, e rules.Elements, reported map[string]bool) {
	for _, ls := range s.LogSources() {
		if reported[e.Field] || isListed(ls, e.Field) {
			continue
		}
		if hint, message := misspelt(e.Field, fieldsOf(ls)); message != "" {
			reported[e.Field] = true
			s.report(e.Range, hint, "%s", message)
		}
	}
}

// unknownOfElement reports fields of an element that are close to known ones. known are the paths below the array.
func unknownOfElement(s *subject, body rules.Selection, known []string, array string, reported map[string]bool) {
	report := func(name string, at diag.Range) {
		path := array + "[]." + name
		if reported[path] || anycase.Contains(known, name) {
			return
		}
		if hint, message := misspelt(name, known); message != "" {
			reported[path] = true
			s.report(at, hint, "no data model has a field %q in the elements of %s", name, array)
		}
	}
	rules.EachOf(body, func(it rules.Item) { report(it.Field, it.Range) }, func(e rules.Elements) {
		report(e.Field, e.Range)
		unknownOfElement(s, e.Body, below(known, e.Field), array+"[]."+e.Field, reported)
	})
}

// fieldsOfElements are the paths of fields that models know in the elements of an array. Those of the product's columns
// come first: they are spelt as events have them. Mapped fields may be in another case.
func fieldsOfElements(ls rules.LogSource, array string) []string {
	var columns, fields []string
	for m := range models() {
		for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
			fields = append(fields, below(slices.Collect(maps.Keys(source.Fields)), array)...)
			column, mapped := source.Fields[array]
			for _, c := range source.Fields {
				if mapped {
					columns = append(columns, below([]string{c.Name}, cmp.Or(column.Array, column.Name))...)
				}
			}
		}
	}
	return slices.Concat(withParents(columns), withParents(fields))
}

// withParents adds what is above the fields to their paths, sorted: the arrays in an element are fields of it.
func withParents(paths []string) []string {
	all := slices.Clone(paths)
	for _, path := range paths {
		for at, letter := range path {
			if letter == '.' {
				all = append(all, path[:at])
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// below gives the rest of the paths that begin with a path, without the {} that follow the name of a list in Splunk.
func below(paths []string, path string) (rest []string) {
	prefix := strings.ToLower(strings.ReplaceAll(path, "{}", "")) + "."
	for _, p := range paths {
		p = strings.ReplaceAll(p, "{}", "")
		if len(p) > len(prefix) && strings.ToLower(p[:len(prefix)]) == prefix {
			rest = append(rest, p[len(prefix):])
		}
	}
	return rest
}

// textOfStructure reports a test of the text of a field that is an object, or a list of objects, in the events. Only a
// product that keeps it as a text finds the value there.
func textOfStructure(s *subject) {
	reported := map[string]bool{}
	s.EachItem(func(it rules.Item) {
		if reported[it.Field] || !asksText(it) {
			return
		}
		kind, hint := structureOf(s.LogSources(), it.Field)
		if kind == "" {
			return
		}
		reported[it.Field] = true
		s.report(it.Range, hint, "events have %s in %q, which has no text: only a product that keeps it as a text finds the value there", kind, it.Field)
	})
}

// asksText tells whether a test needs a text: others hold of whatever is there, or of nothing.
func asksText(it rules.Item) bool {
	return !has(it, "exists", "fieldref") && slices.ContainsFunc(it.Values, func(v rules.Value) bool {
		return v.Kind != rules.NullValue && v.Text != "" && v.Text != "*"
	})
}

// structureOf tells whether a model knows a field as a list of objects, or as objects that may be in a list, and how to
// test what is in it.
func structureOf(sources []rules.LogSource, field string) (kind, hint string) {
	for _, ls := range sources {
		for m := range models() {
			for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
				column := cmp.Or(source.Fields[field].Name, field)
				if names := source.Elements[column]; len(names) > 0 {
					return "a list of objects", "test its elements with `sigma-version: 3`, as `" + field + "[any]: {" + names[0] + ": …}`"
				}
				if slices.Contains(source.Below[field], column) {
					kind, hint = "an object or a list of objects", "test a field in it, as `"+field+".NAME`, or look for the value with a keyword"
				}
			}
		}
	}
	return kind, hint
}
