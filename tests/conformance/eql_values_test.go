package conformance

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestEQLAgreesOnTextsOfTypedFields asks numbers and booleans for texts. These equal them only as the product writes
// them, and other texts are refused.
func TestEQLAgreesOnTextsOfTypedFields(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	m.ID = []string{"event.id"}
	library := func(id string, pid int, exists bool) doc {
		return doc{"@timestamp": "2026-03-01T10:00:00Z", "event": doc{"id": id, "category": []any{"library"}}, "host": doc{"os": doc{"type": "windows"}}, "process": doc{"pid": pid},
			"dll": doc{"code_signature": doc{"exists": exists}}}
	}
	file := writeEvents(t, []doc{library("1", 16, true), library("2", 8, false), library("3", 1, true)})
	var compiled []*ir.Rule
	var queries []string
	for detection, taken := range map[string]bool{
		"Signed: 'true'": true, "Signed: 'FALSE'": true, "Signed|cased: 'true'": true, "ProcessId: '16'": true, "ProcessId: ['8', '1']": true,
		"Signed: '1'": false, "Signed: 't'": false, "Signed|cased: 'TRUE'": false, "ProcessId: '010'": false, "ProcessId: '+16'": false, "ProcessId: '0b1'": false,
	} {
		r := lowered.Rule(t, "logsource: {product: windows, category: image_load}\ndetection: {s: {"+detection+"}, condition: s}\n")
		q, problems := eql.New().Compile(r, compilers.Options{Model: m})
		if !taken {
			assert.Nil(t, q, detection)
			require.NotEmpty(t, problems, detection)
			assert.Contains(t, []string{"eql-unsupported", "never-matches"}, problems[0].Code, detection)
			continue
		}
		require.NotNil(t, q, "%s: %v", detection, problems)
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	assert.Equal(t, 8, eqlAgrees(t, m, compiled, queries, file))
}

// eqlOf compiles rules of a log source, one for each detection.
func eqlOf(t *testing.T, m *schema.Model, logsource string, detections ...string) (compiled []*ir.Rule, queries []string) {
	t.Helper()
	for _, detection := range detections {
		r := lowered.Rule(t, "logsource: "+logsource+"\ndetection: "+detection+"\n")
		q, problems := eql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", detection, problems)
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	return compiled, queries
}

// TestEQLAgreesOnArguments asks for arguments of auditd. Those of a program are a list in its integration: engine and
// query find the same, also where the argument stands in another place, and say so.
func TestEQLAgreesOnArguments(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	m.ID = []string{"event.id"}
	var docs []doc
	record := func(kind string, calls doc, args any) {
		calls["record_type"] = kind
		docs = append(docs, doc{"@timestamp": "2026-03-01T10:00:00Z", "event": doc{"id": strconv.Itoa(len(docs)), "dataset": "auditd.log"}, "auditd": doc{"log": calls}, "process": doc{"args": args}})
	}
	record("EXECVE", doc{}, []any{"/usr/bin/chmod", "u+s", "/tmp/x"})
	record("EXECVE", doc{}, []any{"sh", "/usr/bin/chmod", "u+s"})
	record("EXECVE", doc{}, []any{"cat", "u+s"})
	record("EXECVE", doc{}, "/usr/bin/chmod")
	record("EXECVE", doc{}, nil)
	record("SYSCALL", doc{"a0": "2", "a1": "777"}, nil)
	record("SYSCALL", doc{"a0": "777", "a1": "2"}, nil)
	file := writeEvents(t, docs)
	compiled, queries := eqlOf(t, m, "{product: linux, service: auditd}",
		"{s: {a0|endswith: /chmod, a1: u+s}, condition: s}", "{s: {type: EXECVE}, o: {a1|re: '^u'}, condition: s and not o}", "{s: {type: SYSCALL, a1: 777}, condition: s}",
		"{s: {a2|contains: tmp}, o: {a0: cat}, condition: s or o}")
	for _, query := range queries {
		assert.Contains(t, query, "shared-column")
	}
	assert.Equal(t, 7, eqlAgrees(t, m, compiled, queries, file))
}

// TestEQLAgreesOnAddresses asks for whole addresses, however they are written, and for their first parts.
func TestEQLAgreesOnAddresses(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	m.ID = []string{"event.id"}
	var docs []doc
	for i, address := range []string{"10.0.0.1", "10.0.0.10", "100.0.0.1", "192.168.7.5", "fe80::1", "::1", "::ffff:10.0.0.1", "2001:db8::8"} {
		docs = append(docs, doc{"@timestamp": "2026-03-01T10:00:00Z", "event": doc{"id": strconv.Itoa(i), "category": []any{"network"}, "type": []any{"start"}}, "host": doc{"os": doc{"type": "windows"}}, "destination": doc{"ip": address}})
	}
	docs = append(docs, doc{"@timestamp": "2026-03-01T10:00:00Z", "event": doc{"id": "none", "category": []any{"network"}, "type": []any{"start"}}, "host": doc{"os": doc{"type": "windows"}}})
	file := writeEvents(t, docs)
	compiled, queries := eqlOf(t, m, "{product: windows, category: network_connection}",
		"{s: {DestinationIp: 10.0.0.1}, condition: s}", "{s: {DestinationIp: [10.0.0.1, '::1', '-']}, condition: s}", "{s: {DestinationIp: [10.0.0.1, 'fe80::1']}, condition: not s}",
		"{s: {DestinationIp: 10.0.0.1}, o: {DestinationIp: 100.0.0.1}, condition: s or o}", "{s: {DestinationIp|startswith: ['10.', '192.168.']}, condition: s}",
		"{s: {DestinationIp: ['10.0.0.*', '192.168.7.*']}, condition: not s}", "{s: {DestinationIp: ['2001:DB8:0:0::8', '::ffff:10.0.0.10']}, condition: s}")
	assert.Equal(t, 25, eqlAgrees(t, m, compiled, queries, file))
	for _, detection := range []string{"DestinationIp|startswith: '10'", "DestinationIp|startswith: '300.'", "DestinationIp|startswith: '::ffff:10.'", "DestinationIp|startswith: '64:ff9b::10.'", "DestinationIp|contains: '10.'", "DestinationIp|endswith: '.1'"} {
		q, problems := eql.New().Compile(lowered.Rule(t, "logsource: {product: windows, category: network_connection}\ndetection: {s: {"+detection+"}, condition: s}\n"), compilers.Options{Model: m})
		assert.Nil(t, q, detection)
		require.NotEmpty(t, problems, detection)
		assert.Equal(t, "eql-unsupported", problems[0].Code, detection)
	}
}
