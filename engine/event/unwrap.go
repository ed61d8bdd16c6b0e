package event

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// maxEnvelopes limits how deep envelopes are nested.
const maxEnvelopes = 5

// unwrap puts the events of an envelope, or several objects on one line, into the reader's queue. It is false if raw is
// a single event. raw may be in lent memory, so it is copied, but only once for all events of a table or list.
func (r *Reader) unwrap(raw Raw) bool {
	if len(raw.text) == 0 || raw.text[0] != '{' {
		return false
	}
	found, ok := open(raw.text)
	if !ok && !several(raw.text) && !r.isAudit(raw.text) {
		return false
	}
	r.lines--
	r.queue, r.queued, r.copied = r.queue[:0], 0, 0
	var within *envelope
	if r.elements != nil {
		within = r.elements.within
	}
	for rest := bytes.Clone(raw.text); len(rest) > 0; found, ok = open(rest) { // a line may hold several objects
		end := skipValue(rest, 0)
		cut := ok && end < 0
		if end < 0 {
			end = len(rest)
		}
		r.expandAs(Raw{Line: raw.Line, Content: TextContent(rest[:end:end])}, found, ok, within, 0)
		if cut {
			r.broken = "the object around the events does not end"
			r.queue = append(r.queue, Raw{Line: raw.Line, Err: errors.New(r.broken)})
		}
		rest = bytes.TrimSpace(rest[end:])
	}
	return true
}

// several tells whether one object directly follows another, as some tools write them. It runs for every event.
func several(data []byte) bool {
	if !bytes.Contains(data, []byte("}{")) {
		return false
	}
	end := skipValue(data, 0)
	return end > 0 && end < len(data) && data[end] == '{'
}

// expand queues the events of an envelope, or the records of an event of the audit log, or raw itself if it is neither.
// within is the envelope around it, or nil.
func (r *Reader) expand(raw Raw, within *envelope, depth int) {
	found, ok := open(raw.text)
	r.expandAs(raw, found, ok, within, depth)
}

// expandAs does so with what open has found.
func (r *Reader) expandAs(raw Raw, found opened, ok bool, within *envelope, depth int) {
	if !ok || depth == maxEnvelopes || !found.mayBeIn(within) {
		if !r.isAudit(raw.text) || !r.expandAudit(raw) {
			r.queue = append(r.queue, raw)
		}
		return
	}
	switch found.as {
	case listOf, hitsOf:
		raw.eachElement(found.at, func(element Raw) { r.expand(element, found.envelope, depth+1) })
	case rowsOf:
		r.expandRows(raw, found, depth)
	case rowsBeside, changesBeside:
		r.expandBeside(raw, found)
	case recordsOf:
		raw.eachElement(found.at, func(resource Raw) { r.expandResource(resource, found.envelope, depth) })
	case oneOf:
		r.expand(raw.value(found.at), found.envelope, depth+1)
	case textOf:
		r.expandText(raw, found, depth)
	case base64Of:
		inner := raw.value(found.at)
		var text []byte
		if err := json.Unmarshal(inner.text, &text); err != nil {
			r.queue = append(r.queue, raw)
			return
		}
		inner.Content = TextContent(bytes.TrimSpace(text))
		r.expand(inner, found.envelope, depth+1)
	}
}

// mayBeIn tells whether an envelope may be inside another, or alone if that is nil: a message with a timestamp is an
// envelope only in a list of log events.
func (e *envelope) mayBeIn(outer *envelope) bool {
	return e.needs != "timestamp" || outer != nil && (outer.holds == "events" || outer.holds == "logEvents")
}

// value gives the value at an offset of the text, with the line where it begins.
func (raw Raw) value(at int) Raw {
	end := skipValue(raw.text, at)
	return Raw{Line: raw.Line + bytes.Count(raw.text[:at], []byte("\n")), Content: TextContent(raw.text[at:end:end])}
}

// eachElement visits the elements of the list at an offset of the text, with the lines where they begin.
func (raw Raw) eachElement(at int, visit func(Raw)) {
	line, last := raw.Line, 0
	each(raw.text, at, func(from, to int) {
		line, last = line+bytes.Count(raw.text[last:from], []byte("\n")), from
		visit(Raw{Line: line, Content: TextContent(raw.text[from:to:to])})
	})
}

