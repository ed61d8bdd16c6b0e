package engine

import (
	"slices"
	"strings"

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
		folded[i] = fold(v)
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

// routing is a matcher's part in it.
type routing struct {
	yes     []uint32          // question -> event that answers it
	there   []uint32          // slot -> event that has the column
	folded  map[string]string // texts seen in scope columns, folded
	applies []uint32          // source -> event that is of it
	of      []int             // sources of the event
}

func (e *Engine) newRouting() routing {
	return routing{yes: make([]uint32, len(e.scopes.questions)), there: make([]uint32, len(e.table.slots)),
		folded: map[string]string{}, applies: make([]uint32, len(e.sources))}
}

// maxFolded bounds how many texts of scope columns are remembered.
const maxFolded = 1000

// foldKnown folds a text of a scope column, of which there are few.
func (r *routing) foldKnown(t string) string {
	if f, ok := r.folded[t]; ok {
		return f
	}
	f := strings.Clone(fold(t))
	if len(r.folded) < maxFolded {
		r.folded[strings.Clone(t)] = f
	}
	return f
}

// route finds the sources that the current event is of.
func (m *matcher) route() {
	m.of = m.of[:0]
	s := m.e.scopes
	for i, slot := range s.slots {
		v := m.slot(slot)
		if !v.present {
			continue
		}
		m.there[slot] = m.gen
		for _, t := range v.texts {
			for _, q := range s.answers[i][m.foldKnown(t)] {
				m.yes[q] = m.gen
			}
		}
	}
	if s.main >= 0 {
		if v := m.slot(s.main); v.present {
			for _, t := range v.texts {
				for _, src := range s.byValue[m.foldKnown(t)] {
					m.consider(src)
				}
			}
		}
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
		tests = append(tests, scopeTest{e.scopes.ask(e.table.slotOf(schema.Column{Name: t.Column}), t.Values), t.Optional})
	}
	return tests
}
