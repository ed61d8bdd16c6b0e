package event

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Options steer a reader.
type Options struct {
	Stdin    io.Reader    // what "-" reads; nil is os.Stdin
	MaxLine  int          // longest line in bytes; 0 means 16 MiB
	OnReject func(Reject) // called for each line that is no event
}

// Reject is a line that is no event.
type Reject struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	Raw    []byte `json:"-"`
}

// FormatReject writes a reject as one line of JSON.
func FormatReject(r Reject) string {
	line, err := json.Marshal(struct {
		Reject
		Raw string `json:"raw"`
	}{r, string(r.Raw)})
	if err != nil {
		panic(err) // strings and ints always marshal
	}
	return string(line) + "\n"
}

const (
	defaultMaxLine = 16 << 20
	maxNesting     = 200
	maxArray       = 1 << 30
	keptRaw        = 4096 // of a line that is too long
)

// Reader gives the events of one file.
type Reader struct {
	source   string
	opt      Options
	close    []io.Closer
	in       *bufio.Reader
	csv      *csv.Reader
	header   []string
	array    *json.Decoder
	started  bool
	line     int
	lines    int
	rejected int
}

// Open begins to read a file, or standard input for "-".
func Open(path string, opt Options) (*Reader, error) {
	r := &Reader{source: path, opt: opt}
	if r.opt.MaxLine <= 0 {
		r.opt.MaxLine = defaultMaxLine
	}
	var raw io.Reader = opt.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		r.close = append(r.close, f)
		raw = f
	} else if raw == nil {
		raw = os.Stdin
	}
	in := bufio.NewReaderSize(raw, 1<<16)
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, r.Close())
	}
	name := path
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.close = append(r.close, z)
		in, name = bufio.NewReaderSize(z, 1<<16), strings.TrimSuffix(path, ".gz")
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.close = append(r.close, z.IOReadCloser())
		in, name = bufio.NewReaderSize(z, 1<<16), strings.TrimSuffix(path, ".zst")
	}
	r.in = in
	if bom, err := in.Peek(3); err == nil && bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		if _, err := in.Discard(3); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	if strings.EqualFold(filepath.Ext(name), ".csv") {
		r.csv = csv.NewReader(in)
		r.csv.FieldsPerRecord = -1
		r.csv.LazyQuotes = true
	}
	return r, nil
}

// Lines counts the lines (or array elements, or rows) read so far, good and bad.
func (r *Reader) Lines() int { return r.lines }

// Rejected counts the bad ones among them.
func (r *Reader) Rejected() int { return r.rejected }

// Close ends the reading.
func (r *Reader) Close() error {
	var errs []error
	for _, c := range slices.Backward(r.close) {
		errs = append(errs, c.Close())
	}
	r.close = nil
	return errors.Join(errs...)
}

// Raw is one line, element or row as a JSON text that was not looked into yet. Data is the
// caller's to keep.
type Raw struct {
	Line int // where it begins, from 1
	Data []byte
}

// Next gives the next event, or io.EOF. Other errors mean that the file itself cannot be read on.
func (r *Reader) Next() (*Event, error) {
	for {
		raw, err := r.NextRaw()
		if err != nil {
			return nil, err
		}
		fields, err := Decode(raw.Data)
		if err == nil {
			return &Event{r.source, raw.Line, fields, raw.Data}, nil
		}
		r.Reject(raw, err)
	}
}

// NextRaw gives the next line that may be an event, or io.EOF. Whoever decodes it hands it
// back to Reject if it is none. Lines that are too long are rejected here.
func (r *Reader) NextRaw() (Raw, error) {
	if !r.started {
		r.started = true
		if err := r.detect(); err != nil {
			return Raw{}, err
		}
	}
	switch {
	case r.csv != nil:
		return r.nextRow()
	case r.array != nil:
		return r.nextElement()
	}
	return r.nextLine()
}

// Reject counts a line that NextRaw gave as no event.
func (r *Reader) Reject(raw Raw, reason error) { r.reject(raw.Line, raw.Data, "%v", reason) }

