package event

import "bytes"

// This file finds where the parts of a JSON text begin and end, by brackets and quotes alone. A damaged part therefore
// does not affect the parts after it. Whether a part is valid JSON is checked when it is read.

// walk calls visit for each key of the object at the beginning of data, with the key without quotes and the offset of
// its value, until visit returns false. end is the end of the object, or -1 if data is cut off before or is not an
// object.
func walk(data []byte, visit func(key []byte, value int) bool) (end int) {
	at := space(data, 0)
	if at >= len(data) || data[at] != '{' {
		return -1
	}
	at++
	for {
		at = space(data, at)
		switch {
		case at >= len(data):
			return -1
		case data[at] == '}':
			return at + 1
		case data[at] == ',':
			at++
			continue
		case data[at] != '"':
			return -1
		}
		past := skipValue(data, at)
		if past < 0 {
			return -1
		}
		key := data[at+1 : past-1]
		at = space(data, past)
		if at >= len(data) || data[at] != ':' {
			return -1
		}
		if at = space(data, at+1); at >= len(data) || !visit(key, at) {
			return -1
		}
		if at = skipValue(data, at); at < 0 {
			return -1
		}
	}
}

// each calls visit with each element of the array that begins at data[at].
func each(data []byte, at int, visit func(from, to int)) {
	for at++; ; {
		at = space(data, at)
		if at >= len(data) || data[at] == ']' {
			return
		}
		if data[at] == ',' {
			at++
			continue
		}
		end := skipValue(data, at)
		if end < 0 {
			end = len(data)
		}
		visit(at, end)
		at = end
	}
}

// skipValue gives the offset after the value at data[at], or -1 if data is cut off before.
func skipValue(data []byte, at int) int {
	depth := 0
	for at < len(data) {
		switch c := data[at]; c {
		case '"':
			if at = skipText(data, at); at < 0 {
				return -1
			}
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		default:
			if depth > 0 {
				at++
				continue
			}
			n := bytes.IndexAny(data[at:], " \t\r\n,]}")
			switch {
			case n < 0:
				return -1
			case n == 0:
				return at + 1 // not a value: reading it reports that
			}
			return at + n
		}
		if depth <= 0 {
			return at
		}
	}
	return -1
}

func skipText(data []byte, at int) int {
	for at++; at < len(data); {
		n := bytes.IndexByte(data[at:], '"')
		if n < 0 {
			return -1
		}
		end := at + n
		slashes := 0
		for i := end - 1; i >= at && data[i] == '\\'; i-- {
			slashes++
		}
		at = end + 1
		if slashes%2 == 0 {
			return at
		}
	}
	return -1
}

func space(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n') {
		at++
	}
	return at
}
