package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
)

// correlationPart is one correlation's part of a search. Its first stages give each event one row for each of its
// groups, with the group in decree_group. The stages after them compute on which rows the correlation matches.
type correlationPart struct {
	*correlationWriter
	c      *ir.Correlation
	k      int
	kept   needed
	inside logic.Pred   // the row is in a group: a match of some input
	flags  []logic.Pred // the row is a match of this input in its group
	// what a row of the last correlation shows in addition to the event: a field and its value
	resultField string
}

// needed is what later correlations read besides the matches of this one. If there is anything, rows without a match
// must stay.
type needed struct {
	rules        bool
	correlations []int
}

func (n needed) any() bool { return n.rules || len(n.correlations) > 0 }

// correlate writes the stages of the k-th correlation. After them, its matches are the rows with decree_corr_<k+1>=1.
// For the last correlation, all rows are matches.
func (s *correlationWriter) correlate(k int) {
	st := &correlationPart{correlationWriter: s, c: s.chain[k], k: k, kept: s.neededAfter(k)}
	st.group()
	holds := allOf(st.inside, st.holds())
	repeats := s.repeats(st.c)
	if st.kept.any() {
		if repeats {
			s.report("correlation-groups", st.c.Source.TypeRange, "group by the same fields as that correlation",
				"spl: an event can be several matches, in one group, of a correlation that %q reads: spl cannot distinguish them", st.c.Source.Body.Title)
		}
		s.stage(fmt.Sprintf("eval decree_corr_%d=%s", k+1, ifElse(holds, "1", "0")))
	} else {
		s.stage(where(holds))
		if repeats {
			s.stage("dedup decree_event, decree_group")
		}
		if k < len(s.chain)-1 {
			st.resultField = fmt.Sprintf("decree_corr_%d=1", k+1)
		}
		if st.resultField != "" {
			s.stage("eval " + st.resultField)
		}
	}
}

// neededAfter is what correlations after the k-th read besides its matches.
func (s *correlationWriter) neededAfter(k int) needed {
	var n needed
	for _, later := range s.chain[k+1:] {
		for _, in := range later.Inputs {
			switch at := slices.Index(s.chain, in.Correlation); {
			case in.Correlation == nil:
				n.rules = true
			case at < k && !slices.Contains(n.correlations, at):
				n.correlations = append(n.correlations, at)
			}
		}
	}
	slices.Sort(n.correlations)
	return n
}

// repeats tells whether one event may have several rows in a group of c. This happens if c reads a correlation that
// puts events into several groups, and c is grouped by other fields or reads other inputs too.
func (s *correlationWriter) repeats(c *ir.Correlation) bool {
	for i, in := range c.Inputs {
		if in.Correlation == nil {
			continue
		}
		for _, by := range in.Correlation.GroupBy {
			same := func(own ir.Column) bool { return c.Source.FieldOf(own.Name, i) == by.Name }
			if s.apart(in.Correlation, by) && (len(c.Inputs) > 1 || !slices.ContainsFunc(c.GroupBy, same)) {
				return true
			}
		}
	}
	return false
}

// group sets decree_group to a key of the group's values. It is "none" on rows that have no group but must stay.
func (st *correlationPart) group() {
	c := st.c
	groups := make([][]string, len(c.Inputs))
	shared := true
	var matches logic.Any
	for i, in := range c.Inputs {
		matches = append(matches, st.matches(in))
		for _, column := range c.GroupBy {
			groups[i] = append(groups[i], st.value(c, i, column))
		}
		shared = shared && slices.Equal(groups[i], groups[0])
	}
	st.inside = logic.Always
	if !shared {
		st.groupEach(matches, groups)
		return
	}
	in := allOf(anyOf(matches), filled(groups[0]))
	switch {
	case in == logic.Always:
		st.stage("eval decree_group=" + key(groups[0]))
	case st.kept.any():
		st.stage("eval decree_group=" + whereSyntax.Print(in).Call("if", key(groups[0]), `"none"`))
		st.inside = logic.Atom(`decree_group!="none"`)
	default:
		st.stage(where(in))
		st.stage("eval decree_group=" + key(groups[0]))
	}
	for _, m := range matches {
		st.flags = append(st.flags, allOf(st.inside, m))
	}
}

