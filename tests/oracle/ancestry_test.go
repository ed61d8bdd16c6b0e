package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/rules/schema"
	"decree/tests/fixture"
)

// item draws a test of a process.
func (d draw) item() string {
	return d.pick("Image|endswith: "+d.pick(`\a`, `\b`, "c"), "Image|filename: "+d.pick("a", "B", "[a, c]"), "CommandLine|contains: "+d.pick("x", "'y '", "z"), "CommandLine: "+d.pick("'*'", "x y", "''", "null"),
		"User: "+d.pick("ann", "[bob, '']"), "Image|neq: "+d.pick(`'C:\a'`, `'C:\b'`), "CommandLine|exists: "+d.pick("true", "false"), "Image|fieldref: CommandLine", "User|fieldref: ParentUser")
}

// body draws what a process must satisfy. named avoids one item twice.
func (d draw) body() string {
	first := d.item()
	if second := d.item(); d.IntN(3) == 0 && strings.SplitN(second, ":", 2)[0] != strings.SplitN(first, ":", 2)[0] {
		first += ", " + second
	}
	return first
}

func (d draw) ancestry() string {
	ancestor := func() string {
		return fmt.Sprintf("{%s: %d, %s}", d.pick("level", "within", "within"), 1+d.IntN(4), d.body())
	}
	switch d.IntN(6) {
	case 0:
		return "{parent: {" + d.body() + "}}"
	case 1:
		return "{grandparent: {" + d.body() + "}}"
	case 2:
		return "{parent: {" + d.body() + "}, ancestor: " + ancestor() + "}"
	case 3:
		return "{ancestor: [" + ancestor() + ", " + ancestor() + "]}"
	case 4:
		return "{grandparent: [{" + d.body() + "}, {" + d.body() + "}]}"
	}
	return "{ancestor: " + ancestor() + "}"
}

const processCreation = "logsource: {product: windows, category: process_creation}\n"

// ancestors writes the rule T, which asks of ancestors, and the rule a, which it may join and which asks of them, too.
func (d draw) ancestors() map[string]string {
	condition := d.pick("s and up", "s and not up", "up", "not up", "up or s", "up and high", "up and not high", "s and (up or high)", "one", "s and not one", "up and one")
	others := ""
	if strings.Contains(condition, "one") {
		others = d.pick("joins:\n  one: {rule: a, same: [host], within: 4s}\n", "first_seen:\n  one: {fields: [host, Image], over: 8s, among: up}\n", "prevalence:\n  one: {field: Image, among: up, local: {distinct: host, lte: 1}}\n",
			"prevalence:\n  one: {field: Image, of: parent, among: s, local: {distinct: user, lte: 1}}\n")
	}
	above := ""
	for _, name := range []string{"up", "high"} {
		if strings.Contains(condition+others, name) {
			above += "  " + name + ": " + d.ancestry() + "\n"
		}
	}
	if above != "" {
		above = "ancestry:\n" + above
	}
	text := "title: T\nname: t\n" + processCreation + "schedule: {every: 5s, lookback: 10s}\n" + above + others
	text += "detection:\n  s: {" + d.pick(d.body(), "ParentImage|endswith: a", "ParentCommandLine|contains: x", "GrandparentImage|endswith: b") + "}\n  condition: " + condition + "\n"
	return map[string]string{"T": text, "a": "title: a\nname: a\n" + processCreation + "ancestry:\n  up: " + d.ancestry() + "\ndetection:\n  s: {" + d.body() + "}\n  condition: s or up\n"}
}

