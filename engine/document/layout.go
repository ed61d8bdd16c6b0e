package document

import (
	"bytes"
	"maps"
	"slices"

	"decree/engine/event"
	"decree/engine/extract"
	"decree/rules/schema"
)

// Layout lists the columns that rules ask for. It grows while rules are compiled and does not change after Finish.
type Layout struct {
	names                        // in the order of their numbers
	columns      map[string]int  // column -> its number
	prefixes     map[string]bool // objects on the way to a column with dots
	lists        map[string]bool // those of them that may be lists of objects, each of which has the column
	arrays       map[string]bool // columns of which elements are asked for
	keywords     bool            // some rule asks for every value
	textless     bool            // an object or a list without scalars is present
	jsonColumns  map[string]bool // columns that a product may write as a text of JSON
	objectArrays map[string]bool // arrays whose elements' fields the model lists
	nested       []int           // those of them below which a column is asked for
	wordColumns  []int           // columns whose text keywords are asked of by its parts

	flat    [len(flatForms)]flatForm
	windows bool // a column has a name that Windows gives its events

	slots          []*slot
	tester         extract.Tester // of the rows of extracts
	bySlot         map[string]int
	emptyIsMissing bool   // an empty text counts as missing
	missing        string // the product's word for a missing value; "" = none
}

// NewLayout makes an empty layout for the events of a data model.
func NewLayout(m *schema.Model) *Layout {
	l := newLayout()
	l.jsonColumns, l.objectArrays = m.JSONTexts(), m.ObjectArrays()
	l.textless = !m.EmptyListIsMissing
	l.emptyIsMissing, l.missing = m.EmptyIsMissing, m.Missing
	return l
}

func newLayout() *Layout {
	return &Layout{columns: map[string]int{}, prefixes: map[string]bool{}, lists: map[string]bool{}, arrays: map[string]bool{}, textless: true,
		slots: []*slot{{}}, bySlot: map[string]int{}}
}

// AskKeywords asks for every text of an event.
func (l *Layout) AskKeywords() { l.keywords = true }

// SetTester says how the tests of extracts are decided. It comes before slots of extracts.
func (l *Layout) SetTester(t extract.Tester) { l.tester = t }

// Keywords tells whether every text is asked for.
func (l *Layout) Keywords() bool { return l.keywords }

// ColumnName gives the name of a column by its number.
func (l *Layout) ColumnName(column int) string { return l.list[column] }

// Finish completes the layout, once all rules are compiled.
func (l *Layout) Finish() {
	if !l.keywords {
		return
	}
	for _, name := range append(slices.Sorted(maps.Keys(l.jsonColumns)), wordTexts...) {
		l.wordColumns = append(l.wordColumns, l.column(name))
	}
}

// column numbers a column.
func (l *Layout) column(name string) int {
	if i, ok := l.columns[name]; ok {
		return i
	}
	i := len(l.columns)
	l.columns[name] = i
	l.add(name)
	l.askFlat(name, i)
	listed := true
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		outer := name[:at]
		if l.jsonColumns[outer] {
			listed = false // a path of Kusto's ends at a list, unless the model lists what its elements have
			if !l.prefixes[outer] {
				l.nested = append(l.nested, l.column(outer))
			}
		}
		l.prefixes[outer] = true
		if listed || l.objectArrays[outer] {
			l.lists[outer] = true
		}
	}
	return i
}

// spaced tells whether some column asks for a field under its name without spaces, such as SourceName for "Source
// Name". event.Decode knows such a field by both.
func (l *Layout) spaced(key []byte) bool {
	if bytes.IndexByte(key, ' ') < 0 {
		return false
	}
	return slices.ContainsFunc(event.Unspaced(string(key)), func(name string) bool { return l.find([]byte(name)) >= 0 })
}

// wraps tells whether a key of the outermost level may belong to a form that event.Decode flattens.
func (l *Layout) wraps(key []byte) bool {
	switch len(key) {
	case 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21: // of event.Forms
		return slices.Contains(event.Forms, string(key)) && (l.windows || !slices.Contains(event.WindowsForms, string(key)))
	}
	return false
}
