package event

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"decree/engine/event/evtx"
	"decree/rules/source"
)

// Named is a file as messages and results name it: "-" does not say what it is.
func Named(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

// Open opens a file for reading, or standard input for "-".
func Open(path string, opt Options) (*Reader, error) {
	raw := opt.Stdin
	if path == "-" {
		if raw == nil {
			raw = os.Stdin
		}
		return NewReader(Named(path), io.NopCloser(raw), opt)
	}
	if archive, name := archiveOf(path); archive != "" {
		m, err := openEntry(archive, name)
		if err != nil {
			return nil, err
		}
		return NewReader(path, m, opt)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return NewReader(path, f, opt)
}

// NewReader reads raw as a file with that name. Closing the reader closes raw, if possible.
func NewReader(path string, raw io.Reader, opt Options) (*Reader, error) {
	r := &Reader{source: path, opt: opt, latest: latestOf(raw)}
	if c, ok := raw.(io.Closer); ok {
		r.close = append(r.close, c)
	}
	if r.opt.MaxLine <= 0 {
		r.opt.MaxLine = defaultMaxLine
	}
	var source io.Reader = &counter{raw, &r.bytes}
	in := bufio.NewReaderSize(source, 1<<16)
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, r.Close())
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			r.refused = "cannot read the archive: " + err.Error()
			return r, nil
		}
		source = z // its Close releases nothing and only repeats errors of reading
		in = bufio.NewReaderSize(source, 1<<16)
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.close = append(r.close, z.IOReadCloser())
		source = z
		in = bufio.NewReaderSize(source, 1<<16)
	}
	r.in = in
	if isLog(in, path) {
		r.records = evtx.NewReader(unbuffered(in, source))
		return r, nil
	}
	head, _ := in.Peek(4) // an error is reported by the next read
	if r.refused = foreign(head); r.refused == "" && isRules(path, head) {
		r.refused = "the file is YAML, as rules are, and not events"
	}
	r.encoding()
	return r, nil
}

// unbuffered reads what is buffered, and then directly from where that came from.
func unbuffered(in *bufio.Reader, source io.Reader) io.Reader {
	buffered, _ := in.Peek(in.Buffered()) // it is there
	return io.MultiReader(bytes.NewReader(buffered), source)
}

// isLog recognises a Windows event log by its content. It looks beyond the first bytes only if these are not text, so
// that a line that somebody types is read at once.
func isLog(in *bufio.Reader, path string) bool {
	head, _ := in.Peek(len(evtx.Magic)) // an error is reported by the next read
	if evtx.Detect(head) {
		return true
	}
	text := utf8.Valid(head) && !bytes.ContainsFunc(head, func(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' })
	if text && filepath.Ext(plainName(path)) != ".evtx" {
		return false
	}
	head, _ = in.Peek(evtx.DetectSize)
	return evtx.Detect(head)
}

// encoding skips the byte order mark of UTF-8, and decodes UTF-16, which PowerShell writes. Without a mark, UTF-16 is
// recognised by the zero byte beside its first character.
func (r *Reader) encoding() {
	head, _ := r.in.Peek(3) // an error is reported by the next read
	order := unicode.LittleEndian
	switch {
	case len(head) < 2:
		return
	case head[0] == 0xfe && head[1] == 0xff, head[0] == 0 && head[1] != 0:
		order = unicode.BigEndian
	case head[0] == 0xff && head[1] == 0xfe, head[0] != 0 && head[1] == 0:
	default:
		if string(head) == byteOrderMark {
			_, _ = r.in.Discard(len(head)) // they were peeked at
		}
		return
	}
	decoder := unicode.UTF16(order, unicode.UseBOM).NewDecoder()
	r.in = bufio.NewReaderSize(transform.NewReader(r.in, decoder), 1<<16)
}

// counter counts the bytes that are read. Another goroutine may look at the count.
type counter struct {
	from io.Reader
	read *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// foreign recognises, by their first bytes, files that are often mistaken for logs. It is "" for all others.
func foreign(magic []byte) string {
	for begin, what := range map[string]string{"PK\x03\x04": "a zip archive, or a document that is one", "\xfd7zX": "an archive of xz", "BZh": "an archive of bzip2", "7z\xbc\xaf": "an archive of 7-Zip",
		"PAR1": "Parquet", "SQLi": "a database of SQLite", "Obj\x01": "Avro", "%PDF": "a PDF", "\x89PNG": "an image", "GIF8": "an image", "\xff\xd8\xff": "an image", "\x7fELF": "a program", "MZ\x90\x00": "a program"} {
		if bytes.HasPrefix(magic, []byte(begin)) {
			return "not a log: the file is " + what
		}
	}
	if bytes.HasPrefix(magic, []byte("LPKS")) {
		return "the file is systemd's journal: write its entries with journalctl --file NAME -o json"
	}
	return ""
}

// isRules tells whether a file is YAML by its name, and not JSON or XML by its first bytes.
func isRules(path string, magic []byte) bool {
	begins := bytes.TrimSpace(magic)
	return source.IsYAML(plainName(path)) && len(begins) > 0 && bytes.IndexByte([]byte("{[<"), begins[0]) < 0
}
