package document

import (
	"encoding/binary"
)

// This file reads objects whose columns are asked for. A key is looked for among the two that last followed the one
// before, and else by its ends among all that are known.

// level is where objects stand whose columns are asked for: the outermost ones, those below a path, or those of a list.
// It knows their keys.
type level struct {
	path    []byte // of the objects; nothing for the outermost ones
	depth   int    // keys in it
	lifts   lifting
	isBrief bool // it is of one event, so that no keys are kept
	keys    names
	known   []*knownKey // by the numbers of their names
	start   knownKey    // stands before the first key
}

// asked is what a layout asks of the value of a key.
type asked struct {
	column   int32   // -1: none
	depth    int16   // that it is claimed with
	isPrefix bool    // columns inside an object are asked for
	isList   bool    // columns inside the objects of a list are
	lifts    lifting // fields below it that count as outermost ones
	isOdd    bool    // event.Decode may know it by other names, too
}

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
		return of.isPrefix || of.lifts != notLifted
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
	previous := &lv.start
	for {
		n := d.expected(previous)
		var err error
		if n != nil {
			d.space()
		} else {
			at, arena := d.at, len(d.arena)
			key, wrong := d.key()
			if wrong != nil {
				return wrong
			}
			if n = d.remember(lv, previous, key, len(d.arena) > arena); n == nil {
				err = d.member(lv, key, at == d.firstKey)
			}
		}
		if n != nil {
			previous = n
			err = d.knownMember(n)
		}
		if err != nil {
			return err
		}
		if d.space(); !d.comma() {
			return d.closes('}')
		}
	}
}

// expected reads a key, at its quote, if it is one of the two that last followed the previous one; nil if it is another.
func (d *Document) expected(previous *knownKey) *knownKey {
	next := &previous.next
	for i, n := range next {
		if n == nil {
			break
		}
		if !n.isAt(d.data[d.at:]) {
			continue
		}
		if i > 0 {
			next[0], next[1] = n, next[0]
		}
		d.at += n.key
		return n
	}
	return nil
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

// remember records that a key followed the previous one, so that it is expected there; nil if it is not kept. escaped
// says that the key has escapes.
func (d *Document) remember(lv *level, previous *knownKey, key []byte, escaped bool) *knownKey {
	var n *knownKey
	if i := lv.keys.find(key); i >= 0 {
		n = lv.known[i]
	} else {
		if d.keysKept >= maxKeys || escaped || len(key) > maxKey || lv.isBrief { // escapes are not worth it
			return nil
		}
		var of asked
		if of, d.path = d.layout.asks(lv, key, d.path); of.isOdd || (lv.depth == 0 && of.lifts == notLifted && d.layout.wraps(key)) || (of.lifts == ofWinlog && of.column >= 0) {
			return nil
		}
		raw := append(append([]byte{'"'}, key...), '"', ':')
		n = &knownKey{raw: raw, key: len(raw), of: of}
		if of.isPrefix || of.isList || of.lifts != notLifted {
			n.inner = newLevel(d.path, lv.depth+1, of.lifts)
		}
		n.head, n.tail = ends(raw)
		lv.keys.add(string(key))
		lv.known = append(lv.known, n)
		d.keysKept++
	}
	previous.next[1] = previous.next[0]
	previous.next[0] = n
	return n
}

func newLevel(path []byte, depth int, lifts lifting) *level {
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
