package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// What follows reads strict JSON in one pass, and makes texts only of what the layout asks for;
// they are views of the event's own bytes unless they have escapes. It accepts what
// encoding/json accepts, as a fuzz test holds.

var (
	errJSON = errors.New("not JSON")
	errDeep = errors.New("JSON nests too deep")
)

// maxNesting is event.Decode's.
const maxNesting = 300

// read reads the whole text. The outermost value must be an object.
func (d *document) read(data []byte) error {
	d.data, d.at, d.depth = data, 0, 0
	d.seen = 0
	d.space()
	if d.at >= len(data) || data[d.at] != '{' {
		return errJSON
	}
	if err := d.object(true); err != nil {
		return err
	}
	d.space()
	if d.at != len(data) {
		return errJSON
	}
	return nil
}

// space skips white space, of which there seldom is any.
func (d *document) space() {
	if d.at < len(d.data) && d.data[d.at] <= ' ' {
		d.skip()
	}
}

func (d *document) skip() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// object reads an object at its brace. known says that its columns are asked for, by d.path.
func (d *document) object(known bool) error {
	start, level := len(d.path), d.depth
	return d.members(func(key []byte) error {
		if !known {
			return d.value(nil, false)
		}
		return d.member(key, start, level)
	})
}

// members reads an object at its brace: read is called at each value, with its key.
func (d *document) members(read func(key []byte) error) error {
	if d.depth++; d.depth > maxNesting {
		return errDeep
	}
	d.at++
	for first := true; ; first = false {
		d.space()
		if d.at >= len(d.data) {
			return errJSON
		}
		switch c := d.data[d.at]; {
		case c == '}' && first:
			d.at++
			d.depth--
			return nil
		case c != '"':
			return errJSON
		}
		if err := d.pair(read); err != nil {
			return err
		}
		d.space()
		if d.at >= len(d.data) {
			return errJSON
		}
		switch d.data[d.at] {
		case ',':
			d.at++
			d.space()
			if d.at >= len(d.data) || d.data[d.at] != '"' {
				return errJSON
			}
		case '}':
			d.at++
			d.depth--
			return nil
		default:
			return errJSON
		}
	}
}

// pair reads a key, at its quote, and its value. Those of the outermost level are seldom new.
func (d *document) pair(read func(key []byte) error) error {
	if d.depth == 1 {
		if n, shared := d.foresee(); n != nil {
			if d.peek() <= ' ' {
				d.space()
				shared = 0
			}
			return d.outer(n, shared)
		}
	}
	start := d.at
	key, err := d.token(true)
	if err != nil {
		return err
	}
	raw := d.data[start:d.at]
	d.space()
	if d.at >= len(d.data) || d.data[d.at] != ':' {
		return errJSON
	}
	d.at++
	d.space()
	if d.depth == 1 {
		if n := d.learn(key, raw); n != nil {
			return d.outer(n, 0)
		}
	}
	return read(key)
}

// member reads the value of a key.
func (d *document) member(key []byte, start, level int) error {
	name := key
	if level > 0 {
		d.path = append(append(d.path[:start], '.'), key...)
		name = d.path
	} else {
		d.outermost++
		d.wrapped = d.wrapped || d.converted
		if wraps(key) {
			if d.outermost == 1 && string(key) == "Event" && d.peek() == '{' {
				d.converted = true
				return d.xmlForm()
			}
			again := d.lifting // of a key that stands twice the last counts, as for the plain decoder
			d.lifting = d.layout.liftsWinlog && string(key) == "winlog"
			d.wrapped = d.wrapped || again || !d.lifting
		}
	}
	var col *value
	if i := d.layout.find(name); i >= 0 {
		col = d.claim(i, level)
	}
	lifted := false
	if d.lifting && (level == 1 || level == 2) {
		if alias, distance := lift(name, key); alias != nil {
			lifted = true
			if i := d.layout.find(alias); i >= 0 {
				col = d.claim(i, distance)
			}
		}
	}
	inside := false
	if d.peek() == '{' && (d.layout.keywords || d.layout.prefixes[string(name)] || (d.lifting && !lifted && lifts(name, level))) {
		inside = true
		if level == 0 {
			d.path = append(d.path[:0], key...)
		}
	}
	err := d.value(col, inside)
	d.path = d.path[:start]
	return err
}

