package spl

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// CompileCorrelation writes a correlation, with all that it reads, as one search: the searches of its rules joined by OR,
// a mark on each event for each rule it matches, and for each correlation the stages that mark the events which complete
// it. Windows are not made with streamstats, which keeps max_stream_window events, 10,000, and drops others without a
// word; nor does its page say whether time_window holds an event exactly its length ago. They are made with what has no
// such limit: every match comes twice, entering the window and leaving it, and accum sums up (window.go), or filldown
// carries the time of the last match (temporal.go).
// https://help.splunk.com/splunk-enterprise/spl-search-reference/9.4/search-commands/streamstats
// https://help.splunk.com/splunk-cloud-platform/spl-search-reference/9.3.2408/search-commands/accum (and filldown, autoregress)
// https://help.splunk.com/splunk-cloud-platform/spl-search-reference/10.0.2503/search-commands/mvexpand
func (dialect) CompileCorrelation(c *ir.Correlation, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	s := &search{top: c, opt: opt, chain: c.Chain(), hashes: map[string]schema.Column{}, values: map[valueKey]string{}}
	for _, r := range c.Rules() {
		s.add(r)
	}
	if s.found.HasErrors() {
		return nil, s.found
	}
	q := s.query()
	if s.found.HasErrors() {
		return nil, s.found
	}
	return q, s.found
}

// search is the compilation of one correlation.
type search struct {
	top      *ir.Correlation
	opt      compilers.Options
	rules    []*member
	chain    []*ir.Correlation   // each after those it reads; the last is top
	values   map[valueKey]string // expressions, once they are known
	hashes   map[string]schema.Column
	lists    lists
	found    diag.Diagnostics
	notes    []compilers.Note
	stages   []string
	expanded bool // events may stand on several rows, of which decree_first=1 marks one
}

// member is a rule that the correlation reads, by itself or by others.
type member struct {
	rule  *ir.Rule
	w     *writer
	terms compilers.All // of the base search
	early []ir.Node     // what the base search cannot say
	asked compilers.All // the whole rule in where's language, its log source apart
}

// add plans one rule.
func (s *search) add(r *ir.Rule) {
	plans, found := compilers.NewPlans("spl", lacks, r, s.opt)
	branches := compilers.Branches(plans, compilers.AlsoReading(bare, s.top.Reads(r)))
	if len(branches) > 1 {
		plan, more := compilers.First(plans, "in a correlation each rule is read from one", "spl", s.opt)
		found = append(found, more...)
		branches = []*compilers.Branch{{Plan: plan, Sources: []*schema.Source{plans[0].Source}}}
	}
	s.found = append(s.found, found...)
	if len(branches) == 0 || found.HasErrors() {
		return
	}
	plan := branches[0].Plan
	m := &member{rule: r, w: newWriter(plan)}
	m.w.sources = branches[0].Sources
	m.w.hashes, m.w.lists = s.hashes, &s.lists
	if m.w.data != nil {
		s.found.Errorf("correlation-data-model", r.Source.LogSource.Range, "choose a --model that searches events, as splunk-windows",
			"spl: in a correlation, rows of a data model cannot be told apart")
		return
	}
	conditions := compilers.Conjuncts(plan.Rule.Condition)
	if plan.Filter != nil {
		conditions = append(conditions, plan.Filter)
	}
	m.terms = m.w.scope()
	for _, n := range compilers.Unnamed(conditions) {
		m.w.collect(n)
		if m.w.found.HasErrors() {
			s.found = append(s.found, m.w.found...)
			return
		}
		if len(m.w.deeps) > 0 || len(m.w.rare) > 0 {
			s.refuse(m.w)
			return
		}
		if p, ok := m.w.searchable(n); ok {
			m.terms = append(m.terms, p)
		} else {
			m.early = append(m.early, n)
		}
		m.asked = append(m.asked, compilers.Build(n, m.w.whereLeaf))
	}
	s.found = append(s.found, m.w.found...)
	m.w.found = nil
	s.rules = append(s.rules, m)
}

// refuse reports what an input needs that takes a pipeline of its own.
func (s *search) refuse(w *writer) {
	if len(w.deeps) > 0 {
		s.found.Errorf("correlation-ancestor", w.deeps[0].match.Range(), "correlate a rule that asks for what the event carries itself",
			"spl: in a correlation, an ancestor that the event does not carry cannot be asked for")
		return
	}
	s.found.Errorf("correlation-prevalence", w.rare[0].Range(), "correlate a rule without prevalence",
		"spl: in a correlation, rarity cannot be asked for")
}

