package event

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"decree/engine/jsontext"
	"decree/rules/diag"
)

// AppendJSON appends the event's fields as JSON on one line, with the keys in order: what encoding/json writes of
// Fields. Most texts are not decoded for it.
func (e *Event) AppendJSON(to []byte) ([]byte, error) {
	if e.fields == nil && e.Raw != nil {
		s := sorter{data: e.Raw, out: to, members: make([]member, 0, 64)}
		if s.event() {
			return s.out, nil
		}
	}
	text, err := diag.JSON(e.Fields())
	return append(to, text...), err
}

// sorter writes a JSON text anew, with the keys of its objects in order. It gives up, and tells so by false, where the
// text has to be decoded for that.
type sorter struct {
	data    []byte
	out     []byte
	members []member // of the objects that are being written, the innermost last
	depth   int      // how many objects and lists are being written
}

// member is one of an object: its key as it is written, and the places of its value.
type member struct {
	key        []byte
	start, end int
}

// maxSorted is how deep objects and lists may nest: each level reads all that is within it.
const maxSorted = 8

// event writes the whole text, and further names that Decode gives its fields.
func (s *sorter) event() bool {
	start := jsontext.Space(s.data, 0)
	end, err := jsontext.Skip(s.data, start, 0)
	if err != nil || s.data[start] != '{' || jsontext.Space(s.data, end) != len(s.data) {
		return false
	}
	s.depth++
	return s.read(start) && s.rename() && s.write(s.members)
}

// rewritten are keys of the outermost level by which flatten recognises a form, beside those of flatForms.
var rewritten = []string{"Event", "System", "winlog", "_source", "_index"}

// rename adds the further names of the event's fields. It gives up where Decode does more with them.
func (s *sorter) rename() bool {
	for _, m := range s.members {
		if slices.Contains(rewritten, string(m.key)) || bytes.IndexByte(m.key, ' ') >= 0 {
			return false
		}
	}
	for _, form := range flatForms {
		if slices.ContainsFunc(form.keys, func(key string) bool { return s.isNull(key) }) {
			continue
		}
		for from, to := range form.names {
			if m := s.member(from); m != nil && s.member(to) == nil {
				s.members = append(s.members, member{[]byte(to), m.start, m.end})
			}
		}
		return form.names != nil
	}
	return true
}

// member finds one of the event's members; nil if there is none.
func (s *sorter) member(key string) *member {
	for i := range s.members {
		if string(s.members[i].key) == key {
			return &s.members[i]
		}
	}
	return nil
}

// isNull tells whether the event has no value for a key.
func (s *sorter) isNull(key string) bool {
	m := s.member(key)
	return m == nil || s.data[m.start] == 'n'
}

// value writes a value of the text, which is known to be JSON.
func (s *sorter) value(start, end int) (ok bool) {
	if s.depth == maxSorted {
		return false
	}
	s.depth++
	switch s.data[start] {
	case '{':
		ok = s.object(start)
	case '[':
		ok = s.list(start)
	default:
		ok = s.data[start] != '"' || isCanonical(s.data[start+1:end-1])
		s.out = append(s.out, s.data[start:end]...)
	}
	s.depth--
	return ok
}

// object writes an object.
func (s *sorter) object(start int) bool {
	begin := len(s.members)
	ok := s.read(start) && s.write(s.members[begin:])
	s.members = s.members[:begin]
	return ok
}

// read adds the members of an object. It gives up if a key has to be decoded.
func (s *sorter) read(start int) bool {
	for at, some := s.next(start); some; at, some = s.next(at) {
		behind := jsontext.SkipText(s.data, at)
		key := s.data[at+1 : behind-1]
		if bytes.IndexByte(key, '\\') >= 0 || !isCanonical(key) {
			return false
		}
		value := jsontext.Space(s.data, jsontext.Space(s.data, behind)+1) // behind the colon
		at = s.behind(value)
		s.members = append(s.members, member{key, value, at})
	}
	return true
}

// write sorts members and writes an object of them. It gives up if there are two of one key.
func (s *sorter) write(own []member) bool {
	slices.SortFunc(own, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	s.out = append(s.out, '{')
	for i, m := range own {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		s.out = append(append(append(s.out, '"'), m.key...), '"', ':')
		if i > 0 && bytes.Equal(m.key, own[i-1].key) || !s.value(m.start, m.end) {
			return false
		}
	}
	s.out = append(s.out, '}')
	return true
}

// list writes a list.
func (s *sorter) list(start int) bool {
	s.out = append(s.out, '[')
	for at, some := s.next(start); some; at, some = s.next(at) {
		if s.out[len(s.out)-1] != '[' {
			s.out = append(s.out, ',')
		}
		end := s.behind(at)
		if !s.value(at, end) {
			return false
		}
		at = end
	}
	s.out = append(s.out, ']')
	return true
}

// next gives the place of the next element of an object or a list, behind its opening bracket or an element. It tells
// whether there is one.
func (s *sorter) next(at int) (int, bool) {
	if c := s.data[at]; c != '{' && c != '[' { // behind an element
		if at = jsontext.Space(s.data, at); s.data[at] != ',' {
			return at, false
		}
	}
	at = jsontext.Space(s.data, at+1)
	return at, s.data[at] != '}' && s.data[at] != ']'
}

// behind gives the place behind a value.
func (s *sorter) behind(at int) int {
	end, _ := jsontext.Skip(s.data, at, 0) // the whole text was checked
	return end
}

// isCanonical tells whether encoding/json writes the text of a JSON string just so.
func isCanonical(text []byte) bool {
	for rest := text; ; rest = rest[2:] {
		at := bytes.IndexByte(rest, '\\')
		if at < 0 {
			break
		}
		if rest = rest[at:]; bytes.IndexByte([]byte(`"\nrtbf`), rest[1]) < 0 {
			return false
		}
	}
	return utf8.Valid(text) && !bytes.Contains(text, []byte("\u2028")) && !bytes.Contains(text, []byte("\u2029"))
}
