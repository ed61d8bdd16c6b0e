package event

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"decree/engine/event/evtx"
)

// Options steer a reader.
type Options struct {
	Stdin    io.Reader       // what "-" reads; nil is os.Stdin
	MaxLine  int             // longest line in bytes; 0 means 16 MiB
	OnReject func(Reject)    // called for each line that is not an event
	Sample   func(Raw)       // called for some of the lines as they are read, ever fewer; nil for none
	Stop     <-chan struct{} // closed when nothing more shall be read; nil is never
}

// ErrStopped ends reading before the end of a file.
var ErrStopped = errors.New("reading was stopped")

// Stopped tells whether nothing more shall be read.
func (r *Reader) Stopped() bool {
	select {
	case <-r.opt.Stop:
		return true
	default:
		return false
	}
}

const (
	defaultMaxLine = 16 << 20
	keptRaw        = 4096 // bytes kept of a line that is too long
)

// Reader gives the events of one file.
type Reader struct {
	source   string
	opt      Options
	close    []io.Closer
	in       *bufio.Reader
	rows     *rows        // of a CSV file
	elements *elements    // of a JSON array or of objects that span lines
	records  *evtx.Reader // of a Windows event log
	xml      *xmlEvents   // of Windows' XML
	text     *text        // of a log of text
	formless bool         // its first lines are of no known form
	latest   time.Time    // no line was written later
	journal  bool         // its JSON is that of systemd's journal
	laurel   bool         // it begins with an event of the audit log as Laurel writes them
	guessed  bool         // the year of a line in an envelope was guessed
	isBeside bool         // events may be escaped XML in one field, beside others
	started  bool
	arrays   bool   // an array has ended
	refused  string // why the whole file cannot be read
	broken   string // why the file cannot be read to its end
	queue    []Raw  // events of an envelope
	queued   int    // how many of them were given
	copied   int    // bytes that the rows among them repeat
	ahead    []Raw  // lines that Ahead has read
	sampling sampling
	lent     Memory // for lines
	block    block  // of lines, read ahead into it
	line     int
	lines    int
	rejected int
	bytes    atomic.Int64 // read of the file
}

// Bytes counts the bytes read of the file so far, as they are on disk. It may be called while another goroutine reads.
func (r *Reader) Bytes() int64 { return r.bytes.Load() }

// Lines counts the lines (or array elements, or rows) read so far, including rejected ones.
func (r *Reader) Lines() int { return r.lines }

// Rejected counts the rejected ones among them.
func (r *Reader) Rejected() int { return r.rejected }

// Notes gives, at the end of the file, information about the file that is not a reject: data in the unused space of a
// log, or a checksum that does not match.
func (r *Reader) Notes() []string {
	switch {
	case r.records != nil:
		return r.records.Notes()
	case r.text != nil:
		return r.text.notes()
	case r.rows != nil && r.rows.viewer != nil:
		return r.rows.viewer.notes()
	case r.rows != nil && r.rows.note != "":
		return []string{r.rows.note}
	case r.guessed:
		return []string{yearless(r.latest)}
	}
	return nil
}

// Formless tells whether the file's first lines are of no form that is read.
func (r *Reader) Formless() bool { return r.formless }

// Broken says, at the end, why the file was not read completely. It is "" if it was.
func (r *Reader) Broken() string { return r.broken }

// Close ends the reading.
func (r *Reader) Close() error {
	var errs []error
	for _, c := range slices.Backward(r.close) {
		errs = append(errs, c.Close())
	}
	r.close = nil
	return errors.Join(errs...)
}

// Lend gives the reader memory for lines, as long as its capacity lasts. Lines in it are valid until the caller changes
// the memory.
func (r *Reader) Lend(memory []byte) {
	r.lent = append(memory[:0], r.block.ahead...)
	r.block.ahead = r.lent
}

// Ready tells whether the next line may be in the lent memory without a copy. If it is not, memory is lent anew first.
func (r *Reader) Ready() bool {
	if r.elements != nil || r.rows != nil || r.text != nil {
		return r.hasRoom()
	}
	return !r.block.used || r.block.next > 0 || r.block.err != nil || r.hasRoom()
}

// Hold lends memory for records of Windows' logs as evtx.Reader.Hold does: records that are read from now on are h's,
// until it is given again.
func (r *Reader) Hold(h *evtx.Buffers) {
	if r.records != nil {
		r.records.Hold(h)
	}
}

// Raw is one line, element, row or record as it was read. The caller may keep its content, unless that is in lent or
// held memory.
type Raw struct {
	Line int // where it begins, from 1
	Content
	Err error // why it is not an event, if that is known without parsing it

	form form // of a text that is still to be read; nil for JSON and for records
}

// Next gives the next event, or io.EOF. Any other error means that the rest of the file cannot be read.
func (r *Reader) Next() (*Event, error) {
	for {
		raw, err := r.NextRaw()
		if err != nil {
			return nil, err
		}
		if raw.Err == nil {
			fields, err := raw.Decode()
			if err == nil {
				return &Event{r.source, raw.Line, raw.JSON(), fields}, nil
			}
			raw.Err = err
		}
		r.Reject(raw)
	}
}

// NextRaw gives the next line, or io.EOF. The caller decodes it, and passes it to Reject if it is not an event. NextRaw
// itself rejects nothing, so that lines can be read ahead and judged in order.
func (r *Reader) NextRaw() (Raw, error) {
	raw, err := r.NextUnread()
	raw.Read(&r.lent)
	return raw, err
}

// NextUnread is NextRaw for a caller of several goroutines: each calls Raw.Read for its part of the lines.
func (r *Reader) NextUnread() (Raw, error) {
	if len(r.ahead) > 0 {
		raw := r.ahead[0]
		r.ahead = r.ahead[1:]
		return raw, nil
	}
	raw, err := r.read()
	switch {
	case err != nil || raw.Err != nil:
	case raw.form == nil:
		raw.Content = r.whole(raw.Content)
	case len(raw.text) > maxLeft:
		raw.Read(&r.lent)
	}
	if r.opt.Sample != nil && err == nil && r.sampling.takes() {
		raw.Read(&r.lent)
		r.opt.Sample(raw)
	}
	return raw, err
}

// read reads the next line.
func (r *Reader) read() (Raw, error) {
	if r.refused != "" {
		return r.refusal()
	}
	if r.records != nil {
		return r.nextRecord()
	}
	for {
		if raw, ok := r.nextQueued(); ok {
			return raw, nil
		}
		if !r.started && r.rows == nil {
			r.started = true
			if r.detect(); r.refused != "" {
				return r.refusal()
			}
		}
		var raw Raw
		var err error
		switch {
		case r.rows != nil:
			raw, err = r.nextRow()
		case r.xml != nil:
			return r.nextXML()
		case r.text != nil:
			if raw, err = r.nextText(); !r.text.isObject {
				return raw, err
			}
		case r.elements == nil:
			raw, err = r.nextLine()
		default:
			if raw, err = r.nextElement(); errors.Is(err, errArrayEnd) {
				continue
			}
		}
		if r.journal && err == nil && raw.Err == nil {
			raw.Content = journalEntry(raw.Content)
		}
		if err != nil || raw.Err != nil || !r.unwrap(raw) {
			return raw, err
		}
	}
}
