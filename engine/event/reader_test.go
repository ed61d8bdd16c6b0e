package event

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// transcript reads everything and says what came of each line.
func transcript(t *testing.T, path string, opt Options) string {
	t.Helper()
	var out strings.Builder
	opt.OnReject = func(j Reject) {
		assert.Equal(t, Named(path), j.Source)
		fmt.Fprintf(&out, "%d! %s\n", j.Line, j.Reason)
	}
	r, err := Open(path, opt)
	require.NoError(t, err)
	good := 0
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		good++
		fields, err := json.Marshal(ev.Fields())
		require.NoError(t, err)
		fmt.Fprintf(&out, "%d: %s\n", ev.Line, fields)
	}
	_, err = r.Next()
	assert.ErrorIs(t, err, io.EOF, "the end stays the end")
	assert.Equal(t, r.Lines(), good+r.Rejected(), "every line is accounted for")
	require.NoError(t, r.Close())
	return out.String()
}

// inFile reads content from a file of that name.
func inFile(t *testing.T, name string, content []byte, opt Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o644))
	return transcript(t, path, opt)
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func zstded(t *testing.T, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return w.EncodeAll(data, nil)
}

var formats = []struct{ name, file, in, want string }{
	{"lines", "e.ndjson", "{\"a\":1}\n{\"a\":\"x\",\"b\":[1,null]}\n", `1: {"a":1}
2: {"a":"x","b":[1,null]}
`},
	{"last line without an end", "e.jsonl", "{\"a\":1}\n{\"a\":2}", "1: {\"a\":1}\n2: {\"a\":2}\n"},
	{"nothing", "e.ndjson", "", ""},
	{"only blank lines", "e.json", "\n \r\n\t\n", ""},
	{"byte order mark, CRLF and blank lines", "e.ndjson", "\xef\xbb\xbf{\"a\":1}\r\n\r\n  \r\n{\"a\":2}\r\n", "1: {\"a\":1}\n4: {\"a\":2}\n"},
	{"blank lines first", "e.ndjson", "\n\n{\"a\":1}\nx\n", "3: {\"a\":1}\n4! not JSON: invalid character 'x' looking for beginning of value\n"},
	{"the last value of a duplicate key", "e.ndjson", `{"a":1,"a":2}`, "1: {\"a\":2}\n"},
	{"numbers as they are written", "e.ndjson", `{"a":1.0,"b":12345678901234567890,"c":1e2}`, "1: {\"a\":1.0,\"b\":12345678901234567890,\"c\":1e2}\n"},
	{"lines that are no events", "e.ndjson", "not json\n\"text\"\n12\ntrue\nnull\n[{\"a\":1}]\n{\"a\":1\n{\"a\":1} {\"b\":2}\n{\"a\":1}}\n{\"a\":1}]\n{\"good\":1}\n",
		`1! not JSON: invalid character 'o' in literal null (expecting 'u')
2! a JSON string, not an object
3! a JSON number, not an object
4! a JSON boolean, not an object
5! a JSON null, not an object
6! a JSON array, not an object
7! not JSON: unexpected EOF
8! not JSON: text after the object
9! not JSON: text after the object
10! not JSON: text after the object
11: {"good":1}
`},
	{"array on one line", "e.json", `[{"a":1},{"a":2}]`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"array over lines", "e.json", "\n[\n  {\n    \"a\": \"]\\\"{\"\n  },\r\n  7,\n  {\"a\": 2}\n]\n", `3: {"a":"]\"{"}
6! a JSON number, not an object
7: {"a":2}
`},
	{"empty array", "e.json", "[]\n", ""},
	{"array with one bad element", "e.json", "[\n{\"a\":1},\n{\"a\": nope},\n\"text\",\n{\"a\":[{}},\n{\"a\":2}]", `2: {"a":1}
3! not JSON: invalid character 'o' in literal null (expecting 'u')
4! a JSON string, not an object
5! not JSON: invalid character '}' after array element
6! the array does not end
`},
	{"array with a string that is not closed", "e.json", "[\n{\"a\":\"x\n},\n{\"a\":2}\n]", `2! not JSON: invalid character '\n' in string literal
4: {"a":2}
`},
	{"array that is cut off after an element", "e.json", "[{\"a\":1},\n", "1: {\"a\":1}\n1! the array does not end\n"},
	{"array that is cut off inside an element", "e.json", "[{\"a\":1},\n{\"a\":", "1: {\"a\":1}\n2! not JSON: the file ends inside this element\n"},
	{"arrays one after the other, then lines", "e.json", "[{\"a\":1}]\n[1]\n\n{\"a\":2}\n[{\"a\":3}]", `1: {"a":1}
2! a JSON number, not an object
4: {"a":2}
5! a JSON array, not an object
`},
	{"an array line first does not hide what follows", "e.ndjson", "[1] x\n{\"a\":1}\n", `1! a JSON number, not an object
1! not JSON: invalid character 'x' looking for beginning of value
2: {"a":1}
`},
	{"one pretty-printed object", "e.json", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "1: {\"a\":{\"b\":1}}\n"},
	{"pretty-printed objects", "e.json", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", "1: {\"a\":1}\n4: {\"a\":2}\n"},
	{"a pretty-printed object that does not end", "e.json", "{\n  \"a\": 1\n", "1! not JSON: the file ends inside this element\n"},
	{"rows", "e.csv", "a,b\n1,\"x,\"\"y\"\"\"\n,z\n", "2: {\"a\":\"1\",\"b\":\"x,\\\"y\\\"\"}\n3: {\"b\":\"z\"}\n"},
	{"rows with CRLF, blank lines and a byte order mark", "E.CSV", "\xef\xbb\xbfa,b\r\n\r\n1,2\r\n", "3: {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"a cell over lines", "e.csv", "a,b\n\"1\n\n2\",3\n4,5\n", "2: {\"a\":\"1\\n\\n2\",\"b\":\"3\"}\n5: {\"a\":\"4\",\"b\":\"5\"}\n"},
	{"rows with other numbers of cells", "e.csv", "a,b\n1\n1,2,3\n4,5\n", `2! the row has 1 cells, but the header has 2
3! the row has 3 cells, but the header has 2
4: {"a":"4","b":"5"}
`},
	{"quotes inside cells", "e.csv", "a,b\n5\" disk,\"x\" y\n1,2\n", "2! not CSV: a quote is never closed, so lines 2 to 3 are one row\n"},
	{"a quote inside an unquoted cell", "e.csv", "a,b\n5\" disk,y\n1,2\n", "2: {\"a\":\"5\\\" disk\",\"b\":\"y\"}\n3: {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"semicolons, as spreadsheets write", "e.csv", "a;\"b\"\n1,5;\"x;\n\"\"y\"\"\"\n", "2: {\"a\":\"1,5\",\"b\":\"x;\\n\\\"y\\\"\"}\n"},
	{"tabs", "e.csv", "a\tb;c\n1\t2,3\n", "2: {\"a\":\"1\",\"b;c\":\"2,3\"}\n"},
	{"tabs, by name and by content", "e.tsv", "a\tb\n1\t2,3\n\"x\ty\"\tz\n", "2: {\"a\":\"1\",\"b\":\"2,3\"}\n3: {\"a\":\"x\\ty\",\"b\":\"z\"}\n"},
	{"a table of another name", "e.txt", "a;b\r\n1;2\r\n", "2: {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"a table named as JSON", "e.json", "a,b\n\"1\n2\",3\n", "2: {\"a\":\"1\\n2\",\"b\":\"3\"}\n"},
	{"two columns of one name", "e.csv", "a,b,a,a\n1,2,3,1\n1,2,1,\n,2,3,\n", "2: {\"a\":[\"1\",\"3\"],\"b\":\"2\"}\n3: {\"a\":\"1\",\"b\":\"2\"}\n4: {\"a\":\"3\",\"b\":\"2\"}\n"},
	{"one column", "e.csv", "a\n1\n", "2: {\"a\":\"1\"}\n"},
	{"JSON named as a table", "e.csv", "{\"a\":1,\"b\":2}\n{\"a\":3}\n", "1: {\"a\":1,\"b\":2}\n2: {\"a\":3}\n"},
	{"PowerShell's line of the type", "e.csv", "#TYPE Selected.System.Diagnostics.Eventing.Reader.EventLogRecord\r\n\"a\";\"b\"\r\n\"1\";\"2\"\r\n", "3: {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"a line that tells the separator", "e.csv", "sep=;\na;b\n1,5;2\n", "3: {\"a\":\"1,5\",\"b\":\"2\"}\n"},
	{"bars", "e.csv", "a|b\n1|2\n", "2: {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"rows that end with carriage returns", "e.csv", "a,b\r1,2\r\"x\ry\",z\r", "2: {\"a\":\"1\",\"b\":\"2\"}\n3: {\"a\":\"x\\ny\",\"b\":\"z\"}\n"},
	{"lines that end with carriage returns", "e.ndjson", "{\"a\":1}\r{\"a\":2}\r", "1: {\"a\":1}\n2: {\"a\":2}\n"},
	{"text that is not a table", "e.txt", "Hello, world\nand, so, on\n", "1! neither JSON nor a line of a log that decree knows\n2! neither JSON nor a line of a log that decree knows\n"},
	{"binary", "e.json", "\x7f\x01\x00\x02\n\x00\n", "1! not a log: the file is binary\n"},
	{"an image", "e.json", "\x89PNG\r\n\x1a\n\x00\x00", "1! not a log: the file is an image\n"},
	{"an archive of tar", "e.ndjson", "e.json" + strings.Repeat("\x00", 251) + "ustar\x0000" + strings.Repeat("\x00", 255) + "{\"a\":1}\n", "1! not a log: the file is an archive of tar: give decree the files in it\n"},
	{"Avro", "e.avro", "Obj\x01\x02\n", "1! not a log: the file is Avro\n"},
	{"a zip archive", "e.ndjson", "PK\x03\x04\n\n", "1! not a log: the file is a zip archive, or a document that is one\n"},
	{"a web page", "e.json", "<html>\n<body>\n</html>\n", "1! XML without <Event>: the file begins with \"<html>\"\n"},
	{"UTF-16 table without a mark", "e.tsv", "a\x00\t\x00b\x00\n\x001\x00\t\x00\xe9\x00", "2: {\"a\":\"1\",\"b\":\"é\"}\n"},
	{"a portal's times", "e.csv", "TimeGenerated [UTC],a\n1,2\n", "2: {\"TimeGenerated\":\"1\",\"a\":\"2\"}\n"},
	{"only a header", "e.csv", "a,b\n", ""},
	{"a header twice", "e.csv", "a,a\n1,2\n", "2: {\"a\":[\"1\",\"2\"]}\n"},
	{"UTF-16 with a mark, little end first", "e.ndjson", "\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00\n\x00", "1: {\"a\":1}\n"},
	{"UTF-16 with a mark, big end first", "e.csv", "\xfe\xff\x00a\x00,\x00b\x00\n\x001\x00,\x002", "2: {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"UTF-16 without a mark", "e.json", "[\x00{\x00}\x00]\x00", "1: {}\n"},
	{"UTF-16 that is cut off", "e.json", "\xff\xfe{\x00}\x00\n\x00x", "1: {}\n2! not JSON: invalid character 'ï' looking for beginning of value\n"},
}

func TestEveryFormatPlainAndCompressed(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			assert.Equal(t, f.want, inFile(t, f.file, []byte(f.in), Options{}))
			assert.Equal(t, f.want, inFile(t, f.file+".gz", gzipped(t, []byte(f.in)), Options{}), "gzip")
			assert.Equal(t, f.want, inFile(t, f.file+".zst", zstded(t, []byte(f.in)), Options{}), "zstd")
			assert.Equal(t, f.want, inFile(t, f.file+".GZ", []byte(f.in), Options{}), "named .gz, but plain")
			if strings.EqualFold(filepath.Ext(f.file), ".csv") {
				return
			}
			assert.Equal(t, f.want, transcript(t, "-", Options{Stdin: strings.NewReader(f.in)}), "standard input")
			assert.Equal(t, f.want, transcript(t, "-", Options{Stdin: bytes.NewReader(zstded(t, []byte(f.in)))}), "standard input, zstd")
		})
	}
}

