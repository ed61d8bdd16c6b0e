package evtx

// buffer is the memory of a chunk and of the records in it.
type buffer struct {
	data    []byte
	records []Record
	values  []value // theirs
	holders int     // that have records of it
	isKept  bool    // some record of it may be kept for good
}

func newBuffer() *buffer { return &buffer{data: make([]byte, chunkSize)} }

// Buffers are what somebody holds of a log: the memory of the records that were read while it was its turn.
type Buffers struct{ buffers []*buffer }

// Hold says that h holds the records that are read from now on, and that those it held before have no more use: their
// memory is used again. Until the first call of it records may be kept for good.
func (r *Reader) Hold(h *Buffers) {
	for _, b := range h.buffers {
		if b.holders--; b.holders == 0 && !b.isKept && b != r.chunk.buffer {
			r.free = append(r.free, b)
		}
	}
	clear(h.buffers)
	h.buffers = h.buffers[:0]
	r.holder = h
}

// lend notes that a record refers to the chunk's buffer.
func (r *Reader) lend() *buffer {
	b, h := r.chunk.buffer, r.holder
	switch {
	case h == nil:
		b.isKept = true
	case len(h.buffers) == 0 || h.buffers[len(h.buffers)-1] != b:
		h.buffers = append(h.buffers, b)
		b.holders++
	}
	return b
}

// turn gives the chunk a buffer that nobody has records of.
func (r *Reader) turn() {
	c := &r.chunk
	if b := c.buffer; b.isKept || b.holders > 0 {
		if last := len(r.free) - 1; last >= 0 {
			c.buffer, r.free = r.free[last], r.free[:last]
		} else {
			c.buffer = newBuffer()
		}
	}
	b := c.buffer
	b.records, b.values = b.records[:0], b.values[:0]
	c.data = b.data
}

// record makes room for a record and its values.
func (b *buffer) record(values []value) (*Record, []value) {
	if len(b.records) == cap(b.records) {
		b.records = make([]Record, 0, max(recordsAtOnce, 2*cap(b.records)))
	}
	if cap(b.values)-len(b.values) < len(values) {
		b.values = make([]value, 0, max(valuesAtOnce, 2*cap(b.values), len(values)))
	}
	b.records = b.records[:len(b.records)+1]
	begin := len(b.values)
	b.values = append(b.values, values...)
	return &b.records[len(b.records)-1], b.values[begin:len(b.values):len(b.values)]
}
