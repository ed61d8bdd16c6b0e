package event

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"

	"decree/engine/event/evtx"
)

// xmlEvents splits Windows' XML into its events: <Events> as the event viewer saves them, or <Event>
// elements one after the other. It only looks for the tags of an event, so that a damaged one
// does not take those after it along.
type xmlEvents struct {
	begun []byte // the start tag of an event that was met too early
}

// nextXML gives the next event, as the JSON of its fields.
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
				return r.bad(begin, part[:min(len(part), keptRaw)], "not XML: a comment or document type that has no end")
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
			return r.bad(begin, trimmed[:min(len(trimmed), keptRaw)], "no <Event>: Windows' XML has nothing else")
		}
		if err != nil {
			return Raw{}, io.EOF
		}
	}
}

// opensAside tells where a comment or a document type begins in a part, which runs to the first >.
func opensAside(part []byte) (at int, ok bool) {
	at = bytes.IndexByte(part, '<')
	ok = at >= 0 && (bytes.HasPrefix(part[at:], []byte("<!--")) || bytes.HasPrefix(part[at:], []byte("<!DOCTYPE")))
	return at, ok
}

// skipAside reads to the end of a comment or document type whose first part was read. What it declares is not looked at: no
// entity of a file's own is ever replaced. It tells whether there was an end.
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

// aside follows a document type: what is quoted, a comment in it, and the brackets around what it declares.
type aside struct {
	until    string // the end of what is being passed over
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
				return true // of a comment that stands alone
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

// isRecordLine tells what evtx_dump writes before each event.
func isRecordLine(text []byte) bool { return recordLine.Match(text) }

// xmlEvent reads an event from behind its start tag to its end tag.
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
		return r.bad(begin, raw, "event of more than %d bytes", r.opt.MaxLine)
	}
	fields, err := evtx.ParseXML(raw)
	if err != nil {
		return r.bad(begin, raw, "not XML: %w", err)
	}
	return r.encoded(begin, fields)
}

// untilTag reads to the next >, or to the end of the file. What is longer than an event may be is
// given in parts. It counts lines.
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

// isEventTag tells the tag of an event from those of other elements whose names begin alike.
func isEventTag(tag []byte, begin string) bool {
	rest, ok := bytes.CutPrefix(tag, []byte(begin))
	return ok && len(rest) > 0 && bytes.IndexByte([]byte(" \t\r\n/>"), rest[0]) >= 0
}

// isXML tells by its first line whether a file is Windows' XML.
func isXML(line []byte) bool {
	tag := append(bytes.Clone(line[:min(len(line), len("<Events "))]), ' ') // where the line ends the name does
	for _, begin := range []string{"<?xml", "<!DOCTYPE", "<!--"} {
		if bytes.HasPrefix(line, []byte(begin)) {
			return true
		}
	}
	return isRecordLine(line) || isEventTag(tag, "<Event") || isEventTag(tag, "<Events")
}

// isFrame tells what stands around events: the XML declaration, and the tags of the list.
func isFrame(tag []byte) bool {
	return bytes.HasPrefix(tag, []byte("<?")) || isEventTag(tag, "<Events") || isEventTag(tag, "</Events")
}
