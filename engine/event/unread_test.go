package event

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unreadFiles are files of forms that are left to be read, with lines that carry other events, are long or are bad.
func unreadFiles() map[string]string {
	var lines, events strings.Builder
	for i := range 400 {
		fmt.Fprintf(&lines, "Feb 22 22:14:15 web1 sshd[%d]: Failed password for root from 10.0.0.1 port %d ssh2\n", i, i)
		switch i % 40 {
		case 1:
			lines.WriteString("neither this nor that\n")
		case 2:
			fmt.Fprintf(&lines, "Feb 22 22:14:15 web1 app[1]: {\"records\":[{\"n\":%d},{\"n\":2}]}\n", i)
		case 3:
			lines.WriteString("Feb 22 22:14:15 web1 sysmon: <Event><System><EventID>1</EventID></System></Event>\n")
		case 4:
			lines.WriteString("Feb 22 22:14:15 web1 app: " + strings.Repeat("long ", 1+i*60) + "\n")
		case 5:
			lines.WriteString("{\"n\":1}\n")
		case 6:
			lines.WriteString("Feb 22 22:14:15 web1 sysmon: <Event><System>\n")
		case 7:
			lines.WriteString(strings.Repeat("z", 90_000) + "\n")
		}
		fmt.Fprintf(&events, "<Event><System><EventID>%d</EventID></System><EventData><Data Name=\"Image\">%s</Data></EventData></Event>\n", i, strings.Repeat("x", i*i))
		if i%30 == 1 {
			events.WriteString("<Event><System><EventID>1</Event>\n<Event><System>\n")
		}
	}
	var rows strings.Builder
	for i := range 400 {
		if i%90 == 0 {
			fmt.Fprintf(&rows, "#Date: 2026-02-%d\n#Fields: time cs-method c-ip%d\n", 10+i/90, i/90)
		}
		fmt.Fprintf(&rows, "22:14:%d GET 10.0.0.1%s\n", i%60, strings.Repeat(" more", i%50/49))
	}
	return map[string]string{"auth.log": lines.String(), "e.xml": events.String(), "u_ex.log": rows.String()}
}

func shown(raw Raw) string {
	if raw.Err != nil {
		return fmt.Sprint(raw.Line, " ", raw.Err)
	}
	return fmt.Sprint(raw.Line, " ", string(raw.JSON()))
}

// TestWhatIsLeftUnreadIsTheSame: several goroutines that read parts of the lines, while the reader goes on, find what
// NextRaw gives, with memory for it and without.
func TestWhatIsLeftUnreadIsTheSame(t *testing.T) {
	t.Parallel()
	for name, text := range unreadFiles() {
		open := func() *Reader {
			r, err := NewReader(name, strings.NewReader(text), Options{MaxLine: 80_000})
			require.NoError(t, err)
			return r
		}
		var want []string
		at := open()
		for {
			raw, err := at.NextRaw()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			assert.False(t, raw.IsUnread())
			want = append(want, shown(raw))
		}
		require.Greater(t, len(want), 399)
		for _, room := range []int{0, 100, 1 << 20} {
			r := open()
			got := make([]string, len(want))
			left, n := 0, 0
			var reading sync.WaitGroup
			for ended := false; !ended; {
				part, begin := []Raw{}, n
				for len(part) < 30 && !ended {
					raw, err := r.NextUnread()
					if ended = errors.Is(err, io.EOF); ended {
						break
					}
					require.NoError(t, err)
					if raw.IsUnread() {
						left++
					}
					part = append(part, raw)
				}
				n += len(part)
				require.LessOrEqual(t, n, len(want))
				reading.Go(func() {
					memory := make(Memory, 0, room)
					for i := range part {
						part[i].Read(&memory)
					}
					for i, raw := range part {
						got[begin+i] = shown(raw)
					}
				})
			}
			reading.Wait()
			assert.Equal(t, want, got, "%s, room of %d bytes", name, room)
			assert.Greater(t, left, 250, name)
			assert.Equal(t, at.Lines(), r.Lines())
			assert.Equal(t, at.Notes(), r.Notes())
		}
	}
}
