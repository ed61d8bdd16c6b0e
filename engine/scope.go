package engine

import (
	"slices"
	"strings"

	"decree/engine/fold"
	"decree/rules/schema"
)

// scopes are the questions that decide which log an event is of: whether a column has one of
// some values. A column's text is looked up once an event, for all questions about it.
type scopes struct {
	questions []question
	slots     []int              // that some question is about
	byKey     map[string]int     // slot and values -> question
	answers   []map[string][]int // by slot, as in slots: folded text -> the questions it answers
	main      int                // the slot that most sources ask for, or -1
	byValue   map[string][]int   // its folded text -> sources to consider
	others    []int              // sources that do not ask for it
}

type question struct {
	slot   int
	values []string // folded, sorted
}

func newScopes() *scopes { return &scopes{byKey: map[string]int{}, main: -1} }

// ask numbers a question.
func (s *scopes) ask(slot int, values []string) int {
	folded := make([]string, len(values))
	for i, v := range values {
		folded[i] = fold.Text(v)
	}
	slices.Sort(folded)
	key := string(rune(slot)) + strings.Join(folded, "\x00")
	if i, ok := s.byKey[key]; ok {
		return i
	}
	s.byKey[key] = len(s.questions)
	s.questions = append(s.questions, question{slot, folded})
	return len(s.questions) - 1
}

// finish makes the look-ups, once all sources are known.
func (s *scopes) finish(sources []*source) {
	for i, q := range s.questions {
		at := slices.Index(s.slots, q.slot)
		if at < 0 {
			at = len(s.slots)
			s.slots = append(s.slots, q.slot)
			s.answers = append(s.answers, map[string][]int{})
		}
		for _, v := range q.values {
			s.answers[at][v] = append(s.answers[at][v], i)
		}
	}
	count := map[int]int{}
	for _, src := range sources {
		for _, t := range src.scope {
			if slot := s.questions[t.question].slot; !t.optional {
				count[slot]++
				if s.main < 0 || count[slot] > count[s.main] {
					s.main = slot
				}
			}
		}
	}
	s.byValue = map[string][]int{}
	for i, src := range sources {
		at := slices.IndexFunc(src.scope, func(t scopeTest) bool { return !t.optional && s.questions[t.question].slot == s.main })
		if at < 0 {
			s.others = append(s.others, i)
			continue
		}
		for _, v := range s.questions[src.scope[at].question].values {
			s.byValue[v] = append(s.byValue[v], i)
		}
	}
}

// scopeTest is a question of scope, by its number, and whether an event without the column passes.
type scopeTest struct {
	question int
	optional bool
}

// routing is a matcher's part in it.
type routing struct {
	yes     []uint32               // question -> event that answers it
	there   []uint32               // slot -> event that has the column
	known   []map[string]scopeText // by slot, as in slots: what was found for a text before
	last    []lastScope            // by slot, as in slots: what was found for the text it had last
	applies []uint32               // source -> event that is of it
	of      []int                  // sources of the event

	considered []int // sources that the main column's texts call for
}

// lastScope is what a slot's one text has said since an event.
type lastScope struct {
	since uint32
	says  scopeText
}

// scopeText is what a text of a scope column says.
type scopeText struct {
	answers []int // the questions it answers
	sources []int // to consider, if the column is the main one
}

func (e *Engine) newRouting() routing {
	r := routing{yes: make([]uint32, len(e.scopes.questions)), there: make([]uint32, e.layout.Slots()), applies: make([]uint32, len(e.sources))}
	r.last = make([]lastScope, len(e.scopes.slots))
	for range e.scopes.slots {
		r.known = append(r.known, map[string]scopeText{})
	}
	return r
}

// maxKnown bounds how many texts of a scope column are remembered.
const maxKnown = 1000

// asks tells what a text of a scope column says, which may be the one it has had since an event: only a value of one text has
// such. Of such texts there are few.
func (s *scopes) asks(r *routing, i int, since uint32, t string) scopeText {
	last := &r.last[i]
	if since != 0 && since == last.since {
		return last.says
	}
	last.since, last.says = since, s.lookUp(r.known[i], i, t)
	return last.says
}

func (s *scopes) lookUp(known map[string]scopeText, i int, t string) scopeText {
	if found, ok := known[t]; ok {
		return found
	}
	f := fold.Text(t)
	found := scopeText{answers: s.answers[i][f]}
	if s.slots[i] == s.main {
		found.sources = s.byValue[f]
	}
	if len(known) < maxKnown {
		known[strings.Clone(t)] = found
	}
	return found
}

// route finds the sources that the current event is of.
func (m *matcher) route() {
	m.of, m.considered = m.of[:0], m.considered[:0]
	s := m.e.scopes
	for i, slot := range s.slots {
		v := m.doc.Slot(slot)
		if !v.Present {
			continue
		}
		m.there[slot] = m.gen
		for _, t := range v.Texts {
			says := s.asks(&m.routing, i, v.Since, t)
			for _, q := range says.answers {
				m.yes[q] = m.gen
			}
			m.considered = append(m.considered, says.sources...)
		}
	}
	for _, src := range m.considered {
		m.consider(src)
	}
	for _, src := range s.others {
		m.consider(src)
	}
	slices.Sort(m.of)
}

func (m *matcher) consider(i int) {
	if m.applies[i] == m.gen {
		return
	}
	for _, t := range m.e.sources[i].scope {
		if m.yes[t.question] == m.gen {
			continue
		}
		if !t.optional || m.there[m.e.scopes.questions[t.question].slot] == m.gen {
			return
		}
	}
	m.applies[i] = m.gen
	m.of = append(m.of, i)
}

// scopeOf makes a source's scope.
func (e *Engine) scopeOf(s *schema.Source) []scopeTest {
	var tests []scopeTest
	for _, t := range s.Scope {
		tests = append(tests, scopeTest{e.scopes.ask(e.layout.Slot(t.Reads()), t.Values), t.Optional})
	}
	if column := e.opt.Model.TableColumn; column != "" && s.Table != "" {
		tests = append(tests, scopeTest{e.scopes.ask(e.layout.Slot(schema.Column{Name: column}), []string{s.Table}), true})
	}
	return tests
}
