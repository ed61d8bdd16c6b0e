package stories

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

var update = flag.Bool("update", false, "write the recorded logs anew")

// logs are the recordings and the data model of each.
var logs = []struct {
	file, model string
	records     func(*Story) []Record
}{
	{"defender.ndjson.gz", "mde", (*Story).Defender},
	{"sysmon.ndjson.gz", "windows", (*Story).Sysmon},
	{"ecs.ndjson.gz", "ecs", (*Story).ECS},
	{"windowsevent.ndjson.gz", "sentinel", (*Story).WindowsEvent},
	{"asim.ndjson.gz", "asim", (*Story).ASIM},
}

const reputationFile = "reputation.csv"

func ndjson(t *testing.T, records []Record) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range records {
		require.NoError(t, enc.Encode(r))
	}
	return b.Bytes()
}

func reputationCSV(t *testing.T, s *Story) []byte {
	columns := []string{"sha1", "GlobalPrevalence", "SignatureState", "ProfileAvailability"}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(t, w.Write(columns))
	for _, row := range s.Reputation() {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = fmt.Sprint(row[c])
		}
		require.NoError(t, w.Write(cells))
	}
	w.Flush()
	require.NoError(t, w.Error())
	return b.Bytes()
}

func TestRecordingsAreTheStory(t *testing.T) {
	s := Tell()
	for _, log := range logs {
		want := ndjson(t, log.records(s))
		if *update {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, err := z.Write(want)
			require.NoError(t, err)
			require.NoError(t, z.Close())
			require.NoError(t, os.WriteFile(filepath.Join("testdata", log.file), b.Bytes(), 0o644))
		}
		r, err := event.Open(filepath.Join("testdata", log.file), event.Options{})
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
		for _, line := range lines {
			ev, err := r.Next()
			require.NoError(t, err)
			require.Equal(t, line, string(ev.Raw), "run the tests with -update")
		}
		require.NoError(t, r.Close())
		assert.GreaterOrEqual(t, len(lines), 1000)
	}
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("testdata", reputationFile), reputationCSV(t, s), 0o644))
	}
	got, err := os.ReadFile(filepath.Join("testdata", reputationFile))
	require.NoError(t, err)
	require.Equal(t, string(reputationCSV(t, s)), string(got), "run the tests with -update")
}

// grandchild is the lowered reference rule.
func grandchild(t *testing.T) *ir.Rule {
	return lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
}

func TestAllLogsGiveTheSameMatches(t *testing.T) {
	s := Tell()
	why := map[string]string{}
	for _, p := range s.Processes {
		why[fmt.Sprint(p.ID)] = p.Why
	}
	reputation, err := rarity.LoadTable(filepath.Join("testdata", reputationFile), rarity.ColumnsOf())
	require.NoError(t, err)
	for _, log := range logs {
		t.Run(log.model, func(t *testing.T) {
			model, err := schema.Load(log.model)
			require.NoError(t, err)
			e, found := engine.New([]*ir.Rule{grandchild(t)}, engine.Options{Model: model, Reputation: reputation, Now: Now})
			require.Empty(t, found)
			r, err := event.Open(filepath.Join("testdata", log.file), event.Options{})
			require.NoError(t, err)
			for range s.Processes {
				ev, err := r.Next()
				require.NoError(t, err)
				require.NoError(t, e.Add(ev))
			}
			require.NoError(t, r.Close())
			results, _, err := e.Finish()
			require.NoError(t, err)
			var got []string
			for _, res := range results {
				got = append(got, res.EventID)
			}
			describe := func(ids []string) (out []string) {
				for _, id := range ids {
					out = append(out, id+": "+why[id])
				}
				return out
			}
			assert.Equal(t, describe(s.Wanted()), describe(got))
		})
	}
}