// groupEach gives an event one row for each group that it is in, as a match of any input.
func (st *correlationPart) groupEach(matches logic.Any, groups [][]string) {
	sets, keys := make([]string, len(groups)), make([]string, len(groups))
	for i, values := range groups {
		keys[i] = fmt.Sprintf("decree_key_%d", i+1)
		sets[i] = keys[i] + "=" + whereSyntax.Print(allOf(matches[i], filled(values))).Call("if", key(values), `"none"`)
	}
	st.stage("eval " + strings.Join(sets, ",\n    "))
	st.expandTexts("decree_group", keys)
	if st.kept.any() {
		st.inside = logic.Atom(`decree_group!="none"`)
	} else {
		st.stage(`where decree_group!="none"`)
	}
	for i := range groups {
		st.flags = append(st.flags, allOf(st.inside, logic.Atom(keys[i]+"=decree_group")))
	}
	if st.k == len(st.chain)-1 {
		return
	}
	for by := range st.c.GroupBy {
		var cases []string
		for i := range groups {
			cases = append(cases, keys[i]+"=decree_group, "+groups[i][by])
		}
		st.stage("eval " + groupValue(st.k, by) + "=case(" + strings.Join(cases, ", ") + ")")
	}
}

// expandTexts gives each text a row of its own, in the field into. Everything else that later correlations read from
// the event stays on its first row, with decree_first=1.
func (st *correlationPart) expandTexts(into string, texts []string) {
	st.stage("eval decree_texts=mvdedup(mvappend(" + strings.Join(texts, ", ") + ")), " + into + "=decree_texts")
	st.stage("mvexpand " + into)
	if !st.kept.any() {
		return
	}
	first := logic.Atom(into + "=mvindex(decree_texts, 0)")
	once := logic.All{first}
	if st.expanded {
		once = append(once, logic.Atom("decree_first=1"))
	}
	sets := []string{"decree_first=" + ifElse(once, "1", "0")}
	for _, k := range st.kept.correlations {
		sets = append(sets, fmt.Sprintf("decree_corr_%d=%s", k+1, ifElse(first, fmt.Sprintf("decree_corr_%d", k+1), "0")))
	}
	st.stage("eval " + strings.Join(sets, ", "))
	st.expanded = true
}

// holds writes the stages for the type of the correlation, and gives the resulting predicate.
func (st *correlationPart) holds() logic.Pred {
	switch st.c.Source.Type {
	case rules.EventCount:
		return st.eventCount()
	case rules.ValueCount:
		return st.valueCount()
	case rules.ValueSum, rules.ValueAvg:
		return st.valueTotal()
	case rules.ValueMin, rules.ValueMax, rules.ValueMedian, rules.ValuePercentile:
		return st.valueRanked()
	case rules.Temporal:
		return st.temporal()
	case rules.TemporalOrdered:
		return st.temporalOrdered()
	}
	panic("spl: unknown type of correlation")
}

// anyOf is a disjunction. It is true if one of its terms is.
func anyOf(terms logic.Any) logic.Pred {
	for _, t := range terms {
		if t == logic.Always {
			return t
		}
	}
	return terms
}

// allOf is a conjunction without terms that are always true.
func allOf(terms ...logic.Pred) logic.Pred {
	var all logic.All
	for _, t := range terms {
		if inner, ok := t.(logic.All); ok {
			t = allOf(inner...)
		}
		switch t := t.(type) {
		case logic.Constant:
			if !t {
				return t
			}
		case logic.All:
			all = append(all, t...)
		default:
			all = append(all, t)
		}
	}
	switch len(all) {
	case 0:
		return logic.Always
	case 1:
		return all[0]
	}
	return all
}
