package engine

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Events of one log have the same keys in the same order, and most of their values are those of the event before. What
// follows keeps, for each key of the outermost level, the bytes of the value it had and what they came to: the same bytes need
// only be compared, and a long text is read from where it differs. It changes no outcome: bytes that are not as foreseen are read as
// any others.

// foreseen is a key of the outermost level: what its value was, and the keys that came after it.
type foreseen struct {
	raw    []byte // the key with its quotes and the colon; if a value is kept, that too and the byte after it
	key    int    // bytes of the key in raw, with quotes and colon
	column int    // -1: no column asks for it
	spaced bool   // a column asks for it by a name without its spaces
	next   [2]*foreseen

	gen      uint32    // event that last had it
	since    uint32    // event from which on its value has been the same
	what     valueKind // of the value it had
	text     []byte    // of a text with escapes
	escapes  []escape  // in the value, by their place
	bits     uint64    // that the text's bytes have, as in document.seen
	accounts int       // bytes that are kept, as counted in document.kept
}

type valueKind uint8

const (
	unknownValue valueKind = iota
	nullValue
	bareValue // a number, true or false
	plainText
	escapedText
)

// escape is where an escape stands in a raw value, and where the text goes on after it.
type escape struct{ start, end, text int32 }

// What is kept is bounded: a key or value is forgotten, not cut.
const (
	maxForeseen = 2048    // keys
	maxKeptRaw  = 1 << 16 // bytes of one value
	maxKept     = 8 << 20 // bytes of all values
	minShared   = 64      // bytes that must be the same for a text to be read from its difference
)

// foresee reads a key at its quote if it is one of the two that came after the one before; nil if it is another. Of its value it
// says how many bytes are those that the key had before, if nothing stands between key and value.
func (d *document) foresee() (n *foreseen, shared int) {
	ahead := d.data[d.at:]
	next := &d.before.next
	for i, n := range next {
		if n == nil {
			break
		}
		shared := sharedPrefix(n.raw, ahead)
		if shared < n.key {
			continue
		}
		if i > 0 {
			next[0], next[1] = n, next[0]
		}
		d.at += n.key
		d.before = n
		return n, shared - n.key
	}
	return nil, 0
}

// learn takes down which key came, so that it is foreseen; nil if it cannot be. raw is the key with its quotes.
func (d *document) learn(key, raw []byte) *foreseen {
	n := d.known[string(key)]
	if n == nil {
		if len(d.known) >= maxForeseen || len(key)+2 != len(raw) || d.layout.wraps(key) { // escapes are not worth it
			return nil
		}
		n = &foreseen{raw: append(bytes.Clone(raw), ':'), key: len(raw) + 1, column: d.layout.find(key), spaced: d.layout.spaced(key)}
		d.known[string(key)] = n
	}
	d.before.next[1] = d.before.next[0]
	d.before.next[0] = n
	d.before = n
	return n
}

// outer reads the value of a key that is foreseen, of which so many bytes are those that the key had before.
func (d *document) outer(n *foreseen, shared int) error {
	d.outermost++
	d.wrapped = d.wrapped || d.converted || n.spaced
	var col *value
	if n.column >= 0 {
		col = d.claim(n.column, 0)
	}
	if n.gen == d.gen { // it stands twice: what the first came to may be in use
		return d.unforeseen(n, col)
	}
	n.gen = d.gen
	if n.what != unknownValue && shared == len(n.raw)-n.key {
		if d.again(n, col); col != nil {
			col.since = n.since
		}
		d.at += shared - 1
		return nil
	}
	if d.at >= len(d.data) || d.data[d.at] == '{' || d.data[d.at] == '[' {
		return d.unforeseen(n, col)
	}
	return d.another(n, col, shared)
}

// another reads a value, neither object nor list, that is not the one its key had before, though its first bytes are, and keeps it.
func (d *document) another(n *foreseen, col *value, shared int) error {
	ahead, start := d.data[d.at:], d.at
	seen := d.seen
	d.seen = 0
	var err error
	switch {
	case ahead[0] != '"':
		err = d.value(col, false)
		n.what = bareValue
		if ahead[0] == 'n' {
			n.what = nullValue
		}
	case col == nil && !d.layout.keywords:
		_, err = d.token(false)
		n.what = plainText // or not: nobody asks
	default: // if anything is shared, a text was read before
		var text []byte
		if text, err = d.textLike(n, shared); err == nil {
			d.scalar(col, unsafe.String(unsafe.SliceData(text), len(text)))
		}
	}
	n.bits = d.seen
	d.seen |= seen
	if n.since = d.gen; col != nil {
		col.since = d.gen
	}
	if err != nil {
		n.what, n.raw = unknownValue, n.raw[:n.key]
		return err
	}
	d.keep(n, start, shared)
	return nil
}

