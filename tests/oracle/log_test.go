package oracle

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// draw writes random rules that ask of other events, and random events that are near in time and have few values.
type draw struct{ *rand.Rand }

func (d draw) pick(values ...string) string { return values[d.IntN(len(values))] }

func (d draw) join() string {
	text := "{rule: " + d.pick("a", "b", "c") + ", same: " + d.pick("host", "[host, User]", "[User]", "{User: Company}", "{Company: user, host: host}", "[sha1]", "{Part: Company}", "{CommandLine: CommandLine}")
	seconds := func(least int) string { return fmt.Sprintf("%ds", least+d.IntN(8)) }
	switch d.IntN(4) {
	case 0:
		text += ", before: " + seconds(1)
	case 1:
		text += ", after: " + seconds(1)
	case 2:
		text += ", before: " + seconds(1) + ", after: " + seconds(1)
	default:
		text += ", within: " + seconds(1)
	}
	distinct, least := d.pick("", "", "distinct: Company, ", "distinct: user, ", "distinct: CommandLine, "), 1+d.IntN(3)
	switch d.IntN(4) {
	case 0:
		text += fmt.Sprintf(", count: {%sgte: %d}", distinct, least)
	case 1:
		text += fmt.Sprintf(", count: {%sgt: %d, lte: %d}", distinct, least-1, least+d.IntN(3))
	case 2:
		text += fmt.Sprintf(", count: {%seq: %d}", distinct, least)
	}
	return text + "}"
}

func (d draw) firstSeen() string {
	return "{fields: " + d.pick("host", "[User]", "[host, User]", "[Company, sha1]", "[CommandLine]") + fmt.Sprintf(", over: %ds", 1+d.IntN(12)) + d.pick("", ", among: s", ", among: y") + "}"
}

func (d draw) prevalence() string {
	field := d.pick("sha1", "sha1", "user", "Company", "Part")
	known := field == "sha1" // to sources of reputation
	text := "{field: " + field + d.pick("", ", among: s", ", among: y")
	if !known || d.IntN(5) > 0 {
		text += ", local: {distinct: " + d.pick("host", "user", "Company") + d.pick("", fmt.Sprintf(", over: %ds", 11+d.IntN(20)))
		switch d.IntN(4) {
		case 0:
			text += fmt.Sprintf(", rarest: %d", 1+d.IntN(3))
		case 1:
			text += fmt.Sprintf(", rarest: %d, lte: %d", 1+d.IntN(3), 1+d.IntN(3))
		case 2:
			text += fmt.Sprintf(", eq: %d", d.IntN(3))
		default:
			text += fmt.Sprintf(", lt: %d", 1+d.IntN(3))
		}
		text += "}"
	}
	if known && (d.IntN(2) == 0 || !strings.Contains(text, "local")) {
		text += d.pick(", global: {lt: 250, default: 0}", ", global: {gte: 3, default: 5}", ", signature: {neq: SignedValid}", ", signature: [signedvalid, Unsigned]", ", signer: Ann", ", threat: {neq: ''}") + d.pick("", ", unavailable: include")
	}
	return text + "}"
}

