package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// joining gives a rule that joins others with `a`, and these: `mine` in the command line of the event, `theirs` in that
// of others.
func joining(t testing.TB, joins, condition string, more ...string) []*ir.Rule {
	t.Helper()
	text := "title: Mine\nlogsource: {product: windows, category: process_creation}\njoins:\n" + joins +
		"detection:\n  mine: {CommandLine|contains: mine}\n  condition: " + condition + "\n"
	for _, other := range append([]string{"title: Theirs\nname: theirs\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine|contains: theirs}, condition: s}\n"}, more...) {
		text += "---\n" + other
	}
	return lowered.Rules(t, text)
}

// process is a process of Defender: an event id, a time, a host, a hash and a command line.
func process(id int, at, host, hash, command string) string {
	return enginetest.DefenderProcess(id, at, host, hash, command)
}

// TestJoins runs joins whose events are named `theirs` on a few events of each.
func TestJoins(t *testing.T) {
	events := []string{
		process(1, "10:00:00", "h", "x", "mine"), process(2, "10:10:00", "H", "X", "theirs"), process(3, "10:20:00", "h", "x", "mine"),
		process(4, "10:20:00", "h", "y", "theirs"), process(5, "10:30:00", "other", "x", "mine"), process(6, "10:40:00", "h", "z", "theirs"),
		process(7, "10:40:01", "", "x", "mine theirs"), process(8, "11:00:00", "h", "", "mine"), process(9, "11:00:01", "h", "", "mine theirs"),
		`{"ActionType":"ProcessCreated","ReportId":10,"DeviceId":"h","SHA1":"x","ProcessCommandLine":"mine"}`,
	}
	for _, c := range []struct{ name, joins, condition, want string }{
		{"before, in any case", "{rule: theirs, same: [host, sha1], before: 10m}", "mine and a", "3"},
		{"just outside", "{rule: theirs, same: [host, sha1], before: 9m}", "mine and a", ""},
		{"after", "{rule: theirs, same: [host], after: 10m}", "mine and a", "1 3 8 9"},
		{"the same time counts, and the event itself", "{rule: theirs, same: [host], after: 1s}", "mine and a", "3 8 9"},
		{"either side", "{rule: theirs, same: [host], within: 10m}", "mine and a", "1 3 8 9"},
		{"not there", "{rule: theirs, same: [host], within: 10m}", "mine and not a", "5 7 10"},
		{"several", "{rule: theirs, same: [host], before: 2h, count: {gte: 2}}", "mine and a", "3 8 9"},
		{"a range", "{rule: theirs, same: [host], before: 2h, count: {gt: 1, lt: 3}}", "mine and a", "3"},
		{"different values", "{rule: theirs, same: [host], before: 2h, count: {distinct: sha1, gte: 3}}", "mine and a", "8 9"},
		{"different values, without those that are missing", "{rule: theirs, same: [host], before: 1s, count: {distinct: sha1, gte: 1}}", "mine and a", "3"},
		{"another field", "{rule: theirs, same: {sha1: host}, before: 2h}", "mine and a", ""},
		{"or", "{rule: theirs, same: [host], before: 10m}", "mine and (a or x)\n  x: {SHA1: x}", "1 3 5 7 9 10"},
	} {
		rs := joining(t, "  a: "+c.joins+"\n", c.condition)
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, rs, events...)
		assert.Equal(t, c.want, strings.Join(got, " "), c.name)
		got = enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, rs[:1], events...)
		assert.Equal(t, c.want, strings.Join(got, " "), "%s: the engine adds the other rule", c.name)
	}
}

// TestJoinedRulesReport: a rule in the file of the one that joins it is a part of it, unless the join says generate.
func TestJoinedRulesReport(t *testing.T) {
	events := []string{process(1, "10:00:00", "h", "x", "theirs"), process(2, "10:00:00", "h", "x", "mine")}
	opt := engine.Options{Model: lowered.Model(t, "mde")}
	for text, want := range map[string]string{"": "2", ", generate: true": "1 2"} {
		rs := joining(t, "  a: {rule: theirs, same: [host], before: 1h"+text+"}\n", "mine and a")
		assert.Equal(t, want, strings.Join(enginetest.IDs(t, opt, rs, events...), " "), text)
	}
	rs := joining(t, "  a: {rule: theirs, same: [host], before: 1h}\n", "mine and a")
	rs[1].Source.Range.File = "other.yml"
	assert.Equal(t, "1 2", strings.Join(enginetest.IDs(t, opt, rs, events...), " "), "of another file")
	opt.Silent = map[*rules.Rule]bool{rs[1].Source: true}
	assert.Equal(t, "2", strings.Join(enginetest.IDs(t, opt, rs, events...), " "), "not selected")
}

