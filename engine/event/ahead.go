package event

// Ahead reads lines that NextRaw gives again, until look has seen enough, the lines have that many bytes, or the file
// ends. It is called before anything else is read.
func (r *Reader) Ahead(bytes int, look func(Raw) (enough bool)) {
	var read []Raw
	for size := 0; size < bytes; {
		raw, err := r.NextRaw()
		if err != nil {
			break // the next read reports it
		}
		read = append(read, raw)
		size += raw.Size()
		if look(raw) {
			break
		}
	}
	r.ahead = read
}
