package event

// Ahead reads lines that NextRaw gives again: as many as are asked for, or fewer if the file ends or they have that
// many bytes. It is called before anything else is read.
func (r *Reader) Ahead(lines, bytes int) []Raw {
	var read []Raw
	for size := 0; len(read) < lines && size < bytes; {
		raw, err := r.NextRaw()
		if err != nil {
			break // the next read reports it
		}
		read = append(read, raw)
		size += raw.Size()
	}
	r.ahead = read
	return read
}
