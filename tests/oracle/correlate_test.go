package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/rarity"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// correlation writes one of some rules or correlations, which have fields.
func (d draw) correlation(name string, inputs, fields []string) string {
	d.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
	inputs = inputs[:1+d.IntN(len(inputs))]
	last := inputs[len(inputs)-1]
	bound := d.pick("gte: 2", "gte: 3", "lt: 3", "eq: 2", "gt: 1, lte: 3")
	kind, condition := d.pick("event_count", "value_count", "temporal", "temporal", "temporal_ordered"), ""
	switch kind {
	case "event_count":
		condition = ", condition: {" + bound + "}"
	case "value_count":
		condition = ", condition: {field: " + d.pick("Company", "[User, Company]", "Part", "user") + ", " + bound + "}"
	case "temporal":
		condition = d.pick("", ", condition: {"+bound+"}", ", condition: "+inputs[0]+" and not "+last, ", condition: "+inputs[0]+" or not "+last)
	}
	group := d.pick("", "[host]", "["+d.pick(fields...)+"]", "["+d.pick(fields...)+"]", "[k]", "[host, k]")
	text := "title: " + name + "\nname: " + name + "\n"
	if d.IntN(4) == 0 {
		text += fmt.Sprintf("suppress: {%sfor: %ds}\n", d.pick("", "by: "+group+", "), 1+d.IntN(10))
		text = strings.ReplaceAll(text, "by: , ", "")
	}
	text += "correlation: {type: " + kind + ", rules: [" + strings.Join(inputs, ", ") + "], timespan: " + fmt.Sprintf("%ds", 1+d.IntN(8)) + condition
	if group != "" {
		text += ", group-by: " + group
	}
	if strings.Contains(group, "k") {
		var of []string
		for _, in := range inputs {
			of = append(of, in+": "+d.pick(fields...))
		}
		text += ", aliases: {k: {" + strings.Join(of, ", ") + "}}"
	}
	return text + "}\n"
}

// TestCorrelationsAgree compares the engine with the oracle on random correlations of rules that ask of other events,
// or suppress alerts, under random filters.
func TestCorrelationsAgree(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	table := []map[string]string{{"sha1": "aa", "GlobalPrevalence": "7", "SignatureState": "SignedValid"}, {"sha1": "bb", "ProfileAvailability": "Error"}}
	matched := 0
	for seed := range fixture.Times[uint64](200, 2000) {
		d := draw{rand.New(rand.NewPCG(seed, 31))}
		section := []func() string{d.join, d.firstSeen, d.prevalence}[d.IntN(3)]
		texts := d.rules(section)
		texts["t"] = strings.Replace(texts["T"], "title: T\n", "title: R\n", 1)
		fields := []string{"host", "User", "Company", "Part", "user"}
		order, correlations := []string{"C"}, map[string]string{"C": d.correlation("C", []string{"a", "b", "c", "t"}, fields)}
		if d.IntN(3) == 0 {
			order, correlations["D"] = append(order, "D"), d.correlation("D", []string{"C", d.pick("a", "t")}, fields)
		}
		log := &Log{Model: m, Rules: map[string]*Rule{}, Correlations: map[string]*Correlation{}, Reputation: table}
		whole := ""
		for _, name := range []string{"a", "b", "c", "t"} {
			log.Rules[name], err = Read([]byte(texts[name]))
			require.NoError(t, err)
			whole += texts[name] + "---\n"
		}
		for _, name := range order {
			log.Correlations[name], err = ReadCorrelation([]byte(correlations[name]))
			require.NoError(t, err)
			whole += correlations[name] + "---\n"
		}
		filters := d.filters(false)
		rs, cs, own := lowered(t, strings.TrimSuffix(whole, "---\n"), filters)
		log.Filters = own
		lines := log.read(t, d.events())
		top := order[len(order)-1]
		want, err := log.Correlated(top)
		require.NoError(t, err, whole)
		e, found := engine.New(rs, engine.Options{Model: m, Correlations: cs, Reputation: rarity.NewTable(table)})
		require.False(t, found.HasErrors(), "%v\n%s", found, whole)
		enginetest.Add(t, e, lines...)
		results, _, err := e.Finish()
		require.NoError(t, err)
		var got []int
		for _, res := range results {
			if res.Rule.Source.Title == top {
				got = append(got, res.Event.Line-1)
			}
		}
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s", seed, whole, strings.Join(filters, "---\n"), strings.Join(lines, "\n"))
		matched += len(got)
	}
	require.Greater(t, matched, 400)
}
