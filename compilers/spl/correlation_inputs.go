package spl

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
)

// inputWriter is a search that reads several rules: the inputs of a correlation, or a rule and those that it joins.
// Their searches are joined by OR.
type inputWriter struct {
	opt     compilers.Options
	at      diag.Range // of what reads the rules
	joining bool       // it is a rule and those that it joins
	first   bool       // it is a rule with first_seen conditions and no other joins
	rules   []*inputRule
	notesOf func(*inputRule) []compilers.Note // with what they do to the matches of the search
	hashes  map[string]cut
	lists   lists
	found   diag.Diagnostics
	notes   []compilers.Note
	stages  []string
}

func (s *inputWriter) stage(text string) { s.stages = append(s.stages, text) }

func (s *inputWriter) note(code, effect, message string) {
	s.notes = compilers.AddNotes(s.notes, compilers.Note{Code: code, Effect: effect, Message: message, Range: s.at})
}

// report adds an error, once per position.
func (s *inputWriter) report(code string, at diag.Range, hint, format string, args ...any) {
	if !slices.ContainsFunc(s.found, func(d diag.Diagnostic) bool { return d.Code == code && d.Range == at }) {
		s.found.Errorf(code, at, hint, format, args...)
	}
}

// noteRules adds the notes of the rules, as far as they are written.
func (s *inputWriter) noteRules() {
	for _, m := range s.rules {
		s.notes = compilers.AddNotes(s.notes, s.notesOf(m)...)
	}
}

// inputRule is a rule that is read.
type inputRule struct {
	rule      *ir.Rule
	w         *writer
	terms     logic.All // of the base search
	early     []ir.Node // conditions that the base search cannot express
	condition logic.All // the whole rule in where's language, without its log source and its joins
	joining   []ir.Node // conditions that ask for other events
}

// addRule plans one rule, of whose events some fields are read. why says why it must have a single source. With
// filtered its environment's filter is one of its conditions.
func (s *inputWriter) addRule(r *ir.Rule, read []ir.Field, why string, filtered bool) {
	branch, found := compilers.OneBranch("spl", lacksIn(s.opt.Model), r, s.opt, compilers.WithColumns(textWithoutScope, read), why)
	s.found = append(s.found, found...)
	if branch == nil {
		return
	}
	plan := branch.Plan
	m := &inputRule{rule: r, w: newWriter(plan)}
	m.w.sources, m.w.joins = branch.Sources, r.Joins()
	m.w.hashes, m.w.lists = s.hashes, &s.lists
	if m.w.dataset != nil {
		s.refuseDataModel(r)
		return
	}
	conditions := compilers.Conjuncts(plan.Rule.Condition)
	if plan.Filter != nil && filtered {
		conditions = append(conditions, plan.Filter)
	}
	conditions = compilers.FlatConjuncts(conditions)
	m.terms = append(m.w.scope(), m.w.index(conditions)...)
	for _, n := range conditions {
		m.w.collect(n)
		if m.w.found.HasErrors() {
			s.found = append(s.found, m.w.found...)
			return
		}
		if len(m.w.ancestorTests) > 0 || len(m.w.prevalences) > 0 {
			s.refuse(m.w)
			return
		}
		if ir.AsksJoin(n) {
			m.joining = append(m.joining, n)
			continue
		}
		if p, ok := m.w.searchable(n); ok {
			m.terms = append(m.terms, p)
		} else {
			m.early = append(m.early, n)
		}
		m.condition = append(m.condition, logic.Build(n, m.w.wherePredicate))
	}
	s.found = append(s.found, m.w.found...)
	m.w.found = nil
	s.rules = append(s.rules, m)
}

// refuseDataModel reports a rule that asks an accelerated data model.
func (s *inputWriter) refuseDataModel(r *ir.Rule) {
	const hint = "choose a --model that searches events, such as splunk-windows"
	at := r.Source.LogSource.Range
	switch {
	case s.first:
		s.found.Errorf("first-seen-data-model", at, hint, "spl: an accelerated data model has no single events to compare with those before")
	case s.joining:
		s.found.Errorf("join-data-model", at, hint, "spl: an accelerated data model has no single events to join")
	default:
		s.found.Errorf("correlation-data-model", at, hint, "spl: an accelerated data model has no single events to correlate")
	}
}

