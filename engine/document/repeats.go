package document

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Events of one log have the same keys in the same order, and most values are the same as in the event before. This
// file keeps, for each key that is asked for, the bytes of its last value and the text they decode to. If the same
// bytes come again, they are only compared, and a long text is read on from where it differs. The outcome is the same
// as without: bytes that differ are read like any others. The benchmark BenchmarkRepeats shows what this saves.

// knownKey is a key of a level, and what its value was.
type knownKey struct {
	raw        []byte // the key with its quotes and the colon; if a value is kept, that too and the byte after it
	key        int    // bytes of the key in raw, with quotes and colon
	head, tail uint64 // of these bytes, as ends gives them
	of         asked
	anywhere   position // that does not tell what came before
	inner      *level   // of what is inside its value, if that is asked for

	version uint64    // of the value it had
	what    valueKind // of it
	text    []byte    // of a text with escapes
	escapes []escape  // in the value, by their place
	bits    uint64    // that the text's bytes have, as in Document.bits
	cached  int       // bytes that are kept, as counted in Document.cached
	changes uint32    // values in turn that were new
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

// The bounds of what is kept. A key or value beyond them is forgotten, not cut.
const (
	maxKeys        = 2048    // keys, of all levels
	maxKey         = 1 << 10 // bytes of one key
	maxCachedValue = 1 << 16 // bytes of one value
	maxCached      = 8 << 20 // bytes of all values
	minShared      = 64      // bytes that must be the same for a text to be read from its difference
)

// A key whose values were new so many times in turn, such as one of times, is not worth keeping. Every so many events
// it is tried again.
const (
	maxChanges = 32
	retried    = 16
)

// knownMember reads the value of a known key.
func (d *Document) knownMember(n *knownKey) error {
	if d.at >= len(d.data) {
		return errJSON
	}
	first := d.data[d.at]
	if n.of.lifts != nil {
		d.found(n.of.lifts)
	}
	if n.of.column < 0 {
		if first != '{' && first != '[' {
			return d.unasked() // comparing it would cost as much
		}
		return d.uncached(n, nil)
	}
	col := &d.cols[n.of.column]
	if first == '{' || first == '[' || col.gen == d.gen { // what the column came to may be in use
		return d.uncached(n, d.claim(int(n.of.column), n.of.depth))
	}
	d.claimFirst(int(n.of.column), n.of.depth)
	shared := 0
	if n.what != unknownValue {
		if shared = SharedPrefix(n.raw[n.key:], d.data[d.at:]); shared == len(n.raw)-n.key {
			d.repeated(n, col)
			n.changes = 0
			col.Version = n.version
			d.at += shared - 1
			return nil
		}
	}
	return d.changed(n, col, shared)
}

// changed reads a value that differs from the last one of its key, and keeps it if such values often come again. It is
// neither an object nor a list.
func (d *Document) changed(n *knownKey, col *Value, shared int) error {
	if n.changes++; shared >= minShared {
		n.changes = 0
	}
	col.Version = d.newVersion()
	if n.changes > maxChanges && n.changes%retried != 0 {
		n.what, n.raw = unknownValue, n.raw[:n.key]
		return d.value(col, nil)
	}
	start, first, seen := d.at, d.data[d.at], d.bits
	d.bits = 0
	var err error
	switch first {
	case '"': // if anything is shared, a text was read before
		var text []byte
		if text, err = d.textLike(n, shared); err == nil {
			d.scalar(col, unsafe.String(unsafe.SliceData(text), len(text)))
		}
	default:
		err = d.value(col, nil)
		n.what = bareValue
		if first == 'n' {
			n.what = nullValue
		}
	}
	n.bits = d.bits
	d.bits |= seen
	n.version = col.Version
	if err != nil {
		n.what, n.raw = unknownValue, n.raw[:n.key]
		return err
	}
	d.cache(n, start, shared)
	return nil
}

// uncached reads a value without keeping it.
func (d *Document) uncached(n *knownKey, col *Value) error {
	if d.asksInside(&n.of) {
		return d.value(col, n.inner)
	}
	return d.value(col, nil)
}

// repeated uses the last value of a key again.
func (d *Document) repeated(n *knownKey, col *Value) {
	d.bits |= n.bits
	if n.what == nullValue {
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

// textLike reads a text, at its quote, that begins like the last one of its key.
func (d *Document) textLike(n *knownKey, shared int) ([]byte, error) {
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
			d.bits |= n.bits
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
		d.bits |= n.bits
	}
	d.recording, d.recordedFrom = n, open
	d.recordedText = keep
	rest, err := d.escaped(start, at)
	d.recording = nil
	n.text = append(n.text[:keep], rest...)
	n.what = escapedText
	return n.text, err
}

// sharedEscapes counts the escapes within the shared bytes, and says where to read on. What follows an escape may
// belong to it: the second of a pair of surrogates does.
func (n *knownKey) sharedEscapes(shared int) (count, from int) {
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

// record notes an escape.
func (n *knownKey) record(start, taken, text int) {
	n.escapes = append(n.escapes, escape{int32(start), int32(start + taken), int32(text)})
}

// longestEscape is that of a letter by its code.
const longestEscape = len(`\u0000`)

// cache keeps a value, which begins at start, and the byte after it, if there is room. The shared bytes are kept
// already.
func (d *Document) cache(n *knownKey, start, shared int) {
	raw := d.data[start:min(d.at+1, len(d.data))]
	d.cached -= n.cached
	n.cached = 0
	if d.at >= len(d.data) || len(raw) > maxCachedValue || d.cached > maxCached {
		n.raw, n.what, n.text, n.escapes = bytes.Clone(n.raw[:n.key]), unknownValue, nil, nil
		return
	}
	n.raw = append(n.raw[:n.key+shared], raw[shared:]...)
	n.cached = cap(n.raw) + cap(n.text) + cap(n.escapes)*int(unsafe.Sizeof(escape{}))
	d.cached += n.cached
}

// SharedPrefix is the length of the common prefix of two texts, in bytes.
func SharedPrefix(a, b []byte) int {
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
