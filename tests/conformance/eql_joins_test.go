package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/engine"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestEQLJoins parses sequences, and runs them on events of which each user has at most one of each kind: there a
// sequence finds what the engine finds.
func TestEQLJoins(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	events := []struct {
		second  int
		code    string
		subject string
		target  string
	}{{-2, "4625", "", "a"}, {0, "4698", "a", ""}, {1, "4625", "", "b"}, {2, "4698", "c", ""}, {3, "4698", "d", ""}, {4, "4625", "", "d"}, {700, "4698", "b", ""}}
	var lines strings.Builder
	for i, e := range events {
		d := doc{}
		put(d, "@timestamp", time.Date(2026, 3, 1, 12, 0, e.second, 0, time.UTC).Format(time.RFC3339))
		put(d, "event.id", fmt.Sprint(i+1))
		put(d, "event.code", e.code)
		put(d, "winlog.channel", "Security")
		for field, v := range map[string]string{"Subject": e.subject, "Target": e.target} {
			if v != "" {
				put(d, "winlog.event_data."+field+"UserName", v)
			}
		}
		line, err := json.Marshal(d)
		require.NoError(t, err)
		lines.Write(append(line, '\n'))
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	var queries []string
	for _, c := range []struct{ same, window, want string }{{"SubjectUserName", "before", "2"}, {"SubjectUserName", "after", "5"}, {"Who", "before", "2"}} {
		rs := lowered.Rules(t, "title: T\nlogsource: {product: windows, service: security}\nextract: {Who: {field: SubjectUserName, upper: true}}\njoins: {j: {rule: failed, same: {"+c.same+": TargetUserName}, "+c.window+": 10m}}\n"+
			"detection: {s: {EventID: 4698}, condition: s and j}\n---\ntitle: F\nname: failed\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4625}, condition: s}\n")
		assert.Equal(t, []string{c.want}, joinsFound(t, rs[0], lines.String(), engine.Options{Model: m}), c.window)
		q, found := eql.New().Compile(rs[0], compilers.Options{Model: m, Approximate: []string{"join"}})
		require.Empty(t, found)
		queries = append(queries, q.Text)
	}
	for i, r := range CheckEQL(t, queries, nil, file) {
		require.Nil(t, r.Error, queries[i])
		assert.Equal(t, [][]string{{"2"}, {"6"}, {"2"}}[i], r.IDs, "%s: by its last event", queries[i])
	}
}