// value reads any value into a column, which may be nil. known says that an object's columns are
// asked for.
func (d *document) value(col *value, known bool) error {
	if d.at >= len(d.data) {
		return errJSON
	}
	switch c := d.data[d.at]; c {
	case '"':
		want := col != nil || d.layout.keywords
		text, err := d.token(want)
		if err == nil && want {
			d.scalar(col, unsafe.String(unsafe.SliceData(text), len(text)))
		}
		return err
	case '{':
		if col != nil {
			col.present = true
		}
		return d.object(known)
	case '[':
		return d.array(col)
	case 't':
		return d.word(col, "true")
	case 'f':
		return d.word(col, "false")
	case 'n':
		return d.word(nil, "null")
	}
	return d.number(col)
}

// scalar takes a text down where it is asked for.
func (d *document) scalar(col *value, text string) {
	if col != nil {
		col.present = true
		col.texts = append(col.texts, text)
	}
	if d.layout.keywords {
		d.every = append(d.every, text)
	}
}

func (d *document) array(col *value) error {
	if d.depth++; d.depth > maxNesting {
		return errDeep
	}
	if col != nil {
		col.present = true
	}
	d.at++
	d.space()
	if d.at < len(d.data) && d.data[d.at] == ']' {
		d.at++
		d.depth--
		return nil
	}
	for {
		d.space()
		if err := d.value(col, false); err != nil {
			return err
		}
		d.space()
		if d.at >= len(d.data) {
			return errJSON
		}
		switch d.data[d.at] {
		case ',':
			d.at++
		case ']':
			d.at++
			d.depth--
			return nil
		default:
			return errJSON
		}
	}
}

func (d *document) word(col *value, word string) error {
	if !bytes.HasPrefix(d.data[d.at:], []byte(word)) {
		return errJSON
	}
	d.at += len(word)
	if word != "null" {
		d.scalar(col, word)
	}
	return nil
}

// number reads a number and keeps it as it is written.
// https://www.rfc-editor.org/rfc/rfc8259#section-6
func (d *document) number(col *value) error {
	start := d.at
	if d.data[d.at] == '-' {
		d.at++
	}
	zero := d.at < len(d.data) && d.data[d.at] == '0'
	if n := d.digits(); n == 0 || (zero && n > 1) {
		return errJSON
	}
	if d.at < len(d.data) && d.data[d.at] == '.' {
		d.at++
		if d.digits() == 0 {
			return errJSON
		}
	}
	if d.at < len(d.data) && (d.data[d.at] == 'e' || d.data[d.at] == 'E') {
		d.at++
		if d.at < len(d.data) && (d.data[d.at] == '+' || d.data[d.at] == '-') {
			d.at++
		}
		if d.digits() == 0 {
			return errJSON
		}
	}
	raw := d.data[start:d.at]
	d.scalar(col, unsafe.String(unsafe.SliceData(raw), len(raw)))
	return nil
}

func (d *document) digits() int {
	start := d.at
	for d.at < len(d.data) && d.data[d.at] >= '0' && d.data[d.at] <= '9' {
		d.at++
	}
	return d.at - start
}

// token reads a string at its quote and gives its text, which is its own bytes unless it has escapes.
// A text that is not wanted is only checked.
func (d *document) token(want bool) ([]byte, error) {
	start := d.at + 1
	at := d.special(start)
	if at < len(d.data) && d.data[at] == '"' {
		d.at = at + 1
		return d.data[start:at], nil
	}
	return d.escaped(start, at, want)
}

