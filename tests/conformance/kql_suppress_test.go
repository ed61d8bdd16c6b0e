package conformance

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules"
	"decree/rules/ir"
)

// TestKQLSuppressesAsTheEngine runs random rules that suppress alerts on random rows at different times, by the engine
// and by the query.
func TestKQLSuppressesAsTheEngine(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	for _, c := range randomRows[:2] {
		t.Run(c.model, func(t *testing.T) {
			a := author{rand.New(rand.NewPCG(7, seedOf(t))), windowsFolders}
			m := onlySource(t, c.model, c.source)
			m.ID = []string{c.id}
			var rows []doc
			begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
			for i, second := range a.Perm(3 * 3600)[:150] { // no two at one time
				r := a.record(i)
				r.computer = pick(a, []string{"h", "H", "i"})
				row := c.row(r)
				row[m.Time[0]] = begin.Add(time.Duration(second) * time.Second).Format("2006-01-02T15:04:05Z")
				rows = append(rows, row)
			}
			file := writeEvents(t, rows)
			var compiled []*ir.Rule
			var queries []string
			for _, r := range a.rules(t, randomRules(t)/6) {
				s := &rules.Suppress{For: time.Duration(1+a.IntN(90)) * time.Minute}
				for _, name := range []string{"host", "Image", "ProcessId"} {
					if a.IntN(3) == 0 {
						s.By = append(s.By, rules.NamedField{Name: name})
					}
				}
				r.Source.Suppress = s
				r.Source.Description += fmt.Sprintf(" %+v", s)
				q, _ := kql.New().Compile(r, compilers.Options{Model: m})
				if q != nil {
					compiled, queries = append(compiled, r), append(queries, q.Text)
				}
			}
			require.NotEmpty(t, queries)
			alerts := kqlAgrees(t, m, compiled, queries, c.table, file, c.id)
			t.Logf("%d rules on %d rows, %d alerts", len(compiled), len(rows), alerts)
			assert.Greater(t, alerts, len(compiled))
		})
	}
}