// detect tells a JSON array or one object over several lines from lines of JSON.
func (r *Reader) detect() error {
	if r.csv != nil {
		return nil
	}
	for n := 64; ; n *= 2 {
		head, err := r.in.Peek(min(n, r.in.Size()))
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("cannot read on: %w", err)
		}
		trimmed := bytes.TrimLeft(head, " \t\r\n")
		ended := err != nil || len(head) == r.in.Size()
		if len(trimmed) == 0 && !ended {
			continue
		}
		line, _, whole := bytes.Cut(trimmed, []byte("\n"))
		if !whole && !ended {
			continue
		}
		line = bytes.TrimSpace(line)
		openObject := bytes.Equal(line, []byte("{")) || (bytes.HasPrefix(line, []byte("{")) && whole && !bytes.HasSuffix(line, []byte("}")) && !json.Valid(line) && bytes.HasSuffix(line, []byte("{")))
		if bytes.HasPrefix(trimmed, []byte("[")) || openObject {
			r.array = json.NewDecoder(io.LimitReader(r.in, maxArray))
			r.array.UseNumber()
			if trimmed[0] == '[' {
				if _, err := r.array.Token(); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func (r *Reader) reject(line int, raw []byte, format string, args ...any) {
	r.rejected++
	if r.opt.OnReject != nil {
		r.opt.OnReject(Reject{r.source, line, fmt.Sprintf(format, args...), bytes.Clone(raw)})
	}
}

// nextLine reads lines until one is not blank. A line over the limit is not kept in memory.
func (r *Reader) nextLine() (Raw, error) {
	for {
		line, size, err := r.readLine()
		if errors.Is(err, io.EOF) && size == 0 {
			return Raw{}, io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			r.lines++
			r.reject(r.line, line, "the file cannot be read on: %v", err)
			return Raw{}, io.EOF
		}
		if size > r.opt.MaxLine {
			r.lines++
			r.reject(r.line, line, "line of %d bytes is longer than %d", size, r.opt.MaxLine)
			continue
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			r.lines++
			return Raw{r.line, trimmed}, nil
		}
	}
}

// readLine gives the next line, or its first bytes with its true size when it is too long.
func (r *Reader) readLine() (line []byte, size int, err error) {
	r.line++
	for {
		part, err := r.in.ReadSlice('\n')
		size += len(part)
		if size <= r.opt.MaxLine {
			line = append(line, part...)
		} else if len(line) > keptRaw {
			line = line[:keptRaw]
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// Decode reads one JSON object, numbers kept as written, with the names that flatten gives.
func Decode(data []byte) (map[string]any, error) {
	if deep := nesting(data); deep > maxNesting {
		return nil, fmt.Errorf("JSON nests deeper than %d", maxNesting)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if dec.More() {
		return nil, errors.New("not JSON: text after the object")
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a JSON %s, not an object", kind(v))
	}
	return flatten(fields), nil
}

func kind(v any) string {
	switch v.(type) {
	case []any:
		return "array"
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	}
	return "null"
}

func nesting(data []byte) int {
	depth, most, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}

// nextElement reads the next element of an array, or the next object of several.
func (r *Reader) nextElement() (Raw, error) {
	for {
		r.line++
		if !r.array.More() {
			return Raw{}, r.endArray()
		}
		var raw json.RawMessage
		if err := r.array.Decode(&raw); err != nil {
			if errors.Is(err, io.EOF) {
				return Raw{}, io.EOF
			}
			r.lines++
			r.reject(r.line, nil, "element %d: %v; nothing after byte %d was read", r.line, err, r.array.InputOffset())
			r.array = json.NewDecoder(bytes.NewReader(nil))
			return Raw{}, io.EOF
		}
		r.lines++
		if len(raw) > r.opt.MaxLine {
			r.reject(r.line, raw[:min(len(raw), keptRaw)], "element of %d bytes is longer than %d", len(raw), r.opt.MaxLine)
			continue
		}
		return Raw{r.line, raw}, nil
	}
}

// endArray tells a complete array from one that was cut off.
func (r *Reader) endArray() error {
	_, err := r.array.Token()
	if err != nil && !errors.Is(err, io.EOF) {
		r.lines++
		r.reject(r.line, nil, "the array does not end: %v", err)
		r.array = json.NewDecoder(bytes.NewReader(nil))
	}
	return io.EOF
}

// nextRow reads a CSV row. An empty cell is a missing field: exports write both alike.
func (r *Reader) nextRow() (Raw, error) {
	for {
		row, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return Raw{}, io.EOF
		}
		line, _ := r.csv.FieldPos(0)
		if err != nil {
			r.lines++
			r.reject(line, nil, "%v", err)
			var parse *csv.ParseError
			if !errors.As(err, &parse) {
				return Raw{}, io.EOF
			}
			continue
		}
		if r.header == nil {
			r.header = slices.Clone(row)
			continue
		}
		r.lines++
		if len(row) != len(r.header) {
			r.reject(line, []byte(strings.Join(row, ",")), "%d cells where the header has %d", len(row), len(r.header))
			continue
		}
		fields := make(map[string]string, len(row))
		for i, cell := range row {
			if cell != "" {
				fields[r.header[i]] = cell
			}
		}
		data, err := json.Marshal(fields)
		if err != nil {
			return Raw{}, fmt.Errorf("row at line %d: %w", line, err)
		}
		if len(data) > r.opt.MaxLine {
			r.reject(line, data[:min(len(data), keptRaw)], "row of %d bytes is longer than %d", len(data), r.opt.MaxLine)
			continue
		}
		return Raw{line, data}, nil
	}
}
