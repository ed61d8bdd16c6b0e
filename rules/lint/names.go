package lint

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// unknownNames reports the names of fields and entities in fields, prevalence, joins and first_seen that are close to
// one that the log source has. A field of the other rule of a join is one of that rule's log sources.
func unknownNames(s *subject) {
	for i, name := range s.Fields {
		unknownName(s, s.Rule, rules.NamedField{Name: name, Range: s.Key("fields", i)})
	}
	for _, q := range s.Prevalence {
		unknownName(s, s.Rule, rules.NamedField{Name: q.Field, Range: q.FieldRange})
		if q.Local != nil {
			unknownName(s, s.Rule, rules.NamedField{Name: q.Local.Distinct, Range: q.Local.DistinctRange})
		}
	}
	for _, j := range s.Joins {
		for _, same := range j.Same {
			reported := unknownName(s, s.Rule, same.Mine)
			if j.Other != nil && !(reported && same.Mine == same.Theirs) {
				unknownName(s, j.Other, same.Theirs)
			}
		}
		if j.Other != nil && j.Distinct != nil {
			unknownName(s, j.Other, *j.Distinct)
		}
	}
	for _, seen := range s.FirstSeen {
		for _, f := range seen.Fields {
			unknownName(s, s.Rule, f)
		}
	}
}

// unknownName reports a name that one of the log sources of a rule does not list, if it is close to one that it lists.
// Names of entities are few and short.
func unknownName(s *subject, of *rules.Rule, f rules.NamedField) (reported bool) {
	if f.Name == "" || of.ExtractNamed(f.Name) != nil {
		return false
	}
	where := "in this log source"
	if of != s.Rule {
		where = "in a log source of the rule \"" + of.Title + "\""
	}
	for _, ls := range of.LogSources() {
		known := namesIn(of, ls)
		bare := strings.TrimPrefix(strings.TrimPrefix(f.Name, "Grand"), "Parent") // of a process above
		if isListed(ls, f.Name) || isListed(ls, bare) || slices.Contains(known, f.Name) {
			continue
		}
		if near := closestName(f.Name, known); near != "" {
			s.report(f.Range, "did you mean `"+near+"`?", "no data model has a field or entity %q %s", f.Name, where)
			return true
		}
	}
	return false
}

// closestName gives the known name that is most like a name, or the entity that the name is another word for.
func closestName(name string, known []string) string {
	if entity := entityOfWord[strings.ToLower(name)]; entity != "" && slices.Contains(known, entity) {
		return entity
	}
	return diag.Closest(name, slices.DeleteFunc(slices.Clone(known), func(other string) bool { return !resembles(name, other) }))
}

// resembles tells whether a path may be a misspelling of another one: in each part, and not only as a whole, where what
// both begin with outweighs the rest. Logs have more fields below an object than models list.
func resembles(name, other string) bool {
	parts, others := strings.Split(name, "."), strings.Split(other, ".")
	if len(parts) != len(others) {
		return strings.EqualFold(strings.Join(parts, ""), strings.Join(others, ""))
	}
	for i, part := range parts {
		if diag.Closest(part, others[i:i+1]) == "" {
			return false
		}
	}
	return true
}

// entityOfWord are words that people have for entities. Products have columns of some of these names, which are mapped
// fields or columns and are looked up before.
var entityOfWord = map[string]string{"hostname": "host", "host_name": "host", "machine": "host", "username": "user", "user_name": "user"}
