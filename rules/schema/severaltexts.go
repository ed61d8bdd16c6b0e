package schema

// Joins tells whether the value is made of several texts of an event.
func (c Column) Joins() bool { return c.Type == Arguments || c.Type.InKeyToo() }

// InKeyToo tells whether the rest of a value is in the column Key.
func (t Type) InKeyToo() bool { return t == Directory || t == Account }

// AppendJoined appends the value that several texts make together: the arguments of a command line, a directory and the
// name of a file in it, or a domain and the name of a user.
func (t Type) AppendJoined(to []byte, texts ...string) []byte {
	for i, text := range texts {
		switch {
		case i == 0:
		case t == Arguments:
			to = append(to, ' ')
		case t == Account:
			to = append(to, '\\')
		case len(to) == 0 || to[len(to)-1] != '/':
			to = append(to, '/')
		}
		to = append(to, text...)
	}
	return to
}
