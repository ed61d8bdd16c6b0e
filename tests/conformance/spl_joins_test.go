package conformance

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture"
)

// naiveJoins is what a rule of randomJoins means, written out plainly: every event is compared with every other.
type naiveJoins struct {
	events []splRow
	mine   func(splRow) bool // of the rule's log source
	rules  map[string]func(splRow) bool
}

// first is the first value of a field, in lower case; "" if there is none.
func (n naiveJoins) first(e splRow, field string) string {
	switch v := e[field].(type) {
	case []string:
		return strings.ToLower(v[0])
	case string:
		return strings.ToLower(v)
	}
	return ""
}

func (n naiveJoins) found(r *ir.Rule) []string {
	ids := []string{}
	for _, e := range n.events {
		if n.mine(e) && n.holds(r.Condition, e) {
			ids = append(ids, e["id"].(string))
		}
	}
	return ids
}

func (n naiveJoins) holds(node ir.Node, e splRow) bool {
	switch node := node.(type) {
	case *ir.And:
		return !slices.ContainsFunc(node.Terms, func(t ir.Node) bool { return !n.holds(t, e) })
	case *ir.Or:
		return slices.ContainsFunc(node.Terms, func(t ir.Node) bool { return n.holds(t, e) })
	case *ir.Not:
		return !n.holds(node.Term, e)
	case *ir.Named:
		switch node.Name {
		case "s":
			return n.first(e, "Kind") == "x"
		case "y":
			return n.first(e, "Other") == "x"
		}
		return n.holds(node.Body, e)
	case *ir.Join:
		return n.joins(node, e)
	}
	panic("not of a random join")
}

// firstSeen is what a first_seen condition means: all values are there, and none like them came in the time before.
func (n naiveJoins) firstSeen(j *ir.Join, e splRow) bool {
	for _, f := range j.Mine {
		if n.first(e, f.Name) == "" {
			return false
		}
	}
	return !slices.ContainsFunc(n.events, func(o splRow) bool {
		at := o["_time"].(float64) - e["_time"].(float64)
		near := n.mine(o) && at >= -j.Before.Seconds() && at < 0 && (j.To.Text != "s" || n.first(o, "Kind") == "x")
		for _, f := range j.Mine {
			near = near && n.first(o, f.Name) == n.first(e, f.Name)
		}
		return near
	})
}

func (n naiveJoins) joins(j *ir.Join, e splRow) bool {
	if j.First {
		return n.firstSeen(j, e)
	}
	count, values := 0, map[string]bool{}
	for _, o := range n.events {
		at := o["_time"].(float64) - e["_time"].(float64)
		near := n.rules[j.To.Text](o) && at >= -j.Before.Seconds() && at <= j.After.Seconds()
		for i := range j.Mine {
			own := n.first(e, j.Mine[i].Name)
			near = near && own != "" && own == n.first(o, j.Theirs[i].Name)
		}
		if !near {
			continue
		}
		count++
		if j.Distinct != nil {
			values[n.first(o, j.Distinct.Name)] = true
		}
	}
	if delete(values, ""); j.Distinct != nil {
		count = len(values)
	}
	return rules.Within(j.Bounds, float64(count))
}

// TestSPLJoinsFindWhatTheyMean runs searches of random joins over random events.
func TestSPLJoinsFindWhatTheyMean(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	matched := 0
	for seed := range fixture.Times[uint64](400, 2500) {
		r := rand.New(rand.NewPCG(seed, 31))
		text := randomJoins(r, []string{"{product: windows, service: security}", "{product: windows, category: process_creation}"}[r.IntN(2)])
		rule := joinedRule(t, splInputs, text)
		q, found := spl.New().Compile(rule, compilers.Options{Model: m, Approximate: []string{"all"}})
		require.NotNil(t, q, "%s\n%v", text, found)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := splRandomEvents(r)
		security := func(e splRow) bool { return e["source"] == "XmlWinEventLog:Security" }
		n := naiveJoins{events, security, splMeant}
		if rule.Source.LogSource.Category != "" {
			n.mine = func(e splRow) bool { return !security(e) && e["EventCode"] == "1" }
		}
		want := n.found(rule)
		var got []string
		for _, row := range splRun(q.Text, events) {
			got = append(got, row["id"].(string))
		}
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s", seed, text, q.Text, splShow(events))
		matched += len(want)
	}
	assert.Greater(t, matched, 200)
}
