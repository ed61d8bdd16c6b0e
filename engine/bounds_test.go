package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const childOfShell = "ancestry:\n  up:\n    parent: {CommandLine|contains: '/c'}\n    grandparent: {Image|filename: sqlservr.exe}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and up\n"

func TestPendingIsBounded(t *testing.T) {
	events := []string{enginetest.SecurityProcess(1, "A", "01", 1, 0, "sqlservr.exe", "s"), enginetest.SecurityProcess(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who")}
	for i := range 5 {
		events = append(events, enginetest.SecurityProcess(10+i, "A", "03", 10+i, 2, "who.exe", "who"))
	}
	results, stats := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "windows"), MaxPending: 3}, []*ir.Rule{lowered.Rule(t, childOfShell)}, events...)
	assert.Len(t, results, 3)
	assert.Equal(t, 2, stats.Dropped)
}

// TestMemoryIsBounded keeps what waits for the end within its bytes, however few events that is, and says what it
// dropped.
func TestMemoryIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	noise := make([]byte, 1<<14)
	for i := range noise {
		noise[i] = byte('a' + r.IntN(26)) // which compresses badly
	}
	var events []string
	for i := range 400 {
		at := r.IntN(1 << 13)
		events = append(events, enginetest.SecurityProcess(100+i, "A", "03", 100+i, 99+i, "who.exe", string(noise[at:at+1<<13])))
	}
	opt := engine.Options{Model: lowered.Model(t, "windows"), MaxMemory: 1 << 21}
	_, stats := enginetest.Run(t, opt, []*ir.Rule{lowered.Rule(t, childOfShell)}, events...)
	assert.Positive(t, stats.Dropped)
	assert.Positive(t, stats.Evicted)
	opt.MaxMemory = 0
	_, stats = enginetest.Run(t, opt, []*ir.Rule{lowered.Rule(t, childOfShell)}, events...)
	assert.Zero(t, stats.Dropped+stats.Evicted+stats.Uncounted)
}

// TestWorkersChangeNothing runs the same lines on one and on several workers.
func TestWorkersChangeNothing(t *testing.T) {
	var lines bytes.Buffer
	for i := range 5000 {
		switch {
		case i%97 == 0:
			lines.WriteString("{bad\n")
		case i%3 == 0:
			lines.WriteString(enginetest.SecurityProcess(i, "A", "02", 2+i%7, 1, "cmd.exe", "cmd /c who") + "\n")
		default:
			lines.WriteString(enginetest.SecurityProcess(i, "A", "03", 100+i, 2+i%11, "who.exe", "who") + "\n")
		}
	}
	lines.WriteString(enginetest.SecurityProcess(9999, "A", "01", 1, 0, "sqlservr.exe", "s") + "\n")
	rs := []*ir.Rule{lowered.Rule(t, childOfShell), lowered.Rule(t, "detection:\n  a: {Image|filename: cmd.exe}\n  condition: a\n"),
		lowered.Rule(t, "prevalence:\n  rare: {field: sha1, local: {distinct: host, lte: 1}}\ndetection:\n  a: {Image|filename: who.exe}\n  condition: a and not rare\n")}
	collect := func(workers int) (ids []string, rejected []int) {
		e, found := engine.New(rs, engine.Options{Model: lowered.Model(t, "windows")})
		require.Empty(t, found)
		r, err := event.Open("-", event.Options{Stdin: bytes.NewReader(lines.Bytes()), OnReject: func(j event.Reject) { rejected = append(rejected, j.Line) }})
		require.NoError(t, err)
		events := 0
		require.NoError(t, e.Run(r, "-", workers, func(n int) { events += n }))
		assert.Equal(t, 5001, events)
		results, _, err := e.Finish()
		require.NoError(t, err)
		for _, res := range results {
			ids = append(ids, fmt.Sprintf("%s:%d:%v", res.EventID, res.Event.Line, res.Names))
		}
		return ids, rejected
	}
	ids, rejected := collect(1)
	require.Greater(t, len(ids), 3000)
	require.Len(t, rejected, 52)
	for _, workers := range []int{2, 5} {
		again, rejectedAgain := collect(workers)
		assert.Equal(t, ids, again)
		assert.Equal(t, rejected, rejectedAgain)
	}
}

// TestALogWithoutTheValueWaitsOnlyWithMatches: what a rule asks of a log that lacks the value of its prevalence
// condition is known at once.
func TestALogWithoutTheValueWaitsOnlyWithMatches(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\nprevalence: {rare: {field: sha1, local: {distinct: host, lte: 1}}}\ndetection: {s: {Image|endswith: x.exe}, o: {CommandLine|contains: y}, condition: s and not o or rare}\n")
	created := func(id int, command string) string {
		return fmt.Sprintf(`{"EventID":4688,"Channel":"Security","UtcTime":"2026-03-01 10:00:00","Computer":"h","EventRecordID":%d,"NewProcessName":"x.exe","CommandLine":%q}`, id, command)
	}
	results, stats := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "windows"), MaxPending: 1}, []*ir.Rule{rule}, created(1, "y"), created(2, "y"), created(3, "z"))
	assert.Len(t, results, 1)
	assert.Zero(t, stats.Dropped)
}
