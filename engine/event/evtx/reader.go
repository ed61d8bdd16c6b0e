// Package evtx reads Windows event logs. In: a stream that begins with "ElfFile", one of its chunks, or the XML of one
// event. Out: one event at a time as a Record, whose fields have the names that package winevent gives them. A record
// or chunk that cannot be read is an error of its own and the reading goes on. Memory is bounded
// by a chunk, and 16 MiB for what is known of templates; nothing in a file can make it loop or recurse without end.
//
// Most records are an instance of a template that was read before. Such a record is not read again: it has the Shape of
// the earlier one and the places of its own values, and these become text where they are asked for. Other records are
// read in full; FuzzShapes holds that the outcome is the same.
//
// The format is described at
// https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
// and its XML at
// https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956
package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"decree/engine/event/winevent"
)

// Magic begins a file.
const Magic = "ElfFile\x00"

const fileHeader = 4096

// Detect tells whether the first bytes of a file are those of a log. A damaged header shows by the chunk behind it.
func Detect(head []byte) bool {
	return bytes.HasPrefix(head, []byte(Magic)) || bytes.Contains(head, []byte(chunkMagic))
}

// DetectSize is how many bytes Detect looks at.
const DetectSize = fileHeader + len(chunkMagic)

// Reader gives the events of a file.
type Reader struct {
	in      io.Reader
	chunk   chunk
	memory  memory
	fields  winevent.Collector
	flat    *winevent.Flattener // to fields
	waiting []*Record           // events of the record that was read last
	walk    walk
	known   definitions
	records []Record  // memory for those that are read in full
	holder  *Buffers  // of the records that are read; nil if they may be kept for good
	free    []*buffer // that nobody has records of
	inFull  bool      // every record is read in full; for tests
	begun   bool
	ended   bool
	lost    []error // said before the file ends

	header   string // what is wrong with the file's header
	chunks   int    // as the header counts them
	leftOver int    // records behind the ends of their chunks
	unsound  []int  // chunks whose checksums do not match
	strange  []int  // what stands where a chunk should
}

// NewReader reads a file from its first byte.
func NewReader(in io.Reader) *Reader {
	r := &Reader{in: in, chunk: chunk{buffer: newBuffer()}}
	r.turn()
	r.flat = winevent.NewFlattener(&r.fields)
	r.known = newDefinitions()
	r.walk.in, r.walk.known = &r.chunk, &r.known
	return r
}

// Damage is an error of one record or chunk; what follows it can still be read.
type Damage struct {
	Reason string
	Part   bool // not one record alone: a part of the file was not read
}

func (d Damage) Error() string { return d.Reason }

func damaged(format string, args ...any) error { return Damage{Reason: fmt.Sprintf(format, args...)} }

func partLost(format string, args ...any) error { return Damage{fmt.Sprintf(format, args...), true} }