func TestALineOfTheLimitIsReadAndOneMoreByteIsNot(t *testing.T) {
	fits, over := `{"a":"12"}`, `{"a":"123"}`
	opt := Options{MaxLine: len(fits)}
	for _, end := range []string{"\n", "\r\n"} {
		in := fits + end + over + end + fits + end
		assert.Equal(t, "1: {\"a\":\"12\"}\n2! line of 11 bytes is longer than 10\n3: {\"a\":\"12\"}\n", inFile(t, "e.ndjson", []byte(in), opt))
	}
	assert.Equal(t, "1: {\"a\":\"12\"}\n", inFile(t, "e.ndjson", []byte(fits), opt))
	assert.Equal(t, "1! line of 11 bytes is longer than 10\n", inFile(t, "e.ndjson", []byte(over), opt))
	assert.Equal(t, "1: {\"a\":\"12\"}\n2! element of 11 bytes is longer than 10\n3: {\"a\":\"12\"}\n",
		inFile(t, "e.json", []byte("["+fits+",\n"+over+",\n"+fits+"]"), opt))
	assert.Equal(t, "2! row of 11 bytes is longer than 10\n3: {\"a\":\"1\"}\n", inFile(t, "e.csv", []byte("a\n12345678901\n1\n"), opt))
	assert.Equal(t, "2! row of 12 bytes is longer than 10\n4: {\"a\":\"1\"}\n", inFile(t, "e.csv", []byte("a\n\"12345\n67890\n1\n"), opt), "a cell over lines")
}

