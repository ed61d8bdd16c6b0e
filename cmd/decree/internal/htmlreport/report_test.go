package htmlreport

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/alerts"
	"decree/engine"
	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/rules"
	"decree/rules/ir"
)

// written is the page of some matches.
func written(t *testing.T, all ...alerts.Alert) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "report.html")
	r, err := Create(at, false)
	require.NoError(t, err)
	for _, a := range all {
		r.Add(a)
	}
	rule := &ir.Rule{Source: &rules.Rule{Title: "Slow <b>"}}
	require.NoError(t, r.Close([]engine.Suspension{{Rule: rule, EventID: "5", Source: "e", Line: 5, Reason: "too many steps"}}, []*ir.Rule{rule}))
	require.NoError(t, r.Discard())
	text, err := os.ReadFile(at)
	require.NoError(t, err)
	return string(text)
}

func alert(level, at string) alerts.Alert {
	return alerts.Alert{
		Time: at, Level: level, Rule: "Who", ID: "id", RuleFile: "rules/who.yml", RuleLine: 1, Host: "PC7", User: "ann", Channel: "Security", Code: "4688", EventID: "7", Source: "e.evtx", Line: 3,
		Tactics: []string{"privilege-escalation", "own-tactic"}, Techniques: []string{"T1033"},
		Facts:      []event.Fact{{Name: "time", Value: at}, {Name: "host", Value: "PC7"}, {Name: "Image", Value: "who.exe"}, {Name: "CommandLine", Value: "who /all"}},
		Evidence:   []engine.Evidence{{Name: "tool", Field: "Image", Test: `endswith "who.exe"`, Values: []string{"one\ntwo\u202e"}, At: []int{0}, From: "event 3"}},
		Ancestors:  []lineage.Ancestor{{Level: 1, Image: "cmd.exe", From: "x"}, {Level: 2, Image: "sqlservr.exe", From: "x"}, {Level: 3, Image: "services.exe", From: "x"}},
		Reputation: map[string]string{"signer": "none"}, Fields: map[string]string{"Extra": "5"},
	}
}

func TestPage(t *testing.T) {
	with := alert("high", "2026-03-01T10:00:00.000Z")
	with.Correlated = &correlate.Window{Count: 3, First: "2026-03-01T09:00:00Z", Group: []event.Fact{{Name: "User", Value: "ann"}}, Events: []correlate.Member{{Rule: "base", ID: "1", Source: "e", Line: 1}}}
	page := written(t, with, alert("", ""))
	for _, want := range []string{
		"<h1>2 matches</h1>", `<b class="high">1</b>High`, `<b class="none">1</b>No level`, "Events from 2026-03-01 10:00 to 2026-03-01 10:00. All times are UTC.", "a bar is 1 hour",
		"<title>2026-03-01 10:00: 1 high</title>", "Privilege escalation", "Own tactic", `<code>Image endswith &#34;who.exe&#34;</code> <span class="dim">(event 3)</span>`,
		"one\ntwo\\u202e", `<li><span class="dim">ancestor 3</span> services.exe<ul><li><span class="dim">grandparent</span> sqlservr.exe<ul><li><span class="dim">parent</span> cmd.exe<ul><li><span class="dim">this process</span> who.exe  who /all</li>`,
		"<dt>counted</dt><dd>3 since 2026-03-01T09:00:00Z</dd>", "<dt>grouped by User</dt><dd>ann</dd>", "<dt>reputation signer</dt><dd>none</dd>", "<dt>Extra</dt><dd>5</dd>", "<dt>event</dt><dd>7 at e.evtx:3</dd>",
		"<dt>rule</dt><dd>rules/who.yml:1 (id)</dd>", "Slow &lt;b&gt;", "<time>no time</time>",
	} {
		assert.Contains(t, page, want)
	}
	assert.Contains(t, written(t), "No rule matched.")
}

func TestAnInterruptedRunIsSaid(t *testing.T) {
	at := filepath.Join(t.TempDir(), "report.html")
	r, err := Create(at, false)
	require.NoError(t, err)
	r.Interrupted()
	require.NoError(t, r.Close(nil, nil))
	page, err := os.ReadFile(at)
	require.NoError(t, err)
	assert.Contains(t, string(page), "The run was interrupted")
	assert.NotContains(t, written(t), "interrupted")
}

func TestThePolicyAllowsOnlyItsOwnStyleAndScript(t *testing.T) {
	page := written(t, alert("high", ""))
	for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		inside := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		require.Len(t, inside, 1)
		policy := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(page)
		assert.Contains(t, policy, directive+" '"+hash(inside[0][1])+"'")
	}
	assert.NotRegexp(t, `https?://`, strings.ReplaceAll(page, `aria-hidden`, ""), "nothing is loaded, and nothing is linked")
	assert.NotContains(t, page, "style=")
	assert.NotContains(t, page, "ZgotmplZ")
}