// expandRows queues the rows of a table, of which each repeats the names of the columns.
func (r *Reader) expandRows(raw Raw, found opened, depth int) {
	names, full := 0, false
	for _, name := range found.columns {
		names += len(name)
	}
	raw.eachElement(found.at, func(cells Raw) {
		if full = full || !r.copies(names); full {
			return
		}
		event := row(cells, found.columns)
		if event.Err != nil {
			r.queue = append(r.queue, event)
			return
		}
		r.expand(event, found.envelope, depth+1)
	})
	if full {
		r.refuseCopies(raw.Line)
	}
}

// row turns a list of cells into an event.
func row(raw Raw, columns []string) Raw {
	var cells []json.RawMessage
	if err := json.Unmarshal(raw.text, &cells); err != nil || len(cells) != len(columns) {
		raw.Err = errors.New("the cells of this row do not fit the columns")
		return raw
	}
	var event bytes.Buffer
	for i, name := range columns {
		event.WriteByte("{,"[min(i, 1)])
		key, err := json.Marshal(name)
		if err != nil {
			panic(err) // a text always marshals
		}
		event.Write(key)
		event.WriteByte(':')
		event.Write(cells[i])
	}
	event.WriteByte('}')
	raw.text = event.Bytes()
	return raw
}

// nextQueued gives the next event of an envelope. ok is false if none is left.
func (r *Reader) nextQueued() (raw Raw, ok bool) {
	if r.queued == len(r.queue) {
		return Raw{}, false
	}
	raw = r.queue[r.queued]
	r.queue[r.queued] = Raw{}
	r.queued++
	r.lines++
	return raw, true
}

// streamed tells whether the file continues with an envelope that is larger than an event may be. Such an envelope is
// not held in memory: its events are read like elements of an array. The reader is then before the first of them.
func (r *Reader) streamed() bool {
	head, err := r.in.Peek(min(4096, r.in.Size()))
	if err != nil && !errors.Is(err, io.EOF) {
		return false // the next read reports it
	}
	if at := space(head, 0); at >= len(head) || head[at] != '{' || mayWrap(head[at:]) == 0 {
		return false
	}
	for skipValue(head, space(head, 0)) < 0 {
		if len(head) > r.opt.MaxLine {
			return r.stream(head)
		}
		n := min(2*len(head), r.opt.MaxLine+1)
		if r.in.Size() < n {
			r.in = bufio.NewReaderSize(r.in, n)
		}
		var err error
		if head, err = r.in.Peek(n); err != nil {
			return false // the file ends: it is read like any other
		}
	}
	return false
}

// stream begins to read the list of an envelope that is cut off in head.
func (r *Reader) stream(head []byte) bool {
	start := space(head, 0)
	found, ok := open(head[start:])
	if !ok || (found.as != listOf && found.as != hitsOf && found.as != rowsOf) {
		return false
	}
	var of *envelope
	if found.as == listOf && (found.holds == "tables" || found.holds == "Tables" || found.holds == "responses") {
		of = found.envelope
		inner := start + found.at + 1
		if found, ok = open(head[inner:]); !ok {
			return false
		}
		found.at += inner - start
	}
	before := start + found.at
	depth := 0
	for at := start; at < before; at++ { // brackets around the list
		switch c := head[at]; c {
		case '"':
			at = skipText(head, at) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	r.line += bytes.Count(head[:before], []byte("\n"))
	r.elements = &elements{brackets: true, last: '\n', around: depth, columns: found.columns, within: found.envelope, of: of}
	if _, err := r.in.Discard(before); err != nil {
		return false // it was peeked at
	}
	return true
}

// skipRest reads the part after the list of a streamed envelope.
func (r *Reader) skipRest(depth int) error {
	quoted := false
	for depth > 0 {
		c, err := r.readByte()
		switch {
		case err != nil:
			return err
		case quoted && c == '\\':
			if _, err := r.readByte(); err != nil {
				return err
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
