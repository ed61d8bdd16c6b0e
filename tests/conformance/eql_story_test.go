package conformance

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

func ecs(t testing.TB) *schema.Model {
	t.Helper()
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	return m
}

var (
	ecsLog     = filepath.Join(root(), "tests", "stories", "testdata", "ecs.ndjson.gz")
	reputation = filepath.Join(root(), "tests", "stories", "testdata", "reputation.csv")
)

// ecsEvents are the recorded events of the lookback: a detection rule reads no others.
func ecsEvents(t testing.TB) []doc {
	t.Helper()
	f, err := os.Open(ecsLog)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var events []doc
	for d := json.NewDecoder(z); ; {
		var ev doc
		if err := d.Decode(&ev); err == io.EOF {
			return events
		} else {
			require.NoError(t, err)
		}
		if !moment(t, ev, "@timestamp").Before(stories.Now.Add(-lookback)) {
			events = append(events, ev)
		}
	}
}

func writeEvents(t testing.TB, events []doc) string {
	t.Helper()
	var b bytes.Buffer
	for _, ev := range events {
		require.NoError(t, json.NewEncoder(&b).Encode(ev))
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	return file
}

func libraryRule(t testing.TB, name string) *ir.Rule {
	t.Helper()
	return lowered.Shipped(t, "windows/process_creation/"+name+".yml")
}

// grandchildFields are what the assets of the reference rule add to events.
var grandchildFields = map[string]string{"decree.ProfileAvailability": "keyword", "decree.GlobalPrevalence": "long", "decree.SignatureState": "keyword",
	"decree.local.sql_server_suspicious_grandchild_rare_unsigned.count.hosts": "long",
	"decree.local.sql_server_suspicious_grandchild_rare_unsigned.rank.rank":   "long"}

// TestEQLFindsTheStory runs the library's queries on the recorded intrusion, type-checked. They
// find what the engine finds, but for the events that a note of the query's own speaks of.
func TestEQLFindsTheStory(t *testing.T) {
	t.Parallel()
	needEQL(t)
	asRecorded := func(testing.TB, *compilers.Query, []doc) {}
	byAssets := func(t testing.TB, q *compilers.Query, events []doc) {
		for _, ev := range events {
			delete(ev, "decree")
		}
		deploy(t, q.Assets, events, map[string][]doc{"decree-reputation": knownValues()}, stories.Now)
	}
	secondCommand := map[string]string{"deep-ancestor": "second command of the same shell"}
	cases := []struct {
		name, rule string
		enriched   func(testing.TB, *compilers.Query, []doc)
		misses     map[string]string // note -> the event of the story that it makes the query miss
	}{
		{"child", "sql_server_suspicious_child", asRecorded, nil},
		{"grandchild", "sql_server_suspicious_grandchild", asRecorded, secondCommand},
		{"grandchild, enriched by its assets", "sql_server_suspicious_grandchild", byAssets, secondCommand},
	}
	why := map[string]string{}
	for _, p := range stories.Tell().Processes {
		why[fmt.Sprint(p.ID)] = p.Why
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, r := ecs(t), libraryRule(t, c.rule)
			require.Equal(t, lookback, r.Source.Schedule.Lookback)
			q, found := eql.New().Compile(r, compilers.Options{Model: m})
			require.Empty(t, found)
			events := ecsEvents(t)
			c.enriched(t, q, events)
			result := CheckEQL(t, []string{q.Text}, mappedFor(t, []string{q.Text}, grandchildFields), writeEvents(t, events))[0]
			require.Nil(t, result.Error, q.Text)

			want := RunEngine(t, r, m, ecsLog, reputation)
			require.NotEmpty(t, want)
			for _, n := range q.Notes {
				reason, expected := c.misses[n.Code]
				if !expected || n.Effect != "false-negatives" {
					continue
				}
				i := slices.IndexFunc(want, func(id string) bool { return why[id] == reason })
				require.GreaterOrEqual(t, i, 0, "the engine does not find %s", reason)
				want = slices.Delete(want, i, i+1)
			}
			slices.Sort(want)
			slices.Sort(result.IDs)
			assert.Equal(t, described(want, why), described(result.IDs, why))
		})
	}
}

func described(ids []string, why map[string]string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id + ": " + why[id]
	}
	return out
}

// knownValues are the documents that a defender would put in the index of known values.
func knownValues() []doc {
	var docs []doc
	for _, row := range stories.Tell().Reputation() {
		d := doc{"value": row["sha1"]}
		for name, v := range row {
			if name != "sha1" && v != "" {
				d[name] = v
			}
		}
		if text, ok := d["GlobalPrevalence"].(string); ok {
			d["GlobalPrevalence"] = json.Number(text)
		}
		docs = append(docs, d)
	}
	return docs
}
