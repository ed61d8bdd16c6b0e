package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// utf8Text gives the text of a file as UTF-8, without a byte order mark. UTF-16, which Windows editors write, is known by its
// mark, and without one by its zeros.
func utf8Text(data []byte) ([]byte, error) {
	order, mark := unicode.LittleEndian, unicode.ExpectBOM
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return nil, fmt.Errorf("this text is UTF-32: save it as UTF-8")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = unicode.BigEndian
	case len(data) > 1 && data[0] != 0 && data[1] == 0:
		mark = unicode.IgnoreBOM
	case len(data) > 1 && data[0] == 0 && data[1] != 0:
		order, mark = unicode.BigEndian, unicode.IgnoreBOM
	default:
		return data, nil
	}
	if len(data)%2 != 0 {
		return nil, fmt.Errorf("this text is UTF-16 and ends in the middle of a character")
	}
	text, err := unicode.UTF16(order, mark).NewDecoder().Bytes(data)
	if err == nil && bytes.ContainsRune(text, utf8.RuneError) {
		err = fmt.Errorf("this text is UTF-16 with characters that are none")
	}
	return text, err
}
