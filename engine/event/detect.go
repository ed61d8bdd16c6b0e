package event

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"

	"golang.org/x/text/transform"
)

// This file tells by the beginning of a file, and behind each array and each document of XML, in which form its events
// are.

// detect distinguishes a JSON array, an object over several lines, Windows' XML, and logs of text from lines of JSON.
// On standard input, which has no file name, it detects CSV too. It leaves anything unreadable to the next read, which
// rejects it like any other line.
func (r *Reader) detect() {
	o, isAnother := r.opening()
	if isAnother {
		r.elements = &elements{brackets: true, last: '\n'}
		return
	}
	isFirst := r.line == 0
	if isFirst {
		if r.refused = rendered(o.line, o.next); r.refused != "" {
			return
		}
	}
	titled := isRecordLine(o.line) && bytes.HasPrefix(o.next, []byte("{"))
	buffered, _ := r.in.Peek(r.in.Buffered()) // it is there
	r.journal = bytes.Contains(buffered, journalSign)
	r.isBeside = r.journal || hasXML(buffered)
	r.laurel = laurelLine.Match(o.line)
	if isFirst && !titled && !r.namedTable() {
		if r.text = asText(buffered, r.latest, func() bool { return r.isTable(o.line, o.rest) }); r.text != nil {
			return
		}
	}
	switch {
	case titled:
		r.elements = &elements{last: '\n', titled: true}
	case o.isXML():
		r.xml = &xmlEvents{}
		r.line++ // which lines of JSON do at each
	case isFirst && o.refusal() != "":
		r.refused = o.refusal()
	case isFirst && r.isTable(o.line, o.rest):
		r.rows = &rows{}
	default:
		r.formless = isFirst && isFormless(o.line) && !bytes.Contains(buffered, []byte("\n{"))
		r.detectObjects(o)
	}
}

// opening is how what is read next begins.
type opening struct {
	head  []byte // as much as was looked at
	line  []byte // the first line that is not blank, without the space around it
	whole bool   // the line ends within head
	rest  []byte // head behind the line
	next  []byte // the same, from its first character that is not a space
}

// opening looks ahead until it sees the first line and what follows it, or a line that is one value: an object that
// somebody types line by line is read at once. isAnother says that an array follows an array, which needs no second
// look.
func (r *Reader) opening() (o opening, isAnother bool) {
	for n := 64; ; n *= 2 {
		head, err := r.in.Peek(min(n, r.in.Size()))
		if r.arrays && bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("[")) {
			return opening{}, true
		}
		ended := err != nil || len(head) == r.in.Size()
		if ended && bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
			r.in = bufio.NewReaderSize(transform.NewReader(r.in, carriageReturns{}), 1<<16)
			n = 32 // from the beginning
			continue
		}
		o.head = head
		o.line, o.rest, o.whole = bytes.Cut(bytes.TrimLeft(head, " \t\r\n\x1e"), []byte("\n"))
		o.line = bytes.TrimSpace(o.line)
		o.next = bytes.TrimLeft(o.rest, " \t\r\n")
		if ended || (o.whole && (len(o.rest) > 0 || skipValue(o.line, 0) == len(o.line))) {
			return o, false
		}
	}
}

// isXML tells whether it is XML with events.
func (o *opening) isXML() bool {
	return bytes.HasPrefix(o.line, []byte("<")) && bytes.Contains(o.head, []byte("<Event")) || isXML(o.line)
}

// refusal says why a file that begins so is not read. It is "" if it is.
func (o *opening) refusal() string {
	switch {
	case bytes.HasPrefix(o.line, []byte("<")) && !bytes.Contains(o.head, []byte("\n{")):
		return fmt.Sprintf("XML without <Event>: the file begins with %.60q", o.line)
	case len(o.head) > 262 && string(o.head[257:262]) == "ustar":
		return "not a log: the file is an archive of tar: give decree the files in it"
	case bytes.IndexByte(o.line, 0) >= 0 && bytes.IndexByte([]byte("{["), o.line[0]) < 0:
		return "not a log: the file is binary"
	}
	return ""
}

// detectObjects distinguishes an array, objects over several lines and an envelope too long for a line from lines of
// JSON.
func (r *Reader) detectObjects(o opening) {
	isArray, isObject := bytes.HasPrefix(o.line, []byte("[")), bytes.HasPrefix(o.line, []byte("{"))
	opens := isObject && o.whole && goesOn(o.line, o.next)
	isLong := isObject && (!o.whole || len(o.line) > r.opt.MaxLine)
	if (opens || isLong) && r.streamed() {
		return
	}
	if opens || isArray {
		r.elements = &elements{brackets: isArray, last: '\n'}
	}
}

var (
	wevtutilText = regexp.MustCompile(`^Event\[\d+\]:?$`)
	splunkText   = regexp.MustCompile(`^\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}(?:\.\d+)? [AP]M$`)
)

// rendered recognises events that are written as text in which most values have no names, or in a form that is not
// read. It says in which form to get them.
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

// goesOn distinguishes an object over several lines from a damaged line. Such an object breaks off where a list or
// object begins, or before another key. The parameter is the beginning of the next line.
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

// isTable distinguishes CSV from lines of JSON, whatever the file's name: the first line has several cells, and the
// next has as many. The name matters only for a table with one column.
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
