package dfa

import "unicode/utf8"

// Where a state is often, a second table says where it leads with two letters of ASCII at once: reading takes half as
// long then. A row of pairs has a cell for each pair of columns, and the state's own row behind them. A cell has the
// row of pairs where the two letters lead, or 0 if single steps must tell.

// What rows of pairs may take, and how often a state is reached before it has one.
const (
	pairsBytes  = machineBytes / 2
	mostColumns = 48
	often       = 32
)

// columns number the bytes as rows of pairs do: those of one class alike, and all beyond ASCII alike, with which no
// pair leads anywhere.
type columns struct {
	row           uint32      // cells of a row of pairs, with the last
	first, second [256]uint16 // byte -> what it adds to a row, as the first and as the second of a pair
}

// newColumns numbers the bytes; nil if there are too many columns.
func newColumns(ascii *[utf8.RuneSelf]uint16) *columns {
	numbers := map[uint16]uint16{}
	for _, class := range ascii {
		if _, ok := numbers[class]; !ok {
			numbers[class] = uint16(len(numbers))
		}
	}
	other := uint16(len(numbers))
	width := other + 1
	if width > mostColumns {
		return nil
	}
	c := &columns{row: uint32(width)*uint32(width) + 1}
	for b := range 256 {
		column := other
		if b < len(ascii) {
			column = numbers[ascii[b]]
		}
		c.first[b], c.second[b] = column*width, column
	}
	return c
}

// pair is the cell of a pair of letters.
func (c *columns) pair(first, second byte) uint32 {
	return uint32(c.first[first]) + uint32(c.second[second])
}

// pairsOf gives a state's row of pairs, or 0. The last cell of the state's own row counts how often it was reached,
// until it has the row of pairs.
func (m *Machine) pairsOf(s uint32) uint32 {
	cell := &m.next[s+m.stride-1]
	if *cell > often {
		return *cell
	}
	if *cell < often || m.p.columns == nil {
		*cell = min(*cell+1, often)
		return 0
	}
	took := 4 * int(m.p.columns.row)
	if 4*len(m.pairs)+took > pairsBytes || m.bytes+took > machineBytes || m.pool.bytes+took > poolBytes {
		return 0
	}
	if len(m.pairs) == 0 {
		m.pairs = append(m.pairs, make([]uint32, often+1)...) // what a cell counts is no row
	}
	row := uint32(len(m.pairs))
	m.pairs = append(m.pairs, make([]uint32, m.p.columns.row)...)
	m.pairs[len(m.pairs)-1] = s
	m.bytes += took
	m.pool.bytes += took
	*cell = row
	return row
}

// single gives the row of the state that a row of pairs is for.
func (m *Machine) single(row uint32) uint32 { return m.pairs[row+m.p.columns.row-1] }

// readPairs reads a text two letters at a time, as far as rows of pairs lead.
func (m *Machine) readPairs(row uint32, text string, at int) (last uint32, end int) {
	pairs, columns := m.pairs, m.p.columns
	for at+1 < len(text) {
		to := pairs[row+columns.pair(text[at], text[at+1])]
		if to == 0 {
			break
		}
		row = to
		at += 2
	}
	return row, at
}
