package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
)

// joinWriter is the compilation of a rule with joins. Its events and those of the rules that it joins are one search,
// without a subsearch, which Splunk would cut off silently. For each join a match of the other rule has two rows beside
// its event's own: "in" at its time less `after`, and "out" at its time plus `before`. Rows are sorted by the values
// that must be the same, and by time, with "in" before the events' own rows ("me") and these before "out": both ends
// belong to the window. The running sum on an event's own row is the number of matches near it. Each group ends at 0,
// so that accum, which has no groups, starts the next group at 0.
type joinWriter struct {
	inputWriter
	rule  *ir.Rule
	joins []*ir.Join
}

// compileJoins writes a rule with joins.
func compileJoins(r *ir.Rule, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	s := &joinWriter{inputWriter: inputWriter{opt: opt, at: r.Source.Range, joining: true, hashes: map[string]cut{}}, rule: r, joins: r.Joins()}
	s.notesOf = s.notesOfRule
	s.first = !slices.ContainsFunc(s.joins, func(j *ir.Join) bool { return !j.First })
	var mine []ir.Field
	for _, j := range s.joins {
		mine = append(mine, j.Mine...)
		if len(j.Rule.Joins()) > 0 {
			s.report("join-nested", j.To.Range, "join a rule without joins, or use kql", "spl: %q has joins of its own", j.To.Text)
		}
	}
	const why = "the events of joins are read from a single source each"
	s.addRule(r, mine, why, false)
	for _, other := range r.Joined() {
		s.addRule(other, r.ReadOf(other), why, true)
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

// notesOfRule gives the notes of the rule itself, or those of one that it joins, as each of its joins turns them.
func (s *joinWriter) notesOfRule(m *inputRule) []compilers.Note {
	plan, own := m.w.plan, s.rules[0]
	if m == own {
		return plan.Notes
	}
	var notes []compilers.Note
	for _, j := range s.joins {
		if j.Rule == m.rule {
			notes = append(notes, own.w.plan.NotesOfJoined(j, plan.Notes)...)
		}
	}
	return notes
}

// joinNumber is the number of a join of the rule, from 1.
func (w *writer) joinNumber(n *ir.Join) int {
	return slices.Index(w.joins, n) + 1
}

func (s *joinWriter) query() *compilers.Query {
	own := s.rules[0]
	base, lookback, after := s.base(), s.rule.Source.Schedule.Lookback, s.rule.Delay()
	if lookback > 0 {
		base = append(base, window{lookback, s.opt.Delay}.search(after+s.rule.JoinReach())...)
	}
	plan := own.w.plan
	for _, j := range s.joins {
		switch {
		case lookback > 0:
		case j.First:
			plan.NoteOf(j, "first-seen-period", "false-positives", "values that came before the searched period are not known: choose it longer than what is of interest, by as much as first_seen looks back")
		default:
			plan.NoteOf(j, "join-period", "false-negatives", "other events outside of the searched period are not found: choose it longer than what is of interest, by as much as the join looks back and ahead")
		}
		plan.NoteOf(j, "search-memory", "false-negatives", "mvexpand stops at max_mem_usage_mb of limits.conf; Splunk then shows a warning on the job")
	}
	compilers.NoteSuppressed([]*compilers.Plan{plan})
	s.noteRules()
	if s.rule.Source.Suppress != nil {
		s.notes = compilers.AddNotes(s.notes, compilers.SuppressedByProduct(s.rule.Source))
	}
	one := s.markRules()
	s.stage(where(one))
	for k, j := range s.joins {
		s.join(k+1, j)
	}
	s.stage(where(logic.Atom("decree_rule_1=1")))
	if lookback > 0 {
		reported := window{lookback, s.opt.Delay + after} // others may come later
		s.stage(where(logic.All{reported.begun(), reported.ended()}))
	}
	s.stage(own.w.where(own.joining))
	filter := ""
	if plan.Filter != nil {
		filter = "| " + own.w.where([]ir.Node{plan.Filter}) + "\n"
	}
	showing, shown := own.w.show(s.opt.Show)
	s.noteRules()
	for _, m := range s.rules {
		s.found = append(s.found, m.w.found...)
	}
	cut := (&writer{hashes: s.hashes}).hashStages()
	text := pipe(searchSyntax.Print(base).Stage(""), slices.Concat(cut, s.lists.stages(), s.stages)) + comment(compilers.BeginFilter) + filter
	text += comment(compilers.EndFilter) + "| sort 0 -_time\n" + showing + "| fields - decree_*\n"
	header := comment(compilers.Header(s.rule.Source, s.notes)...)
	result := s.result()
	result.Shows(shown)
	return &compilers.Query{Dialect: "spl", Model: s.opt.Model.Name, Text: header + text, Assets: s.lists.assets, Notes: s.notes, Result: result, Indexed: s.indexed()}
}

// result says what the search returns: the rule's own events, whole.
func (s *joinWriter) result() *compilers.Result {
	own := s.rules[0].w
	r := compilers.WholeResult(&compilers.Branch{Plan: own.plan, Sources: own.sources})
	for _, other := range s.rules[1:] {
		r.Searches(other.w.plan, other.w.sources...)
	}
	r.Combines, r.Reach = true, s.rule.Delay()+s.rule.JoinReach()
	return r
}

// join writes the stages that set decree_join_<n> to 1 on the rule's events for which a join holds.
func (s *joinWriter) join(n int, j *ir.Join) {
	var mine, theirs []string
	other := s.ruleAt(j.Rule)
	for i := range j.Mine {
		mine = append(mine, s.fieldOf(s.rules[0], j.Mine[i], j.Mine[i].Name, j.SameAt[i]))
		theirs = append(theirs, s.fieldOf(s.rules[other], j.Theirs[i], j.Theirs[i].Name, j.SameAt[i]))
	}
	found := allOf(append(logic.All{logic.Atom(fmt.Sprintf("decree_rule_%d=1", other+1))}, filled(theirs)...)...)
	sets := []string{}
	in := "in"
	if j.First {
		in = "me_too" // sorted behind the event's own row: others of its time do not count
	}
	if j.Distinct != nil {
		value := s.fieldOf(s.rules[other], *j.Distinct, j.Distinct.Name, j.SameAt[0])
		found = allOf(found, filled([]string{value}))
		sets = append(sets, "decree_value="+key([]string{value}))
	}
	s.stage("eval " + strings.Join(append(sets, "decree_step="+whereSyntax.Print(found).Call("if", `split("`+in+`,me,out", ",")`, `"me"`)), ",\n    "))
	s.stage("mvexpand decree_step")
	isMe := logic.Atom(`decree_step="me"`)
	own := allOf(append(logic.All{logic.Atom("decree_rule_1=1")}, filled(mine)...)...)
	sets = []string{
		"decree_key=" + ifElse(isMe, ifElse(own, key(mine), `"none"`), key(theirs)),
		fmt.Sprintf(`decree_at=case(decree_step="%s", _time-%s, decree_step="out", _time+%s, 1=1, _time)`, in, compilers.Number(j.After.Seconds()), compilers.Number(j.Before.Seconds())),
		`decree_enter=case(decree_step="` + in + `", 1, decree_step="out", 0-1, 1=1, 0)`,
	}
	if j.Distinct != nil {
		sets = append(sets, "decree_value="+ifElse(isMe, `"none"`, "decree_value"))
	}
	s.stage("eval " + strings.Join(sets, ",\n    "))
	if j.Distinct != nil {
		s.oncePerValue()
	}
	s.stage("sort 0 str(decree_key), num(decree_at), str(decree_step)")
	s.stage("accum decree_enter AS decree_near")
	s.stage(where(isMe))
	holds := logic.All{logic.Atom(`decree_key!="none"`)}
	for _, b := range j.Bounds {
		holds = append(holds, logic.Atom("decree_near"+comparisons[b.Op]+compilers.Number(b.Value)))
	}
	s.stage(fmt.Sprintf("eval decree_join_%d=%s", n, ifElse(holds, "1", "0")))
}

// oncePerValue lets a value enter the window with its first match there, and leave it with its last.
func (s *joinWriter) oncePerValue() {
	s.stage("sort 0 str(decree_key), str(decree_value), num(decree_at), str(decree_step)")
	s.stage("accum decree_enter AS decree_open")
	first := logic.All{logic.Atom(`decree_step="in"`), logic.Atom("decree_open=1")}
	last := logic.All{logic.Atom(`decree_step="out"`), logic.Atom("decree_open=0")}
	s.stage("eval decree_enter=" + ifElse(first, "1", ifElse(last, "0-1", "0")))
}
