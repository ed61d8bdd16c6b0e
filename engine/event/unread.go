package event

// form reads a text that is not JSON. Several goroutines call it at once. The text that it makes is in the memory, if
// that has room.
type form func(text []byte, to *Memory) (Content, error)

// maxLeft bounds the texts that NextUnread leaves to be read, in bytes: what they become may be several times as long.
const maxLeft = 1 << 16

// left gives a line whose text is still to be read: by NextUnread if it is long, or by who calls Raw.Read.
func (r *Reader) left(line int, text []byte, by form) (Raw, error) {
	r.lines++
	return Raw{Line: line, Content: TextContent(text), form: by}, nil
}

// IsUnread tells whether Read has something to read.
func (raw *Raw) IsUnread() bool { return raw.form != nil }

// Read reads what NextUnread left to be read, into the memory if that has room. It may be called while another
// goroutine reads the file.
func (raw *Raw) Read(to *Memory) {
	if raw.form == nil {
		return
	}
	content, err := raw.form(raw.text, to)
	if raw.form, raw.Err = nil, err; err == nil {
		raw.Content = content
	}
}

// Memory is for texts, which are appended. A text that has no room is elsewhere.
type Memory []byte

func (m Memory) room() []byte { return m[len(m):] }

// claim takes the room that something was appended to, unless append moved it elsewhere.
func (m *Memory) claim(appended []byte) {
	if len(appended) <= cap(m.room()) {
		*m = (*m)[:len(*m)+len(appended)]
	}
}

// encode writes fields as JSON.
func (m *Memory) encode(fields map[string]any) Content {
	text := appendFields(m.room(), fields)
	m.claim(text)
	return TextContent(text)
}
