package evtx

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// TestPublicRecordings compares each public EVTX recording with the JSON of another tool beside it.
func TestPublicRecordings(t *testing.T) {
	recordings := fixture.Corpus(t, "sigmahq", "regression_data")
	compared := 0
	err := filepath.WalkDir(recordings, func(path string, d os.DirEntry, err error) error {
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
				require.ErrorIs(t, err, io.EOF, path)
				require.Len(t, records, i, path)
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
				assert.True(t, strings.EqualFold(strings.TrimSpace(unbraced(fmt.Sprint(want))), strings.TrimSpace(unbraced(got))), "%s: %s: %v, %v", path, name, want, got) // that tool trims
			}
			sameSystem(t, path, other.Event.System, records[i])
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, compared, 80)
}

// unbraced is a GUID as the other tool writes it.
func unbraced(text string) string {
	if len(text) == len("{00000000-0000-0000-0000-000000000000}") && text[0] == '{' {
		return text[1 : len(text)-1]
	}
	return text
}

// sameSystem compares what stands in a record's System element; the other tools write times with six digits or nine.
func sameSystem(t *testing.T, path string, other, record map[string]any) {
	for name, v := range other {
		want := map[string]any{name: v}
		if nested, ok := v.(map[string]any); ok {
			want = map[string]any{}
			if nested["#text"] != nil {
				want[name] = nested["#text"]
			}
			attributes, _ := nested["#attributes"].(map[string]any)
			for a, v := range attributes {
				want[name+"_"+a] = v
			}
		}
		for name, v := range want {
			if v == nil || v == "" {
				assert.Empty(t, record[name], "%s: %s", path, name)
				continue
			}
			text := strings.TrimSuffix(fmt.Sprint(v), "Z")
			got := strings.TrimSuffix(unbraced(fmt.Sprint(record[name])), "Z")
			if strings.HasSuffix(name, "_SystemTime") {
				got, text = got[:min(len(got), len(text))], text[:min(len(got), len(text))]
				assert.Equal(t, record["TimeCreated_SystemTime"], record["TimeCreated"], path)
			}
			assert.Equal(t, text, got, "%s: %s", path, name)
		}
	}
}