// escaped reads on from an escape of a string, or from its end, in at. The text, from start on, is written into the arena.
func (d *document) escaped(start, at int, want bool) ([]byte, error) {
	begin := len(d.arena)
	if want {
		d.arena = append(d.arena, d.data[start:at]...)
	}
	for at < len(d.data) && d.data[at] == '\\' {
		taken := escapeLength(d.data[at:])
		if taken == 0 {
			return nil, errJSON
		}
		if want {
			taken = d.unescape(d.data[at:])
		}
		if d.noted != nil {
			d.noted.note(at-d.notedFrom, taken, d.notedText+len(d.arena)-begin)
		}
		if at += taken; want {
			at = d.copyText(at)
		} else {
			at = d.special(at)
		}
	}
	if at >= len(d.data) || d.data[at] != '"' {
		return nil, errJSON
	}
	d.at = at + 1
	return d.arena[begin:], nil
}

// copyText is special for a text that is copied to the arena on the way: escapes are often near each other, as in
// a path, so that a word is copied before it is known how much of it is wanted.
func (d *document) copyText(at int) int {
	b, seen := d.data, d.seen
	for at+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[at:])
		end := len(d.arena)
		d.arena = binary.LittleEndian.AppendUint64(d.arena, w)
		seen |= w
		if found := specialIn(w); found != 0 {
			n := bits.TrailingZeros64(found) / 8
			d.arena = d.arena[:end+n]
			d.seen = seen
			return at + n
		}
		at += 8
	}
	d.seen = seen
	start := at
	at = d.special(at)
	d.arena = append(d.arena, b[start:at]...)
	return at
}

// specialIn marks, by its highest bit, the first byte of a word that is a quote, a backslash or a control character: taking one from
// each byte borrows into the high bit where the byte was zero, and taking 0x20 where it was less. Bytes after the first may be marked wrongly.
func specialIn(w uint64) uint64 {
	quote, slash := w^('"'*ones), w^('\\'*ones)
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-0x20*ones)&^w) & high
}

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// special gives the place from at on of the first quote, backslash or control character, or the end, eight
// bytes at a time. It takes down which bits it has seen.
func (d *document) special(at int) int {
	b, seen := d.data, d.seen
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		seen |= w
		if found := specialIn(w); found != 0 {
			d.seen = seen
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for ; at < len(b); at++ {
		seen |= uint64(b[at])
		if b[at] == '"' || b[at] == '\\' || b[at] < ' ' {
			break
		}
	}
	d.seen = seen
	return at
}

// ascii tells whether all texts are ASCII. It may say no when they are.
func (d *document) ascii() bool { return d.seen&high == 0 }

// escapeLength is how long the escape at the head of b is; 0 if it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) >= 6 && hex(b[2:6]) {
			return 6
		}
	}
	return 0
}

func hex(digits []byte) bool {
	for _, c := range digits {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

var plainEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape writes what the escape at the head of b stands for into the arena, and gives its length. A lone
// surrogate becomes U+FFFD.
func (d *document) unescape(b []byte) int {
	if b[1] != 'u' {
		d.arena = append(d.arena, plainEscapes[b[1]])
		return 2
	}
	r, taken := rune(code(b[2:6])), 6
	if utf16.IsSurrogate(r) {
		low := rune(0)
		if rest := b[6:]; escapeLength(rest) == 6 {
			low = rune(code(rest[2:6]))
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			taken = 12
		}
	}
	if r >= utf8.RuneSelf {
		d.seen |= high
	}
	d.arena = utf8.AppendRune(d.arena, r)
	return taken
}

func code(digits []byte) (n uint16) {
	for _, c := range digits {
		n <<= 4
		switch {
		case c <= '9':
			n += uint16(c - '0')
		case c <= 'F':
			n += uint16(c-'A') + 10
		default:
			n += uint16(c-'a') + 10
		}
	}
	return n
}

func refusal(err error) error {
	if errors.Is(err, errDeep) {
		return fmt.Errorf("JSON nests deeper than %d", maxNesting)
	}
	return err
}