// unforeseen reads a value that is not kept.
func (d *document) unforeseen(n *foreseen, col *value) error {
	d.path = append(d.path[:0], n.raw[1:n.key-2]...)
	err := d.value(col, d.asked(d.path))
	d.path = d.path[:0]
	return err
}

// again takes down the value that a key had before.
func (d *document) again(n *foreseen, col *value) {
	d.seen |= n.bits
	if n.what == nullValue || (col == nil && !d.layout.keywords) {
		return
	}
	text := d.data[d.at : d.at+len(n.raw)-n.key-1]
	switch n.what {
	case plainText:
		text = text[1 : len(text)-1]
	case escapedText:
		text = n.text
	}
	d.scalar(col, unsafe.String(unsafe.SliceData(text), len(text)))
}

// textLike reads a text, at its quote, whose first bytes are those that the key had before.
func (d *document) textLike(n *foreseen, shared int) ([]byte, error) {
	open := d.at
	kept, from := 0, 1 // escapes that hold again, and where to read on
	if shared = min(shared, len(n.raw)-n.key-2); shared >= minShared {
		kept, from = n.sharedEscapes(shared)
	}
	n.escapes = n.escapes[:kept]
	at := d.special(open + from)
	if kept == 0 && at < len(d.data) && d.data[at] == '"' {
		n.what = plainText
		if from > 1 {
			d.seen |= n.bits
		}
		d.at = at + 1
		return d.data[open+1 : at], nil
	}
	start, keep := open+1, 0
	if kept > 0 {
		start = open + from
		keep = int(n.escapes[kept-1].text) + from - int(n.escapes[kept-1].end)
	}
	if from > 1 {
		d.seen |= n.bits
	}
	d.noted, d.notedFrom = n, open
	d.notedText = keep
	rest, err := d.escaped(start, at, true)
	d.noted = nil
	n.text = append(n.text[:keep], rest...)
	n.what = escapedText
	return n.text, err
}

// sharedEscapes counts the escapes within the first bytes of the raw value, which another shares, and says where to read on: what
// follows an escape may belong to it, as the second of a pair of surrogates does.
func (n *foreseen) sharedEscapes(shared int) (count, from int) {
	low, high := 0, len(n.escapes)
	for low < high {
		if mid := (low + high) / 2; int(n.escapes[mid].end)+longestEscape <= shared {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(n.escapes) {
		shared = min(shared, int(n.escapes[low].start))
	}
	return low, shared
}

// note takes an escape down.
func (n *foreseen) note(start, taken, text int) {
	n.escapes = append(n.escapes, escape{int32(start), int32(start + taken), int32(text)})
}

// longestEscape is that of a letter by its code.
const longestEscape = len(`\u0000`)

// keep keeps a value that was read, from start on, and the byte after it, if there is room. Its first bytes are kept already.
func (d *document) keep(n *foreseen, start, shared int) {
	raw := d.data[start:min(d.at+1, len(d.data))]
	d.kept -= n.accounts
	n.accounts = 0
	if d.at >= len(d.data) || len(raw) > maxKeptRaw || d.kept > maxKept {
		*n = foreseen{raw: bytes.Clone(n.raw[:n.key]), key: n.key, column: n.column, next: n.next, gen: n.gen}
		return
	}
	n.raw = append(n.raw[:n.key+shared], raw[shared:]...)
	n.accounts = cap(n.raw) + cap(n.text) + cap(n.escapes)*int(unsafe.Sizeof(escape{}))
	d.kept += n.accounts
}

// sharedPrefix is how many bytes two texts begin with alike.
func sharedPrefix(a, b []byte) int {
	n, at := min(len(a), len(b)), 0
	const block = 128 // compared as a whole, which is quicker than word by word
	for at+block <= n && bytes.Equal(a[at:at+block], b[at:at+block]) {
		at += block
	}
	for ; at+8 <= n; at += 8 {
		if differ := binary.LittleEndian.Uint64(a[at:]) ^ binary.LittleEndian.Uint64(b[at:]); differ != 0 {
			return at + bits.TrailingZeros64(differ)/8
		}
	}
	for at < n && a[at] == b[at] {
		at++
	}
	return at
}