func TestHostileTextsStayTexts(t *testing.T) {
	for _, hostile := range []string{"<script>alert(1)</script>", "</script><script>alert(1)</script>", `" onmouseover="alert(1)`, "' onload='alert(1)", "</style><style>*{display:none}", "{{.Style}}", "<!--", "]]>", "\x00\x1b[31m\u202e", "&lt;b&gt;"} {
		a := alert("high", "2026-03-01T10:00:00.000Z")
		a.Rule, a.Host, a.User, a.Level, a.EventID, a.Source, a.RuleFile, a.Tactics = hostile, hostile, hostile, hostile, hostile, hostile, hostile, []string{hostile, ""}
		a.Evidence[0].Name, a.Evidence[0].Values, a.Evidence[0].Test = hostile, []string{hostile}, hostile
		a.Ancestors[0].Image, a.Fields = hostile, map[string]string{hostile: hostile}
		page := written(t, a)
		for _, tag := range []string{"<script", "<style", "<!-", "<img", "onload='", `onmouseover="`} {
			assert.LessOrEqual(t, strings.Count(page, tag), strings.Count(written(t, alert("high", "2026-03-01T10:00:00.000Z")), tag), "%q in the page of %q", tag, hostile)
		}
		assert.NotContains(t, page, "\u202e")
		assert.NotContains(t, page, "\x1b")
	}
}

func TestWorseLevelsAreKeptWhereThereIsNoRoom(t *testing.T) {
	k := kept{most: 2, room: 1 << 20}
	for _, level := range []string{"low", "low", "high", "informational", "critical", "high"} {
		k.add(newEntry(alert(level, "2026-03-01T10:00:00.000Z")))
	}
	var shown []string
	for _, e := range k.sorted() {
		shown = append(shown, e.Class)
	}
	assert.Equal(t, []string{"critical", "high"}, shown)
	assert.Equal(t, []levelCount{{"High", "high", 1}, {"Low", "low", 2}, {"Informational", "informational", 1}}, k.leftOut())
	small := kept{most: 10, room: 1000}
	for range 5 {
		small.add(newEntry(alert("high", "")))
	}
	assert.Len(t, small.sorted(), 1, "one match is shown, however large")
	r := &Report{counts: newCounts(), matches: kept{most: 1, room: 1}}
	r.Add(alert("low", ""))
	r.Add(alert("low", ""))
	v := r.counts.view()
	assert.Equal(t, 2, v.Total, "what is left out is counted")
}

func TestTimelinesHaveFewBars(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for span, step := range map[time.Duration]string{time.Hour: "1 hour", 7 * 24 * time.Hour: "1 hour", 8 * 24 * time.Hour: "3 hours", 100 * 24 * time.Hour: "1 day", 3000 * 24 * time.Hour: "30 days", 90000 * 24 * time.Hour: "730 days"} {
		c := newCounts()
		for i := range 400 {
			c.add(alert("low", start.Add(span/400*time.Duration(i)).Format("2006-01-02T15:04:05.000Z07:00")))
		}
		tl := c.timeline()
		assert.Equal(t, step, tl.Step, span)
		assert.LessOrEqual(t, len(tl.Bars), mostBars)
		for _, b := range tl.Bars {
			for _, p := range b.Parts {
				assert.LessOrEqual(t, p.X+p.W, tl.Width)
				assert.GreaterOrEqual(t, p.Y, 0)
			}
		}
	}
}

func TestTablesAreBounded(t *testing.T) {
	c := newCounts()
	for i := range mostHosts + 3 {
		a := alert("low", "")
		a.Host = fmt.Sprint("PC", i)
		c.add(a)
	}
	v := c.view()
	assert.Len(t, v.Hosts, mostHosts)
	assert.Equal(t, 3, v.MoreHosts)
	assert.Equal(t, "Privilege escalation", v.Tactics[0].Name)
	assert.Equal(t, "Own tactic", v.Tactics[1].Name, "a tactic that is not ATT&CK's comes last")
}

func TestAnExistingFileIsKept(t *testing.T) {
	at := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(at, []byte("mine"), 0o644))
	_, err := Create(at, false)
	assert.ErrorContains(t, err, "it exists: --force overwrites it")
	r, err := Create(at, true)
	require.NoError(t, err)
	require.NoError(t, r.Discard())
	text, err := os.ReadFile(at)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}
