package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// firstSeen is a rule that asks for hosts and hashes which did not come before, among events whose command line has
// `pop`.
func firstSeen(t testing.TB, spec, condition string) *ir.Rule {
	t.Helper()
	return lowered.Rule(t, "first_seen: {new: {"+spec+"}}\ndetection:\n  mine: {CommandLine|contains: mine}\n  pop: {CommandLine|contains: pop}\n  condition: "+condition+"\n")
}

func TestFirstSeen(t *testing.T) {
	events := []string{
		process(1, "10:00:00", "h", "x", "mine"), process(2, "10:10:00", "H", "X", "pop"), process(3, "10:20:00", "h", "x", "mine pop"),
		process(4, "10:30:00", "h", "", "mine"), process(5, "10:40:00", "h", "y", "mine"), process(6, "10:40:00", "h", "y", "mine"), process(7, "10:40:01", "h", "x", "mine"),
		`{"ActionType":"ProcessCreated","ReportId":8,"DeviceId":"n","SHA1":"x","ProcessCommandLine":"mine"}`,
	}
	for _, c := range []struct{ name, spec, condition, want string }{
		{"in the log source", "fields: [host, sha1], over: 1d", "mine and new", "1 5 6"},
		{"among others", "fields: [host, sha1], over: 1d, among: pop", "mine and new", "1 5 6"},
		{"long ago", "fields: [host, sha1], over: 10m, among: pop", "mine and new", "1 5 6 7"},
		{"just", "fields: [host, sha1], over: 9m, among: pop", "mine and new", "1 3 5 6 7"},
		{"one field", "fields: host, over: 1d", "mine and new", "1"},
		{"negated, also of a missing value", "fields: [host, sha1], over: 1d", "mine and not new", "3 4 7 8"},
	} {
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, []*ir.Rule{firstSeen(t, c.spec, c.condition)}, events...)
		assert.Equal(t, c.want, strings.Join(got, " "), c.name)
	}
	x := explained(t, engine.Options{Model: lowered.Model(t, "mde")}, firstSeen(t, "fields: [host, sha1], over: 14d, among: pop", "mine and new"), events[1], events[0], events[2])
	assert.False(t, x.Matched)
	step := leaves(x.Condition)[1]
	assert.Equal(t, "1 match of pop: event 2 (test:1)", step.Value)
	assert.Contains(t, step.Text, "first_seen new: it is the first event in 14 days with its values of host, sha1")
}

// TestFirstSeenOfSeveralLogSources has what came before in any of the rule's log sources, also in one that is not the
// first.
func TestFirstSeenOfSeveralLogSources(t *testing.T) {
	load := func(id int, at string) string {
		return fmt.Sprintf(`{"ActionType":"ImageLoaded","ReportId":%d,"Timestamp":"2026-03-01T%sZ","DeviceId":"h","SHA1":"x","FolderPath":"mine pop"}`, id, at)
	}
	for _, among := range []string{"", ", among: pop"} {
		rule := lowered.Rule(t, `
logsource:
  - {product: windows, category: process_creation}
  - {product: windows, category: image_load}
first_seen: {new: {fields: host, over: 1d`+among+`}}
detection:
  pop: {sha1: x}
  condition: pop and new
`)
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, []*ir.Rule{rule}, load(1, "10:00:00"), load(2, "10:10:00"), process(3, "10:20:00", "h", "x", "mine"))
		assert.Equal(t, []string{"1"}, got, among)
	}
}

// TestRandomFirstSeen compares the engine with what first_seen means, written out plainly.
func TestRandomFirstSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 100 {
		var lines, want []string
		type happened struct {
			second     int
			host, hash string
			mine, pop  bool
		}
		var all []happened
		for i := range 40 {
			h := happened{second: r.IntN(60), host: []string{"h", "H", "g", ""}[r.IntN(4)], hash: []string{"x", "X", "y", ""}[r.IntN(4)], mine: r.IntN(2) == 0, pop: r.IntN(2) == 0}
			all = append(all, h)
			lines = append(lines, process(i, fmt.Sprintf("10:00:%02d", h.second), h.host, h.hash, map[bool]string{true: "mine "}[h.mine]+map[bool]string{true: "pop"}[h.pop]))
		}
		over, among := 1+r.IntN(30), r.IntN(2) == 0
		for i, h := range all {
			holds := h.mine && h.host != "" && h.hash != ""
			for _, o := range all {
				holds = holds && !(strings.EqualFold(o.host, h.host) && strings.EqualFold(o.hash, h.hash) && (o.pop || !among) && o.second < h.second && o.second >= h.second-over)
			}
			if holds {
				want = append(want, fmt.Sprint(i))
			}
		}
		spec := fmt.Sprintf("fields: [host, sha1], over: %ds", over)
		if among {
			spec += ", among: pop"
		}
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, []*ir.Rule{firstSeen(t, spec, "mine and new")}, lines...)
		assert.Equal(t, strings.Join(want, " "), strings.Join(got, " "), spec)
	}
}
