package event

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzContent holds that the JSON of a record is read as the record itself: what keeps an event may keep its JSON
// alone.
func FuzzContent(f *testing.F) {
	f.Add([]byte(saved))
	for _, name := range []string{"common.evtx", "rare.evtx"} {
		log, err := os.ReadFile(filepath.Join("evtx", "testdata", name))
		require.NoError(f, err)
		f.Add(log)
	}
	f.Add([]byte("Feb  1 10:00:00 web1 sysmon: <Event><System><EventID>1</EventID></System><EventData><Data Name='a b'>\xff</Data></EventData></Event>\n#Fields: a b\n1 \xff\n"))
	for _, s := range formats {
		f.Add([]byte(s.in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"e.log", "e.xml", "e.evtx", "e.csv"} {
			r, err := NewReader(name, bytes.NewReader(data), Options{MaxLine: 1 << 16})
			require.NoError(t, err)
			for {
				raw, err := r.NextRaw()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				if raw.Err != nil || raw.Record() == nil {
					continue
				}
				want, err := raw.Decode()
				require.NoError(t, err)
				got, err := Decode(raw.JSON())
				require.NoError(t, err, "%s", raw.JSON())
				require.Equal(t, want, got)
			}
		}
	})
}
