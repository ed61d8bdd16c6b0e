package event

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// nextLine reads lines until one is not blank. A line over the limit is not kept in memory.
func (r *Reader) nextLine() (Raw, error) {
	for {
		line, size, err := r.lineOfBlock()
		if errors.Is(err, io.EOF) && size == 0 {
			return Raw{}, io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return r.unreadable(r.line, line, err)
		}
		if size > r.opt.MaxLine {
			return r.long(r.line, line, "line", size)
		}
		if object := object(line); len(object) > 0 {
			if r.formless && isFormless(object) {
				return r.bad(r.line, line, "neither JSON nor a line of a log that decree knows")
			}
			r.lines++
			return Raw{Line: r.line, Content: TextContent(object)}, nil
		}
	}
}

// isFormless tells whether a line does not even begin like JSON that holds something.
func isFormless(line []byte) bool {
	return len(line) > 0 && bytes.IndexByte([]byte(`{["`), line[0]) < 0
}

// object removes what may surround the object of a line: a record separator (RFC 7464), the byte order mark of a file
// that was appended to another, or the comma of a list without brackets.
func object(line []byte) []byte {
	line = bytes.TrimSpace(line)
	switch {
	case len(line) > 1 && line[0] == '\x1e':
		line = bytes.TrimSpace(line[1:])
	case len(line) > 1 && line[0] == byteOrderMark[0]:
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte(byteOrderMark)))
	}
	if n := len(line); n > 2 && line[n-1] == ',' && line[n-2] == '}' && line[0] == '{' {
		line = line[:n-1]
	}
	return line
}

// byteOrderMark is that of UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// unreadable ends a file that breaks off, such as a truncated archive. Events before the break are kept.
func (r *Reader) unreadable(line int, data []byte, err error) (Raw, error) {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCut
	}
	r.in, r.elements, r.broken = bufio.NewReader(bytes.NewReader(nil)), nil, err.Error()
	return r.bad(line, data, "cannot read the rest of the file: %w", err)
}

// readLine gives the next line with its line break, or the first bytes of a line that is too long. size does not count
// the line break. The line is in the lent memory, if there is room.
func (r *Reader) readLine() (line []byte, size int, err error) {
	line, size, err = r.appendLine(r.lent.room(), nil)
	r.lent.claim(line)
	return line, size, err
}

// appendLine appends a line, of which the first part is read already.
func (r *Reader) appendLine(line, first []byte) (_ []byte, size int, err error) {
	r.line++
	for {
		part, err := first, bufio.ErrBufferFull
		if first = nil; len(part) == 0 {
			part, err = r.in.ReadSlice('\n')
		}
		size += len(part)
		switch {
		case size <= r.opt.MaxLine+len("\r\n"):
			line = append(line, part...)
		case len(line) <= keptRaw:
			line = append(line, part[:min(len(part), keptRaw-len(line))]...)
		default:
			line = bytes.Clone(line[:keptRaw])
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil {
			size--
			if end := []byte("\r\n"); bytes.HasSuffix(part, end) || len(part) == 1 && bytes.HasSuffix(line, end) {
				size--
			}
		} else if errors.Is(err, io.EOF) && size > 0 {
			err = nil
		}
		return line, size, err
	}
}

// errCut is the error of a compressed file of which the end is missing.
var errCut = errors.New("the compressed data is cut off: copy the file again")
