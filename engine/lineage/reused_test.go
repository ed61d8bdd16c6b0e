package lineage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/lineage"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// audited is a row of osquery's process_events, with whole seconds.
func audited(id, pid, parent, second int, path string) string {
	return fmt.Sprintf(`{"name":"p","hostIdentifier":"web1","action":"added","columns":{"eid":"%d","cmdline":"x","path":%q,"pid":"%d","parent":"%d","syscall":"execve","time":"%d"}}`, id, path, pid, parent, 1772442800+second)
}

// TestOrderTellsWhatWasFirstInASecond: a process that replaces itself in the second of its child's start is not the
// parent, unless nothing else is known.
func TestOrderTellsWhatWasFirstInASecond(t *testing.T) {
	bash, curl, python := audited(1, 10, 1, 0, "/bin/bash"), audited(2, 11, 10, 0, "/usr/bin/curl"), audited(3, 10, 1, 0, "/usr/bin/python3")
	cases := []struct {
		name   string
		events []string
		want   string
	}{
		{"before and after", []string{bash, curl, python}, "bash"},
		{"two before", []string{bash, python, curl}, "python3"},
		{"two after", []string{curl, python, bash}, "python3"},
		{"after", []string{curl, bash}, "bash"},
		{"an earlier second, and after", []string{audited(1, 10, 1, -5, "/bin/bash"), curl, python}, "bash"},
		{"a later second", []string{curl, audited(1, 10, 1, 1, "/bin/bash")}, ""},
		{"itself", []string{audited(2, 10, 10, 0, "/usr/bin/curl")}, ""},
		{"itself, and after", []string{audited(2, 10, 10, 0, "/usr/bin/curl"), python}, "python3"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{"bash", "python3"} {
				r := lowered.Rule(t, "logsource: {product: linux, category: process_creation}\ndetection:\n  a: {Image|endswith: /curl, ParentImage|endswith: /"+name+"}\n  condition: a\n")
				got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "osquery")}, []*ir.Rule{r}, c.events...)
				assert.Equal(t, c.want == name, len(got) == 1, name)
			}
		})
	}
}

// TestKeysBeginAnew: after a restart a Mac gives the same ids to other processes.
func TestKeysBeginAnew(t *testing.T) {
	exec := func(id, day, pid, version, parent int, path string) string {
		return fmt.Sprintf(`{"time":"2026-03-%02dT09:00:%02dZ","process":{"executable":{"path":"/sbin/launchd"}},"event_type":9,"global_seq_num":%d,"event":{"exec":{"target":{"audit_token":{"pid":%d,"pidversion":%d},"parent_audit_token":{"pid":%d,"pidversion":200},"executable":{"path":%q}},"args":["x"]}}}`,
			day, id, id, pid, version, parent, path)
	}
	r := lowered.Rule(t, "logsource: {product: macos, category: process_creation}\ndetection:\n  a: {ParentImage|endswith: /Word, Image: /bin/ls}\n  condition: a\n")
	ids := func(events ...string) []string {
		return enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "eslogger")}, []*ir.Rule{r}, events...)
	}
	child := exec(2, 2, 101, 201, 100, "/bin/ls")
	before, word, after := exec(1, 1, 100, 200, 1, "/bin/zsh"), exec(1, 2, 100, 200, 1, "/a/Word"), exec(3, 3, 100, 200, 1, "/bin/zsh")
	assert.Equal(t, []string{"2"}, ids(before, word, child, after))
	assert.Equal(t, []string{"2"}, ids(child, after, word, before))
	assert.Empty(t, ids(before, child, exec(3, 2, 100, 200, 1, "/a/Word")))
	assert.Equal(t, []string{"2"}, ids(child, exec(3, 2, 100, 200, 1, "/a/Word")), "nothing is before")
	timeless := func(event string) string { return strings.Replace(event, `"time"`, `"no_time"`, 1) }
	assert.Equal(t, []string{"2"}, ids(timeless(child), timeless(word)))
}

// TestManyUsesOfOneID holds that the time to find a parent does not grow with the uses of its id: this takes
// a part of a second, and minutes if each of them is looked at. The bound is for a machine that is busy.
func TestManyUsesOfOneID(t *testing.T) {
	const uses = 300_000
	all := make([]*lineage.Process, uses)
	ps := lineage.Processes{MaxCount: uses, MaxBytes: 1 << 30}
	for i := range all {
		all[i] = lineage.CreatedProcess(i, time.Unix(int64(i+1), 0), "7", "7")
		ps.Add(all[i])
	}
	began := time.Now()
	tree, evicted := ps.Tree()
	assert.Zero(t, evicted)
	for _, p := range all {
		lineage.View{Tree: tree, Self: p}.Field(ir.Field{Name: "Image", Level: 1})
	}
	assert.Less(t, time.Since(began), 30*time.Second)
}