// refuse reports features of an input that need a pipeline of their own.
func (s *inputWriter) refuse(w *writer) {
	ancestor := len(w.ancestorTests) > 0
	switch {
	case ancestor && s.first:
		s.found.Errorf("first-seen-ancestor", w.ancestorTests[0].match.Range(), "use only fields of the events themselves in a rule with first_seen, or use kql",
			"spl: a rule with first_seen cannot use an ancestor that the event does not record")
	case s.first:
		s.found.Errorf("first-seen-prevalence", w.prevalences[0].Range(), "use first_seen in a rule without prevalence, or use kql", "spl: a rule with first_seen cannot use prevalence")
	case ancestor && s.joining:
		s.found.Errorf("join-ancestor", w.ancestorTests[0].match.Range(), "use only fields of the events themselves in a rule with joins and in those that it joins",
			"spl: a join cannot use an ancestor that the event does not record")
	case ancestor:
		s.found.Errorf("correlation-ancestor", w.ancestorTests[0].match.Range(), "correlate a rule that needs only fields of the event itself",
			"spl: a correlation cannot use an ancestor that the event does not record")
	case s.joining:
		s.found.Errorf("join-prevalence", w.prevalences[0].Range(), "use joins in a rule without prevalence, or use kql", "spl: a rule with joins cannot use prevalence")
	default:
		s.found.Errorf("correlation-prevalence", w.prevalences[0].Range(), "correlate a rule without prevalence",
			"spl: a correlation cannot use prevalence")
	}
}

// indexed tells whether the search for each rule asks the index.
func (s *inputWriter) indexed() bool {
	return !slices.ContainsFunc(s.rules, func(m *inputRule) bool { return !m.w.indexed })
}

// base is the search for the events of all rules. Terms with which all of them begin are written once.
func (s *inputWriter) base() logic.All {
	common := s.common()
	terms := slices.Clone(s.rules[0].terms[:common])
	var each logic.Any
	for _, m := range s.rules {
		own := m.terms[common:]
		if len(own) == 0 {
			return terms
		}
		if !slices.ContainsFunc(each, func(p logic.Pred) bool { return reflect.DeepEqual(p, own) }) {
			each = append(each, own)
		}
	}
	return append(terms, each)
}

// common is the number of terms with which all rules begin. For a single rule it is all of its terms.
func (s *inputWriter) common() int {
	first := s.rules[0].terms
	if len(s.rules) == 1 {
		return len(first)
	}
	n := len(first)
	for _, m := range s.rules[1:] {
		n = min(n, len(m.terms))
		for i := range n {
			if !reflect.DeepEqual(m.terms[i], first[i]) {
				n = i
				break
			}
		}
	}
	return n
}

// mark sets decree_rule_<i> to 1 on the events of rule i, if there are several rules. It sets decree_event to the
// number of the event, if an event may have several rows in a group.
func (s *correlationWriter) mark() {
	s.noteRules()
	if len(s.rules) == 1 {
		if m := s.rules[0]; len(m.early) > 0 {
			s.stage(m.w.where(m.early))
		}
	} else {
		s.markEach()
	}
	if slices.ContainsFunc(s.chain, s.repeats) {
		s.stage("eval decree_event=1")
		s.stage("accum decree_event")
	}
}

func (s *correlationWriter) markEach() {
	one := s.markRules()
	if s.neededAfter(0).any() { // otherwise the first correlation keeps only its own matches
		s.stage(where(one))
	}
}

// markRules marks the events of each rule, and gives the predicate that an event is of one of them.
func (s *inputWriter) markRules() logic.Any {
	common := s.common()
	var sets []string
	var one logic.Any
	for i, m := range s.rules {
		condition := allOf(append(m.w.inScope(common), m.condition...)...)
		sets = append(sets, fmt.Sprintf("decree_rule_%d=%s", i+1, ifElse(condition, "1", "0")))
		one = append(one, logic.Atom(fmt.Sprintf("decree_rule_%d=1", i+1)))
	}
	s.stage("eval " + strings.Join(sets, ",\n    "))
	return one
}

// matches tests whether a row is a match of an input.
func (s *correlationWriter) matches(in ir.Input) logic.Pred {
	if in.Correlation != nil {
		return logic.Atom(fmt.Sprintf("decree_corr_%d=1", slices.Index(s.chain, in.Correlation)+1))
	}
	var all logic.All
	if len(s.rules) > 1 {
		all = append(all, logic.Atom(fmt.Sprintf("decree_rule_%d=1", s.ruleAt(in.Rule)+1)))
	}
	if s.expanded {
		all = append(all, logic.Atom("decree_first=1"))
	}
	if len(all) == 0 {
		return logic.Always
	}
	return all
}