// TestJoinsOfJoins asks a rule after those that it joins, and reads as far back as all of them need.
func TestJoinsOfJoins(t *testing.T) {
	rs := joining(t, "  a: {rule: middle, same: [host], before: 1h}\n", "mine and a",
		"title: Middle\nname: middle\nlogsource: {product: windows, category: process_creation}\njoins: {b: {rule: theirs, same: [host], after: 30m}}\ndetection: {s: {CommandLine|contains: middle}, condition: s and b}\n")
	events := []string{process(1, "10:00:00", "h", "x", "mine"), process(2, "09:30:00", "h", "x", "middle"), process(3, "09:59:00", "h", "x", "theirs"), process(4, "10:00:00", "g", "x", "mine"), process(5, "09:30:00", "g", "x", "middle")}
	opt := engine.Options{Model: lowered.Model(t, "mde")}
	assert.Equal(t, []string{"1"}, enginetest.IDs(t, opt, rs, events...))
	assert.Equal(t, time.Duration(30)*time.Minute, rs[0].Delay())
	assert.Equal(t, time.Hour, rs[0].JoinReach())
	rs[0].Source.Schedule.Lookback = 10 * time.Minute
	for now, want := range map[string]int{"10:29:59": 0, "10:30:00": 1, "10:40:00": 1, "10:40:01": 0} {
		opt.Now = enginetest.Time(now)
		assert.Len(t, enginetest.IDs(t, opt, rs, events...), want, now)
	}
}

// TestJoinsOfAnUnreadLog: a rule whose other rule no log source answers is not run, even if it excludes by it.
func TestJoinsOfAnUnreadLog(t *testing.T) {
	rs := joining(t, "  a: {rule: elsewhere, same: [host], before: 1h}\n", "mine and not a", "title: E\nname: elsewhere\nlogsource: {product: aws}\ndetection: {s: {a: b}, condition: s}\n")
	e, found := engine.New(rs[:1], engine.Options{Model: lowered.Model(t, "mde")})
	require.Len(t, found, 1)
	assert.Equal(t, "join-input-not-run", found[0].Code)
	assert.Empty(t, e.Rules())
	_, found = engine.New(rs[:1], engine.Options{Model: lowered.Model(t, "linux")}) // which has not the rule's own log either
	require.Len(t, found, 1)
	assert.Equal(t, "no-log-source", found[0].Code)
	rs = joining(t, "  a: {rule: theirs, same: {host: QueryName}, before: 1h}\n", "mine and not a")
	_, found = engine.New(rs, engine.Options{Model: lowered.Model(t, "mde")})
	require.Len(t, found, 1)
	assert.Equal(t, "join-field", found[0].Code)
}

// TestBacktestsWaitForWhatComesAfter: a run judges an event once all that its joins look for has come.
func TestBacktestsWaitForWhatComesAfter(t *testing.T) {
	events := []string{process(1, "09:50:00", "h", "x", "mine"), process(2, "10:05:00", "h", "x", "theirs"), process(3, "09:50:00", "g", "x", "mine"), process(4, "12:00:00", "g", "x", "mine"), process(5, "09:00:00", "g", "x", "theirs")}
	hourly := rules.Schedule{Every: time.Hour, Lookback: time.Hour}
	for _, c := range []struct{ joins, condition, want string }{
		{"{rule: theirs, same: [host], after: 20m}", "mine and a", "11:00 1"},
		{"{rule: theirs, same: [host], after: 20m}", "mine and not a", "11:00 3, 13:00 4"},
		{"{rule: theirs, same: [host], before: 1h}", "mine and not a", "10:00 1, 12:00 4"},
		{"{rule: theirs, same: [host], before: 1h}", "mine and a", "10:00 3"},
		{"{rule: theirs, same: [host], within: 4h}", "mine and a", "14:00 1, 14:00 3, 16:00 4"},
	} {
		alerts, _ := backtest(t, joining(t, "  a: "+c.joins+"\n", c.condition), hourly, events...)
		for i := range alerts {
			alerts[i] = strings.TrimSpace(alerts[i])
		}
		assert.Equal(t, c.want, strings.Join(alerts, ", "), c.joins+" "+c.condition)
	}
}