// processes are the creations of a few processes on two hosts, as Sysmon and as the log Security tell them: out of
// order, some twice by one process id, some without their parent, without a time or without a field.
func (d draw) processes() (out []map[string]any) {
	type process struct {
		guid, pid, host, image, command, user string
		second                                int
	}
	begin := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	var born []process
	for i := range 24 {
		p := process{guid: fmt.Sprintf("{g%d}", i), pid: fmt.Sprintf("0x%d", 1+d.IntN(6)), host: d.pick("h", "g"), image: `C:\` + d.pick("a", "b", "c", "A"), command: d.pick("x y ", "x", "z", "y "), user: d.pick("ann", "bob"), second: i / 2}
		var parent *process
		if len(born) > 0 && d.IntN(6) > 0 {
			parent = &born[d.IntN(len(born))]
			p.host = parent.host
		}
		born = append(born, p)
		if d.IntN(8) == 0 {
			continue // nobody recorded it
		}
		e := map[string]any{"id": i, "Computer": strings.Map(func(r rune) rune { return []rune(d.pick(string(r), strings.ToUpper(string(r))))[0] }, p.host), "UtcTime": begin.Add(time.Duration(p.second) * time.Second).Format(time.RFC3339Nano)}
		put := func(name, value string) {
			if d.IntN(8) > 0 {
				e[name] = value
			}
		}
		if d.IntN(12) == 0 {
			delete(e, "UtcTime")
		}
		if p.guid != "" && i%3 > 0 {
			e["EventID"], e["Channel"], e["ProcessGuid"] = 1, "Microsoft-Windows-Sysmon/Operational", p.guid
			put("Image", p.image)
			put("CommandLine", p.command)
			put("User", p.user)
			if parent != nil {
				e["ParentProcessGuid"] = parent.guid
				put("ParentImage", parent.image)
				put("ParentCommandLine", parent.command)
				put("ParentUser", parent.user)
			}
		} else {
			e["EventID"], e["Channel"], e["NewProcessId"] = 4688, "Security", p.pid
			put("NewProcessName", p.image)
			put("CommandLine", p.command)
			put("SubjectUserName", p.user)
			if parent != nil {
				e["ProcessId"] = parent.pid
				put("ParentProcessName", parent.image)
			}
		}
		out = append(out, e)
	}
	d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// filters draws the filters of an environment, for T, for the rules that it joins, or for all.
func (d draw) filters(ancestry bool) (out []string) {
	for range d.IntN(3) {
		body, above := d.pick("{User: ann}", "{CommandLine: [a-b, c]}", "{Kind: x, user: bob}", "{Kind: y}"), ""
		condition := d.pick("not x", "not x", "x", "not (x and y)", "x or y")
		if ancestry {
			body = "{" + d.body() + "}"
			if d.IntN(2) == 0 {
				above = "ancestry: {y: " + d.ancestry() + "}\n"
			}
		}
		text := "title: F\n" + d.pick("logsource: {product: windows}\n", processCreation, "logsource: {product: windows, service: security}\n") + above + "filter:\n  rules: " + d.pick("any", "[t]", "[a]", "[t, b]", "[c, a]") + "\n  x: " + body + "\n"
		if strings.Contains(condition, "y") && above == "" {
			text += "  y: {User|startswith: b}\n"
		} else if above != "" {
			condition = strings.ReplaceAll(condition, "x", d.pick("x", "y"))
			if !strings.Contains(condition, "y") {
				condition = "not (x and y)"
			}
			if !strings.Contains(condition, "x") {
				text = strings.Replace(text, "  x: "+body+"\n", "", 1)
			}
		}
		out = append(out, text+"  condition: "+condition+"\n")
	}
	return out
}

// TestAncestorsAgree compares the engine with the oracle on random rules that ask of ancestors, under random filters.
func TestAncestorsAgree(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	matched, judged := 0, 0
	for seed := range fixture.Times[uint64](100, 400) {
		d := draw{rand.New(rand.NewPCG(seed, 23))}
		texts := d.ancestors()
		got, events := agree(t, m, texts, d.filters(true), d.processes(), nil, time.Time{}, fmt.Sprint("seed ", seed))
		matched, judged = matched+got, judged+events
	}
	t.Log(matched, "matches of", judged)
	require.Greater(t, matched, judged/20)
	require.Less(t, matched, judged/2)
}
