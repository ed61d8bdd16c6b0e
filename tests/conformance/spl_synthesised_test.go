package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestSPLAgreesOnEventsMadeUp runs every public rule, in each model that it has a search in, on events made up to match
// it or nearly, and on some of those of the rules before it: by the engine and by the search.
func TestSPLAgreesOnEventsMadeUp(t *testing.T) {
	t.Parallel()
	const each, others = 40, 200
	public := corpusRules(t)
	for _, name := range []string{"splunk-windows", "splunk-linux", "splunk-cloud", "splunk-network"} {
		t.Run(name, func(t *testing.T) {
			m, err := schema.Load(name)
			require.NoError(t, err)
			m.ID = []string{"synthesised"}
			r := rand.New(rand.NewPCG(1, 2))
			var compiled []*ir.Rule
			var searches []string
			var plans []*compilers.Plan
			var events []doc
			for _, rule := range public {
				q, _ := spl.New().Compile(rule, compilers.Options{Model: m})
				if q == nil {
					continue
				}
				asked, problems := compilers.NewPlans("spl", nil, rule, compilers.Options{Model: m})
				require.NotEmpty(t, asked, "%v", problems)
				if len(asked) > 1 { // events of several sources are in a test of their own
					continue
				}
				plan := asked[0]
				compiled, searches = append(compiled, rule), append(searches, q.Text)
				maker := &splMaker{r: r, plan: plan}
				plans = append(plans, plan)
				for range each {
					events = append(events, maker.event(fmt.Sprint(len(events))))
				}
			}
			rows := splRows(t, events)
			wanted := found(t, m, compiled, writeEvents(t, events))
			matched, matches, compared := 0, 0, 0
			for i, rule := range compiled {
				var asked []splRow
				alone := splCompared(plans[i])
				inTable, isAsked := splSearch(plans[i].Source.Table, nil), map[string]bool{}
				ask := func(row splRow) {
					several := slices.ContainsFunc(alone, func(name string) bool { return len(splValues(row[name])) > 1 })
					if id := row["synthesised"].(string); !isAsked[id] && !several {
						asked, isAsked[id] = append(asked, row), true
					}
				}
				for k := range each {
					ask(rows[i*each+k])
				}
				for range others {
					ask(rows[r.IntN(len(rows))])
				}
				tabled := map[string]bool{}
				for _, row := range asked {
					tabled[row["synthesised"].(string)] = inTable(row)
				}
				var want []string
				for _, id := range wanted[rule] {
					if isAsked[id] && tabled[id] {
						want = append(want, id)
					}
				}
				got := splFound(searches[i], asked, &splWorld{}, "synthesised")
				if !assert.ElementsMatch(t, want, got, "%s\n%s", rule.Source.Title, searches[i]) {
					for _, row := range asked {
						id := row["synthesised"].(string)
						if slices.Contains(want, id) != slices.Contains(got, id) {
							t.Logf("%v %v", slices.Contains(want, id), row)
						}
					}
				}
				compared += len(asked)
				matches += len(want)
				if len(want) > 0 {
					matched++
				}
			}
			t.Logf("%d rules, each on %d of %d events: %d rules match, %d matches", len(compiled), compared/len(compiled), len(events), matched, matches)
			assert.Greater(t, 10*matched, 9*len(compiled), "too few rules match to prove anything")
		})
	}
}

// splCompared are the columns that a rule compares with another, of which the search's note says that it sees no
// several values.
func splCompared(plan *compilers.Plan) []string {
	var names []string
	ir.Inspect(plan.Rule.Condition, func(n ir.Node) bool {
		m, ok := n.(*ir.Match)
		if !ok {
			return true
		}
		if ref, ok := m.Test.(*ir.FieldRef); ok {
			for _, f := range []ir.Field{m.Field, ref.Other} {
				if col, native := plan.Column(f); native {
					names = append(names, col.Name)
				}
			}
		}
		return true
	})
	return names
}