// TestCorrelationsOfJoins: a rule with joins is an input like others, in one run and in a backtest.
func TestCorrelationsOfJoins(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: Mine\nname: mine\nlogsource: {product: windows, category: process_creation}\njoins: {a: {rule: theirs, same: [host], after: 10m}}\ndetection: {s: {CommandLine|contains: mine}, condition: s and a}\n"+
		"---\ntitle: Theirs\nname: theirs\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine|contains: theirs}, condition: s}\n"+
		"---\ntitle: Two\ncorrelation: {type: event_count, rules: [mine], group-by: [host], timespan: 1h, condition: {gte: 2}}\n")
	events := []string{process(1, "09:30:00", "h", "x", "mine"), process(2, "09:55:00", "h", "x", "mine"), process(3, "09:35:00", "h", "x", "theirs"), process(4, "10:01:00", "h", "x", "theirs")}
	opt := engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs}
	assert.Equal(t, []string{"2"}, enginetest.IDs(t, opt, rs, events...))
	b, found := engine.NewBacktest(rs, opt)
	require.Empty(t, found)
	enginetest.Add(t, b.Engine, events...)
	alerts, _, _, err := enginetest.Replay(b, func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} })
	require.NoError(t, err)
	require.Len(t, alerts, 1)
	assert.Equal(t, "11:00", alerts[0].At.Format("15:04"))
}

// TestJoinsAreExplained names the other events, or says that there is none.
func TestJoinsAreExplained(t *testing.T) {
	rs := joining(t, "  a: {rule: theirs, same: [host], before: 1h, count: {distinct: sha1, gte: 2}}\n", "mine and a")
	opt := engine.Options{Model: lowered.Model(t, "mde"), Evidence: true}
	var lines []string
	for i := range 5 {
		lines = append(lines, process(i, "09:30:00", "h", fmt.Sprint("x", i%3), "theirs"))
	}
	for host, want := range map[string]string{
		"h": "5 matches of theirs with 3 distinct sha1: event 0 (test:1), event 1 (test:2), event 2 (test:3), and 2 more",
		"g": "no match of theirs", "": "the event has no host",
	} {
		all := append(slices.Clone(lines), process(9, "10:00:00", host, "x", "mine theirs"))
		if host == "g" {
			all[5] = strings.ReplaceAll(all[5], " theirs", "")
		}
		x := explained(t, opt, rs[0], all...)
		steps := leaves(x.Condition)
		if host == "h" {
			want = strings.Replace(strings.Replace(want, "5 matches", "6 matches", 1), "3 distinct", "4 distinct", 1)
			want = strings.Replace(want, "2 more", "3 more", 1)
		}
		assert.Equal(t, want, steps[1].Value)
		assert.Equal(t, host == "h", x.Matched)
		assert.Contains(t, steps[1].Text, "join a: there are at least 2 different values of sha1 in matches of theirs (with the same host; up to 1 hour before the event)")
		results, _ := enginetest.Run(t, opt, rs, all...)
		assert.Len(t, results, map[bool]int{true: 1}[host == "h"])
		for _, r := range results {
			require.Len(t, r.Joins, 1)
			assert.Len(t, r.Joins[0].Events, 6)
			assert.Equal(t, "join", r.Evidence[1].Test)
			assert.Equal(t, []string{want}, r.Evidence[1].Values)
		}
	}
}

// TestJoinsStayInMemory: matches that have no room are counted, and the run goes on.
func TestJoinsStayInMemory(t *testing.T) {
	rs := joining(t, "  a: {rule: theirs, same: [host], before: 1h}\n", "mine and a")
	opt := engine.Options{Model: lowered.Model(t, "mde"), MaxPending: 2}
	_, stats := enginetest.Run(t, opt, rs, process(1, "10:00:00", "h", "x", "theirs"), process(2, "10:00:00", "h", "x", "theirs"), process(3, "10:00:00", "h", "x", "theirs"), process(4, "10:00:00", "h", "x", "mine"))
	assert.Equal(t, 1, stats.Uncorrelated)
	_, stats = enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde"), MaxPending: 1}, rs, process(1, "10:00:00", "h", "x", "other"), process(2, "10:00:00", "h", "x", "mine"), process(3, "10:00:00", "h", "x", "mine"))
	assert.Equal(t, 1, stats.Dropped, "only events that may match wait")
}

