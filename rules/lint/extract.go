package lint

import (
	"slices"

	"decree/rules"
	"decree/rules/anycase"
)

// hiddenField reports an extract with the name of a field that data models have in the log source. The field cannot be
// read any more.
func hiddenField(s *subject) {
	if len(s.Extracts) == 0 {
		return
	}
	known := fieldsOf(s.LogSources()...)
	for _, e := range s.Extracts {
		if anycase.Contains(known, e.Name) {
			s.report(e.Range, "give the extract another name", "the extract %q hides the event's own field of that name", e.Name)
		}
	}
}

// unusedExtract reports extracts that nothing reads: neither their rule, nor a rule that joins it, nor a correlation.
func unusedExtract(c *collection) {
	read := map[*rules.Rule][]string{}
	for _, r := range c.rules {
		read[r] = append(read[r], namesRead(r)...)
		for _, j := range r.Joins {
			for _, same := range j.Same {
				read[j.Other] = append(read[j.Other], same.Theirs.Name)
			}
			if j.Distinct != nil {
				read[j.Other] = append(read[j.Other], j.Distinct.Name)
			}
		}
	}
	for _, correlation := range c.correlations {
		names := namesOfCorrelation(correlation)
		eachRule(correlation, func(r *rules.Rule) { read[r] = append(read[r], names...) })
	}
	for _, r := range c.rules {
		for _, x := range r.Extracts {
			if !slices.Contains(read[r], x.Name) {
				add(&c.found, c.check, x.Range, "test it as `"+x.Name+": value`, or remove it unless a rule of another file reads it", "nothing reads the extract %q", x.Name)
			}
		}
	}
}

// namesRead are the fields and entities that a rule reads of its own events.
func namesRead(r *rules.Rule) []string {
	names := append(slices.Clone(r.Fields), namesTested(r)...)
	add := func(fields ...rules.NamedField) {
		for _, f := range fields {
			names = append(names, f.Name)
		}
	}
	add(alertReads(r)...)
	for _, j := range r.Joins {
		for _, same := range j.Same {
			add(same.Mine)
		}
	}
	for _, q := range r.Prevalence {
		names = append(names, q.Field)
		if q.Local != nil {
			names = append(names, q.Local.Distinct)
		}
	}
	for _, f := range r.FirstSeen {
		add(f.Fields...)
	}
	for _, x := range r.Extracts {
		for _, f := range x.Reads() {
			if f.Name != x.Name {
				add(f)
			}
		}
	}
	return names
}

// namesTested are the fields that the tests of a rule read.
func namesTested(r *rules.Rule) (names []string) {
	r.EachItem(func(it rules.Item) {
		names = append(names, it.Field)
		if has(it, "fieldref") {
			for _, v := range it.Values {
				names = append(names, v.Text)
			}
		}
	})
	return names
}

// namesOfCorrelation are the fields and entities that a correlation reads of the events of its rules.
func namesOfCorrelation(c *rules.Correlation) []string {
	names := slices.Clone(c.Body.Fields)
	for _, f := range slices.Concat(c.GroupBy, c.Fields, alertReads(c.Body)) {
		names = append(names, f.Name)
	}
	for _, a := range c.Aliases {
		for _, of := range a.Of {
			names = append(names, of.Field)
		}
	}
	return names
}
