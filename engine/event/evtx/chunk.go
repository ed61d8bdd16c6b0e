// Package evtx reads Windows event logs. In: a stream that begins with "ElfFile", or the XML of one
// event. Out: one record at a time as fields under the names of Windows' own XML, as Sigma's rules use them. A record
// or chunk that cannot be read is an error of its own and the reading goes on. Memory is bounded
// by a chunk; nothing in a file can make it loop or recurse without end.
//
// The format is described at
// https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Magic begins a file.
const Magic = "ElfFile\x00"

const (
	fileHeader   = 4096
	chunkSize    = 65536
	chunkHeader  = 512
	recordHeader = 24
	recordMagic  = 0x2a2a
)

var chunkMagic = []byte("ElfChnk\x00")

// Reader gives the records of a file.
type Reader struct {
	in     io.Reader
	begun  bool
	chunk  []byte
	number int // of the chunk
	at     int // in the chunk; chunkSize when it is used up
	left   int // weight that the chunk's records may still have
	ended  bool
}

// NewReader reads a file from its first byte.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: in, chunk: make([]byte, chunkSize), at: chunkSize}
}

// Damage is an error of one record or chunk; what follows it can still be read.
type Damage struct{ Reason string }

func (d Damage) Error() string { return d.Reason }

func damaged(format string, args ...any) error { return Damage{fmt.Sprintf(format, args...)} }

// Next gives the next record's fields, a Damage, or io.EOF. Any other error is the stream's.
func (r *Reader) Next() (map[string]any, error) {
	if !r.begun {
		r.begun = true
		head := make([]byte, fileHeader)
		if n, err := io.ReadFull(r.in, head); err != nil {
			r.ended = true
			if n == 0 && errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, cutOff(err, "the file ends within its header")
		}
	}
	for {
		if r.ended {
			return nil, io.EOF
		}
		if r.at+recordHeader > chunkSize {
			if err := r.nextChunk(); err != nil {
				return nil, err
			}
			continue
		}
		head := r.chunk[r.at:]
		if binary.LittleEndian.Uint32(head) != recordMagic {
			free := bytes.Count(r.chunk[r.at:], []byte{0}) == chunkSize-r.at
			at := r.at
			r.at = chunkSize
			if !free && binary.LittleEndian.Uint32(r.chunk[48:]) > uint32(at) { // the header's end of records lies further on
				return nil, damaged("chunk %d: no record at byte %d, the rest of the chunk is lost", r.number, at)
			}
			continue
		}
		size := int(binary.LittleEndian.Uint32(head[4:]))
		start := r.at
		if size < recordHeader+4 || size > chunkSize-start {
			r.at = chunkSize
			return nil, damaged("chunk %d: the record at byte %d says it is %d bytes long, the rest of the chunk is lost", r.number, start, size)
		}
		r.at += size
		fields, err := r.record(start, start+size-4)
		if err != nil {
			return nil, damaged("chunk %d: the record at byte %d cannot be read: %v", r.number, start, err)
		}
		return fields, nil
	}
}

// nextChunk reads a chunk. Chunks that were never written are skipped.
func (r *Reader) nextChunk() error {
	n, err := io.ReadFull(r.in, r.chunk)
	if errors.Is(err, io.EOF) {
		r.ended = true
		return io.EOF
	}
	r.number++
	if err != nil {
		r.ended = true
		if n > 0 && bytes.Count(r.chunk[:n], []byte{0}) == n {
			return io.EOF
		}
		return cutOff(err, fmt.Sprintf("the file ends within chunk %d", r.number))
	}
	if bytes.HasPrefix(r.chunk, chunkMagic) {
		r.at, r.left = chunkHeader, maxChunkWeight
		return nil
	}
	r.at = chunkSize
	if bytes.Count(r.chunk, []byte{0}) == chunkSize {
		return nil
	}
	return damaged("chunk %d does not begin as one", r.number)
}

func cutOff(err error, what string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Damage{what}
	}
	return err
}

// record reads the XML of a record between two places of the chunk.
func (r *Reader) record(start, end int) (map[string]any, error) {
	p := &parser{chunk: r.chunk, at: start + recordHeader, end: end, budget: min(maxRecordWeight, r.left)}
	r.left -= p.budget
	root := &element{}
	err := p.fragment(root, nil, 0)
	r.left += max(p.budget, 0)
	if err != nil {
		return nil, err
	}
	for _, c := range root.children {
		if c.name == "Event" {
			return fields(c), nil
		}
	}
	return nil, errors.New("it holds no event")
}
