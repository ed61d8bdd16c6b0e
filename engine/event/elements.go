package event

import (
	"bytes"
	"errors"
	"io"
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

// element reads on from the first byte of a value to its last. A value that is not an object,
// array or string ends before a comma, a bracket or white space.
func (r *Reader) element(first byte) (raw []byte, size int, err error) {
	depth, quoted := 0, false
	for c := first; ; {
		size++
		if size <= r.opt.MaxLine {
			raw = append(raw, c)
		} else if len(raw) > keptRaw {
			raw = bytes.Clone(raw[:keptRaw])
		}
		switch {
		case quoted && c == '\\':
			if c, err = r.readByte(); err != nil {
				return raw, size, err
			}
			size++
			if size <= r.opt.MaxLine {
				raw = append(raw, c)
			}
			quoted = c != '\n'
		case quoted && c == '\n': // no string has one: this one was not closed
			quoted = false
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if depth <= 0 && !quoted {
			if c == '}' || c == ']' || c == '"' || c == '\n' {
				return raw, size, nil
			}
			next, err := r.in.Peek(1)
			if err != nil || bytes.IndexByte([]byte(" \t\r\n,[]{}"), next[0]) >= 0 {
				return raw, size, nil
			}
		}
		if c, err = r.readByte(); err != nil {
			return raw, size, err
		}
	}
}
