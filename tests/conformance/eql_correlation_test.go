package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

var withRuns = regexp.MustCompile(`\n  (\[(?:[^\n]*\n    )*[^\n]*\n  \](?: by [^\n]*?)?) with runs=(\d+)`)

// unrolled writes a repeated event as often as it must come, which is what `with runs` stands for: the public parser
// has no runs.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-with-runs-keyword
func unrolled(query string) string {
	return withRuns.ReplaceAllStringFunc(query, func(text string) string {
		m := withRuns.FindStringSubmatch(text)
		n, _ := strconv.Atoi(m[2]) // the expression has digits alone
		return strings.Repeat("\n  "+m[1], n)
	})
}

// TestEQLCorrelations parses sequences, and runs them on events of which each group has one.
func TestEQLCorrelations(t *testing.T) {
	t.Parallel()
	needEQL(t)
	const logons = "title: F\nname: failed\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4625}, condition: s}\n---\n" +
		"title: L\nname: logon\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4624}, condition: s}\n---\ntitle: T\ncorrelation: "
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	var queries []string
	for _, text := range []string{
		"{type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 10m, condition: {gte: 3}}",
		"{type: temporal_ordered, rules: [failed, logon], group-by: [TargetUserName], timespan: 10m}",
	} {
		_, cs := lowered.Correlations(t, logons+text)
		q, found := eql.New().CompileCorrelation(cs[0], compilers.Options{Model: m, Approximate: []string{"correlation-sequence"}})
		require.Empty(t, found)
		queries = append(queries, unrolled(q.Text))
	}
	var lines strings.Builder
	for i, e := range []struct {
		second int
		code   string
		user   string
	}{{-2, "4625", "a"}, {-1, "4625", "a"}, {0, "4625", "b"}, {1, "4625", "a"}, {2, "4624", "a"}, {3, "4624", "c"}, {700, "4624", "b"}} {
		d := doc{}
		put(d, "@timestamp", time.Date(2026, 3, 1, 12, 0, e.second, 0, time.UTC).Format(time.RFC3339))
		put(d, "event.id", fmt.Sprint(i+1))
		put(d, "event.code", e.code)
		put(d, "winlog.channel", "Security")
		put(d, "winlog.event_data.TargetUserName", e.user)
		line, err := json.Marshal(d)
		require.NoError(t, err)
		lines.Write(append(line, '\n'))
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	for i, r := range CheckEQL(t, queries, nil, file) {
		require.Nil(t, r.Error, queries[i])
		assert.Equal(t, [][]string{{"4"}, {"5"}}[i], r.IDs, "%s: across the full hour, of one user, within the span", queries[i])
	}
}

// TestEQLCountsBeforeWhatFollows runs "several failures, then a success" on random logons: the sequence finds nothing
// that the engine does not, and the first alert of each user whose failures and success are near each other.
func TestEQLCountsBeforeWhatFollows(t *testing.T) {
	t.Parallel()
	needEQL(t)
	rs, cs := lowered.Correlations(t, "title: F\nname: failed\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4625}, condition: s}\n---\n"+
		"title: L\nname: logon\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4624}, condition: s}\n---\n"+
		"title: M\nname: many\ncorrelation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 2m, condition: {gte: 3}}\n---\n"+
		"title: T\ncorrelation: {type: temporal_ordered, rules: [many, logon], group-by: [TargetUserName], timespan: 3m}")
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	after := cs[len(cs)-1]
	q, found := eql.New().CompileCorrelation(after, compilers.Options{Model: m, Approximate: []string{"correlation-sequence"}})
	require.Empty(t, found)
	r := rand.New(rand.NewPCG(1, 2))
	var lines strings.Builder
	near, last := map[string]string{}, map[string][]int{} // user -> the first success at most two minutes after the third last failure
	for i := range 600 {
		second, user, code := i*7, fmt.Sprint("u", r.IntN(6)+i/100*6), []string{"4625", "4625", "4625", "4624"}[r.IntN(4)]
		if failed := last[user]; code == "4625" {
			last[user] = append(failed, second)
		} else if n := len(failed); n >= 3 && second-failed[n-3] <= 120 && near[user] == "" {
			near[user] = fmt.Sprint(i + 1)
		}
		d := doc{}
		put(d, "@timestamp", time.Date(2026, 3, 1, 12, 0, second, 0, time.UTC).Format(time.RFC3339))
		put(d, "event.id", fmt.Sprint(i+1))
		put(d, "event.code", code)
		put(d, "winlog.channel", "Security")
		put(d, "winlog.event_data.TargetUserName", user)
		line, err := json.Marshal(d)
		require.NoError(t, err)
		lines.Write(append(line, '\n'))
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	asked := CheckEQL(t, []string{unrolled(q.Text)}, nil, file)[0]
	require.Nil(t, asked.Error, q.Text)
	assert.Subset(t, correlationFound(t, rs, []*ir.Correlation{cs[0], after}, lines.String(), m), asked.IDs, "no alert of its own")
	assert.Greater(t, len(near), 10)
	assert.Subset(t, asked.IDs, slices.Collect(maps.Values(near)), "the first alert of each user")
}
