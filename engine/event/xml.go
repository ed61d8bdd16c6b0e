package event

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"decree/engine/event/evtx"
)

// xmlEvents splits Windows' XML into events: <Events> as the event viewer saves them, or a sequence of <Event>
// elements. It searches only for the tags of events, so that a damaged event does not affect those after it.
type xmlEvents struct {
	begun []byte // the start tag of an event inside another one
}

// nextXML gives the next event.
func (r *Reader) nextXML() (Raw, error) {
	for {
		if tag := r.xml.begun; tag != nil {
			r.xml.begun = nil
			return r.xmlEvent(tag)
		}
		begin := r.line
		part, err := r.untilTag()
		if err != nil && !errors.Is(err, io.EOF) {
			return r.unreadable(begin, part, err)
		}
		if open, ok := opensAside(part); ok && err == nil {
			if !r.skipAside(part[open:]) {
				return r.bad(begin, part[:min(len(part), keptRaw)], "not XML: a comment or document type does not end")
			}
			part = part[:open]
		}
		text, tag := cutTag(part)
		if isEventTag(tag, "<Event") {
			r.xml.begun = tag
		} else if !isFrame(tag) {
			text = part
		}
		trimmed := bytes.TrimLeft(text, " \t\r\n")
		if len(trimmed) > 0 && !isRecordLine(trimmed) {
			begin += bytes.Count(text[:len(text)-len(trimmed)], []byte("\n"))
			return r.bad(begin, trimmed[:min(len(trimmed), keptRaw)], "not an <Event>: Windows' XML has nothing else")
		}
		if err != nil {
			return Raw{}, io.EOF
		}
	}
}

// opensAside finds the beginning of a comment or document type in a part. A part ends at the first >.
func opensAside(part []byte) (at int, ok bool) {
	at = bytes.IndexByte(part, '<')
	ok = at >= 0 && (bytes.HasPrefix(part[at:], []byte("<!--")) || bytes.HasPrefix(part[at:], []byte("<!DOCTYPE")))
	return at, ok
}

// skipAside reads to the end of a comment or document type whose first part was read, and tells whether there is an
// end. It ignores declarations, so entities that a file defines are never replaced.
func (r *Reader) skipAside(part []byte) bool {
	a := aside{}
	for {
		if a.ends(part) {
			return true
		}
		more, err := r.untilTag()
		if err != nil {
			return false
		}
		part = more
	}
}

// aside tracks quotes, comments and brackets inside a document type.
type aside struct {
	until    string // the end of the part being skipped
	brackets int
}

func (a *aside) ends(part []byte) bool {
	for i := range part {
		rest := part[i:]
		switch c := part[i]; {
		case a.until != "":
			if !bytes.HasPrefix(rest, []byte(a.until)) {
				continue
			}
			if a.until = ""; c == '-' && a.brackets == 0 {
				return true // the end of a comment outside a document type
			}
		case bytes.HasPrefix(rest, []byte("<!--")):
			a.until = "-->"
		case c == '"' || c == '\'':
			a.until = string(c)
		case c == '[':
			a.brackets++
		case c == ']':
			a.brackets--
		case c == '>' && a.brackets <= 0:
			return true
		}
	}
	return false
}

var recordLine = regexp.MustCompile(`^Record \d+\s*$`)

// isRecordLine recognises the line that evtx_dump writes before each event.
func isRecordLine(text []byte) bool { return recordLine.Match(text) }

// xmlEvent reads an event from after its start tag to its end tag.
func (r *Reader) xmlEvent(tag []byte) (Raw, error) {
	raw, size, begin := tag, len(tag), r.line-bytes.Count(tag, []byte("\n"))
	for !bytes.HasSuffix(tag, []byte("/>")) {
		part, err := r.untilTag()
		if err != nil && !errors.Is(err, io.EOF) {
			return r.unreadable(begin, raw, err)
		}
		text, next := cutTag(part)
		if isEventTag(next, "<Event") {
			r.xml.begun = next
			return r.bad(begin, raw[:min(len(raw), keptRaw)], "not XML: the next event begins inside this one")
		}
		size += len(text) + len(next)
		if size <= r.opt.MaxLine {
			raw = append(raw, part...)
		} else if len(raw) > keptRaw {
			raw = bytes.Clone(raw[:keptRaw])
		}
		if err != nil {
			r.broken = "the file ends inside an event"
			return r.bad(begin, raw[:min(len(raw), keptRaw)], "not XML: the file ends inside this event")
		}
		if isEventTag(next, "</Event") {
			break
		}
	}
	if size > r.opt.MaxLine {
		return r.long(begin, raw, "event", size)
	}
	return r.left(begin, raw, eventOfXML)
}

// eventOfXML is the form of an <Event>.
func eventOfXML(text []byte, _ *Memory) (Content, error) {
	fields, err := evtx.FromXML(text)
	if err != nil {
		return Content{}, fmt.Errorf("not XML: %w", err)
	}
	return fieldContent(fields), nil
}

// untilTag reads to the next >, or to the end of the file, and counts lines. A text that is longer than an event may be
// is given in parts.
func (r *Reader) untilTag() (part []byte, err error) {
	for len(part) <= r.opt.MaxLine {
		more, err := r.in.ReadSlice('>')
		part = append(part, more...)
		r.line += bytes.Count(more, []byte("\n"))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return part, err
		}
	}
	return part, nil
}

// cutTag gives the tag that a part ends with, and the text before it.
func cutTag(part []byte) (text, tag []byte) {
	if at := bytes.LastIndexByte(part, '<'); at >= 0 && bytes.HasSuffix(part, []byte(">")) {
		return part[:at], part[at:]
	}
	return part, nil
}

// isEventTag distinguishes the tag of an event from tags of other elements whose names begin the same way.
func isEventTag(tag []byte, begin string) bool {
	rest, ok := bytes.CutPrefix(tag, []byte(begin))
	return ok && len(rest) > 0 && bytes.IndexByte([]byte(" \t\r\n/>"), rest[0]) >= 0
}

// isXML tells by its first line whether a file is Windows' XML.
func isXML(line []byte) bool {
	tag := append(bytes.Clone(line[:min(len(line), len("<Events "))]), ' ') // the end of the line ends the name
	for _, begin := range []string{"<?xml", "<!DOCTYPE", "<!--"} {
		if bytes.HasPrefix(line, []byte(begin)) {
			return true
		}
	}
	return isRecordLine(line) || isEventTag(tag, "<Event") || isEventTag(tag, "<Events")
}

// isFrame recognises the text around events: the XML declaration, and the tags of the list.
func isFrame(tag []byte) bool {
	return bytes.HasPrefix(tag, []byte("<?")) || isEventTag(tag, "<Events") || isEventTag(tag, "</Events")
}
