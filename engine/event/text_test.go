package event

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readText reads a file of a log of text, and gives its events as JSON, the lines that are rejected, and what the
// reader notes.
func readText(t *testing.T, name, text string) (events []string, rejected []int, notes []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	written := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(file, written, written))
	r, err := Open(file, Options{MaxLine: 400, OnReject: func(j Reject) { rejected = append(rejected, j.Line) }})
	require.NoError(t, err)
	for {
		raw, err := r.NextRaw()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if raw.Err != nil {
			r.Reject(raw)
			continue
		}
		events = append(events, string(raw.JSON()))
	}
	assert.Equal(t, len(events)+len(rejected), r.Lines())
	require.NoError(t, r.Close())
	return events, rejected, r.Notes()
}

// TestLinesOfParts holds that an event is at the line where it begins, in whatever order those of two streams end.
func TestLinesOfParts(t *testing.T) {
	const at = "2026-01-02T03:04:05.1Z "
	text := at + "stdout P {\"a\":\n" + at + "stderr P {\"b\":\n" + at + "stderr F 2}\n" + at + "stdout F 1}\n" + at + "stdout F type=CWD msg=audit(1767225600.000:1): cwd=\"/\"\n"
	r, err := NewReader("pod.log", strings.NewReader(text), Options{MaxLine: 400})
	require.NoError(t, err)
	var lines []int
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		lines = append(lines, ev.Line)
	}
	require.NoError(t, r.Close())
	assert.Equal(t, []int{2, 1, 5}, lines)
}

