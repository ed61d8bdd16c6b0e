package document

import (
	"encoding/binary"
	"slices"
)

// This file reads objects whose columns are asked for. Events of one kind have the same keys in the same order, so that
// a key is looked for among the two that last came after the same keys, and else by its ends among all that are known.

// level is where objects stand whose columns are asked for: the outermost ones, those below a path, or those of a list.
// It knows their keys.
type level struct {
	path    []byte // of the objects; nothing for the outermost ones
	depth   int    // keys in it
	lifts   *lifting
	isBrief bool // it is of one event, so that no keys are kept
	keys    names
	known   []*knownKey // by the numbers of their names
	start   position    // before the first key

	object uint64   // the one that is being read, as numbered in Document.objects
	within uint64   // the object that had the key of this level last
	apart  [][]byte // keys of the object that are not known and inside whose values something is asked for
}

// position is where a key stood: after the same keys, in the same order.
type position struct {
	key         *knownKey
	next        [2]*position // those of keys that came after it last
	first, then *position    // of all that came after it, and the next one that came after the same
}

// The bounds of positions. A key beyond them stands at one that does not tell what came before.
const (
	maxPositions = 1 << 13 // of all levels
	maxAfter     = 32      // that come after the same
)

// asked is what a layout asks of the value of a key.
type asked struct {
	column   int32    // -1: none
	depth    int16    // that it is claimed with
	isPrefix bool     // columns inside an object are asked for
	isList   bool     // columns inside the objects of a list are
	lifts    *lifting // fields below it that count as outermost ones
	isOdd    bool     // event.Decode may know it by other names, too
}

// hasInside tells whether something inside a value may be asked for.
func (of *asked) hasInside() bool { return of.isPrefix || of.isList || of.lifts != nil }

// asks finds what a layout asks of a key, whose path it writes into memory.
func (l *Layout) asks(lv *level, key, memory []byte) (of asked, path []byte) {
	path = append(memory[:0], lv.path...)
	if lv.depth > 0 {
		path = append(path, '.')
	}
	path = append(path, key...)
	of = asked{column: int32(l.find(path)), depth: int16(lv.depth), isPrefix: l.prefixes[string(path)], isList: l.lists[string(path)], isOdd: lv.depth == 0 && l.spaced(key)}
	l.lift(&of, lv, key)
	return of, path
}

// asksInside tells whether something inside the next value is asked for.
func (d *Document) asksInside(of *asked) bool {
	switch d.peek() {
	case '{':
		return of.isPrefix || of.lifts != nil
	case '[':
		return of.isList
	}
	return false
}

// object reads an object at its brace.
func (d *Document) object(lv *level) error {
	if isEmpty, err := d.opens('}'); isEmpty || err != nil {
		return err
	}
	d.objects++
	lv.object, lv.apart = d.objects, lv.apart[:0]
	previous := &lv.start
	for {
		next := d.expected(previous)
		var err error
		if next != nil {
			d.space()
		} else {
			at, arena := d.at, len(d.arena)
			key, wrong := d.key()
			if wrong != nil {
				return wrong
			}
			if n := d.remember(lv, key, len(d.arena) > arena); n != nil {
				next = d.after(previous, n)
			} else {
				err = d.member(lv, key, at == d.firstKey)
			}
		}
		if next != nil {
			previous = next
			if next.key.inner != nil {
				d.once(lv, next.key)
			}
			err = d.knownMember(next.key)
		}
		if err != nil {
			return err
		}
		if d.space(); !d.comma() {
			return d.closes('}')
		}
	}
}

// expected reads a key, at its quote, if it is one of the two that last came after a position; nil if it is another.
func (d *Document) expected(previous *position) *position {
	next := &previous.next
	for i, p := range next {
		if p == nil {
			break
		}
		if !p.key.isAt(d.data[d.at:]) {
			continue
		}
		if i > 0 {
			next[0], next[1] = p, next[0]
		}
		d.at += p.key.key
		return p
	}
	return nil
}

// after gives the position of a key after another, and expects it there.
func (d *Document) after(previous *position, n *knownKey) *position {
	p, count := previous.first, 0
	for ; p != nil && p.key != n; p = p.then {
		count++
	}
	if p == nil {
		if p = &n.anywhere; count < maxAfter && d.positions < maxPositions {
			p = &position{key: n, then: previous.first}
			previous.first = p
			d.positions++
		}
	}
	previous.next[0], previous.next[1] = p, previous.next[0]
	return p
}

// once leaves an event to event.Decode that has a key twice in one object and fields inside its values: those of the
// last value alone count.
func (d *Document) once(lv *level, n *knownKey) {
	if n.inner.within == lv.object || len(lv.apart) > 0 && lv.hasApart(n.raw[1:n.key-len(`":`)]) {
		d.wrapped = true
	}
	n.inner.within = lv.object
}

// onceApart does the same for a key that is not known.
func (d *Document) onceApart(lv *level, key []byte) {
	if len(lv.apart) >= maxApart || lv.hasApart(key) {
		d.wrapped = true
		return
	}
	lv.apart = append(lv.apart, key)
}

// maxApart limits how many keys are compared with each other. An event with more is decoded.
const maxApart = 64

func (lv *level) hasApart(key []byte) bool {
	return slices.ContainsFunc(lv.apart, func(had []byte) bool { return string(had) == string(key) })
}

// isAt tells whether a text begins with the key, its quotes and the colon.
func (n *knownKey) isAt(ahead []byte) bool {
	size := n.key
	if len(ahead) < size {
		return false
	}
	if size < 8 {
		return string(ahead[:size]) == string(n.raw[:size])
	}
	return binary.LittleEndian.Uint64(ahead) == n.head && binary.LittleEndian.Uint64(ahead[size-8:]) == n.tail && (size <= 16 || string(ahead[:size]) == string(n.raw[:size]))
}

// remember gives what is known of a key from now on; nil if it is not kept. escaped says that the key has escapes.
func (d *Document) remember(lv *level, key []byte, escaped bool) *knownKey {
	if i := lv.keys.find(key); i >= 0 {
		return lv.known[i]
	}
	if d.keysKept >= maxKeys || escaped || len(key) > maxKey || lv.isBrief { // escapes are not worth it
		return nil
	}
	var of asked
	if of, d.path = d.layout.asks(lv, key, d.path); of.isOdd || (lv.depth == 0 && of.lifts == nil && d.layout.wraps(key)) {
		return nil
	}
	raw := append(append([]byte{'"'}, key...), '"', ':')
	n := &knownKey{raw: raw, key: len(raw), of: of}
	n.anywhere.key = n
	if of.hasInside() {
		n.inner = newLevel(d.path, lv.depth+1, of.lifts)
	}
	n.head, n.tail = ends(raw)
	lv.keys.add(string(key))
	lv.known = append(lv.known, n)
	d.keysKept++
	return n
}

func newLevel(path []byte, depth int, lifts *lifting) *level {
	return &level{path: append([]byte(nil), path...), depth: depth, lifts: lifts}
}

// brief gives the level of the next value's objects for this event alone; nil if nothing inside the value is asked for.
func (d *Document) brief(of *asked, path []byte, depth int) *level {
	if !d.asksInside(of) {
		return nil
	}
	inner := newLevel(path, depth, of.lifts)
	inner.isBrief = true
	return inner
}
