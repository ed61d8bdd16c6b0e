package event

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"decree/engine/event/logline"
)

// text reads a log of text line by line: syslog, CEF, auditd, requests of web servers, name=value, or a table whose
// lines of # name its columns.
type text struct {
	lines *logline.Reader
	table *logline.Table // nil for lines that have their own names
	parts logline.Parts  // of lines that containers printed

	first int // where the line begins that is read

	isObject bool // the last event is a JSON object of the file, which may be an envelope
}

// probedLines bounds how many lines are looked at to recognise a log of text.
const probedLines = 5

// asText recognises a log of text by its first lines; it gives nil for another file. The first line decides on a table.
// Lines of other forms may follow one that is damaged, unless the lines are rows.
func asText(head []byte, latest time.Time, isRows func() bool) *text {
	lines := bytes.Split(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	for len(lines) > 1 && logline.IsFrame(string(bytes.TrimSpace(lines[0]))) {
		lines = lines[1:]
	}
	lines = lines[:min(len(lines), probedLines)]
	first := string(bytes.TrimSpace(lines[0]))
	if logline.DetectTable(first) {
		return &text{table: logline.NewTable()}
	}
	if first == "" || first[0] == '{' || first[0] == '[' {
		return nil
	}
	for i, line := range lines {
		if (logline.Detect(string(line)) || logline.IsPart(string(line))) && (i == 0 || !isRows()) {
			return &text{lines: &logline.Reader{Latest: latest}}
		}
	}
	return nil
}

// latestOf is a time after which no line of a file was written: when it was changed, or now.
func latestOf(raw io.Reader) time.Time {
	switch f := raw.(type) {
	case *os.File:
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return info.ModTime().UTC()
		}
	case *zipEntry:
		return f.changed
	}
	return time.Now().UTC()
}

// nextText gives the next line that holds an event. A line of JSON among others is one.
func (r *Reader) nextText() (Raw, error) {
	for {
		line, size, err := r.readLine()
		if errors.Is(err, io.EOF) && size == 0 {
			if begun, first, waits := r.text.parts.Drop(); waits {
				return r.bad(first, begun, "the rest of a container's line is missing")
			}
			return Raw{}, io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return r.unreadable(r.line, line, err)
		}
		if size > r.opt.MaxLine {
			r.text.parts.PassOver(string(line), r.line)
			return r.long(r.line, line, "line", size)
		}
		line = bytes.TrimLeft(trimEnd(line), "\x00") // IIS fills a file ahead with zeros, and may go on behind them
		if len(bytes.Trim(line, " \t\r\x00")) == 0 {
			continue
		}
		if r.text.table == nil {
			text := string(line)
			whole, first, waiting := r.text.parts.Join(text, r.line)
			r.text.first = first
			switch {
			case waiting > r.opt.MaxLine:
				begun, _ := r.text.parts.PassOver(text, r.line)
				return r.long(first, begun, "line", waiting)
			case waiting > 0 || logline.IsFrame(strings.TrimSpace(whole)):
				continue
			}
			if whole != text {
				line = []byte(whole)
			}
			return r.logLine(line, whole)
		}
		if !logline.IsDirective(line) {
			return r.left(r.line, line, r.rowOf(r.text.table))
		}
		r.text.table = r.text.table.With(string(line))
	}
}

// rowOf is the form of a table's rows.
func (r *Reader) rowOf(table *logline.Table) form {
	return func(line []byte, to *Memory) (Content, error) {
		fields, err := table.Row(string(line))
		if err != nil {
			return Content{}, err
		}
		return r.whole(to.encode(fields)), nil
	}
}

// logLine gives the event of a line that is not a row of a table. text is the same as line.
func (r *Reader) logLine(line []byte, text string) (Raw, error) {
	r.text.isObject = false
	if object := object(line); object[0] == '{' {
		return r.objectOfLine(object)
	}
	if !logline.MayCarry(text) {
		return r.left(r.text.first, line, r.fieldsOfLine)
	}
	found, ok := r.text.lines.Parse(text)
	switch {
	case !ok:
		return r.bad(r.text.first, line, "%w", errFormless)
	case found.XML != "":
		return r.left(r.text.first, []byte(found.XML), eventOfXML)
	case found.JSON != "":
		return r.objectOfLine([]byte(found.JSON))
	}
	return r.encoded(r.text.first, found.Fields)
}

var errFormless = errors.New("not syslog, CEF, auditd, a request of a web server or proxy, or name=value, as other lines of the file")

// fieldsOfLine is the form of a line that carries no other event.
func (r *Reader) fieldsOfLine(line []byte, to *Memory) (Content, error) {
	found, ok := r.text.lines.Parse(string(line))
	if !ok {
		return Content{}, errFormless
	}
	return r.whole(to.encode(found.Fields)), nil
}

func (r *Reader) objectOfLine(object []byte) (Raw, error) {
	r.lines++
	r.text.isObject = true
	return Raw{Line: r.text.first, Content: TextContent(object)}, nil
}

// notes says what was guessed.
func (t *text) notes() []string {
	if t.lines == nil || !t.lines.Yearless() {
		return nil
	}
	return []string{yearless(t.lines.Latest)}
}

// yearless says how times without a year are read.
func yearless(latest time.Time) string {
	return fmt.Sprintf("its times have no year: they are read as the latest before %s, of UTC", latest.AddDate(0, 0, 1).Format("2 January 2006"))
}
