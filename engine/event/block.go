package event

import (
	"bytes"
	"errors"
	"io"
)

// block is what was read into lent memory at once: lines, and perhaps the beginning of another. Lines are parts of it,
// and are not copied.
type block struct {
	ahead []byte // not given as lines yet; the last bytes of the lent memory
	next  int    // bytes of its first line, with the line break; 0 if it has no whole line
	err   error  // why no more can be read
	used  bool   // lines are read in blocks
}

// leastRoom is the room that is worth reading into, in bytes. It is the size of the reader's buffer, so that what is
// read is not copied from there.
const leastRoom = 1 << 16

func (r *Reader) hasRoom() bool { return cap(r.lent)-len(r.lent) >= leastRoom }

// lineOfBlock is readLine for a file that has nothing but lines.
func (r *Reader) lineOfBlock() (line []byte, size int, err error) {
	b := &r.block
	for b.next == 0 && b.err == nil && r.hasRoom() {
		var n int
		b.used = true
		seen := len(b.ahead)
		n, b.err = r.in.Read(r.lent[len(r.lent):cap(r.lent)])
		r.lent = r.lent[:len(r.lent)+n]
		b.ahead = r.lent[len(r.lent)-seen-n:]
		if at := bytes.IndexByte(b.ahead[seen:], '\n'); at >= 0 {
			b.next = seen + at + 1
		}
	}
	if b.next == 0 {
		return r.lineBeyondBlock()
	}
	r.line++
	line, b.ahead = b.ahead[:b.next:b.next], b.ahead[b.next:]
	b.next = bytes.IndexByte(b.ahead, '\n') + 1
	size = len(line) - 1
	if size > 0 && line[size-1] == '\r' {
		size--
	}
	return r.kept(line, size), size, nil
}

// lineBeyondBlock reads a line that has no room in the lent memory, or the last one of the file.
func (r *Reader) lineBeyondBlock() (line []byte, size int, err error) {
	b := &r.block
	first := b.ahead
	b.ahead = nil
	switch {
	case b.err == nil && len(first) == 0:
		return r.readLine()
	case b.err == nil:
		return r.appendLine(nil, first)
	}
	r.line++
	err, b.err = b.err, io.EOF
	if size = len(first); size > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return r.kept(first, size), size, err
}

// kept gives a line, or the first bytes of one that is too long.
func (r *Reader) kept(line []byte, size int) []byte {
	if size > r.opt.MaxLine {
		return line[:min(len(line), keptRaw)]
	}
	return line
}
