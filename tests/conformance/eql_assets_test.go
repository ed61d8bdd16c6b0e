package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/compilers"
)

// elastic does with assets what Elasticsearch would: each transform, watch, enrich policy and
// ingest processor that the compiler writes, and no other. What it does not know fails the test.
type elastic struct {
	t       testing.TB
	now     time.Time
	bodies  map[string]doc // "kind.id" -> the API body
	indices map[string][]doc
}

// deploy has every transform and watch run over the events, and puts the events through the
// pipeline afterwards: what the rule sees when values were counted before events arrive.
func deploy(t testing.TB, assets []compilers.Asset, events []doc, indices map[string][]doc, now time.Time) {
	t.Helper()
	e := &elastic{t: t, now: now, bodies: map[string]doc{}, indices: indices}
	for _, a := range assets {
		var body doc
		require.NoError(t, json.Unmarshal([]byte(a.Content), &body), a.Name)
		e.bodies[strings.TrimSuffix(a.Name, ".json")] = body
	}
	for _, step := range []struct {
		kind string
		run  func(doc, []doc)
	}{{"transform.", e.transform}, {"watch.", e.watch}, {"ingest-pipeline.", e.pipeline}} {
		for _, name := range slices.Sorted(maps.Keys(e.bodies)) {
			if strings.HasPrefix(name, step.kind) {
				step.run(e.bodies[name], events)
			}
		}
	}
}

var docValue = regexp.MustCompile(`emit\(doc\['([^']+)'\]\.value\.toLowerCase\(\)\)`)

// transform pivots: one document a value, with a count of distinct others.
func (e *elastic) transform(body doc, events []doc) {
	runtime := e.get(body, "source", "runtime_mappings").(doc)
	key := e.get(body, "pivot", "group_by", "value", "terms", "field").(string)
	source := docValue.FindStringSubmatch(e.get(runtime, key, "script", "source").(string))
	require.NotNil(e.t, source)
	seen := map[string]map[string]map[any]bool{} // value -> count's name -> what was counted
	for _, ev := range events {
		value, _ := field(ev, source[1]).(string)
		if value == "" || !e.matches(e.get(body, "source", "query").(doc), ev) {
			continue
		}
		value = strings.ToLower(value)
		if seen[value] == nil {
			seen[value] = map[string]map[any]bool{}
		}
		for name, agg := range e.get(body, "pivot", "aggregations").(doc) {
			if c, counts := agg.(doc)["cardinality"]; counts {
				if seen[value][name] == nil {
					seen[value][name] = map[any]bool{}
				}
				seen[value][name][field(ev, c.(doc)["field"].(string))] = true
			}
		}
	}
	index := e.get(body, "dest", "index").(string)
	for _, value := range slices.Sorted(maps.Keys(seen)) {
		d := doc{"value": value}
		for name, distinct := range seen[value] {
			d[name] = len(distinct)
		}
		e.indices[index] = append(e.indices[index], d)
	}
}

var rankField = regexp.MustCompile(`'(\w+)': rank\]`)

// watch searches an index, and writes the hits' places in their order to another.
func (e *elastic) watch(body doc, _ []doc) {
	search := e.get(body, "input", "search", "request").(doc)
	found := slices.Clone(e.indices[e.get(search, "indices").([]any)[0].(string)])
	order := e.get(search, "body", "sort").([]any)
	sort.SliceStable(found, func(i, j int) bool {
		for _, by := range order {
			for name := range by.(doc) {
				require.Equal(e.t, "asc", e.get(by.(doc), name, "order"))
				a, b := fmt.Sprintf("%12v", found[i][name]), fmt.Sprintf("%12v", found[j][name])
				if a != b {
					return a < b
				}
			}
		}
		return false
	})
	name := rankField.FindStringSubmatch(e.get(body, "transform", "script", "source").(string))
	require.NotNil(e.t, name)
	index := e.get(body, "actions", "rank", "index", "index").(string)
	for i, hit := range found[:min(len(found), int(e.get(search, "body", "size").(float64)))] {
		e.indices[index] = append(e.indices[index], doc{"value": hit["value"], name[1]: i + 1})
	}
}

func (e *elastic) pipeline(body doc, events []doc) {
	policies := map[string]map[any]doc{}
	for name, p := range e.bodies {
		if id, ok := strings.CutPrefix(name, "enrich-policy."); ok {
			policies[id] = e.policy(p)
		}
	}
	for _, ev := range events {
		for _, p := range e.get(body, "processors").([]any) {
			for kind, step := range p.(doc) {
				e.processor(kind, step.(doc), ev, policies)
			}
		}
	}
}

