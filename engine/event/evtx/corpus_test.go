package evtx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readAll(t testing.TB, in io.Reader) (records []map[string]any, damage []string) {
	t.Helper()
	r := NewReader(in)
	for {
		fields, err := r.Next()
		var d Damage
		switch {
		case errors.Is(err, io.EOF):
			return records, damage
		case errors.As(err, &d):
			damage = append(damage, d.Reason)
		default:
			require.NoError(t, err)
			records = append(records, fields)
		}
	}
}

// TestPublicRecordings compares each public EVTX recording with the JSON of another tool beside it.
func TestPublicRecordings(t *testing.T) {
	base := os.Getenv("DECREE_CORPUS")
	if base == "" {
		base = filepath.Join("..", "..", "..", "..", "shared", "corpus")
	}
	compared := 0
	err := filepath.WalkDir(filepath.Join(base, "sigmahq", "regression_data"), func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" {
			return err
		}
		f, err := os.Open(path)
		require.NoError(t, err)
		defer f.Close()
		records, damage := readAll(t, f)
		require.Empty(t, damage, path)
		require.NotEmpty(t, records, path)
		in, err := os.Open(strings.TrimSuffix(path, ".evtx") + ".json")
		if err != nil {
			return nil
		}
		defer in.Close()
		dec := json.NewDecoder(in)
		dec.UseNumber()
		for i := 0; ; i++ {
			var other struct {
				Event struct {
					System    map[string]any
					EventData map[string]any
				}
			}
			if err := dec.Decode(&other); err != nil {
				break
			}
			compared++
			require.Less(t, i, len(records), path)
			for name, want := range other.Event.EventData {
				if want == nil || name == "#attributes" || name == "Data" {
					continue
				}
				got := fmt.Sprint(records[i][name])
				if records[i][name] == nil {
					got = ""
				}
				assert.True(t, strings.EqualFold(strings.TrimSpace(fmt.Sprint(want)), strings.TrimSpace(got)), "%s: %s: %v, %v", path, name, want, got) // that tool trims
			}
			for _, name := range []string{"Channel", "Computer", "EventRecordID"} {
				assert.Equal(t, fmt.Sprint(other.Event.System[name]), fmt.Sprint(records[i][name]), path)
			}
		}
		return nil
	})
	if err != nil {
		t.Skip("no corpus of public recordings: set DECREE_CORPUS")
	}
	assert.Greater(t, compared, 80)
}