// rules writes the rule T, and those that it may join: c joins another itself.
func (d draw) rules(section func() string) map[string]string {
	body := "extract: {Part: {field: CommandLine, split: '-', at: 0}}\ndetection:\n"
	out := map[string]string{
		"a": "title: a\nname: a\nlogsource: {product: windows, category: process_creation}\n" + body + "  s: {Kind: [x, y]}\n  condition: s\n",
		"b": "title: b\nname: b\nlogsource: {product: windows, service: security}\n" + body + "  s: {Company: [ann, ſ]}\n  condition: not s\n",
		"c": "title: c\nname: c\nlogsource: {product: windows, category: process_creation}\njoins: {near: {rule: b, same: [host], within: 3s}}\n" + body + "  s: {Kind: z}\n  condition: near or s\n",
	}
	condition := d.pick("s and one", "s and not one", "not s and one", "s and (one or two)", "s and one and not two", "one", "not one", "one or y", "not (one and two) and y")
	logsource := d.pick("{product: windows, category: process_creation}", "{product: windows, service: security}")
	if strings.HasPrefix(section(), "{field:") {
		logsource = "{product: windows, category: process_creation}" // the log Security has no hashes
	}
	text := "title: T\nname: t\nlogsource: " + logsource + "\nschedule: {every: 5s, lookback: 10s}\n"
	kinds := map[string]string{}
	for _, name := range []string{"one", "two"} {
		if strings.Contains(condition, name) {
			written := section()
			kind := "prevalence"
			if strings.HasPrefix(written, "{rule") {
				kind = "joins"
			} else if strings.HasPrefix(written, "{fields") {
				kind = "first_seen"
			}
			kinds[kind] += "  " + name + ": " + written + "\n"
		}
	}
	for _, kind := range []string{"joins", "first_seen", "prevalence"} {
		if kinds[kind] != "" {
			text += kind + ":\n" + kinds[kind]
		}
	}
	text += strings.Replace(body, "CommandLine", d.pick("CommandLine", "Company"), 1) + "  s: {Kind: x}\n"
	if strings.Contains(condition, "y") || strings.Contains(text, "among: y") {
		text += "  y: {Company|startswith: [a, \u212a]}\n"
	}
	if d.IntN(4) == 0 {
		text = fmt.Sprintf("suppress: {%sfor: %ds}\n", d.pick("", "by: host, ", "by: [User], ", "by: [CommandLine, Company], "), 1+d.IntN(10)) + text
	}
	out["T"] = text + "  condition: " + condition + "\n"
	return out
}

// events are of both log sources; some lack values, some have several, and some have no time.
func (d draw) events() (out []map[string]any) {
	begin := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range 24 {
		e := map[string]any{"id": i, "Computer": d.pick("h", "H", "g"), "Kind": d.pick("x", "X", "y", "z")}
		if d.IntN(20) > 0 {
			e["UtcTime"] = begin.Add(time.Duration(d.IntN(40)) * 500 * time.Millisecond).Format(time.RFC3339Nano)
		}
		e["EventID"], e["Channel"] = 1, "Microsoft-Windows-Sysmon/Operational"
		if d.IntN(3) == 0 {
			e["EventID"], e["Channel"] = 4624, "Security"
		}
		for _, f := range []struct {
			name   string
			values []string
		}{
			{"User", []string{"ann", "Ann", "bob", ""}}, {"Company", []string{"ann", "ANN", "bob", "s", "ſ", "\u212a", "k", "ÄÖ", "äö"}}, {"CommandLine", []string{"a-b", "A-B", "a-c", "c"}},
			{"Hashes", []string{"SHA1=AA,MD5=1", "SHA1=aa,MD5=2", "SHA1=BB,MD5=1", "MD5=2"}},
		} {
			switch d.IntN(8) {
			case 0:
			case 1:
				if f.name != "Hashes" {
					e[f.name] = []string{d.pick(f.values...), d.pick(f.values...)}
				}
			default:
				e[f.name] = d.pick(f.values...)
			}
		}
		out = append(out, e)
	}
	return out
}

// read reads the rules and filters for the engine, of which T is given, and for the oracle.
func read(t *testing.T, texts map[string]string, filters []string) (*ir.Rule, map[string]*Rule, []*Filter) {
	t.Helper()
	whole, second := "", map[string]*Rule{}
	for _, name := range []string{"a", "b", "c", "T"} {
		if texts[name] == "" {
			continue
		}
		var err error
		second[name], err = Read([]byte(texts[name]))
		require.NoError(t, err)
		if name == "T" || strings.Contains(texts["T"], "rule:") {
			whole += texts[name] + "---\n"
		}
	}
	rs, _, own := lowered(t, strings.TrimSuffix(whole, "---\n"), filters)
	return rs[len(rs)-1], second, own
}

