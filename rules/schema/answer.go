package schema

import (
	"maps"
	"slices"

	"decree/rules"
	"decree/rules/ir"
)

// Answering gives the sources that the engine and the queries search for a rule: the sources of its log source that can
// answer it. If a source lacks a field, conditions on the field are false, and the source still answers the rest of the
// rule: tests, and also prevalence, joins and first_seen. A source is left out if the rule can never match there, or if
// it lacks a field by which the rule excludes (the condition is negated, or requires that the field is missing). If the
// rule names an event of another log of the same product (a Sysmon category with Security's EventID), that log is
// searched too. The result is empty if no source can answer.
func (m *Model) Answering(r *ir.Rule) []*Source {
	return m.AnsweringIn(r, func(*Source) string { return "" })
}

// AnsweringIn gives the same where an organisation keeps events in places of its own: a source is left out for another
// that has its events too only if both are in one place.
func (m *Model) AnsweringIn(r *ir.Rule, place func(*Source) string) []*Source {
	var out []*Source
	for _, s := range m.Asked(r) {
		if m.canAnswer(s, r) {
			out = append(out, s)
		}
	}
	return m.withoutCovered(out, r, place)
}

// Candidates gives the sources of a rule's log source, including those that cannot answer it. The list is shared, as
// that of Find.
func (m *Model) Candidates(r *ir.Rule) []*Source {
	if ls := r.Source.LogSource; len(r.Source.OtherLogSources) == 0 {
		return ofChannel(m.Find(ls.Category, ls.Product, ls.Service), r)
	}
	var out []*Source
	for _, ls := range r.Source.LogSources() {
		for _, s := range m.Find(ls.Category, ls.Product, ls.Service) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return ofChannel(out, r)
}

// Unanswered gives the log sources of a rule that no source can answer: the model has none, or none that has the
// fields. It is for rules with several log sources, each of which must be searched, unless a filter suppresses all that
// the rule finds there.
func (m *Model) Unanswered(r *ir.Rule) (out []rules.LogSource) {
	if len(r.Source.OtherLogSources) == 0 {
		return nil
	}
	r = r.Unfiltered()
	for _, ls := range r.Source.LogSources() {
		if !slices.ContainsFunc(m.Find(ls.Category, ls.Product, ls.Service), func(s *Source) bool { return m.canAnswer(s, r) }) {
			out = append(out, ls)
		}
	}
	return out
}

// Asked gives the sources of a rule's log source and of other logs whose event ids it names, including those that
// cannot answer it.
func (m *Model) Asked(r *ir.Rule) []*Source {
	own := m.Candidates(r)
	return append(own[:len(own):len(own)], m.elsewhere(r, own)...)
}

func (m *Model) canAnswer(s *Source, r *ir.Rule) bool {
	seen := m.resolve(s, r)
	return seen.possible && len(seen.excluded) == 0
}

// LeftOut is a source that is not searched for a rule, because its events lack a field by which the rule excludes, or
// because it cannot be asked a test by which the rule excludes.
type LeftOut struct {
	Source *Source
	By     ir.Node  // the condition that excludes
	Field  ir.Field // what it reads and the events lack
	// Unaskable says that the events have the field, and the test of it cannot be asked (CannotAsk).
	Unaskable bool
}

// Lacks says in words what the source does not tell.
func (l LeftOut) Lacks() string {
	if l.Unaskable {
		return "cannot be asked this of " + l.Field.String()
	}
	return "has no " + l.Field.String()
}

// LeftOut gives the sources that are not searched for this reason only.
func (m *Model) LeftOut(r *ir.Rule) []LeftOut {
	var out []LeftOut
	for _, s := range m.Asked(r) {
		if seen := m.resolve(s, r); seen.possible && len(seen.excluded) > 0 {
			by, unaskable := seen.excluded[0], true
			for _, n := range seen.excluded {
				if test, ok := n.(*ir.Match); !ok || m.whyNotAsked(s, test) == "" {
					by, unaskable = n, false
					break
				}
			}
			field, _ := m.Lacks(s, by)
			out = append(out, LeftOut{s, by, field, unaskable})
		}
	}
	return out
}

// resolver translates a rule into the terms of a source. Tests of missing fields become constants.
type resolver struct {
	m        *Model
	s        *Source
	excluded []ir.Node // conditions on missing fields that decide what the rule excludes
	possible bool      // the rule can match
	// a test that the source cannot be asked (CannotAsk) may hold and fail; otherwise it is one of a missing field
	open bool
}

// AskedOf is the rule as it is asked of a source: with the filters of its log sources that the source answers, and of
// channels that no other source has.
func (m *Model) AskedOf(s *Source, r *ir.Rule) *ir.Rule {
	r = r.OfSource(func(ls rules.LogSource) bool { return slices.Contains(m.Find(ls.Category, ls.Product, ls.Service), s) })
	if s.OtherChannels {
		return inOtherChannels(r)
	}
	return r
}

func (m *Model) resolve(s *Source, rule *ir.Rule) *resolver {
	r := &resolver{m: m, s: s}
	r.rule(rule)
	return r
}

// rule translates what is asked of the source, and finds whether it can hold and what it excludes by.
func (r *resolver) rule(rule *ir.Rule) {
	rule = r.m.AskedOf(r.s, rule)
	terms := []ir.Node{r.node(rule.Condition, false)}
	if rule.Filter != nil {
		own := r.excluded
		terms = append(terms, r.node(rule.Filter, false))
		if len(rule.Source.OtherLogSources) > 0 {
			// a filter may be for several of the log sources and about one; it takes nothing from the others
			r.excluded = own
		}
	}
	_, never := r.m.Never(r.s, terms...)
	r.possible = !never
}

func (r *resolver) node(n ir.Node, negated bool) ir.Node {
	switch n := n.(type) {
	case *ir.Match:
		return r.match(n, negated)
	case *ir.Prevalence:
		own := r.unlessLacking(n, negated)
		if own == n && n.Among != nil {
			r.node(n.Among, negated)
		}
		return own
	case *ir.Join:
		return r.unlessLacking(n, negated)
	case *ir.Not:
		if term := r.node(n.Term, !negated); term != n.Term {
			return &ir.Not{Base: n.Base, Term: term}
		}
		return n
	case *ir.Named:
		if body := r.node(n.Body, negated); body != n.Body {
			return body
		}
		return n
	case *ir.And:
		if terms, changed := r.nodes(n.Terms, negated); changed {
			return &ir.And{Base: n.Base, Terms: terms}
		}
		return n
	case *ir.Or:
		if terms, changed := r.nodes(n.Terms, negated); changed {
			return &ir.Or{Base: n.Base, Terms: terms}
		}
		return n
	case *ir.AtLeast:
		if terms, changed := r.nodes(n.Terms, negated); changed {
			return &ir.AtLeast{Base: n.Base, Count: n.Count, Terms: terms}
		}
		return n
	case *ir.Const, *ir.Keyword:
		return n
	}
	panic("schema: unknown node")
}

// match translates a test, or gives what it is of a missing field.
func (r *resolver) match(n *ir.Match, negated bool) ir.Node {
	own, ok := r.m.ask(r.s, n)
	if ok {
		return own
	}
	if r.open && r.m.whyNotAsked(r.s, n) != "" {
		return &ir.Keyword{Base: n.Base} // of which no column tells anything
	}
	value := ir.WhenMissing(n.Test)
	if negated || value {
		r.excluded = append(r.excluded, n)
	}
	return &ir.Const{Base: n.Base, Value: value}
}

// unlessLacking gives a prevalence condition or a join as it is, or false where the source lacks a value that it reads:
// a value that is missing is neither rare nor seen for the first time, and nothing is near it.
func (r *resolver) unlessLacking(n ir.Node, negated bool) ir.Node {
	if _, lacks := r.m.Lacks(r.s, n); !lacks {
		return n
	}
	if negated {
		r.excluded = append(r.excluded, n)
	}
	return &ir.Const{Base: ir.Base{At: n.Range()}, Value: false}
}

// Lacks tells whether a source lacks what a test, a prevalence condition or a join reads of an event, and which field
// that is.
func (m *Model) Lacks(s *Source, n ir.Node) (f ir.Field, lacks bool) {
	switch n := n.(type) {
	case *ir.Match:
		ref, compares := n.Test.(*ir.FieldRef)
		if _, able := m.ask(s, n); able {
			return f, false
		}
		if compares && m.Reaches(s, n.Field, nil) {
			return ref.Other, true
		}
		return n.Field, true
	case *ir.Prevalence:
		if columns, _ := m.Counted(s, n); len(columns) == 0 && !m.CountsAbove(s, n) {
			return n.Value(), true
		}
		if n.Spec.Local == nil {
			return f, false
		}
		by, _ := m.CountedBy(s, n)
		return n.By(), len(by) == 0
	case *ir.Join:
		if i := slices.IndexFunc(n.Mine, func(f ir.Field) bool { return !m.HasWhole(s, f) }); i >= 0 {
			return n.Mine[i], true
		}
	}
	return f, false
}

// nodes gives the same slice if no node changed. Most rules need no translation.
func (r *resolver) nodes(nodes []ir.Node, negated bool) (out []ir.Node, changed bool) {
	out = nodes
	for i, n := range nodes {
		own := r.node(n, negated)
		if own != n && !changed {
			out, changed = slices.Clone(nodes), true
		}
		if changed {
			out[i] = own
		}
	}
	return out, changed
}

// ask translates a test into the terms of the source. ok is false if the source cannot answer it. For a list of hashes,
// one algorithm is enough.
func (m *Model) ask(s *Source, n *ir.Match) (own ir.Node, ok bool) {
	own, err := m.Translate(s, n)
	if err != nil {
		return n, false
	}
	if or, several := own.(*ir.Or); several && n.Field.Name == hashesField && n.Field.Extract == nil {
		return own, slices.ContainsFunc(or.Terms, func(t ir.Node) bool { return m.reaches(s, t) })
	}
	return own, m.reaches(s, own)
}

// Answers tells whether a source can answer a test.
func (m *Model) Answers(s *Source, n *ir.Match) bool {
	_, ok := m.ask(s, n)
	return ok
}

// Absent tells, for each source that is searched for a rule, which tests, prevalence conditions and joins it lacks a
// field for. Those that every source lacks a field for are not among them.
func (m *Model) Absent(sources []*Source, r *ir.Rule) []map[ir.Node]bool {
	out := make([]map[ir.Node]bool, len(sources))
	answered := map[ir.Node]bool{} // by one of the sources at least
	for i, s := range sources {
		out[i] = map[ir.Node]bool{}
		var each func(n ir.Node) bool
		each = func(n ir.Node) bool {
			switch n.(type) {
			case *ir.Match, *ir.Prevalence, *ir.Join:
				_, lacks := m.Lacks(s, n)
				out[i][n] = lacks
				answered[n] = answered[n] || !lacks
			}
			if p, ok := n.(*ir.Prevalence); ok && p.Among != nil {
				ir.Inspect(p.Among, each)
			}
			return true
		}
		ir.Inspect(r.Condition, each)
		for _, required := range m.AskedOf(s, r).Required() {
			ir.Inspect(required, each)
		}
	}
	for _, lacking := range out {
		maps.DeleteFunc(lacking, func(n ir.Node, _ bool) bool { return !answered[n] })
	}
	return out
}

// reaches tells whether the source has all fields of a translated test, on the event or on a linked process.
func (m *Model) reaches(s *Source, n ir.Node) bool {
	all := true
	ir.Inspect(n, func(below ir.Node) bool {
		if match, ok := below.(*ir.Match); ok {
			all = all && m.Reaches(s, match.Field, match.Test)
			if ref, ok := match.Test.(*ir.FieldRef); ok {
				all = all && m.Reaches(s, ref.Other, nil)
			}
		}
		return all
	})
	return all
}

// Reaches tells whether the source can answer a test of a field, on the event itself or on the event of an ancestor. t
// is nil if the whole value is needed.
func (m *Model) Reaches(s *Source, f ir.Field, t ir.Test) bool {
	if _, native := m.Native(s, f, t); native {
		return true
	}
	own, known := m.ColumnOf(s, ir.Field{Name: f.Name, Extract: f.Extract})
	return f.Level > 0 && known && len(s.Keys[1]) > 0 && own.Holds == "" && s.Has(m, ir.Field{Name: f.Name})
}

// Native gives the column on the event itself that can answer a test of a field. A column with only a file name answers
// only tests of the file name. t is nil if the whole value is needed.
func (m *Model) Native(s *Source, f ir.Field, t ir.Test) (Column, bool) {
	col, ok := m.ColumnOf(s, f)
	ok = ok && s.Has(m, f)
	if ok && col.Holds != "" {
		_, ok = col.OfFilename(t)
	}
	return col, ok
}

// HasWhole tells whether events of a source have the whole value of a field or entity themselves.
func (m *Model) HasWhole(s *Source, f ir.Field) bool {
	columns, _ := m.WholeOf(s, f)
	if f.Extract != nil {
		return len(columns) > 0
	}
	_, entity := s.Entities[f.Name]
	return len(columns) > 0 && (entity && f.Level == 0 || s.Has(m, f)) && !slices.ContainsFunc(columns, func(c Column) bool { return c.Holds != "" })
}
