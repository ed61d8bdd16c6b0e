package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestEventsInTurn holds that what an engine keeps of one event, to be quicker with the next, changes no outcome: each
// event of a stream in which values come and go matches what it matches alone.
func TestEventsInTurn(t *testing.T) {
	host := strings.Repeat(`Host Application = C:\\Windows\\System32\\run.exe /x\n`, 30)
	pools := map[string][]string{
		"Image":         {`"C:\\Windows\\cmd.exe"`, `"C:\\Windows\\net.exe"`, `"/usr/bin/net"`, `"CMD.EXE"`, `""`, `null`, `["cmd.exe","x"]`, `{"a":1}`, `7`},
		"CommandLine":   {`"` + host + `one"`, `"` + host + `two Ä"`, `"` + host + `two"`, `"` + host[:len(host)/2] + `one"`, `"one"`, `"two"`, `"\u00e4 one"`},
		"Channel":       {`"Microsoft-Windows-Sysmon/Operational"`, `"Security"`, `"microsoft-windows-sysmon/operational"`},
		"EventID":       {`1`, `"1"`, `4688`, `3`},
		"Hashes":        {`"SHA1=AB,MD5=cd"`, `"MD5=cd"`, `"SHA1=ef"`, `""`},
		"User":          {`"a"`, `"SYSTEM"`, `null`},
		"ParentProcess": {`"x"`, `"y"`},
	}
	names := []string{"Channel", "EventID", "Image", "CommandLine", "Hashes", "User", "ParentProcess"}
	var rs []*ir.Rule
	for _, detection := range []string{
		`{a: {Image|endswith: '\cmd.exe'}, condition: a}`, `{a: {Image|filename: net}, condition: a}`, `{a: {Image: null}, condition: a}`,
		`{a: {Image: ''}, condition: a}`, `{a: {CommandLine|contains: 'one'}, b: {User: system}, condition: a and not b}`,
		`{a: {CommandLine|contains: 'APPLICATION'}, b: {CommandLine|endswith: 'two'}, condition: a and b}`, `{a: {CommandLine|contains: 'ä'}, condition: a}`,
		`{a: {SHA1: ab}, condition: a}`, `{a: {Hashes|contains: 'MD5=CD'}, condition: a}`, `{a: {Image: 7}, condition: a}`,
		`{a: {CommandLine|re: 'on[e]$'}, condition: a}`, `{a: ['two', 'SHA1=ef'], condition: a}`, `{a: {User|exists: true}, b: {Image|contains: e}, condition: a and b}`,
	} {
		rs = append(rs, lowered.Rule(t, "detection: "+detection))
	}
	opt := engine.Options{Model: lowered.Model(t, "windows")}
	r := rand.New(rand.NewPCG(5, 6))
	var lines []string
	for i := range 300 {
		order := names
		if r.IntN(5) == 0 {
			order = []string{"Image", "CommandLine", "EventID", "Channel", "Image", "User"}
		}
		line := fmt.Sprintf(`{"EventRecordID":%d`, i)
		for _, name := range order {
			if r.IntN(6) > 0 {
				line += fmt.Sprintf(`,"%s":%s`, name, pools[name][r.IntN(min(len(pools[name]), 2+r.IntN(8)))])
			}
		}
		lines = append(lines, line+"}")
	}
	together := map[int][]int{}
	results, _ := enginetest.Run(t, opt, rs, lines...)
	for _, result := range results {
		together[result.Order()] = append(together[result.Order()], ruleIndex(rs, result.Rule))
	}
	require.Greater(t, len(together), 100)
	for i, line := range lines {
		var alone []int
		results, _ := enginetest.Run(t, opt, rs, line)
		for _, result := range results {
			alone = append(alone, ruleIndex(rs, result.Rule))
		}
		require.Equal(t, alone, together[i], "%s", line)
	}
}

func ruleIndex(rs []*ir.Rule, r *ir.Rule) int {
	for i := range rs {
		if rs[i] == r {
			return i
		}
	}
	return -1
}
