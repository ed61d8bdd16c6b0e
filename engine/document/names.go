package document

import "encoding/binary"

// names finds columns by name. It hashes and compares only the ends of a name.
type names struct {
	list  []string
	table []nameEntry // open addressing; its length is a power of two
}

// nameEntry is a name's length and ends, and its number; the length of an empty entry is -1.
type nameEntry struct {
	head, tail uint64
	length     int32
	number     int32
}

// ends gives the first and the last eight bytes of a name, which may overlap, or all bytes of a shorter name.
// Together with the length they identify names of up to sixteen bytes.
func ends(name []byte) (head, tail uint64) {
	n := len(name)
	switch {
	case n >= 8:
		return binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		return uint64(name[0]) | uint64(name[n/2])<<8, uint64(name[n-1])
	}
	return 0, 0
}

func (t *names) slot(head, tail uint64, n int) int {
	h := (head ^ tail<<23 ^ tail>>41 ^ uint64(n)<<57) * 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio spreads well
	return int(h>>32) & (len(t.table) - 1)
}

func (t *names) add(name string) {
	t.list = append(t.list, name)
	if 4*len(t.list) <= len(t.table) {
		t.enter(len(t.list) - 1)
		return
	}
	t.table = make([]nameEntry, max(64, 2*len(t.table)))
	for i := range t.table {
		t.table[i].length = -1
	}
	for i := range t.list {
		t.enter(i)
	}
}

func (t *names) enter(i int) {
	name := []byte(t.list[i])
	head, tail := ends(name)
	at := t.slot(head, tail, len(name))
	for t.table[at].length >= 0 {
		at = (at + 1) & (len(t.table) - 1)
	}
	t.table[at] = nameEntry{head, tail, int32(len(name)), int32(i)}
}

// find gives a column's number, or -1.
func (t *names) find(name []byte) int {
	if len(t.table) == 0 {
		return -1
	}
	head, tail := ends(name)
	for at := t.slot(head, tail, len(name)); ; at = (at + 1) & (len(t.table) - 1) {
		e := &t.table[at]
		if e.length < 0 {
			return -1
		}
		if e.head == head && e.tail == tail && int(e.length) == len(name) && (len(name) <= 16 || t.list[e.number] == string(name)) {
			return int(e.number)
		}
	}
}
