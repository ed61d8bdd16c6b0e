package conformance

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestEQLAgreesOnRandomRules runs rules and documents that nobody would write, by the engine and by the query.
func TestEQLAgreesOnRandomRules(t *testing.T) {
	t.Parallel()
	needEQL(t)
	for model, document := range map[string]func(record) doc{"ecs": record.defend, "winlogbeat": record.winlogbeat} {
		t.Run(model, func(t *testing.T) {
			a := author{rand.New(rand.NewPCG(2, seedOf(t))), windowsFolders}
			m, err := schema.Load(model)
			require.NoError(t, err)
			var docs []doc
			for i := range 150 {
				docs = append(docs, document(a.record(i)))
			}
			file := writeEvents(t, docs)
			var compiled []*ir.Rule
			var queries []string
			refused := map[string]int{}
			for _, r := range a.rules(t, randomRules(t)) {
				q, problems := eql.New().Compile(r, compilers.Options{Model: m, NoIndexTerms: len(compiled)%4 == 3})
				if q == nil {
					refused[problems[0].Code]++
					continue
				}
				compiled, queries = append(compiled, r), append(queries, q.Text)
			}
			matches := eqlAgrees(t, m, compiled, queries, file)
			t.Logf("%d rules on %d documents, %d matches; refused: %v", len(compiled), len(docs), matches, refused)
			assert.Greater(t, matches, 10*len(compiled))
		})
	}
}
