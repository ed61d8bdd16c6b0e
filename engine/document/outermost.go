package document

import "encoding/binary"

// This file reads the keys of an event's outermost level. A key is looked for among the two that last followed the one before, and else by its ends among all that are known.

// outermostObject reads the object of an event, at its brace. Its keys are seldom new.
func (d *Document) outermostObject() error {
	d.depth++
	d.at++
	d.space()
	if d.peek() == '}' {
		d.at++
		d.depth--
		return nil
	}
	for {
		if d.peek() != '"' {
			return errJSON
		}
		if err := d.outermostPair(); err != nil {
			return err
		}
		d.space()
		switch d.peek() {
		case ',':
			d.at++
			d.space()
		case '}':
			d.at++
			d.depth--
			return nil
		default:
			return errJSON
		}
	}
}

// outermostPair reads a key of the outermost level, at its quote, and its value.
func (d *Document) outermostPair() error {
	if n := d.expected(); n != nil {
		d.space()
		return d.knownMember(n)
	}
	arena := len(d.arena)
	key, err := d.key()
	if err != nil {
		return err
	}
	if n := d.remember(key, len(d.arena) > arena); n != nil {
		return d.knownMember(n)
	}
	return d.member(key, 0, 0)
}

// expected reads a key, at its quote, if it is one of the two that last followed the previous key; nil if it is another.
func (d *Document) expected() *knownKey {
	next := &d.previous.next
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
		d.previous = n
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

// remember records that a key followed the previous one, so that it is expected there; nil if there is no room. escaped says that the key has escapes.
func (d *Document) remember(key []byte, escaped bool) *knownKey {
	var n *knownKey
	if i := d.keys.find(key); i >= 0 {
		n = d.known[i]
	} else {
		if len(d.known) >= maxKeys || escaped || d.layout.wraps(key) || d.layout.spaced(key) { // escapes are not worth it
			return nil
		}
		raw := append(append([]byte{'"'}, key...), '"', ':')
		n = &knownKey{raw: raw, key: len(raw), column: d.layout.find(key)}
		n.head, n.tail = ends(raw)
		d.keys.add(string(key))
		d.known = append(d.known, n)
	}
	d.previous.next[1] = d.previous.next[0]
	d.previous.next[0] = n
	d.previous = n
	return n
}
