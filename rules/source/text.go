package source

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// ReadFile gives the text of a file on disk as UTF-8. Pipes and devices are refused, because reading one may never end.
func ReadFile(path string, limits Limits) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return readText(r, path, limits.Size)
}

// readText gives the text of an open file and closes it.
func readText(r fs.File, name string, most int) ([]byte, error) {
	data, err := readAtMost(r, name, most)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	text, err := UTF8(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return withoutMarks(text), nil
}

// byteOrderMark is U+FEFF in UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// withoutMarks drops the byte order marks before documents of YAML after the first, as files have that were written
// one behind the other: a mark before `---`, or before the first line of a document.
// https://yaml.org/spec/1.2.2/#52-character-encodings
func withoutMarks(text []byte) []byte {
	if !bytes.Contains(text, byteOrderMark) {
		return text
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	begins := true // a document does: only comments stand between its marker and this line
	for i, line := range lines {
		if after, marked := bytes.CutPrefix(line, byteOrderMark); marked && (begins || bytes.HasPrefix(after, []byte("---"))) {
			line = after
			lines[i] = line
		}
		marker, _, _ := strings.Cut(string(line), " #")
		switch trimmed := strings.TrimSpace(marker); {
		case trimmed == "---" || trimmed == "...":
			begins = true
		case trimmed != "" && trimmed[0] != '#':
			begins = false
		}
	}
	return bytes.Join(lines, nil)
}

func readAtMost(r fs.File, name string, most int) ([]byte, error) {
	info, err := r.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > int64(most) {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, most>>20)
	}
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = data.ReadFrom(r)
	return data.Bytes(), err
}

// UTF8 gives the text of a file as UTF-8, without a byte order mark. UTF-16, which Windows editors write, is
// recognised by its mark or, without one, by its zero bytes.
func UTF8(data []byte) ([]byte, error) {
	order, mark := unicode.LittleEndian, unicode.ExpectBOM
	switch {
	case bytes.HasPrefix(data, byteOrderMark):
		return data[len(byteOrderMark):], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return nil, fmt.Errorf("the file is UTF-32: save it as UTF-8")
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
		return nil, fmt.Errorf("the file is UTF-16 and ends in the middle of a character")
	}
	text, err := unicode.UTF16(order, mark).NewDecoder().Bytes(data)
	if err == nil && bytes.ContainsRune(text, utf8.RuneError) {
		err = fmt.Errorf("the file is UTF-16 and has invalid characters")
	}
	return text, err
}
