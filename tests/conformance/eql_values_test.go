package conformance

import (
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
