package event

import (
	"bytes"
	"fmt"
)

// rowsName is the key under which the row of a table is put beside the other keys of its object: osquery itself writes
// single rows so.
const rowsName = "columns"

// maxCopied is how many times the longest line the copies may take that are made of one line: of the keys beside rows,
// or of the names of columns, for each row.
const maxCopied = 8

// copies counts n bytes that are repeated for a row. It is false if the line's rows have no room left.
func (r *Reader) copies(n int) bool {
	r.copied = min(r.copied+n, maxCopied*r.opt.MaxLine+1)
	return r.copied <= maxCopied*r.opt.MaxLine
}

// refuseCopies queues a reject for the rows of an object that had no room.
func (r *Reader) refuseCopies(line int) {
	r.queue = append(r.queue, Raw{Line: line, Err: &tooLong{fmt.Sprintf("what is repeated for each row of this line takes more than %d bytes: further rows of this object are not read", maxCopied*r.opt.MaxLine)}})
}

// expandBeside queues an event for each row of an object: the row, and the other keys of the object beside it. Of an
// object with several lists the name of the list is the event's action.
func (r *Reader) expandBeside(raw Raw, found opened) {
	var beside bytes.Buffer
	walk(raw.text, func(key []byte, value int) bool {
		if end := skipValue(raw.text, value); end > 0 && string(key) != found.holds {
			fmt.Fprintf(&beside, `,"%s":%s`, key, raw.text[value:end])
		}
		return true
	})
	line, last, full := raw.Line, 0, false
	expand := func(at int, more string) {
		each(raw.text, at, func(from, to int) {
			// only the row itself can be shown
			if isCut := to == len(raw.text) && skipValue(raw.text, from) < 0; isCut {
				r.queue = append(r.queue, Raw{Line: raw.Line + bytes.Count(raw.text[:from], []byte("\n")), Content: TextContent(raw.text[from:to:to])})
				return
			}
			if full = full || !r.copies(len(more)+beside.Len()); full {
				return
			}
			line, last = line+bytes.Count(raw.text[last:from], []byte("\n")), from
			event := fmt.Appendf(nil, `{"%s":%s%s%s}`, rowsName, raw.text[from:to], more, beside.Bytes())
			r.queue = append(r.queue, Raw{Line: line, Content: TextContent(event)})
		})
	}
	if raw.text[found.at] == '[' {
		expand(found.at, "")
	} else {
		walk(raw.text[found.at:], func(key []byte, value int) bool {
			if at := found.at + value; raw.text[at] == '[' {
				expand(at, fmt.Sprintf(`,"action":"%s"`, key))
			}
			return true
		})
	}
	if full {
		r.refuseCopies(raw.Line)
	}
}
