package event

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// account reads everything that a file of that name would give and checks that all is
// accounted for: what is read is good or rejected, lines go up, and the end is an end.
// The lines of a container's streams may end in another order than they begin.
func account(t *testing.T, name string, data []byte) (good, rejected int) {
	last := 0
	isMixed := bytes.Contains(data, []byte("stdout P")) || bytes.Contains(data, []byte("stderr P"))
	goesUp := func(line int) {
		if !isMixed {
			require.GreaterOrEqual(t, line, last)
		}
		last = line
	}
	lines := max(bytes.Count(data, []byte("\n")), bytes.Count(data, []byte("\r"))) + 1
	r, err := NewReader(name, bytes.NewReader(data), Options{MaxLine: 1 << 10, OnReject: func(j Reject) {
		rejected++
		require.NotEmpty(t, j.Reason)
		goesUp(j.Line)
	}})
	require.NoError(t, err)
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.NotNil(t, ev.Fields())
		goesUp(ev.Line)
		good++
	}
	require.NoError(t, r.Close())
	require.Equal(t, r.Rejected(), rejected)
	require.Equal(t, r.Lines(), good+rejected)
	if !isArchive(data) {
		require.LessOrEqual(t, last, lines)
	}
	return good, rejected
}

func isArchive(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) || bytes.HasPrefix(data, []byte{0x28, 0xb5, 0x2f, 0xfd})
}

func seeds(f *testing.F, csv bool) {
	for _, s := range formats {
		if (plainName(s.file) == "e.csv") == csv {
			f.Add([]byte(s.in))
		}
	}
}

// FuzzLines holds that each line that is not blank is one event or one reject.
func FuzzLines(f *testing.F) {
	seeds(f, false)
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if isArchive(data) {
			account(t, "e.ndjson", data)
			return
		}
		head := append([]byte("{\"first\":1}\n"), data...)
		filled := 0
		for line := range bytes.SplitSeq(head, []byte("\n")) {
			if len(bytes.TrimSpace(line)) > 0 {
				filled++
			}
			object := bytes.TrimSpace(line)
			if _, wraps := open(object); bytes.HasPrefix(object, []byte("{")) && (wraps || several(object)) {
				return // not one event
			}
		}
		good, rejected := account(t, "e.ndjson", head)
		require.Equal(t, filled, good+rejected)
	})
}

// FuzzElements holds that arrays and pretty-printed objects are read to their end, whatever
// they hold, and that events beside hostile ones are found.
func FuzzElements(f *testing.F) {
	seeds(f, false)
	f.Fuzz(func(t *testing.T, data []byte) {
		account(t, "e.json", data)
		account(t, "e.json", append([]byte("["), data...))
		account(t, "e.json", append([]byte("{\n"), data...))
		good, _ := account(t, "e.json", append([]byte("[{\"first\":1},\n"), data...))
		require.GreaterOrEqual(t, good, 1)
	})
}

// FuzzRows holds the same of CSV, whose rows may span lines.
func FuzzRows(f *testing.F) {
	seeds(f, true)
	f.Fuzz(func(t *testing.T, data []byte) {
		account(t, "e.csv", data)
		good, _ := account(t, "e.csv", append([]byte("a,b\n1,2\n"), data...))
		require.GreaterOrEqual(t, good, 1)
	})
}

// FuzzArchives holds that broken archives end in rejects.
func FuzzArchives(f *testing.F) {
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		account(t, "e.ndjson", append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}, data...))
		account(t, "e.json", append([]byte{0x28, 0xb5, 0x2f, 0xfd}, data...))
	})
}

// FuzzXML holds the same of Windows' XML, and that an event before what is hostile is found.
func FuzzXML(f *testing.F) {
	f.Add([]byte(saved))
	f.Add([]byte("<Event><System></Event>x<Event"))
	f.Fuzz(func(t *testing.T, data []byte) {
		account(t, "e.xml", append([]byte("<Event"), data...))
		good, _ := account(t, "e.xml", append([]byte("<Event/>\n"), data...))
		require.GreaterOrEqual(t, good, 1)
	})
}

// FuzzText holds the same of logs of text, and that an event before what is hostile is found.
func FuzzText(f *testing.F) {
	f.Add([]byte("Feb  1 10:00:00 web1 sysmon: <Event><System></Event>\nCEF:0|a|b|c|1|2|n|3|x=y\n{\"a\":1}\ntype=CWD msg=audit(1.2:3): cwd=\"/\"\na=1 b=2 c='3"))
	f.Add([]byte("#Fields: a b\n1 2\n#separator \\x09\n#fields\ta\n1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, begin := range []string{"Feb  1 10:00:00 web1 sshd[1]: x\n", "#Fields: a\nx\n"} {
			good, _ := account(t, "e.log", append([]byte(begin), data...))
			require.GreaterOrEqual(t, good, 1)
		}
	})
}
