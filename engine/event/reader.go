package event

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"decree/engine/event/evtx"
	"decree/rules/source"
)

// Options steer a reader.
type Options struct {
	Stdin    io.Reader       // what "-" reads; nil is os.Stdin
	MaxLine  int             // longest line in bytes; 0 means 16 MiB
	OnReject func(Reject)    // called for each line that is not an event
	Sample   func(Raw)       // called for some of the lines as they are read, ever fewer; nil for none
	Stop     <-chan struct{} // closed when nothing more shall be read; nil is never
}

// ErrStopped ends reading before the end of a file.
var ErrStopped = errors.New("reading was stopped")

// Stopped tells whether nothing more shall be read.
func (r *Reader) Stopped() bool {
	select {
	case <-r.opt.Stop:
		return true
	default:
		return false
	}
}

const (
	defaultMaxLine = 16 << 20
	keptRaw        = 4096 // bytes kept of a line that is too long
)

// Reader gives the events of one file.
type Reader struct {
	source   string
	opt      Options
	close    []io.Closer
	in       *bufio.Reader
	rows     *rows        // of a CSV file
	elements *elements    // of a JSON array or of objects that span lines
	records  *evtx.Reader // of a Windows event log
	xml      *xmlEvents   // of Windows' XML
	text     *text        // of a log of text
	formless bool         // its first lines are of no known form
	latest   time.Time    // no line was written later
	journal  bool         // its JSON is that of systemd's journal
	laurel   bool         // it begins with an event of the audit log as Laurel writes them
	guessed  bool         // the year of a line in an envelope was guessed
	isBeside bool         // events may be escaped XML in one field, beside others
	started  bool
	arrays   bool   // an array has ended
	refused  string // why the whole file cannot be read
	broken   string // why the file cannot be read to its end
	queue    []Raw  // events of an envelope
	queued   int    // how many of them were given
	copied   int    // bytes that the rows among them repeat
	ahead    []Raw  // lines that Ahead has read
	sampling sampling
	lent     []byte // memory for lines, which are appended
	block    block  // of lines, read ahead into it
	line     int
	lines    int
	rejected int
	bytes    atomic.Int64 // read of the file
}

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

// Bytes counts the bytes read of the file so far, as they are on disk. It may be called while another goroutine reads.
func (r *Reader) Bytes() int64 { return r.bytes.Load() }

// Lines counts the lines (or array elements, or rows) read so far, including rejected ones.
func (r *Reader) Lines() int { return r.lines }

// Rejected counts the rejected ones among them.
func (r *Reader) Rejected() int { return r.rejected }

// Notes gives, at the end of the file, information about the file that is not a reject: data in the unused space of a
// log, or a checksum that does not match.
func (r *Reader) Notes() []string {
	switch {
	case r.records != nil:
		return r.records.Notes()
	case r.text != nil:
		return r.text.notes()
	case r.rows != nil && r.rows.viewer != nil:
		return r.rows.viewer.notes()
	case r.rows != nil && r.rows.note != "":
		return []string{r.rows.note}
	case r.guessed:
		return []string{yearless(r.latest)}
	}
	return nil
}

// Formless tells whether the file's first lines are of no form that is read.
func (r *Reader) Formless() bool { return r.formless }

// Broken says, at the end, why the file was not read completely. It is "" if it was.
func (r *Reader) Broken() string { return r.broken }

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

// Close ends the reading.
func (r *Reader) Close() error {
	var errs []error
	for _, c := range slices.Backward(r.close) {
		errs = append(errs, c.Close())
	}
	r.close = nil
	return errors.Join(errs...)
}

// Lend gives the reader memory for lines, as long as its capacity lasts. Lines in it are valid until the caller changes
// the memory.
func (r *Reader) Lend(memory []byte) {
	r.lent = append(memory[:0], r.block.ahead...)
	r.block.ahead = r.lent
}

// room is the lent memory that is free, for what is appended to it.
func (r *Reader) room() []byte { return r.lent[len(r.lent):] }

// claim takes the room that something was appended to, unless append moved it elsewhere.
func (r *Reader) claim(appended []byte) {
	if len(appended) <= cap(r.room()) {
		r.lent = r.lent[:len(r.lent)+len(appended)]
	}
}

// Ready tells whether the next line may be in the lent memory without a copy. If it is not, memory is lent anew first.
func (r *Reader) Ready() bool {
	if r.elements != nil || r.rows != nil || r.text != nil {
		return r.hasRoom()
	}
	return !r.block.used || r.block.next > 0 || r.block.err != nil || r.hasRoom()
}

// Hold lends memory for records of Windows' logs as evtx.Reader.Hold does: records that are read from now on are h's,
// until it is given again.
func (r *Reader) Hold(h *evtx.Buffers) {
	if r.records != nil {
		r.records.Hold(h)
	}
}

// Raw is one line, element, row or record as it was read. The caller may keep its content, unless that is in lent or
// held memory.
type Raw struct {
	Line int // where it begins, from 1
	Content
	Err error // why it is not an event, if that is known without parsing it
}

// Next gives the next event, or io.EOF. Any other error means that the rest of the file cannot be read.
func (r *Reader) Next() (*Event, error) {
	for {
		raw, err := r.NextRaw()
		if err != nil {
			return nil, err
		}
		if raw.Err == nil {
			fields, err := raw.Decode()
			if err == nil {
				return &Event{r.source, raw.Line, raw.JSON(), fields}, nil
			}
			raw.Err = err
		}
		r.Reject(raw)
	}
}

// NextRaw gives the next line, or io.EOF. The caller decodes it, and passes it to Reject if it is not an event. NextRaw
// itself rejects nothing, so that lines can be read ahead and judged in order.
func (r *Reader) NextRaw() (Raw, error) {
	if len(r.ahead) > 0 {
		raw := r.ahead[0]
		r.ahead = r.ahead[1:]
		return raw, nil
	}
	raw, err := r.read()
	if err == nil && raw.Err == nil {
		raw.Content = r.whole(raw.Content)
	}
	if r.opt.Sample != nil && err == nil && r.sampling.takes() {
		r.opt.Sample(raw)
	}
	return raw, err
}

// read reads the next line.
func (r *Reader) read() (Raw, error) {
	if r.refused != "" {
		return r.refusal()
	}
	if r.records != nil {
		return r.nextRecord()
	}
	for {
		if raw, ok := r.nextQueued(); ok {
			return raw, nil
		}
		if !r.started && r.rows == nil {
			r.started = true
			if r.detect(); r.refused != "" {
				return r.refusal()
			}
		}
		var raw Raw
		var err error
		switch {
		case r.rows != nil:
			raw, err = r.nextRow()
		case r.xml != nil:
			return r.nextXML()
		case r.text != nil:
			if raw, err = r.nextText(); !r.text.isObject {
				return raw, err
			}
		case r.elements == nil:
			raw, err = r.nextLine()
		default:
			if raw, err = r.nextElement(); errors.Is(err, errArrayEnd) {
				continue
			}
		}
		if r.journal && err == nil && raw.Err == nil {
			raw.Content = journalEntry(raw.Content)
		}
		if err != nil || raw.Err != nil || !r.unwrap(raw) {
			return raw, err
		}
	}
}
