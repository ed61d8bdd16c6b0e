package event

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// detect tells a JSON array, or one object over several lines, and Windows' XML from lines of JSON,
// and on standard input, which has no name, CSV too. What it cannot read it leaves to whoever reads
// next, so that it is rejected like any other line.
func (r *Reader) detect() {
	for n := 64; ; n *= 2 {
		head, err := r.in.Peek(min(n, r.in.Size()))
		ended := err != nil || len(head) == r.in.Size()
		trimmed := bytes.TrimLeft(head, " \t\r\n")
		line, rest, whole := bytes.Cut(trimmed, []byte("\n"))
		if !ended && (!whole || len(rest) == 0) {
			continue
		}
		line = bytes.TrimSpace(line)
		switch {
		case isXML(line):
			r.xml = &xmlEvents{}
			r.line++ // which lines of JSON do at each
			return
		case r.source == "-" && r.line == 0 && isHeader(line) && !bytes.HasPrefix(rest, []byte("{")):
			r.rows = &rows{}
			return
		}
		object := len(line) > 0 && line[0] == '{'
		opens := object && whole && goesOn(line, bytes.TrimLeft(rest, " \t\r\n"))
		switch {
		case (opens || (object && (!whole || len(line) > r.opt.MaxLine))) && r.streamed():
		case opens || isTitle(line) || (len(line) > 0 && line[0] == '['):
			r.elements = &elements{brackets: line[0] == '[', last: '\n', titled: isTitle(line)}
		}
		return
	}
}

// goesOn tells an object over several lines, of which the next begins so, from a damaged line: it breaks off where a list or an object
// begins, or before another key.
func goesOn(line, next []byte) bool {
	if skipValue(line, 0) >= 0 {
		return false
	}
	switch line[len(line)-1] {
	case '{', '[':
		return true
	case ',':
		return bytes.HasPrefix(next, []byte(`"`))
	}
	return false
}

// isTitle tells the line that evtx_dump writes before each object.
func isTitle(line []byte) bool {
	number, ok := bytes.CutPrefix(line, []byte("Record "))
	return ok && len(bytes.Trim(number, "0123456789")) == 0
}

// isHeader tells the header of CSV from a line of JSON.
func isHeader(line []byte) bool {
	return bytes.IndexByte(line, ',') > 0 && bytes.IndexByte([]byte("{["), line[0]) < 0 && !json.Valid(line)
}

// nextLine reads lines until one is not blank. A line over the limit is not kept in memory.
func (r *Reader) nextLine() (Raw, error) {
	for {
		line, size, err := r.readLine()
		if errors.Is(err, io.EOF) && size == 0 {
			return Raw{}, io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return r.unreadable(r.line, line, err)
		}
		if size > r.opt.MaxLine {
			return r.bad(r.line, line, "line of %d bytes is longer than %d", size, r.opt.MaxLine)
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			r.lines++
			return Raw{Line: r.line, Data: trimmed}, nil
		}
	}
}

// unreadable ends a file that breaks off, such as a truncated archive. What came before stands.
func (r *Reader) unreadable(line int, data []byte, err error) (Raw, error) {
	r.in, r.elements = bufio.NewReader(bytes.NewReader(nil)), nil
	return r.bad(line, data, "the file cannot be read on: %w", err)
}

// readLine gives the next line with its end, or its first bytes when it is too long. Size does
// not count the line's end. The line is in the memory lent, if there is room.
func (r *Reader) readLine() (line []byte, size int, err error) {
	room := r.lent[len(r.lent):]
	line, size, err = r.appendLine(room)
	if len(line) <= cap(room) { // else append moved it
		r.lent = r.lent[:len(r.lent)+len(line)]
	}
	return line, size, err
}

func (r *Reader) appendLine(line []byte) (_ []byte, size int, err error) {
	r.line++
	for {
		part, err := r.in.ReadSlice('\n')
		size += len(part)
		if size <= r.opt.MaxLine+len("\r\n") {
			line = append(line, part...)
		} else if len(line) > keptRaw {
			line = bytes.Clone(line[:keptRaw])
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil {
			size--
			if bytes.HasSuffix(part, []byte("\r\n")) {
				size--
			}
		} else if errors.Is(err, io.EOF) && size > 0 {
			err = nil
		}
		return line, size, err
	}
}
