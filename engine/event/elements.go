package event

import (
	"bytes"
	"errors"
	"io"

	"decree/engine/jsontext"
)

// elements reads the values of a JSON array, or of several objects that span lines. It only counts brackets, so a bad
// element does not affect the elements after it. No element larger than the limit is kept in memory.
type elements struct {
	brackets bool // the values are in an array
	open     bool // its [ was read
	last     byte // read last; at first as if a line had ended
	titled   bool // objects have a line with their number before them

	around  int       // brackets around the array, of an envelope
	within  *envelope // that it is of
	of      *envelope // that has further ones behind it; nil for none
	columns []string  // of its rows
}

// errArrayEnd says that an array has ended. The file may continue.
var errArrayEnd = errors.New("end of array")

// nextElement reads the next element of an array, or the next of several objects. After the end of an array
// (errArrayEnd), the rest of the file is detected again.
func (r *Reader) nextElement() (Raw, error) {
	for {
		c, err := r.skipSpace()
		switch {
		case errors.Is(err, io.EOF):
			cut := r.elements.open
			r.elements = nil
			if cut {
				r.broken = "the array does not end"
				return r.bad(r.line, nil, "the array does not end")
			}
			return Raw{}, io.EOF
		case err != nil:
			return r.unreadable(r.line, nil, err)
		case c == '[' && r.elements.brackets && !r.elements.open:
			r.elements.open = true
			continue
		case c == ']' && r.elements.open:
			if raw, goesOn, err := r.endArray(); !goesOn {
				return raw, err
			}
			continue
		case c == ',' && r.elements.open:
			continue
		case c == 'R' && r.elements.titled:
			for err == nil && c != '\n' {
				c, err = r.readByte()
			}
			continue
		}
		return r.wholeElement(c)
	}
}

// endArray reads on behind the end of an array. It tells whether the array around it goes on, and gives errArrayEnd if
// there is none.
func (r *Reader) endArray() (raw Raw, goesOn bool, err error) {
	rest := r.elements.around
	if r.elements.of != nil {
		rest -= 2 // the list around, and its object
	}
	if err := r.skipRest(rest); err != nil {
		r.elements, r.broken = nil, "the object around the array does not end"
		raw, err = r.bad(r.line, nil, "the object around the array does not end")
		return raw, false, err
	}
	if of := r.elements.of; of != nil {
		r.elements = &elements{brackets: true, open: true, last: r.elements.last, around: 1, within: of}
		return Raw{}, true, nil
	}
	r.elements = nil
	r.line-- // the rest of this line is read as one
	r.started, r.arrays = false, true
	return Raw{}, false, errArrayEnd
}

// wholeElement reads an element, of which the first byte was read.
func (r *Reader) wholeElement(first byte) (Raw, error) {
	begin := r.line
	raw, size, err := r.element(first)
	switch {
	case errors.Is(err, io.EOF):
		r.elements, r.broken = nil, "the file ends inside an element"
		return r.bad(begin, raw[:min(len(raw), keptRaw)], "not JSON: the file ends inside this element")
	case err != nil:
		return r.unreadable(begin, raw, err)
	case size > r.opt.MaxLine:
		return r.long(begin, raw, "element", size)
	}
	r.lines++
	if r.elements.columns != nil {
		return row(Raw{Line: begin, Content: TextContent(raw)}, r.elements.columns), nil
	}
	return Raw{Line: begin, Content: TextContent(raw)}, nil
}

// skipSpace gives the next byte that is not white space, and counts lines.
func (r *Reader) skipSpace() (byte, error) {
	for {
		c, err := r.readByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, nil
		}
	}
}

// readByte counts the line that a byte stands on: the first byte of a file is on line 1.
func (r *Reader) readByte() (byte, error) {
	c, err := r.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if r.elements.last == '\n' {
		r.line++
	}
	r.elements.last = c
	return c, nil
}

// element reads on from the first byte of a value to its last. The value is in the lent memory, if there is room.
func (r *Reader) element(first byte) (raw []byte, size int, err error) {
	raw, size, err = r.appendElement(r.lent.room(), first)
	r.lent.claim(raw)
	return raw, size, err
}

func (r *Reader) appendElement(raw []byte, first byte) (_ []byte, size int, err error) {
	var v valueEnd
	part := []byte{first}
	n, ends := v.find(part)
	for {
		size += n
		switch {
		case size <= r.opt.MaxLine:
			raw = append(raw, part[:n]...)
		case len(raw) <= keptRaw:
			raw = append(raw, part[:min(n, keptRaw-len(raw))]...)
		default:
			raw = bytes.Clone(raw[:keptRaw])
		}
		if ends {
			return raw, size, nil
		}
		if part, err = r.buffered(); err != nil {
			if v.mayEnd() {
				err = nil // the next read reports it
			}
			return raw, size, err
		}
		n, ends = v.find(part)
		r.take(part[:n])
	}
}

// buffered gives what can be read at once, at least a byte.
func (r *Reader) buffered() ([]byte, error) {
	if _, err := r.in.Peek(1); err != nil {
		return nil, err
	}
	return r.in.Peek(r.in.Buffered())
}

// take reads on over what is buffered, and counts lines as readByte does.
func (r *Reader) take(part []byte) {
	if len(part) == 0 {
		return
	}
	last := len(part) - 1
	r.line += bytes.Count(part[:last], []byte("\n"))
	if r.elements.last == '\n' {
		r.line++
	}
	r.elements.last = part[last]
	_, _ = r.in.Discard(len(part)) // it is buffered
}

// valueEnd finds the end of a JSON value in parts of a text. It only counts brackets.
type valueEnd struct {
	begun   bool
	depth   int  // of brackets
	quoted  bool // in a string
	escaped bool // behind a backslash in it
}

// mayEnd tells whether a value ends where the text does: one that is not an object, array or string.
func (v *valueEnd) mayEnd() bool { return v.begun && v.depth <= 0 && !v.quoted }

// find gives how many bytes of the next part are the value's, and whether it ends there. A value that is not an object,
// array or string ends before a comma, a bracket or white space.
func (v *valueEnd) find(part []byte) (n int, ends bool) {
	for n < len(part) {
		if v.quoted && !v.escaped {
			if n = jsontext.Special(part, n); n == len(part) {
				break
			}
		}
		c := part[n]
		if v.mayEnd() && bytes.IndexByte([]byte(" \t\r\n,[]{}"), c) >= 0 {
			return n, true
		}
		n++
		v.begun = true
		switch {
		case v.quoted && c == '\n': // no string has one: this one was not closed
			v.quoted, v.escaped = false, false
		case v.escaped:
			v.escaped = false
		case v.quoted && c == '\\':
			v.escaped = true
		case c == '"':
			v.quoted = !v.quoted
		case v.quoted:
		case c == '{' || c == '[':
			v.depth++
		case c == '}' || c == ']':
			v.depth--
		}
		if v.mayEnd() && (c == '}' || c == ']' || c == '"' || c == '\n') {
			return n, true
		}
	}
	return n, false
}
