// Package eventstore keeps events until the end of the input, compressed. In: an event's bytes. Out: a Ref, and for a
// Ref the same bytes.
// What must stay true: an event comes back exactly as it was given.
package eventstore

import (
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Store keeps events, compressed in blocks. Logs repeat themselves, so they
// take a fraction of their size. It is for one goroutine.
type Store struct {
	blocks [][]byte // compressed
	open   []byte   // the last block, while it is filled
	held   int      // bytes of the compressed blocks

	cached int // number of the block in cache
	cache  []byte
}

// Ref names an event of a store.
type Ref struct{ block, offset, size int32 }

// None is the Ref of an event that is not kept.
var None = Ref{size: -1}

// IsNone tells whether the event is not kept.
func (r Ref) IsNone() bool { return r.size < 0 }

// storeBlock is the least size of a block before it is compressed, in bytes. One event may be larger.
const storeBlock = 32 << 10

// Size is how many bytes the events take.
func (s *Store) Size() int { return s.held + len(s.open) }

// Add keeps a copy of an event.
func (s *Store) Add(data []byte) Ref {
	ref := Ref{int32(len(s.blocks)), int32(len(s.open)), int32(len(data))}
	s.open = append(s.open, data...)
	if len(s.open) >= storeBlock {
		block := slices.Clip(slices.Clone(s2.Encode(nil, s.open)))
		s.blocks, s.held = append(s.blocks, block), s.held+len(block)
		if s.open = s.open[:0]; cap(s.open) > 2*storeBlock {
			s.open = nil
		}
	}
	return ref
}

// Get gives an event back. The bytes are valid until the next call.
func (s *Store) Get(ref Ref) ([]byte, error) {
	block := s.open
	if int(ref.block) < len(s.blocks) {
		if s.cache == nil || s.cached != int(ref.block) {
			var err error
			if s.cache, err = s2.Decode(s.cache[:cap(s.cache)], s.blocks[ref.block]); err != nil {
				s.cache = nil
				return nil, fmt.Errorf("an event that was kept cannot be read: %w", err)
			}
			s.cached = int(ref.block)
		}
		block = s.cache
	}
	return block[ref.offset : ref.offset+ref.size : ref.offset+ref.size], nil
}
