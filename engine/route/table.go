// Package route finds the log sources that an event belongs to. In: the log sources that rules read, numbered as they
// are added, and a document that has read an event. Out: the numbers of the log sources whose scope the event
// satisfies, in order.
//
// A scope asks whether columns have one of some values: the channel, the event id, the name of a table. A column's text
// is looked up once an event, for all log sources at once. Signs tell the products apart whose events one data model
// has. What must stay true: an event belongs to a log source if every test of its scope holds and it does not show the
// signs of others alone, whatever events came before.
package route

import (
	"slices"
	"strconv"
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
	byKey     map[string]int   // slot and values -> question
	columns   []column         // that some question is about
	main      int              // the slot that most sources ask for, or -1
	byValue   map[string][]int // its folded text -> sources to consider
	others    []int            // sources that do not ask for it
	signs     signs
}

// column is a slot that scopes ask about, and what its texts answer.
type column struct {
	slot    int
	answers map[string][]int // folded text -> questions
}

// scopeTest is a question, by its number, whether an event without the column passes, and whether any value of it does.
type scopeTest struct {
	question int
	optional bool
	any      bool
}

type question struct {
	slot   int
	values []string // folded, sorted
}

// NewTable makes a table for log sources of a data model, without any.
func NewTable(l *document.Layout, m *schema.Model) *Table {
	return &Table{layout: l, byKey: map[string]int{}, main: -1, signs: newSigns(l, m)}
}

// Add adds a log source, and gives its number. tableColumn is the column of the data model that names the table; "" if
// there is none.
func (t *Table) Add(of *schema.Source, tableColumn string) (number int) {
	var tests []scopeTest
	for _, test := range of.Scope {
		tests = append(tests, scopeTest{t.ask(t.layout.Slot(test.Reads()), test.Values), test.Optional, len(test.Values) == 0})
	}
	if tableColumn != "" && of.Table != "" {
		tests = append(tests, scopeTest{t.ask(t.layout.Slot(schema.Column{Name: tableColumn}), []string{of.Table}), true, false})
	}
	t.sources = append(t.sources, tests)
	t.signs.add(of)
	return len(t.sources) - 1
}

// ask numbers a question.
func (t *Table) ask(slot int, values []string) int {
	folded := make([]string, len(values))
	for i, v := range values {
		folded[i] = fold.Text(v)
	}
	slices.Sort(folded)
	key := strconv.Itoa(slot) + "\x00" + strings.Join(folded, "\x00")
	if i, ok := t.byKey[key]; ok {
		return i
	}
	t.byKey[key] = len(t.questions)
	t.questions = append(t.questions, question{slot, folded})
	return len(t.questions) - 1
}

// decides tells whether an event passes by the texts of the column alone.
func (t scopeTest) decides() bool { return !t.optional && !t.any }

// Finish makes the look-ups, once all sources are known.
func (t *Table) Finish() {
	t.fillColumns()
	t.main = t.mainSlot()
	t.byValue = map[string][]int{}
	for i, src := range t.sources {
		at := slices.IndexFunc(src, func(test scopeTest) bool { return test.decides() && t.questions[test.question].slot == t.main })
		if at < 0 {
			t.others = append(t.others, i)
			continue
		}
		for _, v := range t.questions[src[at].question].values {
			t.byValue[v] = append(t.byValue[v], i)
		}
	}
}

// fillColumns notes for each column which questions its values answer.
func (t *Table) fillColumns() {
	for i, q := range t.questions {
		at := slices.IndexFunc(t.columns, func(c column) bool { return c.slot == q.slot })
		if at < 0 {
			at = len(t.columns)
			t.columns = append(t.columns, column{q.slot, map[string][]int{}})
		}
		for _, v := range q.values {
			t.columns[at].answers[v] = append(t.columns[at].answers[v], i)
		}
	}
}

// mainSlot is the slot that decides for the most sources, by the first to reach that number; -1 if none does.
func (t *Table) mainSlot() int {
	slot, count := -1, map[int]int{}
	for _, src := range t.sources {
		for _, test := range src {
			if !test.decides() {
				continue
			}
			of := t.questions[test.question].slot
			if count[of]++; slot < 0 || count[of] > count[slot] {
				slot = of
			}
		}
	}
	return slot
}

// Slots are those that scopes read.
func (t *Table) Slots() []int {
	var slots []int
	for _, c := range t.columns {
		slots = append(slots, c.slot)
	}
	return slots
}
