package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/compilers/packages/splunk"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestSPLShowsAUserOfTwoColumns: the rows of a packaged search have the user in one column, whichever of the event's
// has it, and as the engine suppresses by it.
func TestSPLShowsAUserOfTwoColumns(t *testing.T) {
	t.Parallel()
	event := func(id, code, subject, target string, at float64) doc {
		return doc{"RecordID": id, "_time": at, "source": "XmlWinEventLog:Security", "EventCode": code, "SubjectUserName": subject, "TargetUserName": target, "host": "h"}
	}
	events := []doc{event("1", "4624", "SYSTEM", "ann", 1700000000), event("2", "4688", "ann", "-", 1700000060), event("3", "4672", "bob", "x", 1700000120),
		event("4", "4625", "SYSTEM", "bob", 1700000180), event("5", "4625", "ann", "SYSTEM", 1700000240)}
	wantUser := map[string]string{"1": "ann", "2": "ann", "3": "bob", "4": "bob", "5": "SYSTEM"}
	for name, c := range map[string]struct{ rule, column string }{
		"any event":   {"detection: {s: {EventID|gte: 4624}, condition: s}\n", "DecreeUser"},
		"asked of it": {"detection: {s: {EventID|gte: 4624, user|contains: [a, o, s]}, condition: s}\n", "DecreeUser"},
		"counted":     {"prevalence: {p: {field: user, local: {distinct: host, lte: 5}}}\ndetection: {s: {EventID|gte: 4624}, condition: s and p}\n", "DecreeUser"},
		"joined": {"joins: {j: {rule: all, same: [host], within: 1d}}\ndetection: {s: {EventID|gte: 4624}, condition: s and j}\n---\ntitle: All\nname: all\n" +
			"logsource: {product: windows, service: security}\ndetection: {s: {EventID|gte: 4624}, condition: s}\n", "DecreeUser"},
	} {
		r := lowered.Rules(t, "title: T\nlogsource: {product: windows, service: security}\nsuppress: {by: [user], for: 1h}\n"+c.rule)[0]
		m, err := schema.Load("splunk-windows")
		require.NoError(t, err)
		q, found := spl.New().Compile(r, compilers.Options{Model: m, Show: packages.ShowOf(splunk.New(), r)})
		require.NotNil(t, q, "%s: %v", name, found)
		column, ok := q.Result.Column("user")
		require.True(t, ok, name)
		assert.Equal(t, c.column, column, name)
		_, err = checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		first, alerts := map[string]bool{}, []string{}
		rows := splRun(q.Text, splRows(t, events))
		require.Len(t, rows, len(events), "%s: %s", name, q.Text)
		users := map[string]string{}
		for _, row := range rows {
			users[fmt.Sprint(row["RecordID"])] = fmt.Sprint(row[column])
		}
		assert.Equal(t, wantUser, users, name)
		for _, e := range events { // as Splunk suppresses, by the column's values
			id := e["RecordID"].(string)
			if !first[users[id]] {
				first[users[id]] = true
				alerts = append(alerts, id)
			}
		}
		assert.ElementsMatch(t, RunEngine(t, r, m, writeEvents(t, events), splVerdicts()), alerts, name)
	}
}
