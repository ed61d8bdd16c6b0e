package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
)

// randomJoins writes the rule T, which joins some of the rules a, b and c, or asks what is seen first. logsource is its
// log source.
func randomJoins(r *rand.Rand, logsource string) string {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	one := func(name string) string {
		text := "  " + name + ": {rule: " + pick("a", "b", "c") + ", same: " + pick("[U]", "[U]", "[V]", "[U, V]", "{U: V}", "{V: U}", "[W]")
		seconds := func(least int) string { return strconv.Itoa(least+r.IntN(6)) + "s" }
		switch r.IntN(4) {
		case 0:
			text += ", before: " + seconds(1)
		case 1:
			text += ", after: " + seconds(1)
		case 2:
			text += ", before: " + seconds(1) + ", after: " + seconds(1)
		default:
			text += ", within: " + seconds(1)
		}
		least := 1 + r.IntN(3)
		distinct := pick("", "", "distinct: V, ", "distinct: W, ")
		switch r.IntN(4) {
		case 0:
			text += fmt.Sprintf(", count: {%sgte: %d}", distinct, least)
		case 1:
			text += fmt.Sprintf(", count: {%sgt: %d, lte: %d}", distinct, least-1, least+r.IntN(3))
		case 2:
			text += fmt.Sprintf(", count: {%seq: %d}", distinct, least)
		}
		return text + "}\n"
	}
	condition := pick("s and one", "s and one", "s and not one", "s and not one", "s and (one or two)", "s and one and not two", "s and (one or y)", "s and (not one or two)", "one", "not two")
	sections := map[string]string{}
	for _, name := range []string{"one", "two"} {
		switch {
		case !strings.Contains(condition, name):
		case r.IntN(3) == 0:
			sections["first_seen"] += fmt.Sprintf("  %s: {fields: %s, over: %ds%s}\n", name, pick("[U]", "[V]", "[U, V]", "[W]"), 1+r.IntN(6), pick("", ", among: s"))
		default:
			sections["joins"] += one(name)
		}
	}
	text := "title: T\nlogsource: " + logsource + "\n"
	for _, section := range []string{"joins", "first_seen"} {
		if sections[section] != "" {
			text += section + ":\n" + sections[section]
		}
	}
	text += "detection:\n  s: {Kind: x}\n"
	if strings.HasSuffix(condition, "y)") {
		text += "  y: {Other: x}\n"
	}
	return text + "  condition: " + condition + "\n"
}

// joinedRule lowers the last rule of a text that stands beside others, with a filter over c.
func joinedRule(t *testing.T, others, text string) *ir.Rule {
	t.Helper()
	read, found := parse.Documents("rule.yml", []byte(others+text), nil)
	require.Empty(t, found, text)
	_, found = parse.LinkJoins(read.Rules, nil)
	require.Empty(t, found, text)
	lowered := filteredInputs(t, read.Rules)
	rs, found := ir.LinkJoins([]*ir.Rule{lowered[read.Rules[len(read.Rules)-1]]}, lowered)
	require.Empty(t, found)
	return rs[0]
}

// joinsFound are the ids of the events that the engine finds, sorted.
func joinsFound(t *testing.T, r *ir.Rule, lines string, opt engine.Options) []string {
	t.Helper()
	e, found := engine.New([]*ir.Rule{r}, opt)
	require.Empty(t, found)
	in, err := event.NewReader("x.ndjson", strings.NewReader(lines), event.Options{})
	require.NoError(t, err)
	require.NoError(t, e.Run(in, "x", 1, nil))
	results, stats, err := e.Finish()
	require.NoError(t, err)
	require.Zero(t, stats.Timeless+stats.Uncorrelated)
	ids := []string{}
	for _, found := range results {
		ids = append(ids, found.EventID)
	}
	slices.Sort(ids)
	return ids
}
