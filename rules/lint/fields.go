package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// unknownField reports a field whose name is close to one that the log source has. Most logs have more fields
// than models list, so a name that resembles none is not reported.
func unknownField(s *subject) {
	reported := map[string]bool{}
	s.EachItem(func(it rules.Item) {
		fieldsOfItem(it, func(name string, at diag.Range) {
			if name == "" || reported[name] {
				return
			}
			reported[name] = true
			for _, ls := range s.LogSources() {
				if isListed(ls, name) {
					continue
				}
				if hint, message := misspelt(name, namesIn(s.Rule, ls)); message != "" && !s.saidAbsent(name) {
					s.report(at, hint, "%s", message)
					return
				}
			}
		})
	})
	unknownNames(s)
	unknownOfElements(s)
}

// saidAbsent tells whether absent-field reports a field.
func (s *subject) saidAbsent(name string) bool {
	tested := false
	s.eachTested(func(other string, _ diag.Range) { tested = tested || other == name })
	_, absent := s.isAbsent(name)
	return tested && absent
}

// isListed tells whether a model lists a field or an entity of a log source.
func isListed(ls rules.LogSource, field string) bool {
	for m := range models() {
		for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
			_, mapped := source.Fields[field]
			_, entity := source.Entities[field]
			if mapped || entity {
				return true
			}
		}
	}
	return false
}

// fieldsOf are the fields and entities of log sources that models list, sorted. Those of the parent and the grandparent
// have the names that rules write.
func fieldsOf(all ...rules.LogSource) (known []string) {
	for m := range models() {
		for _, ls := range all {
			for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
				known = slices.AppendSeq(known, maps.Keys(source.Fields))
				known = slices.AppendSeq(known, maps.Keys(source.Entities))
				for level, fields := range source.Ancestors {
					for name := range fields {
						known = append(known, ir.Field{Name: name, Level: level}.SigmaName())
					}
				}
			}
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// namesIn are the names that a rule may write in log sources: their fields and entities, and the rule's extracts.
func namesIn(r *rules.Rule, all ...rules.LogSource) []string {
	known := fieldsOf(all...)
	for _, e := range r.Extracts {
		known = append(known, e.Name)
	}
	return known
}

// misspelt says what is wrong with the name of a field. The message is empty if nothing is.
func misspelt(field string, known []string) (hint, message string) {
	if slices.Contains(known, field) {
		return "", ""
	}
	for _, name := range known {
		if strings.EqualFold(name, field) {
			return "write `" + name + "`, as the events have it: names that the data model does not map are compared letter by letter", fmt.Sprintf("the log source has %q, not %q", name, field)
		}
	}
	if near := diag.Misspelt(field, known); near != "" && len(field) >= 6 {
		return "did you mean `" + near + "`?", fmt.Sprintf("no data model has a field %q in this log source", field)
	}
	return "", ""
}

// unknownFieldOfCorrelation checks the fields that a correlation groups by, reads or shows, in each of its rules.
func unknownFieldOfCorrelation(s *correlationSubject) {
	var shown []rules.NamedField
	for i, name := range s.Body.Fields {
		shown = append(shown, rules.NamedField{Name: name, Range: s.Body.Key("fields", i)})
	}
	for _, f := range slices.Concat(s.GroupBy, s.Fields, shown) {
		reported := map[string]bool{}
		readsField(s.Correlation, f.Name, func(r *rules.Rule, field string) {
			known := namesIn(r, r.LogSources()...)
			hint, message := misspelt(field, known)
			if message == "" && r.ExtractNamed(field) == nil && !shownIn(r.LogSources(), field) {
				hint, message = alertFieldHint(field, known), fmt.Sprintf("no data model has a field or an entity %q in this log source", field)
			}
			if message == "" || reported[field] {
				return
			}
			reported[field] = true
			s.report(f.Range, hint, "%s (of the rule %q)", message, r.Title)
		})
	}
}

// readsField calls f for each rule below a correlation from which a name is read, with the field's name in that rule.
// It does not descend into a correlation that groups by the name: there the name itself is read.
func readsField(c *rules.Correlation, name string, f func(r *rules.Rule, field string)) {
	type question struct {
		of   *rules.Correlation
		name string
	}
	seen := map[question]bool{}
	var below func(question)
	below = func(asked question) {
		for i, in := range asked.of.Inputs {
			field := asked.of.FieldOf(asked.name, i)
			next := question{in.Correlation, field}
			switch {
			case in.Rule != nil:
				f(in.Rule, field)
			case in.Correlation != nil && !seen[next]:
				seen[next] = true
				if !slices.ContainsFunc(in.Correlation.GroupBy, func(g rules.NamedField) bool { return g.Name == field }) {
					below(next)
				}
			}
		}
	}
	below(question{c, name})
}

// A part of a field's name that is a number, as in containers.0.image, is the place of an element. Several in a row are
// something else, such as an object identifier.
var (
	index   = regexp.MustCompile(`\.(\d+)(\.|$)`)
	indexes = regexp.MustCompile(`(?:^|\.)\d+\.\d+(?:\.|$)`)
)

// listIndex reports a field with the place of an element in its name, as some tools write it. Events are read without
// places: a name stands for the values of all elements.
func listIndex(s *subject) {
	reported := map[string]bool{}
	s.EachItem(func(it rules.Item) {
		if !index.MatchString(it.Field) || indexes.MatchString(it.Field) || reported[it.Field] || !s.isAnswered() ||
			slices.ContainsFunc(s.LogSources(), func(ls rules.LogSource) bool { return isListed(ls, it.Field) }) {
			return
		}
		reported[it.Field] = true
		s.report(it.Range, "write `"+index.ReplaceAllString(it.Field, "$2")+"`, which any element satisfies; for one of them write `"+index.ReplaceAllString(it.Field, "[$1]$2")+"` with `sigma-version: 3`",
			"elements of a list have no numbers in their names: %q is only found in events whose names have them", it.Field)
	})
}