func TestATruncatedArchiveGivesWhatCameBefore(t *testing.T) {
	var lines bytes.Buffer
	for i := range 3000 {
		fmt.Fprintf(&lines, "{\"a\":%d,\"b\":\"%x\"}\n", i, i*i*7919)
	}
	whole := gzipped(t, lines.Bytes())
	for _, tail := range []int{len(whole) / 2, len(whole) - 20, 9, 1} {
		got := inFile(t, "e.ndjson.gz", whole[:len(whole)-tail], Options{})
		assert.Regexp(t, `\n?\d+! cannot read the rest of the file: the compressed data is cut off: copy the file again\n$`, got, "without the last %d bytes", tail)
		assert.Equal(t, 1, strings.Count(got, "!"))
	}
	zst := zstded(t, lines.Bytes())
	assert.Regexp(t, `(?s)^1: .*\d+! cannot read the rest of the file: the compressed data is cut off: copy the file again\n$`, inFile(t, "e.ndjson.zst", append(zst, zst[:100]...), Options{}))
	assert.Equal(t, "1! cannot read the rest of the file: the compressed data is cut off: copy the file again\n", inFile(t, "e.csv.gz", gzipped(t, []byte("a,b\n1,2\n"))[:14], Options{}))
	assert.Equal(t, "1! cannot read the rest of the file: gzip: invalid checksum\n1: {\"a\":1}\n",
		strings.Join(swap(strings.SplitAfter(inFile(t, "e.json.gz", spoilt(gzipped(t, []byte("[{\"a\":1}"))), Options{}), "\n")), ""))
}

