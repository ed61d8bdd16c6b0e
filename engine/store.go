package engine

import (
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// eventStore keeps events until the end of the input, compressed in blocks: logs repeat themselves, so that they
// take a fraction of their size. It is for one goroutine.
type eventStore struct {
	blocks [][]byte // compressed
	open   []byte   // the last block, while it is filled
	held   int      // bytes of the compressed blocks

	cached int // number of the block in cache
	cache  []byte
}

// eventRef names an event of a store.
type eventRef struct{ block, offset, size int }

// storeBlock is how many bytes a block has at least before it is compressed; one event may have more.
const storeBlock = 32 << 10

// size is how many bytes the events take.
func (s *eventStore) size() int { return s.held + len(s.open) }

// add keeps a copy of an event.
func (s *eventStore) add(data []byte) eventRef {
	ref := eventRef{len(s.blocks), len(s.open), len(data)}
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

// get gives an event, until the next call.
func (s *eventStore) get(ref eventRef) ([]byte, error) {
	block := s.open
	if ref.block < len(s.blocks) {
		if s.cache == nil || s.cached != ref.block {
			var err error
			if s.cache, err = s2.Decode(s.cache[:cap(s.cache)], s.blocks[ref.block]); err != nil {
				s.cache = nil
				return nil, fmt.Errorf("an event that was kept cannot be read: %w", err)
			}
			s.cached = ref.block
		}
		block = s.cache
	}
	return block[ref.offset : ref.offset+ref.size : ref.offset+ref.size], nil
}
