package document

// All gives every text of the event, if the layout asks for keywords.
func (d *Document) All() []string {
	d.readWords()
	d.readRest()
	d.readSkipped()
	return d.all
}

// Has tells whether the event has a column, given by its number.
func (d *Document) Has(column int) bool { return d.cols[column].gen == d.gen }

// Columns is a set of columns, by their numbers.
type Columns []uint64

// NewColumns makes an empty set. The layout must be finished.
func (l *Layout) NewColumns() Columns { return make(Columns, (len(l.columns)+63)/64) }

// Add adds columns to the set.
func (set Columns) Add(columns ...int) {
	for _, c := range columns {
		set[c/64] |= 1 << (c % 64)
	}
}

// Has tells whether a column is in the set.
func (set Columns) Has(column int) bool { return set[column/64]>>(column%64)&1 != 0 }

// Without takes the columns that the event has out of a set.
func (d *Document) Without(set Columns) {
	for i, has := range d.has {
		set[i] &^= has
	}
}