// happened is an event that one of the two rules may find, or both.
type happened struct {
	second           int
	host, hash, line string
	mine, theirs     bool
}

// near counts the other rule's events in the window of an event that have its host, with sameHash also its hash, and
// their different hashes.
func (m happened) near(all []happened, before, after int, sameHash bool) (events, hashes int) {
	seen := map[string]bool{}
	for _, o := range all {
		if !o.theirs || m.host == "" || !strings.EqualFold(m.host, o.host) || o.second < m.second-before || o.second > m.second+after {
			continue
		}
		if sameHash && (m.hash == "" || !strings.EqualFold(m.hash, o.hash)) {
			continue
		}
		if events++; o.hash != "" {
			seen[strings.ToLower(o.hash)] = true
		}
	}
	return events, len(seen)
}

// TestRandomJoins compares the engine with what a join means, written out plainly.
func TestRandomJoins(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 150 {
		var lines []string
		var all []happened
		for i := range 40 {
			h := happened{second: r.IntN(60), host: []string{"h", "H", "g", ""}[r.IntN(4)], hash: []string{"x", "X", "y", "z", ""}[r.IntN(5)], mine: r.IntN(2) == 0, theirs: r.IntN(2) == 0}
			if h.mine {
				h.line += "mine "
			}
			if h.theirs {
				h.line += "theirs"
			}
			all = append(all, h)
			lines = append(lines, process(i, fmt.Sprintf("10:00:%02d", h.second), h.host, h.hash, h.line))
		}
		before, after, least, most := r.IntN(20), r.IntN(20), 1+r.IntN(3), 3+r.IntN(9)
		if before+after == 0 {
			before = 1
		}
		distinct, both, negated := r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
		text := "rule: theirs"
		if before > 0 {
			text += fmt.Sprintf(", before: %ds", before)
		}
		if after > 0 {
			text += fmt.Sprintf(", after: %ds", after)
		}
		same := "[host]"
		if both {
			same = "[host, sha1]"
		}
		count := fmt.Sprintf("gte: %d, lte: %d", least, most)
		if distinct {
			count = "distinct: sha1, " + count
		}
		condition := "mine and a"
		if negated {
			condition = "mine and not a"
		}
		want := []string{}
		for i, m := range all {
			n, hashes := m.near(all, before, after, both)
			if distinct {
				n = hashes
			}
			if m.mine && (n >= least && n <= most) != negated {
				want = append(want, fmt.Sprint(i))
			}
		}
		rs := joining(t, fmt.Sprintf("  a: {%s, same: %s, count: {%s}}\n", text, same, count), condition)
		require.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, rs, lines...), "%s %s %s %s", text, same, count, condition)
	}
}

// TestJoinsOnSeveralWorkers: the number of workers changes nothing.
func TestJoinsOnSeveralWorkers(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		b.WriteString(process(i, fmt.Sprintf("10:%02d:%02d", i/60%60, i%60), fmt.Sprint("h", i%5), "x", []string{"mine", "theirs", "neither"}[i%3]) + "\n")
	}
	var first []string
	for workers := 1; workers < 4; workers++ {
		e, found := engine.New(joining(t, "  a: {rule: theirs, same: [host], before: 10s}\n", "mine and a"), engine.Options{Model: lowered.Model(t, "mde")})
		require.Empty(t, found)
		reader, err := event.NewReader("events.ndjson", strings.NewReader(b.String()), event.Options{})
		require.NoError(t, err)
		require.NoError(t, e.Run(reader, "test", workers, nil))
		results, _, err := e.Finish()
		require.NoError(t, err)
		var ids []string
		for _, r := range results {
			ids = append(ids, r.EventID)
		}
		if first == nil {
			first = ids
			assert.NotEmpty(t, ids)
		}
		assert.Equal(t, first, ids)
	}
}
