package event

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"

	"golang.org/x/text/transform"

	"decree/engine/event/evtx"
)

// detect distinguishes a JSON array, an object over several lines, and Windows' XML from lines of JSON. On standard
// input, which has no file name, it detects CSV too. It leaves anything unreadable to the next read, which rejects it like
// any other line.
func (r *Reader) detect() {
	for n := 64; ; n *= 2 {
		head, err := r.in.Peek(min(n, r.in.Size()))
		if r.arrays && bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("[")) {
			r.elements = &elements{brackets: true, last: '\n'}
			return // an array after another needs no second look
		}
		ended := err != nil || len(head) == r.in.Size()
		if ended && bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
			r.in = bufio.NewReaderSize(transform.NewReader(r.in, carriageReturns{}), 1<<16)
			n = 32
			continue
		}
		trimmed := bytes.TrimLeft(head, " \t\r\n\x1e")
		line, rest, whole := bytes.Cut(trimmed, []byte("\n"))
		line = bytes.TrimSpace(line)
		if !ended && (!whole || (len(rest) == 0 && skipValue(line, 0) != len(line))) {
			continue // an object that somebody types line by line is read at once
		}
		next := bytes.TrimLeft(rest, " \t\r\n")
		if r.line == 0 {
			if r.refused = rendered(line, next); r.refused != "" {
				return
			}
		}
		titled := isRecordLine(line) && bytes.HasPrefix(next, []byte("{"))
		buffered, _ := r.in.Peek(r.in.Buffered()) // it is there
		r.journal = bytes.Contains(buffered, journalSign)
		if r.line == 0 && !titled && !r.namedTable() {
			if r.text = asText(buffered, r.latest, func() bool { return r.isTable(line, rest) }); r.text != nil {
				return
			}
		}
		switch {
		case titled:
			r.elements = &elements{last: '\n', titled: true}
			return
		case bytes.HasPrefix(line, []byte("<")) && bytes.Contains(head, []byte("<Event")), isXML(line):
			r.xml = &xmlEvents{events: evtx.NewXML()}
			r.line++ // which lines of JSON do at each
			return
		case r.line == 0 && bytes.HasPrefix(line, []byte("<")) && !bytes.Contains(head, []byte("\n{")):
			r.refused = fmt.Sprintf("XML without <Event>: the file begins with %.60q", line)
			return
		case r.line == 0 && bytes.IndexByte(line, 0) >= 0 && bytes.IndexByte([]byte("{["), line[0]) < 0:
			r.refused = "not a log: the file is binary"
			return
		case r.line == 0 && r.isTable(line, rest):
			r.rows = &rows{}
			return
		}
		object := len(line) > 0 && line[0] == '{'
		opens := object && whole && goesOn(line, next)
		switch {
		case (opens || (object && (!whole || len(line) > r.opt.MaxLine))) && r.streamed():
		case opens || (len(line) > 0 && line[0] == '['):
			r.elements = &elements{brackets: line[0] == '[', last: '\n'}
		}
		return
	}
}

var (
	wevtutilText = regexp.MustCompile(`^Event\[\d+\]:?$`)
	splunkText   = regexp.MustCompile(`^\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}(?:\.\d+)? [AP]M$`)
)

// rendered recognises events that are written as text in which most values have no names, or in a form that is not read. It says in which form to get
// them.
func rendered(line, next []byte) string {
	switch {
	case wevtutilText.Match(line):
		return "wevtutil's text has no names for most values: write the events with /f:RenderedXml or /f:xml, or save the log as EVTX"
	case bytes.HasPrefix(line, []byte("__CURSOR=")):
		return "the journal's export format is not read: write its entries with journalctl -o json"
	case splunkText.Match(line) && bytes.HasPrefix(next, []byte("LogName=")):
		return "Splunk's text of Windows events has no names for most values: collect the log with renderXml = true, or export it as XML or EVTX"
	}
	return ""
}

// goesOn distinguishes an object over several lines from a damaged line. Such an object breaks off where a list or object begins, or before
// another key. The parameter is the beginning of the next line.
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

// isTable distinguishes CSV from lines of JSON, whatever the file's name: the first line has several cells, and the next has as many. The name
// matters only for a table with one column.
func (r *Reader) isTable(line, rest []byte) bool {
	named := r.namedTable()
	switch {
	case len(line) == 0:
		return named && len(rest) > 0
	case bytes.HasPrefix(line, []byte(`{"`)), bytes.HasPrefix(line, []byte("[{")), !named && bytes.IndexByte([]byte("{["), line[0]) >= 0:
		return false
	case named || bytes.HasPrefix(line, separatorLine) || bytes.HasPrefix(line, typeLine):
		return true
	case json.Valid(line):
		return false
	}
	comma := separator(line)
	next, _, whole := bytes.Cut(bytes.TrimLeft(rest, "\r\n"), []byte("\n"))
	cells := cellsOf(line, comma)
	return cells > 1 && (!whole && bytes.IndexByte(next, '{') != 0 || cellsOf(next, comma) == cells || quoteOpen(next, false, comma))
}

// namedTable tells whether the file's name says that it is CSV.
func (r *Reader) namedTable() bool {
	return slices.Contains([]string{".csv", ".tsv"}, filepath.Ext(plainName(r.source)))
}

func cellsOf(line []byte, comma byte) int {
	parse := csv.NewReader(bytes.NewReader(line))
	parse.LazyQuotes, parse.Comma = true, rune(comma)
	row, err := parse.Read()
	if err != nil {
		return 0
	}
	return len(row)
}

// carriageReturns turns carriage returns into line feeds if they alone end the lines of a file.
type carriageReturns struct{ transform.NopResetter }

func (carriageReturns) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	n := copy(dst, src)
	for i, c := range dst[:n] {
		if c == '\r' {
			dst[i] = '\n'
		}
	}
	if n < len(src) {
		err = transform.ErrShortDst
	}
	return n, n, err
}

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
			return r.bad(r.line, line, "line of %d bytes is longer than %d", size, r.opt.MaxLine)
		}
		if object := object(line); len(object) > 0 {
			r.lines++
			return Raw{Line: r.line, Content: TextContent(object)}, nil
		}
	}
}

// object removes what may surround the object of a line: a record separator (RFC 7464), or the comma of a list without brackets.
func object(line []byte) []byte {
	line = bytes.TrimSpace(line)
	if len(line) > 1 && line[0] == '\x1e' {
		line = bytes.TrimSpace(line[1:])
	}
	if n := len(line); n > 2 && line[n-1] == ',' && line[n-2] == '}' && line[0] == '{' {
		line = line[:n-1]
	}
	return line
}

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
	room := r.lent[len(r.lent):]
	line, size, err = r.appendLine(room, nil)
	if len(line) <= cap(room) { // else append moved it
		r.lent = r.lent[:len(r.lent)+len(line)]
	}
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
