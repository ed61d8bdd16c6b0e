package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestSPLReadsEveryValue asks for fields that have several values, by the engine and by the search. Where the search
// says that it misses matches, it finds fewer.
func TestSPLReadsEveryValue(t *testing.T) {
	t.Parallel()
	web := func(id string, url, agent any) doc {
		e := doc{"id": id, "_time": 1700000000.0, "tag": []any{"web", "proxy"}}
		if url != nil {
			e["url"] = url
		}
		if agent != nil {
			e["http_user_agent"] = agent
		}
		return e
	}
	proxy := []doc{web("1", "a/b", "curl/8"), web("2", []any{"x/y", "a/b"}, []any{"Mozilla", "CURL/7"}), web("3", []any{"x", "y/"}, []any{"s", "z"}), web("4", nil, nil),
		web("5", []any{"a:", ":b"}, "Mozilla"), web("6", "a::b", []any{"a::b", "b"}), web("7", []any{"p", "q"}, "Q")}
	identity := func(id string, arn string, name any) doc {
		e := splJSONEvent(doc{"id": id, "userIdentity": doc{"arn": arn}, "requestParameters": doc{"userName": name, "other": name}})
		e["sourcetype"] = "aws:cloudtrail"
		return e
	}
	cloud := []doc{identity("1", "a", "A"), identity("2", "a", []any{"b", "a"}), identity("3", "a", "b")}
	audit := func(id, name string, value any) doc {
		e := splJSONEvent(doc{"id": id, "category": "AuditLogs", "properties": doc{"targetResources": []any{doc{name: value}}}})
		e["sourcetype"] = "azure:monitor:aad"
		return e
	}
	elements := []doc{audit("1", "odd", "x"), audit("2", "odd", []any{"y", "x"}), audit("3", "odd", []any{[]any{"x"}}), audit("4", "odd", doc{"a": "x"}), audit("5", "odd", []any{doc{"a": "x"}}),
		audit("6", "odd", nil), audit("7", "odd.a", "x")}
	for name, c := range map[string]struct {
		model, logsource string
		events           []doc
		rule             string
		want             []string // what the engine finds
		missed           string   // what the search misses, or finds besides
		effects          []string
	}{
		"parts":              {"splunk-network", "{category: proxy}", proxy, "extract: {P: {field: c-uri, split: '/', at: any}}\ndetection: {s: {P: b}, condition: s}", []string{"1", "2"}, "", nil},
		"no part":            {"splunk-network", "{category: proxy}", proxy, "extract: {P: {field: c-uri, split: '/', at: any}}\ndetection: {s: {P: b}, condition: not s}", []string{"3", "4", "5", "6", "7"}, "", nil},
		"an empty part":      {"splunk-network", "{category: proxy}", proxy, "extract: {P: {field: c-uri, split: '/', at: any}}\ndetection: {s: {P: ''}, condition: s}", []string{"3"}, "", nil},
		"map":                {"splunk-network", "{category: proxy}", proxy, "extract: {A: {field: c-useragent, map: [{startswith: curl, to: tool}], default: other}}\ndetection: {s: {A: tool}, condition: s}", []string{"1", "2"}, "", nil},
		"not mapped":         {"splunk-network", "{category: proxy}", proxy, "extract: {A: {field: c-useragent, map: [{startswith: curl, to: tool}], default: other}}\ndetection: {s: {A: other}, condition: s}", []string{"2", "3", "5", "6", "7"}, "", nil},
		"not in a map":       {"splunk-network", "{category: proxy}", proxy, "extract: {A: {field: c-useragent, map: [{startswith: curl, to: tool}]}}\ndetection: {s: {A: tool}, condition: not s}", []string{"3", "4", "5", "6", "7"}, "", nil},
		"separator overlaps": {"splunk-network", "{category: proxy}", proxy, "extract: {P: {field: c-useragent, split: '::', at: any}}\ndetection: {s: {P: b}, condition: s}", []string{"6"}, "6", []string{"false-negatives", "false-positives"}},
		"fieldref":           {"splunk-network", "{category: proxy}", proxy, "detection: {s: {c-uri|fieldref: c-useragent}, condition: s}", []string{"6", "7"}, "6 7", []string{"false-negatives"}},
		"not fieldref":       {"splunk-network", "{category: proxy}", proxy, "detection: {s: {c-uri|fieldref: c-useragent}, condition: not s}", []string{"1", "2", "3", "4", "5"}, "+6 +7", []string{"false-positives"}},
		"fieldref of JSON":   {"splunk-cloud", "{product: aws, service: cloudtrail}", cloud, "detection: {s: {userIdentity.arn|fieldref: requestParameters.userName}, condition: s}", []string{"1"}, "", nil},
		"fieldref, unlisted": {"splunk-cloud", "{product: aws, service: cloudtrail}", cloud, "detection: {s: {userIdentity.arn|fieldref: requestParameters.other}, condition: s}", []string{"1"}, "", nil},
		"element":            {"splunk-cloud", "{product: azure, service: auditlogs}", elements, "sigma-version: 3\ndetection: {s: {'TargetResources[any]': {odd: x}}, condition: s}", []string{"1", "2", "3"}, "3", []string{"false-negatives"}},
		"no element":         {"splunk-cloud", "{product: azure, service: auditlogs}", elements, "sigma-version: 3\ndetection: {s: {'TargetResources[none]': {odd: x}}, condition: s}", []string{"4", "5", "6", "7"}, "+3", []string{"false-positives"}},
		"below an element":   {"splunk-cloud", "{product: azure, service: auditlogs}", elements, "sigma-version: 3\ndetection: {s: {'TargetResources[any]': {odd.a: x}}, condition: s}", []string{"4", "7"}, "7", []string{"false-negatives"}},
	} {
		m, err := schema.Load(c.model)
		require.NoError(t, err)
		m.ID = []string{"id"}
		r := lowered.Rule(t, "logsource: "+c.logsource+"\n"+c.rule+"\n")
		want := RunEngine(t, r, m, writeEvents(t, c.events), splVerdicts())
		assert.ElementsMatch(t, c.want, want, "%s: the engine", name)
		q, problems := spl.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", name, problems)
		_, err = checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		got := splFound(q.Text, splRows(t, c.events), &splWorld{}, "id")
		var other string
		for _, e := range c.events {
			id := e["id"].(string)
			switch expected, found := slices.Contains(want, id), slices.Contains(got, id); {
			case expected && !found:
				other += " " + id
			case found && !expected:
				other += " +" + id
			}
		}
		var effects []string
		for _, n := range q.Notes {
			if slices.Contains([]string{"fieldref-single-valued", "extract-single-valued", "element-values"}, n.Code) {
				effects = append(effects, n.Effect)
			}
		}
		assert.Equal(t, c.missed, other[min(1, len(other)):], "%s\n%s", name, q.Text)
		assert.Equal(t, c.effects, effects, name)
	}
}
