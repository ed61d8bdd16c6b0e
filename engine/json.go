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
	d.controls, d.ascii = survey(data)
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
		key, escaped, err := d.token()
		if err != nil {
			return err
		}
		d.space()
		if d.at >= len(d.data) || d.data[d.at] != ':' {
			return errJSON
		}
		d.at++
		d.space()
		if escaped {
			key = d.unescape(key)
		}
		if err := read(key); err != nil {
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
		raw, escaped, err := d.token()
		if err == nil && (col != nil || d.layout.keywords) {
			if escaped {
				raw = d.unescape(raw)
			}
			d.scalar(col, unsafe.String(unsafe.SliceData(raw), len(raw)))
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

// token reads a string at its quote and gives what stands between the quotes, as it is written.
func (d *document) token() (raw []byte, escaped bool, err error) {
	start := d.at + 1
	at := start + special(d.data[start:])
	for at < len(d.data) && d.data[at] == '\\' {
		escaped = true
		n := escapeLength(d.data[at:])
		if n == 0 {
			return nil, false, errJSON
		}
		at += n
		at += special(d.data[at:])
	}
	if at >= len(d.data) {
		return nil, false, errJSON
	}
	raw = d.data[start:at]
	d.at = at + 1
	if d.controls {
		if controls, _ := survey(raw); controls {
			return nil, false, errJSON
		}
	}
	return raw, escaped, nil
}

// special gives the place of the first quote or backslash, or the length, eight bytes at a time:
// taking one from each byte borrows into the high bit where the byte was zero.
func special(b []byte) int {
	at := 0
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		quote, slash := w^('"'*ones), w^('\\'*ones)
		if found := ((quote-ones)&^quote | (slash-ones)&^slash) & high; found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for ; at < len(b); at++ {
		if b[at] == '"' || b[at] == '\\' {
			break
		}
	}
	return at
}

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

// unescape writes a string's text into the arena. A lone surrogate becomes U+FFFD.
func (d *document) unescape(raw []byte) []byte {
	start := len(d.arena)
	for {
		slash := bytes.IndexByte(raw, '\\')
		if slash < 0 {
			d.arena = append(d.arena, raw...)
			return d.arena[start:]
		}
		d.arena = append(d.arena, raw[:slash]...)
		raw = raw[slash:]
		if raw[1] != 'u' {
			d.arena = append(d.arena, plainEscapes[raw[1]])
			raw = raw[2:]
			continue
		}
		r := rune(code(raw[2:6]))
		raw = raw[6:]
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
				low = rune(code(raw[2:6]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				raw = raw[6:]
			}
		}
		d.ascii = d.ascii && r < utf8.RuneSelf
		d.arena = utf8.AppendRune(d.arena, r)
	}
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

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// survey tells whether there is a control character, which a line of JSON seldom has, and whether all
// is ASCII. It looks at eight bytes at once: a byte below 0x20 borrows when 0x20 is taken from it.
func survey(data []byte) (controls, ascii bool) {
	var low, all uint64
	for ; len(data) >= 32; data = data[32:] {
		a, b := binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
		c, d := binary.LittleEndian.Uint64(data[16:]), binary.LittleEndian.Uint64(data[24:32])
		low |= (a-0x20*ones)&^a | (b-0x20*ones)&^b | (c-0x20*ones)&^c | (d-0x20*ones)&^d
		all |= a | b | c | d
	}
	controls, ascii = low&high != 0, all&high == 0
	for _, c := range data {
		controls = controls || c < ' '
		ascii = ascii && c < utf8.RuneSelf
	}
	return controls, ascii
}

func refusal(err error) error {
	if errors.Is(err, errDeep) {
		return fmt.Errorf("JSON nests deeper than %d", maxNesting)
	}
	return err
}