func (s *search) query() *compilers.Query {
	base := s.base()
	lookback := s.top.Source.Body.Schedule.Lookback
	if lookback > 0 {
		base = append(base, compilers.Atom("earliest=-"+splunkSpan(lookback+s.top.Reach())), compilers.Atom("latest=now"))
	} else {
		s.note("correlation-period", "false-negatives",
			"matches before the searched period are not known: choose it "+splunkSpan(s.top.Reach())+" longer than what is of interest")
	}
	s.note("search-memory", "false-negatives",
		"mvexpand and eventstats stop at max_mem_usage_mb of limits.conf; Splunk then shows a warning on the job")
	s.mark()
	for k := range s.chain {
		s.correlate(k)
	}
	if lookback > 0 {
		s.stage(where(compilers.All{since(lookback), compilers.Atom("_time<=now()")}))
	}
	s.stage("sort 0 -_time")
	s.stage("fields - decree_*")
	for _, m := range s.rules {
		s.found = append(s.found, m.w.found...)
	}
	cut := (&writer{hashes: s.hashes}).cut()
	var b strings.Builder
	for _, line := range compilers.Header(s.top.Source.Body, s.notes) {
		b.WriteString(comment(line))
	}
	b.WriteString(searchSyntax.Print(base).Stage("") + "\n")
	for _, stage := range slices.Concat(cut, s.lists.stages(), s.stages) {
		b.WriteString("| " + stage + "\n")
	}
	return &compilers.Query{Dialect: "spl", Model: s.opt.Model.Name, Text: b.String(), Assets: s.lists.assets, Notes: s.notes}
}

// base is the search for the events of every rule. What all of them ask first stands once.
func (s *search) base() compilers.All {
	common := s.common()
	terms := slices.Clone(s.rules[0].terms[:common])
	var each compilers.Any
	for _, m := range s.rules {
		own := m.terms[common:]
		if len(own) == 0 {
			return terms
		}
		if !slices.ContainsFunc(each, func(p compilers.Pred) bool { return reflect.DeepEqual(p, own) }) {
			each = append(each, own)
		}
	}
	return append(terms, each)
}

// common is how many terms the rules begin with alike: all of them when there is one rule.
func (s *search) common() int {
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

// mark sets decree_rule_<i> to 1 on the events of rule i, where there are several rules, and decree_event to the number of
// the event, where one may come to stand on several rows of a group.
func (s *search) mark() {
	for _, m := range s.rules {
		for _, n := range m.w.plan.Notes {
			s.addNote(n)
		}
	}
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

func (s *search) markEach() {
	common := s.common()
	var sets []string
	var one compilers.Any
	for i, m := range s.rules {
		asked := both(append(m.w.inScope(common), m.asked...)...)
		sets = append(sets, fmt.Sprintf("decree_rule_%d=%s", i+1, when(asked, "1", "0")))
		one = append(one, compilers.Atom(fmt.Sprintf("decree_rule_%d=1", i+1)))
	}
	s.stage("eval " + strings.Join(sets, ",\n    "))
	if s.neededAfter(0).any() { // else the first correlation leaves its own matches alone
		s.stage(where(one))
	}
}

// inScope asks in where's language for the terms of the base search of a source, from a position on.
func (w *writer) inScope(from int) compilers.All {
	if len(w.sources) == 1 {
		return inScopeOf(w.sources[0], from)
	}
	if from > 0 {
		return nil
	}
	var either compilers.Any
	for _, s := range w.sources {
		either = append(either, inScopeOf(s, 0))
	}
	return compilers.All{either}
}

func inScopeOf(s *schema.Source, from int) compilers.All {
	var all compilers.All
	at := 0
	if table := s.Table; table != "" {
		if from == 0 {
			all = append(all, compilers.Atom("searchmatch("+evalString(table)+")"))
		}
		at++
	}
	for _, t := range s.Scope {
		if t.EngineOnly {
			continue
		}
		if at >= from {
			name := evalName(t.Column)
			is := found(name, textRegex(&ir.Text{Op: ir.Equals, Values: t.Values}))
			if t.Optional {
				is = compilers.Any{is, compilers.Atom("isnull(" + name + ")")}
			}
			all = append(all, is)
		}
		at++
	}
	return all
}

func (s *search) stage(text string) { s.stages = append(s.stages, text) }

func (s *search) note(code, effect, message string) {
	s.addNote(compilers.Note{Code: code, Effect: effect, Message: message, Range: s.top.Source.TypeRange})
}

// addNote takes what is not noted yet.
func (s *search) addNote(n compilers.Note) {
	if !slices.ContainsFunc(s.notes, func(o compilers.Note) bool { return o.Code == n.Code && o.Message == n.Message }) {
		s.notes = append(s.notes, n)
	}
}
