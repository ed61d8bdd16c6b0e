package document

import (
	"bytes"
	"errors"
	"fmt"
	"unsafe"

	"decree/engine/jsontext"
)

// This file reads strict JSON in one pass and makes texts only of what the layout asks for. Texts are
// views of the event's bytes unless they have escapes. It accepts what encoding/json accepts;
// a fuzz test compares the two.

var errJSON, errDeep = jsontext.ErrSyntax, jsontext.ErrDeep

// read reads the whole text. The outermost value must be an object.
func (d *Document) read(data []byte) error {
	d.data, d.at, d.depth = data, 0, 0
	d.bits = 0
	d.space()
	if d.at >= len(data) || data[d.at] != '{' {
		return errJSON
	}
	d.firstKey = jsontext.Space(data, d.at+1)
	if err := d.outermostObject(); err != nil {
		return err
	}
	d.space()
	if d.at != len(data) {
		return errJSON
	}
	return nil
}

// space skips white space. There seldom is any.
func (d *Document) space() {
	if d.at < len(d.data) && d.data[d.at] <= ' ' {
		d.skip()
	}
}

func (d *Document) skip() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// opens reads the opening bracket of an object or a list, and also the closing one, end, if nothing stands between
// them.
func (d *Document) opens(end byte) (isEmpty bool, err error) {
	if d.depth++; d.depth > jsontext.MaxNesting {
		return false, errDeep
	}
	d.at++
	d.space()
	if d.peek() != end {
		return false, nil
	}
	d.at++
	d.depth--
	return true, nil
}

// closes reads the closing bracket.
func (d *Document) closes(end byte) error {
	if d.peek() != end {
		return errJSON
	}
	d.at++
	d.depth--
	return nil
}

// comma reads a comma and the space behind it, if it stands here.
func (d *Document) comma() bool {
	if d.peek() != ',' {
		return false
	}
	d.at++
	d.space()
	return true
}

// members reads an object at its brace: read is called at each value, with its key.
func (d *Document) members(read func(key []byte) error) error {
	if isEmpty, err := d.opens('}'); isEmpty || err != nil {
		return err
	}
	for {
		key, err := d.key()
		if err != nil {
			return err
		}
		if err := read(key); err != nil {
			return err
		}
		if d.space(); !d.comma() {
			return d.closes('}')
		}
	}
}

// itemsOf reads a list at its bracket: read is called at each item.
func (d *Document) itemsOf(read func() error) error {
	if isEmpty, err := d.opens(']'); isEmpty || err != nil {
		return err
	}
	for {
		if err := read(); err != nil {
			return err
		}
		if d.space(); !d.comma() {
			return d.closes(']')
		}
	}
}

// key reads a key, and what stands between it and its value.
func (d *Document) key() ([]byte, error) {
	if d.peek() != '"' {
		return nil, errJSON
	}
	key, err := d.token()
	if err != nil {
		return nil, err
	}
	d.space()
	if d.peek() != ':' {
		return nil, errJSON
	}
	d.at++
	d.space()
	return key, nil
}

// member reads the value of a key that is not kept. isFirst says that it is the event's first key.
func (d *Document) member(lv *level, key []byte, isFirst bool) error {
	of, path := d.layout.asks(lv, key, d.path)
	d.path = path
	d.wrapped = d.wrapped || of.isOdd
	if of.hasInside() {
		d.onceApart(lv, key)
	}
	switch {
	case of.lifts != nil:
		d.found(of.lifts)
	case lv.depth == 0 && d.layout.wraps(key):
		if isFirst && string(key) == "Event" && d.peek() == '{' {
			err := d.record.read()
			if d.space(); d.peek() == ',' { // something stands beside it
				d.wrapped = true
			}
			return err
		}
		d.wrapped = true
	}
	var col *Value
	if of.column >= 0 {
		col = d.claim(int(of.column), of.depth)
	}
	return d.value(col, d.brief(&of, path, lv.depth+1))
}

// value reads any value into a column, which may be nil. inner is the level of its objects if columns inside them are
// asked for, and else nil.
func (d *Document) value(col *Value, inner *level) error {
	if d.at >= len(d.data) {
		return errJSON
	}
	if col == nil && inner == nil && !d.forWords {
		return d.unasked()
	}
	switch c := d.data[d.at]; c {
	case '"':
		text, err := d.token()
		if err == nil {
			d.scalar(col, unsafe.String(unsafe.SliceData(text), len(text)))
		}
		return err
	case '{':
		if col != nil {
			col.Present = col.Present || d.layout.textless
		}
		switch {
		case inner != nil:
			return d.object(inner)
		case d.forWords:
			return d.members(func([]byte) error { return d.value(nil, nil) })
		}
		return d.unasked()
	case '[':
		return d.array(col, inner)
	case 't':
		return d.word(col, "true")
	case 'f':
		return d.word(col, "false")
	case 'n':
		return d.word(nil, "null")
	}
	return d.number(col)
}

// scalar adds a text to the column and to the keywords, where they are asked for.
func (d *Document) scalar(col *Value, text string) {
	if col != nil {
		col.Present = true
		col.Texts = append(col.Texts, text)
	}
	if d.layout.keywords {
		d.all = append(d.all, text)
	}
}

func (d *Document) array(col *Value, inner *level) error {
	if inner != nil {
		defer d.leave(d.enter())
	}
	if col != nil {
		col.Present = col.Present || d.layout.textless
	}
	return d.itemsOf(func() error {
		if inner != nil {
			d.next()
		}
		return d.value(col, inner)
	})
}

func (d *Document) word(col *Value, word string) error {
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
func (d *Document) number(col *Value) error {
	start := d.at
	end := jsontext.Number(d.data, start)
	if end < 0 {
		return errJSON
	}
	d.at = end
	raw := d.data[start:end]
	d.scalar(col, unsafe.String(unsafe.SliceData(raw), len(raw)))
	return nil
}

// unasked skips a value that no column asks for. Keywords may ask for it later.
func (d *Document) unasked() error {
	if d.layout.keywords {
		d.skipped = append(d.skipped, d.at)
	}
	return d.over()
}

// readSkipped reads the values that only keywords ask for.
func (d *Document) readSkipped() {
	if len(d.skipped) == 0 {
		return
	}
	d.forWords = true
	for _, at := range d.skipped {
		d.at, d.depth = at, 0
		if err := d.value(nil, nil); err != nil {
			panic(err) // it was checked before
		}
	}
	d.forWords, d.skipped = false, d.skipped[:0]
}

// over checks a value and goes on behind it.
func (d *Document) over() error {
	if d.data[d.at] == '"' {
		end := jsontext.SkipText(d.data, d.at)
		if end < 0 {
			return errJSON
		}
		d.at = end
		return nil
	}
	end, err := jsontext.Skip(d.data, d.at, d.depth)
	if err == nil {
		d.at = end
	}
	return err
}

func refusal(err error) error {
	if errors.Is(err, errDeep) {
		return fmt.Errorf("JSON nests deeper than %d", jsontext.MaxNesting)
	}
	return err
}