// lowered reads rules, correlations and filters for the engine, and the filters for the oracle.
func lowered(t *testing.T, whole string, filters []string) (rs []*ir.Rule, cs []*ir.Correlation, ours []*Filter) {
	t.Helper()
	file, found := parse.Documents("r.yml", []byte(whole), nil)
	require.False(t, found.HasErrors(), "%v\n%s", found, whole)
	_, found = parse.LinkJoins(file.Rules, file.Correlations)
	require.False(t, found.HasErrors(), "%v\n%s", found, whole)
	var theirs []*rules.Filter
	for _, text := range filters {
		f, err := ReadFilter([]byte(text))
		require.NoError(t, err)
		read, found := parse.FilterText("f.yml", []byte(text), parse.FilterByForm)
		require.False(t, found.HasErrors(), "%v\n%s", found, text)
		ours, theirs = append(ours, f), append(theirs, read...)
	}
	bySource := map[*rules.Rule]*ir.Rule{}
	for _, r := range file.Rules {
		one, found := ir.Lower(r)
		require.False(t, found.HasErrors(), "%v\n%s", found, whole)
		for _, f := range theirs {
			if f.Covers(r) {
				required, found := ir.LowerFilter(f)
				require.False(t, found.HasErrors(), "%v\n%s", found, filters)
				one = one.Filtered(f, required)
			}
		}
		bySource[r] = one
		rs = append(rs, one)
	}
	rs, found = ir.LinkJoins(rs, bySource)
	require.False(t, found.HasErrors(), "%v\n%s", found, whole)
	for _, r := range rs {
		bySource[r.Source] = r
	}
	linked, found := parse.Link(file.Rules, file.Correlations)
	require.False(t, found.HasErrors(), "%v\n%s", found, whole)
	cs, found = ir.LowerCorrelations(linked, bySource)
	require.False(t, found.HasErrors(), "%v\n%s", found, whole)
	return rs, cs, ours
}

// read gives a log events, and the lines that they are.
func (l *Log) read(t *testing.T, events []map[string]any) (lines []string) {
	t.Helper()
	for _, e := range events {
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		fields, err := event.Decode(raw)
		require.NoError(t, err)
		lines = append(lines, string(raw))
		l.Events = append(l.Events, event.Of(fields))
	}
	return lines
}

// agree holds that the engine and the oracle find the same events, and counts these and all. about says which random
// rule it is.
func agree(t *testing.T, m *schema.Model, texts map[string]string, filters []string, events []map[string]any, table []map[string]string, now time.Time, about string) (matched, judged int) {
	t.Helper()
	rule, second, own := read(t, texts, filters)
	log := &Log{Model: m, Rules: second, Filters: own, Reputation: table, Now: now}
	lines := log.read(t, events)
	want, err := log.Alerts(second["T"])
	require.NoError(t, err, texts["T"])
	results, _ := enginetest.Run(t, engine.Options{Model: m, Now: now, Reputation: rarity.NewTable(table)}, []*ir.Rule{rule}, lines...)
	var got []int
	for _, res := range results {
		got = append(got, res.Event.Line-1)
	}
	require.ElementsMatch(t, want, got, "%s\n%s\n%s\n%s\n%s", about, texts["T"], texts["a"], strings.Join(filters, "---\n"), strings.Join(lines, "\n"))
	return len(got), len(log.Events)
}

// TestOtherEventsAgree compares the engine with the oracle on random rules that ask of other events, under random
// filters, over a whole log and as a run that looks back.
func TestOtherEventsAgree(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	table := []map[string]string{
		{"sha1": "aa", "GlobalPrevalence": "7", "SignatureState": "SignedValid", "Signer": "ann"},
		{"sha1": "bb", "ProfileAvailability": "Error", "GlobalPrevalence": "900", "ThreatName": "bad"},
	}
	for name, section := range map[string]func(draw) string{"joins": draw.join, "first_seen": draw.firstSeen, "prevalence": draw.prevalence} {
		t.Run(name, func(t *testing.T) {
			matched, judged := 0, 0
			for seed := range fixture.Times[uint64](150, 300) {
				d := draw{rand.New(rand.NewPCG(seed, 21))}
				texts := d.rules(func() string { return section(d) })
				var now time.Time
				if d.IntN(3) == 0 && name == "prevalence" {
					now = time.Date(2026, 3, 1, 10, 0, 15, 0, time.UTC)
				}
				got, events := agree(t, m, texts, d.filters(false), d.events(), table, now, fmt.Sprint("seed ", seed))
				matched, judged = matched+got, judged+events
			}
			require.Greater(t, matched, judged/20)
			require.Less(t, matched, judged/2)
		})
	}
}
