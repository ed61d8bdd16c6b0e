package spl

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
)

// CompileCorrelation writes a correlation, with everything that it reads, as one search. The searches of its rules are
// joined by OR. Each event is marked for each rule it matches. For each correlation, stages mark the events that
// complete it. streamstats is not used for windows: it keeps only max_stream_window events (10,000) and drops others
// silently, and its documentation does not say whether time_window includes an event exactly its length ago. Two
// commands without such limits are used instead. Every match has two rows, for entering and leaving the window, and
// accum sums them up (correlation_window.go). Or filldown carries the time of the last match (correlation_temporal.go).
// https://help.splunk.com/splunk-enterprise/spl-search-reference/9.4/search-commands/streamstats
// https://help.splunk.com/splunk-cloud-platform/spl-search-reference/9.3.2408/search-commands/accum (and filldown,
// autoregress)
// https://help.splunk.com/splunk-cloud-platform/spl-search-reference/10.0.2503/search-commands/mvexpand
func (dialect) CompileCorrelation(c *ir.Correlation, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if found := compilers.JoinsInCorrelation("spl", c); len(found) > 0 {
		return nil, found
	}
	s := &correlationWriter{inputWriter: inputWriter{opt: opt, at: c.Source.TypeRange, hashes: map[string]cut{}}, top: c, chain: c.Chain(), values: map[valueKey]string{}}
	s.notesOf = func(m *inputRule) []compilers.Note { return compilers.NotesOfInput(c, m.w.plan.Notes) }
	for _, r := range c.Rules() {
		s.addRule(r, s.top.Reads(r), "a correlation reads each rule from a single source", true)
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

// correlationWriter is the compilation of one correlation.
type correlationWriter struct {
	inputWriter
	top      *ir.Correlation
	chain    []*ir.Correlation   // each correlation after those it reads; the last is top
	values   map[valueKey]string // known expressions
	expanded bool                // events may have several rows; decree_first=1 marks one of them
}

func (s *correlationWriter) query() *compilers.Query {
	base := s.base()
	period := window{s.top.Source.Body.Schedule.Lookback, s.opt.Delay}
	if period.length > 0 {
		base = append(base, period.search(s.top.Reach())...)
	} else {
		s.note("correlation-period", "false-negatives",
			"matches before the searched period are not known: choose it "+timespan(s.top.Reach())+" longer than what is of interest")
	}
	s.note("search-memory", "false-negatives",
		"mvexpand and eventstats stop at max_mem_usage_mb of limits.conf; Splunk then shows a warning on the job")
	if body := s.top.Source.Body; body.Suppress != nil {
		s.notes = compilers.AddNotes(s.notes, compilers.SuppressedByProduct(body))
	}
	for _, name := range s.top.Source.Body.Fields {
		if slices.ContainsFunc(s.rules, func(m *inputRule) bool { return m.rule.Own(ir.FieldNamed(name)).Extract != nil }) {
			s.note("field-not-shown", "exact", "`fields:` names "+name+", which is an extract: the search shows events as they are, without it")
		}
	}
	s.mark()
	for k := range s.chain {
		s.correlate(k)
	}
	if period.length > 0 {
		s.stage(where(logic.All{period.begun(), period.ended()}))
	}
	s.stage("sort 0 -_time")
	s.stage("fields - decree_*")
	s.noteRules()
	for _, m := range s.rules {
		s.found = append(s.found, m.w.found...)
	}
	cut := (&writer{hashes: s.hashes}).hashStages()
	var b strings.Builder
	b.WriteString(comment(compilers.Header(s.top.Source.Body, s.notes)...))
	b.WriteString(pipe(searchSyntax.Print(base).Stage(""), slices.Concat(cut, s.lists.stages(), s.stages)))
	return &compilers.Query{Dialect: "spl", Model: s.opt.Model.Name, Text: b.String(), Assets: s.lists.assets, Notes: s.notes, Result: s.result(), Indexed: s.indexed()}
}

// result says what the search returns: the events that completed the correlation, whole.
func (s *correlationWriter) result() *compilers.Result {
	var branches []*compilers.Branch
	for _, m := range s.rules {
		branches = append(branches, &compilers.Branch{Plan: m.w.plan, Sources: m.w.sources})
	}
	r := compilers.WholeResult(branches...)
	r.Combines, r.Lookback, r.Reach = true, s.top.Source.Body.Schedule.Lookback, s.top.Reach()
	return r
}
