package eql

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
)

// at follows a path of keys into decoded JSON.
func at(t *testing.T, v any, path string) any {
	t.Helper()
	for _, key := range strings.Split(path, "/") {
		m, ok := v.(map[string]any)
		require.True(t, ok, "%s: nothing at %s", path, key)
		require.Contains(t, m, key, path)
		v = m[key]
	}
	return v
}

// TestAssetsAreAPIBodies pins what each of Elastic's APIs requires of its body, that each says
// its limits, and that all name one another.
func TestAssetsAreAPIBodies(t *testing.T) {
	q, ds := New().Compile(reference(), compilers.Options{Model: model()})
	require.Empty(t, ds)
	bodies := map[string]any{}
	for _, a := range q.Assets {
		var body any
		require.NoError(t, json.Unmarshal([]byte(a.Content), &body), a.Name)
		bodies[strings.TrimSuffix(a.Name, ".json")] = body
		kind, id, _ := strings.Cut(strings.TrimSuffix(a.Name, ".json"), ".")
		call := map[string]string{"index": "PUT ", "enrich-policy": "PUT _enrich/policy/", "transform": "PUT _transform/",
			"ingest-pipeline": "PUT _ingest/pipeline/", "watch": "PUT _watcher/watch/"}[kind]
		assert.True(t, strings.HasPrefix(a.Purpose, call+id+" : "), "%s: %s", a.Name, a.Purpose)
	}
	const name = "sql-server-child-rare"
	transform, watch := bodies["transform.decree-count-"+name], bodies["watch.decree-rank-"+name]
	for path, want := range map[string]any{
		"dest/index": "decree-count-" + name,
		"source/query/bool/filter": []any{
			map[string]any{"range": map[string]any{"@timestamp": map[string]any{"gte": "now-7200s"}}},
			map[string]any{"term": map[string]any{"host.os.type": map[string]any{"value": "windows", "case_insensitive": true}}},
			map[string]any{"term": map[string]any{"event.type": map[string]any{"value": "start", "case_insensitive": true}}},
			map[string]any{"prefix": map[string]any{"process.parent.command_line": map[string]any{"value": `"cmd.exe" /c`, "case_insensitive": true}}},
		},
		"source/index": []any{"logs-*"},
		"source/runtime_mappings/decree_key/script/source": "if (doc['process.hash.sha1'].size() != 0 && doc['process.hash.sha1'].value.length() != 0) " +
			"{ emit(doc['process.hash.sha1'].value.toLowerCase()); }",
		"sync/time/field":                            "@timestamp",
		"pivot/group_by/value/terms/field":           "decree_key",
		"pivot/aggregations/hosts/cardinality/field": "host.id",
		"pivot/aggregations/last_seen/max/field":     "@timestamp",
		"retention_policy/time/field":                "last_seen",
		"retention_policy/time/max_age":              "7200s",
	} {
		assert.Equal(t, want, at(t, transform, path), path)
	}
	for path, want := range map[string]any{
		"input/search/request/indices":   []any{"decree-count-" + name},
		"input/search/request/body/size": float64(maxRanked),
		"input/search/request/body/sort": []any{map[string]any{"hosts": map[string]any{"order": "asc"}}, map[string]any{"value": map[string]any{"order": "asc"}}},
		"actions/rank/index/index":       "decree-rank-" + name,
		"transform/script/lang":          "painless",
		"trigger/schedule/interval":      "3600s",
	} {
		assert.Equal(t, want, at(t, watch, path), path)
	}
	for policy, fields := range map[string][]any{"decree-reputation": {"availability", "global_prevalence", "signature_state"}, "decree-count-" + name: {"hosts"}, "decree-rank-" + name: {"rank"}} {
		assert.Equal(t, map[string]any{"match": map[string]any{"indices": policy, "match_field": "value", "enrich_fields": fields}}, bodies["enrich-policy."+policy])
	}
	for _, index := range []string{"decree-reputation", "decree-rank-" + name} {
		assert.Equal(t, "keyword", at(t, bodies["index."+index], "mappings/properties/value/type"))
	}
	pipeline := bodies["ingest-pipeline.decree-"+name]
	var steps []string
	for _, p := range at(t, pipeline, "processors").([]any) {
		for kind, step := range p.(map[string]any) {
			if kind == "enrich" {
				kind += " " + at(t, step, "policy_name").(string) + " into " + at(t, step, "target_field").(string)
			}
			steps = append(steps, kind)
		}
	}
	assert.Equal(t, []string{"set", "lowercase", "enrich decree-reputation into decree", "enrich decree-count-" + name + " into decree.local.sql_server_child_rare.count",
		"enrich decree-rank-" + name + " into decree.local.sql_server_child_rare.rank", "remove"}, steps)
	assert.Contains(t, at(t, transform, "description"), "counted anew only when it is seen again")
	assert.Contains(t, at(t, watch, "metadata/description"), "keeps its last rank")
	assert.Contains(t, at(t, pipeline, "description"), "goes without")
}

// TestAssetsAreOnlyThoseRead keeps what a query does not read from being deployed.
func TestAssetsAreOnlyThoseRead(t *testing.T) {
	bound := &rules.LocalPrevalence{Distinct: "host", Bounds: []rules.Bound{{Op: "lte", Value: 3}}}
	cases := []struct {
		name string
		spec rules.Prevalence
		want []string
	}{
		{"a count", rules.Prevalence{Field: "sha1", Local: bound},
			[]string{"transform.decree-count-t-rare.json", "enrich-policy.decree-count-t-rare.json", "ingest-pipeline.decree-t-rare.json"}},
		{"a verdict", rules.Prevalence{Field: "sha1", Global: []rules.Bound{{Op: "lt", Value: 250}}},
			[]string{"index.decree-reputation.json", "enrich-policy.decree-reputation.json", "ingest-pipeline.decree-reputation-process-hash-sha1-189f66bb.json"}},
		{"nothing", rules.Prevalence{Field: "sha1"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := model()
			m.Sources[0].Reputation.LocalRank = "" // no rank is read
			q, ds := New().Compile(rule(&ir.Prevalence{Name: "rare", Spec: c.spec}), compilers.Options{Model: m, Approximate: []string{"all"}})
			require.Empty(t, ds)
			var names []string
			for _, a := range q.Assets {
				names = append(names, a.Name)
			}
			assert.Equal(t, c.want, names)
		})
	}
}

// TestLoweredQuotesTheField keeps a column's name inside its Painless string.
func TestLoweredQuotesTheField(t *testing.T) {
	assert.Contains(t, lowercaseScript(`a'b\c`), `doc['a\'b\\c'].value`)
}

// TestNamesBeyondASCIIAreTwo holds that rules whose names have no letter that an index or a field may be named with do
// not share what is counted for them.
func TestNamesBeyondASCIIAreTwo(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"правило", "событие", "rule", "rule é"} {
		r := reference()
		source := *r.Source
		source.Name, r.Source = name, &source
		q, ds := New().Compile(r, compilers.Options{Model: model()})
		require.Empty(t, ds)
		found := regexp.MustCompile(`local\.([a-z0-9_]+)\.`).FindStringSubmatch(q.Text)
		require.NotNil(t, found, q.Text)
		assert.False(t, seen[found[1]], found[1])
		seen[found[1]] = true
	}
}