// policy copies an index: match field's value -> the fields it adds.
func (e *elastic) policy(p doc) map[any]doc {
	match := e.get(p, "match").(doc)
	on := match["match_field"].(string)
	rows := map[any]doc{}
	for _, d := range e.indices[match["indices"].(string)] {
		row := doc{on: d[on]}
		for _, f := range match["enrich_fields"].([]any) {
			if v, ok := d[f.(string)]; ok {
				row[f.(string)] = v
			}
		}
		rows[d[on]] = row
	}
	return rows
}

func (e *elastic) processor(kind string, step, ev doc, policies map[string]map[any]doc) {
	name := step["field"].(string)
	switch kind {
	case "set":
		if v := field(ev, step["copy_from"].(string)); v != nil && v != "" {
			put(ev, name, v)
		}
	case "lowercase":
		if v, ok := field(ev, name).(string); ok {
			put(ev, name, strings.ToLower(v))
		}
	case "enrich":
		rows, ok := policies[step["policy_name"].(string)]
		require.True(e.t, ok, "no policy %v", step["policy_name"])
		row, hit := rows[field(ev, name)]
		target := step["target_field"].(string)
		if hit && (step["override"] == true || field(ev, target) == nil) {
			put(ev, target, maps.Clone(row))
		}
	case "remove":
		delete(ev, name)
	default:
		e.t.Fatalf("a processor nobody wrote: %s", kind)
	}
}

// matches evaluates the query DSL on one event.
func (e *elastic) matches(query, ev doc) bool {
	require.Len(e.t, query, 1)
	for kind, q := range query {
		switch kind {
		case "bool":
			return e.bool(q.(doc), ev)
		case "exists":
			return field(ev, q.(doc)["field"].(string)) != nil
		case "range":
			for name, bounds := range q.(doc) {
				age, err := time.ParseDuration(strings.TrimPrefix(bounds.(doc)["gte"].(string), "now-"))
				require.NoError(e.t, err)
				return !moment(e.t, ev, name).Before(e.now.Add(-age))
			}
		case "term", "prefix", "wildcard":
			for name, test := range q.(doc) {
				return e.text(kind, test.(doc), field(ev, name))
			}
		}
	}
	e.t.Fatalf("a query nobody wrote: %v", query)
	return false
}

func (e *elastic) bool(clauses, ev doc) bool {
	require.Len(e.t, clauses, 1)
	for clause, terms := range clauses {
		hits := 0
		for _, q := range terms.([]any) {
			if e.matches(q.(doc), ev) {
				hits++
			}
		}
		switch clause {
		case "filter":
			return hits == len(terms.([]any))
		case "should":
			return hits > 0
		case "must_not":
			return hits == 0
		}
	}
	e.t.Fatalf("a clause nobody wrote: %v", clauses)
	return false
}

func (e *elastic) text(kind string, test doc, value any) bool {
	require.Equal(e.t, true, test["case_insensitive"])
	want := strings.ToLower(test["value"].(string))
	values, many := value.([]any)
	if !many {
		values = []any{value}
	}
	return slices.ContainsFunc(values, func(v any) bool {
		text, ok := v.(string)
		text = strings.ToLower(text)
		switch kind {
		case "prefix":
			return ok && strings.HasPrefix(text, want)
		case "wildcard": // a backslash escapes in both; path.Match's * stops at a slash, so none may be there
			hit, err := path.Match(want, strings.ReplaceAll(text, "/", "\x00"))
			require.NoError(e.t, err)
			return ok && hit
		}
		return ok && text == want
	})
}

// get follows keys that must be there.
func (e *elastic) get(d doc, keys ...string) any {
	var v any = d
	for _, k := range keys {
		m, ok := v.(doc)
		require.True(e.t, ok && m[k] != nil, "nothing at %v", keys)
		v = m[k]
	}
	return v
}

// field reads a dotted name.
func field(d doc, name string) any {
	head, rest, more := strings.Cut(name, ".")
	if !more {
		return d[head]
	}
	if below, ok := d[head].(doc); ok {
		return field(below, rest)
	}
	return nil
}

func moment(t testing.TB, ev doc, name string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, field(ev, name).(string))
	require.NoError(t, err)
	return at
}