func TestTextLogs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		events     []string
		rejected   []int
		notes      []string
	}{
		{"auth.log", "cut off\nFeb  1 10:00:00 web1 sshd[1]: x\n\nnothing\n{\"a\": 1}\n<13>Feb  1 10:00:00 web1 sysmon: <Event><System><EventID>1</EventID><Channel>Linux-Sysmon/Operational</Channel></System></Event>\n<13>Feb  1 10:00:00 web1 sysmon: <Event><\n", []string{
			`{"appname":"sshd","hostname":"web1","message":"x","procid":"1","timestamp":"2026-02-01T10:00:00Z"}`, `{"a": 1}`, `{"Channel":"Linux-Sysmon/Operational","EventID":"1"}`,
		}, []int{1, 4, 7}, []string{"its times have no year: they are read as the latest before 2 March 2026, of UTC"}},
		{"ausearch.txt", "----\ntime->Thu Jan  1 00:00:00 2026\ntype=CWD msg=audit(1767225600.000:1): cwd=\"/\"\n----\n", []string{`{"cwd":"/","serial":"1","timestamp":"2026-01-01T00:00:00Z","type":"CWD"}`}, nil, nil},
		{"journal.txt", "-- Logs begin at Sun 2026-02-01 09:00:00 UTC, end at Sun 2026-02-01 11:00:00 UTC. --\nFeb 01 10:00:00 web1 sshd[1]: x\n-- Reboot --\nFeb 01 10:00:01 web1 sshd[1]: y\n",
			[]string{`{"appname":"sshd","hostname":"web1","message":"x","procid":"1","timestamp":"2026-02-01T10:00:00Z"}`, `{"appname":"sshd","hostname":"web1","message":"y","procid":"1","timestamp":"2026-02-01T10:00:01Z"}`},
			nil, []string{"its times have no year: they are read as the latest before 2 March 2026, of UTC"}},
		{"ahead.log", "#Fields: date time cs-method\r\n2026-01-02 03:04:05 GET\r\n" + string(make([]byte, 100)), []string{`{"cs-method":"GET","date":"2026-01-02","time":"03:04:05","timestamp":"2026-01-02T03:04:05Z"}`}, nil, nil},
		{"behind.log", "#Fields: date time cs-method\r\n" + string(make([]byte, 100)) + "2026-01-02 03:04:05 GET\r\n", []string{`{"cs-method":"GET","date":"2026-01-02","time":"03:04:05","timestamp":"2026-01-02T03:04:05Z"}`}, nil, nil},
		{"container.log", "2026-01-02T03:04:05.1Z stdout F {\"a\":1}\n2026-01-02T03:04:05.2Z stderr F \n", []string{`{"a":1}`}, nil, nil},
		{"parts.log", "2026-01-02T03:04:05.1Z stdout P {\"a\": \n2026-01-02T03:04:05.1Z stderr P {\"b\":\n2026-01-02T03:04:05.1Z stdout P \"x\n2026-01-02T03:04:05.2Z stdout F y\"}\n2026-01-02T03:04:05.2Z stderr F 2}\n2026-01-02T03:04:05.2Z stdout F {\"c\":3}\n",
			[]string{`{"a": "xy"}`, `{"b":2}`, `{"c":3}`}, nil, nil},
		{"no end.log", "2026-01-02T03:04:05.1Z stdout F {\"a\":1}\n2026-01-02T03:04:05.1Z stdout P {\"b\":\n", []string{`{"a":1}`}, []int{2}, nil},
		{"no ends.log", "2026-01-02T03:04:05.1Z stderr P x\n2026-01-02T03:04:05.1Z stdout P {\"b\":\n", nil, []int{1, 2}, nil},
		{"empty end.log", "2026-01-02T03:04:05.1Z stdout P {\"a\":1}\n2026-01-02T03:04:05.2Z stdout F\n", []string{`{"a":1}`}, nil, nil},
		{"long parts.log", "2026-01-02T03:04:05.1Z stdout F {\"a\":1}\n" + strings.Repeat("2026-01-02T03:04:05.1Z stdout P "+strings.Repeat("x", 200)+"\n", 3) + "2026-01-02T03:04:05.2Z stdout F {\"b\":1}\n2026-01-02T03:04:05.2Z stdout F {\"c\":1}\n",
			[]string{`{"a":1}`, `{"c":1}`}, []int{2}, nil},
		{"long and mixed parts.log", strings.Repeat("2026-01-02T03:04:05.1Z stdout P "+strings.Repeat("x", 200)+"\n2026-01-02T03:04:05.1Z stderr P  \n", 3) + "2026-01-02T03:04:05.2Z stderr F {\"b\":1}\n", []string{`{"b":1}`}, []int{1}, nil},
		{"a long part.log", "2026-01-02T03:04:05.1Z stdout F {\"a\":1}\n2026-01-02T03:04:05.1Z stdout P " + strings.Repeat("x", 500) + "\n2026-01-02T03:04:05.2Z stdout F {\"b\":1}\n2026-01-02T03:04:05.2Z stdout F {\"c\":1}\n",
			[]string{`{"a":1}`, `{"c":1}`}, []int{2}, nil},
		{"a long end.log", "2026-01-02T03:04:05.1Z stdout P {\"a\":1}\n2026-01-02T03:04:05.1Z stdout F " + strings.Repeat("x", 500) + "\n2026-01-02T03:04:05.2Z stdout F {\"b\":1}\n", []string{`{"b":1}`}, []int{2}, nil},
		{"u_ex.log", "#Software: Microsoft Internet Information Services 10.0\r\n#Fields: date time cs-method\r\n2026-01-02 03:04:05 GET\r\n2026-01-02\r\n",
			[]string{`{"cs-method":"GET","date":"2026-01-02","time":"03:04:05","timestamp":"2026-01-02T03:04:05Z"}`}, []int{4}, nil},
		{"cef.txt", "CEF:0|V|P|1|1|n|5|src=1.1.1.1\nCEF:0|V|P|1|1|n|5|src=1.1.1.2\n",
			[]string{`{"CEFVersion":"0","DeviceEventClassID":"1","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","Name":"n","Severity":"5","src":"1.1.1.1"}`,
				`{"CEFVersion":"0","DeviceEventClassID":"1","DeviceProduct":"P","DeviceVendor":"V","DeviceVersion":"1","Name":"n","Severity":"5","src":"1.1.1.2"}`}, nil, nil},
		{"pairs", "a=1, b=2, c=3\na=1, b=2, c=" + string(make([]byte, 500)) + "\n", []string{`{"a":"1","b":"2","c":"3"}`}, []int{2}, nil},
		{"rows", "when,line\n1,\"x, y\"\nFeb  1 10:00:00 web1 sshd[1]: x,y\n", []string{`{"line":"x, y","when":"1"}`, `{"line":"y","when":"Feb  1 10:00:00 web1 sshd[1]: x"}`}, nil, nil},
		{"table.csv", "a=1,b=2,c=3\n4,5,6\n", []string{`{"a=1":"4","b=2":"5","c=3":"6"}`}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, rejected, notes := readText(t, c.name, c.text)
			assert.Equal(t, c.events, events)
			assert.Equal(t, c.rejected, rejected)
			assert.Equal(t, c.notes, notes)
		})
	}
}

// TestLogsOfLinuxInAFolder: they are taken by their names, and their content decides.
func TestLogsOfLinuxInAFolder(t *testing.T) {
	for name, want := range map[string]bool{"syslog": true, "web1.syslog": true, "syslog.1": true, "auth.log": true, "auth.log.2.gz": true, "messages-20260102": true, "secure": true, "u_ex260102.log": true, "audit.log.1": true,
		"README.md": false, "notes": false, "a.1": false, "x.yml": false} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		files := Expand([]string{dir})
		assert.Equal(t, want, len(files.Paths) == 1, name)
		if want {
			assert.True(t, files.Doubt[files.Paths[0]], name)
		}
	}
}