// spoilt changes an archive's checksum.
func spoilt(z []byte) []byte { z[len(z)-8] ^= 1; return z }

// swap puts the reject, which may come before or after the element it stands on, first.
func swap(lines []string) []string {
	if len(lines) > 1 && strings.Contains(lines[1], "!") {
		lines[0], lines[1] = lines[1], lines[0]
	}
	return lines
}

func TestArchivesOneAfterTheOther(t *testing.T) {
	two := append(gzipped(t, []byte("{\"a\":1}\n")), gzipped(t, []byte("{\"a\":2}\n"))...)
	assert.Equal(t, "1: {\"a\":1}\n2: {\"a\":2}\n", inFile(t, "e.ndjson.gz", two, Options{}))
}

func TestAnArchiveWithoutAHeadIsAReject(t *testing.T) {
	for _, name := range []string{"e.ndjson.gz", "e.csv.gz"} {
		assert.Equal(t, "1! cannot read the archive: gzip: invalid header\n", inFile(t, name, []byte("\x1f\x8b\x00\x00 and so on"), Options{}))
		assert.Equal(t, "1! cannot read the archive: unexpected EOF\n", inFile(t, name, []byte{0x1f, 0x8b, 8, 0}, Options{}))
	}
	assert.Equal(t, "1! cannot read the rest of the file: the compressed data is cut off: copy the file again\n", inFile(t, "e.ndjson.zst", []byte{0x28, 0xb5, 0x2f, 0xfd}, Options{}))
}

func TestAMissingFileIsAnError(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "none.json"), Options{})
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open(t.TempDir(), Options{})
	assert.ErrorContains(t, err, "is a directory")
}

func TestARejectIsKeptToTheByte(t *testing.T) {
	assert.Equal(t, `{"source":"e.json","line":3,"reason":"not JSON","raw":"a \"b\""}`+"\n", FormatReject(Reject{"e.json", 3, "not JSON", []byte(`a "b"`), false}))
	assert.Equal(t, `{"source":"-","line":1,"reason":"r","raw":"x`+"\\ufffd"+`","raw_base64":"eP8="}`+"\n", FormatReject(Reject{"-", 1, "r", []byte("x\xff"), true}))
}

// TestRenderedEventsAreRefusedOnce holds that a file of Windows events as text says what to do, and not for each of its
// lines.
func TestRenderedEventsAreRefusedOnce(t *testing.T) {
	for text, want := range map[string]string{
		"__CURSOR=s=1;i=2;b=3;m=4;t=5;x=6\n__REALTIME_TIMESTAMP=1\nMESSAGE=a\n\n": "1! the journal's export format is not read: write its entries with journalctl -o json\n",
		"LPKSHHRH\x00\x00": "1! the file is systemd's journal: write its entries with journalctl --file NAME -o json\n",
		"Event[0]:\n  Log Name: Security\n  Event ID: 1\n":           "1! wevtutil's text has no names for most values: write the events with /f:RenderedXml or /f:xml, or save the log as EVTX\n",
		"01/02/2026 03:04:05 AM\nLogName=Security\nEventCode=4625\n": "1! Splunk's text of Windows events has no names for most values: collect the log with renderXml = true, or export it as XML or EVTX\n",
	} {
		assert.Equal(t, want, transcript(t, "-", Options{Stdin: strings.NewReader(text)}))
		assert.Equal(t, want, inFile(t, "e.txt", []byte(text), Options{}))
	}
}
