package lint

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// alertReads are the fields and entities that alerts show, and by which they are suppressed.
func alertReads(r *rules.Rule) []rules.NamedField {
	reads := r.Alerting.Reads()
	if r.Suppress != nil {
		reads = append(reads, r.Suppress.By...)
	}
	return reads
}

// unknownAlertField reports a field of the alert that no data model has in the log source. A package could not show it.
func unknownAlertField(s *subject) {
	for _, f := range alertReads(s.Rule) {
		if s.ExtractNamed(f.Name) == nil && !shownIn(s.LogSources(), f.Name) {
			s.report(f.Range, alertFieldHint(f.Name, fieldsOf(s.LogSources()...)), "no data model has a field or an entity %q in this log source", f.Name)
		}
	}
}

// unknownAlertFieldOfCorrelation reports a field of the alert that none of a correlation's rules has. What the
// correlation groups by is there too.
func unknownAlertFieldOfCorrelation(s *correlationSubject) {
	var known []string
	for _, g := range s.GroupBy {
		known = append(known, g.Name)
	}
	var sources []rules.LogSource
	made := map[string]bool{}
	eachRule(s.Correlation, func(r *rules.Rule) {
		sources = append(sources, r.LogSources()...)
		known = append(known, fieldsOf(r.LogSources()...)...)
		for _, e := range r.Extracts {
			made[e.Name] = true
		}
	})
	for _, f := range alertReads(s.Body) {
		grouped := slices.ContainsFunc(s.GroupBy, func(g rules.NamedField) bool { return g.Name == f.Name })
		if !grouped && !made[f.Name] && !shownIn(sources, f.Name) {
			s.report(f.Range, alertFieldHint(f.Name, known), "no rule of the correlation has a field or an entity %q", f.Name)
		}
	}
}

// eachRule visits the rules that a correlation reads. What several correlations read in common is read once.
func eachRule(c *rules.Correlation, visit func(*rules.Rule)) {
	seen := map[*rules.Correlation]bool{}
	var below func(*rules.Correlation)
	below = func(c *rules.Correlation) {
		for _, in := range c.Inputs {
			switch {
			case in.Rule != nil:
				visit(in.Rule)
			case in.Correlation != nil && !seen[in.Correlation]:
				seen[in.Correlation] = true
				below(in.Correlation)
			}
		}
	}
	below(c)
}

// shownIn tells whether one of some log sources has the name.
func shownIn(all []rules.LogSource, name string) bool {
	return slices.ContainsFunc(all, func(ls rules.LogSource) bool { return shown(ls, name) })
}

// shown tells whether some model has a field, an entity or a column of that name in a log source. Where a model takes
// any name, one that is close to a field that models list is a slip. A log source that no model has says nothing.
func shown(ls rules.LogSource, name string) bool {
	f, asked, open := ir.FieldNamed(name), false, false
	known := fieldsOf(ls)
	if slices.Contains(known, name) {
		return true
	}
	for m := range models() {
		closed := *m
		closed.Open = false // it refuses a field that its logs are not known to have
		for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
			asked = true
			_, column := source.Columns[name]
			_, mapped := closed.Column(source, f.Name, f.Level)
			if column {
				return true
			}
			open = open || mapped && source.Has(&closed, f)
		}
	}
	near := closestName(name, known)
	if near != "" && near == entityOfWord[strings.ToLower(name)] {
		return false
	}
	return !asked || open && diag.Misspelt(name, []string{near}) == ""
}

func alertFieldHint(name string, known []string) string {
	if near := closestName(name, known); near != "" {
		return "did you mean `" + near + "`?"
	}
	return "name a field that the log source has, or map it in a model file"
}
