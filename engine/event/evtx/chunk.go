package evtx

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const (
	chunkSize    = 65536
	chunkHeader  = 512
	recordHeader = 24
	recordMagic  = "\x2a\x2a\x00\x00"
)

// chunkMagic begins a chunk.
const chunkMagic = "ElfChnk\x00"

// chunk is 64 KiB of a log: a header and records.
type chunk struct {
	buffer    *buffer
	data      []byte           // the buffer's
	number    int              // in the file, from 1
	cut       bool             // the file ends within it
	at, end   int              // of the records that are left
	left      int              // weight that they may still have
	names     map[int]name     // that were read
	templates map[int]template // that were used, by the places of their definitions
}

// template is one of a chunk.
type template struct {
	number  int
	isKnown bool // among definitions
}

// begins tells whether bytes are a chunk: by their header or, where that is damaged, by the record behind it.
func begins(data []byte) bool {
	return bytes.HasPrefix(data, []byte(chunkMagic)) || recordAt(data, chunkHeader, len(data)) > 0
}

// recordAt gives the size of the whole record at a place, or 0. Its size stands at both its ends.
func recordAt(data []byte, at, end int) int {
	if end-at < recordHeader+4 || string(data[at:at+4]) != recordMagic {
		return 0
	}
	size := int(binary.LittleEndian.Uint32(data[at+4:]))
	if size < recordHeader+4 || size > end-at || int(binary.LittleEndian.Uint32(data[at+size-4:])) != size {
		return 0
	}
	return size
}

// open looks at the header. It tells whether it and the records are as their checksums say.
func (c *chunk) open() (sound bool) {
	c.at, c.left, c.names, c.templates = chunkHeader, maxChunkWeight, emptied(c.names), emptied(c.templates)
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(c.data[at:]) }
	header := crc32.Update(crc32.ChecksumIEEE(c.data[:120]), crc32.IEEETable, c.data[128:chunkHeader])
	free := int(u32(48))
	inside := free >= chunkHeader && free <= chunkSize
	sound = header == u32(124) && bytes.HasPrefix(c.data, []byte(chunkMagic)) && inside
	if sound || inside && c.ends(free) {
		c.end = free
		return sound && crc32.ChecksumIEEE(c.data[chunkHeader:free]) == u32(52)
	}
	c.end = c.lastRecord()
	return false
}

// emptied gives a map without entries, which may be the given one.
func emptied[V any](m map[int]V) map[int]V {
	if m == nil {
		return map[int]V{}
	}
	clear(m)
	return m
}

// ends tells whether a record ends where the header says that all do.
func (c *chunk) ends(free int) bool {
	at := chunkHeader
	for at < free {
		size := recordAt(c.data, at, free)
		if size == 0 {
			return false
		}
		at += size
	}
	return at > chunkHeader
}

// lastRecord gives the end of the records that a header without meaning leaves: they lie side by side
// and their numbers rise.
func (c *chunk) lastRecord() int {
	at, last := chunkHeader, uint64(0)
	for {
		size := recordAt(c.data, at, len(c.data))
		if size == 0 {
			return at
		}
		id := binary.LittleEndian.Uint64(c.data[at+8:])
		if at > chunkHeader && id <= last {
			return at
		}
		at, last = at+size, id
	}
}

// next gives the place of the next record, which ends where the following one begins; 0 if there is none
// left. lost is the place of bytes before it that are not a record, or 0.
func (c *chunk) next() (at, lost int) {
	for from := c.at; ; {
		if size := recordAt(c.data, c.at, c.end); size > 0 {
			at = c.at
			c.at += size
			if at > from && !blank(c.data[from:at]) {
				return at, from
			}
			return at, 0
		}
		more := -1
		if c.at+1 < c.end {
			more = bytes.Index(c.data[c.at+1:c.end], []byte(recordMagic))
		}
		if more < 0 {
			c.at = c.end
			if blank(c.data[from:c.end]) {
				return 0, 0
			}
			return 0, from
		}
		c.at += 1 + more
	}
}

// leftOver counts the records behind the end: Windows leaves those of an older log where it writes a
// chunk again.
func (c *chunk) leftOver() (count int) {
	for at := c.end; ; {
		more := bytes.Index(c.data[at:], []byte(recordMagic))
		if more < 0 {
			return count
		}
		at += more
		if size := recordAt(c.data, at, len(c.data)); size > 0 {
			count++
			at += size
		} else {
			at++
		}
	}
}

func blank(b []byte) bool { return bytes.Count(b, []byte{0}) == len(b) }