// Notes says, when all was read, what was passed over and what the file's checksums and flags say.
func (r *Reader) Notes() []string {
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if r.header != "" {
		note("%s", r.header)
	}
	if n := len(r.unsound); n > 0 {
		note("%s in %s: the records were read all the same", plural(n, "a checksum does not match", "checksums do not match"), places(r.unsound))
	}
	if n := r.leftOver; n > 0 {
		note("%d left-over %s of an older log in unused space: not read", n, plural(n, "record", "records"))
	}
	return out
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// places names chunks, the first of many.
func places(numbers []int) string {
	const shown = 5
	text := plural(len(numbers), "chunk", "chunks")
	for i, n := range numbers {
		switch {
		case i == shown:
			return fmt.Sprintf("%s and %d more", text, len(numbers)-shown)
		case i > 0:
			text += ","
		}
		text += fmt.Sprintf(" %d", n)
	}
	return text
}

// Next gives the next event, a Damage, or io.EOF. Any other error is the stream's.
func (r *Reader) Next() (*Record, error) {
	if !r.begun {
		r.begun = true
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	for {
		if len(r.waiting) > 0 {
			record := r.waiting[0]
			r.waiting = r.waiting[:copy(r.waiting, r.waiting[1:])]
			return record, nil
		}
		if r.chunk.at < r.chunk.end {
			if err := r.record(); err != nil {
				return nil, err
			}
			continue
		}
		if r.ended {
			if len(r.lost) == 0 {
				return nil, io.EOF
			}
			err := r.lost[0]
			r.lost = r.lost[1:]
			return nil, err
		}
		if err := r.nextChunk(); err != nil {
			r.ended = true
			return nil, err
		}
	}
}

// begin reads the file's header. What is behind a damaged one is found by the first chunk.
func (r *Reader) begin() error {
	head := make([]byte, fileHeader)
	n, err := io.ReadFull(r.in, head)
	if n == 0 || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		r.ended = true
		return err
	}
	head = head[:n]
	if !bytes.HasPrefix(head, []byte(Magic)) {
		r.header = "the file's header is damaged"
		if at := bytes.Index(head, []byte(chunkMagic)); at >= 0 {
			r.in = io.MultiReader(bytes.NewReader(head[at:]), r.in)
			if at == 0 {
				r.header = "the file has no header: it begins with a chunk"
			}
			return nil
		}
	}
	if err != nil {
		r.ended = true
		return partLost("the file ends within its header")
	}
	switch {
	case r.header != "":
	case crc32.ChecksumIEEE(head[:120]) != binary.LittleEndian.Uint32(head[124:]):
		r.header = "the checksum of the file's header does not match"
	default:
		r.chunks = int(binary.LittleEndian.Uint16(head[42:]))
		if head[120]&1 != 0 {
			r.header = "the log was not closed when it was copied: its newest events may be missing"
		}
	}
	return nil
}

// nextChunk reads a chunk. Chunks that were never written are skipped; one that does not begin where it should is
// looked for.
func (r *Reader) nextChunk() error {
	c := &r.chunk
	r.known.forget()
	r.turn()
	n, err := io.ReadFull(r.in, c.data)
	if err == nil && !begins(c.data) {
		if at := bytes.Index(c.data, []byte(chunkMagic)); at > 0 {
			r.strange = append(r.strange, c.number+1)
			n = copy(c.data, c.data[at:])
			var more int
			more, err = io.ReadFull(r.in, c.data[n:])
			n += more
		}
	}
	if err != nil {
		r.ended = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
	}
	clear(c.data[n:])
	c.number++
	if begins(c.data) || !blank(c.data) {
		r.enter(n)
	}
	if there := c.number - 1 + min(n, 1); r.ended && there < r.chunks {
		r.lost = append(r.lost, partLost("the file ends before chunk %d of the %d that its header counts", there+1, r.chunks))
	}
	if r.ended && len(r.strange) > 0 {
		r.lost = append(r.lost, partLost("%s %s not begin as one: nothing of what stands there was read", places(r.strange), plural(len(r.strange), "does", "do")))
	}
	return nil
}

// enter begins to read the chunk of which the file has n bytes.
func (r *Reader) enter(n int) {
	c := &r.chunk
	if !begins(c.data[:n]) {
		c.at, c.end = 0, 0
		r.strange = append(r.strange, c.number)
		return
	}
	sound := c.open()
	cut := n < chunkSize && (c.end > n || !sound)
	c.end, c.cut = min(c.end, n), cut
	switch {
	case cut:
		r.lost = append(r.lost, partLost("the file ends within chunk %d", c.number))
	case !sound:
		r.unsound = append(r.unsound, c.number)
	}
	r.leftOver += c.leftOver()
}

// record reads the next record of the chunk, which mostly is one event.
func (r *Reader) record() error {
	c := &r.chunk
	at, lost := c.next()
	switch {
	case lost > 0 && at > 0:
		c.at = at
		return partLost("chunk %d: no record at byte %d, read on at byte %d", c.number, lost, at)
	case lost > 0 && !c.cut:
		return partLost("chunk %d: no record at byte %d, the rest of the chunk is lost", c.number, lost)
	case at == 0:
		return nil
	}
	usual := !r.inFull && r.walk.record(at+recordHeader, c.at-4)
	shape, known := r.known.shapes[string(r.walk.key)]
	if usual && shape != nil && shape.weight <= c.left {
		c.left -= shape.weight
		r.waiting = append(r.waiting, r.shaped(shape))
		return nil
	}
	return r.parse(at, usual && !known)
}

// parse reads all elements of the record at a place, and learns its shape if that is wanted.
func (r *Reader) parse(at int, learn bool) error {
	c := &r.chunk
	p := &parser{chunk: c.data, at: at + recordHeader, end: c.at - 4, budget: min(maxRecordWeight, c.left), names: c.names, memory: &r.memory}
	if learn {
		p.shaping = r.walk.shaping()
	}
	budget := p.budget
	c.left -= p.budget
	r.memory.next()
	root := r.memory.element("")
	err := p.fragment(root, 0)
	c.left += max(p.budget, 0)
	if err == nil {
		for _, e := range root.Children {
			if e.Name == "Event" {
				r.flat.Event(e)
				r.waiting = append(r.waiting, r.made(r.fields.Take()))
			}
		}
		if len(r.waiting) == 0 {
			err = errors.New("it holds no event")
		}
	}
	if p.shaping != nil && err == nil && len(root.Children) == 1 {
		r.walk.learn(p.shaping, r.waiting[0].fields, budget-p.budget)
	}
	if err != nil {
		return damaged("chunk %d: the record at byte %d cannot be read: %v", c.number, at, err)
	}
	return nil
}
