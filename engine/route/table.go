// Package route tells which log sources an event is of. In: the log sources that rules read, numbered as they are added, and a document that has
// read an event. Out: the numbers of those whose scope the event satisfies, in their order.
//
// A scope asks whether columns have one of some values: the channel, the event id, the name of a table. A column's text is looked up
// once an event, for all log sources at once. What must stay true: an event is of a log source if every test of its scope holds, whatever
// was found for the event before.
package route

import (
	"slices"
	"strings"

	"decree/engine/document"
	"decree/engine/fold"
	"decree/rules/schema"
)

// Table is the scopes of log sources: whether a column has one of some values.
type Table struct {
	layout    *document.Layout
	sources   [][]scopeTest // the scopes, by the number of the log source
	questions []question
	slots     []int              // that some question is about
	byKey     map[string]int     // slot and values -> question
	answers   []map[string][]int // by slot, as in slots: folded text -> the questions it answers
	main      int                // the slot that most sources ask for, or -1
	byValue   map[string][]int   // its folded text -> sources to consider
	others    []int              // sources that do not ask for it
}

// scopeTest is a question, by its number, and whether an event without the column passes.
type scopeTest struct {
	question int
	optional bool
}

type question struct {
	slot   int
	values []string // folded, sorted
}

// NewTable makes a table without log sources.
func NewTable(l *document.Layout) *Table {
	return &Table{layout: l, byKey: map[string]int{}, main: -1}
}

// Add adds a log source, and gives its number. tableColumn is the column of the data model that names the table; "" if there is none.
func (s *Table) Add(of *schema.Source, tableColumn string) (number int) {
	var tests []scopeTest
	for _, t := range of.Scope {
		tests = append(tests, scopeTest{s.ask(s.layout.Slot(t.Reads()), t.Values), t.Optional})
	}
	if tableColumn != "" && of.Table != "" {
		tests = append(tests, scopeTest{s.ask(s.layout.Slot(schema.Column{Name: tableColumn}), []string{of.Table}), true})
	}
	s.sources = append(s.sources, tests)
	return len(s.sources) - 1
}

// ask numbers a question.
func (s *Table) ask(slot int, values []string) int {
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

// Finish makes the look-ups, once all sources are known.
func (s *Table) Finish() {
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
	for _, src := range s.sources {
		for _, t := range src {
			if slot := s.questions[t.question].slot; !t.optional {
				count[slot]++
				if s.main < 0 || count[slot] > count[s.main] {
					s.main = slot
				}
			}
		}
	}
	s.byValue = map[string][]int{}
	for i, src := range s.sources {
		at := slices.IndexFunc(src, func(t scopeTest) bool { return !t.optional && s.questions[t.question].slot == s.main })
		if at < 0 {
			s.others = append(s.others, i)
			continue
		}
		for _, v := range s.questions[src[at].question].values {
			s.byValue[v] = append(s.byValue[v], i)
		}
	}
}

// Slots are those that scopes read.
func (s *Table) Slots() []int { return s.slots }
