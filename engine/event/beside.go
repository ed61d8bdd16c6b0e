package event

import (
	"bytes"
	"fmt"
)

// rowsName is the key under which the row of a table is put beside the other keys of its object: osquery itself writes
// single rows so.
const rowsName = "columns"

// maxCopied is how many times the longest line the copies of an object's other keys may take, one for each of its rows.
const maxCopied = 4

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
	copied, line, last := 0, raw.Line, 0
	expand := func(at int, more string) {
		each(raw.text, at, func(from, to int) {
			if copied += len(more) + beside.Len(); copied > maxCopied*r.opt.MaxLine {
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
	if copied > maxCopied*r.opt.MaxLine {
		r.queue = append(r.queue, Raw{Line: raw.Line, Err: fmt.Errorf("the rows of this object take more than %d bytes", maxCopied*r.opt.MaxLine)})
	}
}
