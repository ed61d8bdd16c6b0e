package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

// TestSPLReadsSearchesAsTheirPagesSay holds the interpreter to what it was written from: the Search Reference's pages
// of search, where, eval, sort, eventstats, lookup and of the functions, and the Search Manual's on NOT.
func TestSPLReadsSearchesAsTheirPagesSay(t *testing.T) {
	t.Parallel()
	row := func(id string, fields splRow) splRow {
		fields["RecordID"] = id
		return fields
	}
	for _, c := range []struct {
		says, search string
		events       []splRow
		want         string
	}{
		{"OR clauses before AND clauses", `a=1 OR b=1 c=1`, []splRow{row("1", splRow{"a": "1"}), row("2", splRow{"a": "1", "c": "1"}), row("3", splRow{"b": "1", "c": "1"})}, "2 3"},
		{"NOT clauses before OR clauses", `NOT a=1 OR b=1`, []splRow{row("1", splRow{"a": "1"}), row("2", splRow{"a": "1", "b": "1"}), row("3", splRow{})}, "2 3"},
		{"NOT returns events without the field", `NOT a=1`, []splRow{row("1", splRow{"a": "2"}), row("2", splRow{}), row("3", splRow{"a": "1"})}, "1 2"},
		{"NOT a=* returns events where a is null", `NOT a=*`, []splRow{row("1", splRow{"a": "2"}), row("2", splRow{})}, "2"},
		{"1 does not match 1.0", `a=1`, []splRow{row("1", splRow{"a": "1"}), row("2", splRow{"a": "1.0"}), row("3", splRow{"a": "01"})}, "1"},
		{"a block of addresses", `a="10.10.10.0/24"`, []splRow{row("1", splRow{"a": "10.10.10.12"}), row("2", splRow{"a": "50.10.10.17"}), row("3", splRow{"a": "10.10.10.0/24"})}, "1"},
		{"a block of IPv6", `a="2001:0db8:ffff:ffff:ffff:ffff:ffff:ff00/120"`, []splRow{row("1", splRow{"a": "2001:0db8:ffff:ffff:ffff:ffff:ffff:ff99"}), row("2", splRow{"a": "::1"})}, "1"},
		{"a wildcard among the values of IN", `a IN (40*, 500)`, []splRow{row("1", splRow{"a": "404"}), row("2", splRow{"a": "500"}), row("3", splRow{"a": "5001"})}, "1 2"},
		{"case is ignored, each of several values compared", `a="X\\Y\"*"`, []splRow{row("1", splRow{"a": `x\y"z`}), row("2", splRow{"a": []string{"b", `X\y"`}}), row("3", splRow{"a": `x\\y"`})}, "1 2"},
		{"where evaluates AND before OR", `a=* | where a="z" OR b="x" AND c="x"`, []splRow{row("1", splRow{"a": "z", "b": "y", "c": "y"}), row("2", splRow{"a": "2", "b": "x", "c": "x"}), row("3", splRow{"a": "2", "b": "x", "c": "y"})}, "1 2"},
		{"where tells case apart", `a=* | where a="x"`, []splRow{row("1", splRow{"a": "x"}), row("2", splRow{"a": "X"})}, "1"},
		{"mvfind gives null if no values match", `a=* | where isnotnull(mvfind(a, "^err\\d+"))`, []splRow{row("1", splRow{"a": []string{"x", "err1"}}), row("2", splRow{"a": "xerr1"})}, "1"},
		{"match finds an expression anywhere in a value", `a=* | where match(a, "rr\\d")`, []splRow{row("1", splRow{"a": "err1"}), row("2", splRow{"a": "err"})}, "1"},
		{"mvmap makes a value of each", `a=* | eval b=mvmap(a, replace(a, "x", "")) | where isnotnull(mvfind(b, "^2$"))`, []splRow{row("1", splRow{"a": []string{"x1", "2x"}}), row("2", splRow{"a": "x"}), row("3", splRow{"a": "12"})}, "1"},
		{"replace puts in what a group found", `a=* | where replace(a, "^x(.)y$", "\\1")="b"`, []splRow{row("1", splRow{"a": "xby"}), row("2", splRow{"a": "xcy"})}, "1"},
		{"mvindex counts from the end too, and gives null out of range", `a=* | where mvindex(split(a, "/"), -1)="b" AND isnull(mvindex(split(a, "/"), 2))`, []splRow{row("1", splRow{"a": "a/b"}), row("2", splRow{"a": "a/c/b"}), row("3", splRow{"a": "b/a"})}, "1"},
		{"ltrim and rtrim take off characters", `a=* | where upper(rtrim(ltrim(a, "xy"), "$y"))="B"`, []splRow{row("1", splRow{"a": "yxb$y"}), row("2", splRow{"a": "axb"})}, "1"},
		{"mvfilter keeps the values that match", `a=* | where isnotnull(mvfilter(tonumber(a)>2))`, []splRow{row("1", splRow{"a": []string{"1", "3"}}), row("2", splRow{"a": "x"}), row("3", splRow{"a": "2"})}, "1"},
		{"mvmap reads other fields of one value", `a=* | eval n=2 | where isnotnull(mvfind(mvmap(a, n." ".a), "^2 x$"))`, []splRow{row("1", splRow{"a": []string{"y", "x"}}), row("2", splRow{"a": "y"})}, "1"},
		{"json_extract finds a value at a path, null if there is none", `a=* | where isnotnull(json_extract(a, "b.c"))`, []splRow{row("1", splRow{"a": `{"b":{"c":false}}`}), row("2", splRow{"a": `{"b":{"c":null}}`}), row("3", splRow{"a": `{"b":[{"c":1}]}`}), row("4", splRow{"a": `{"b.c":1}`}), row("5", splRow{"a": "no JSON"})}, "1"},
		{"json_extract makes a string of a JSON string", `a=* | where coalesce(json_extract(a), "")="x\\y"`, []splRow{row("1", splRow{"a": `"x\\y"`}), row("2", splRow{"a": `x\y`})}, "1"},
		{"json_extract gives several paths as an array", `a=* | where coalesce(mvindex(json_array_to_mv(json_extract(a, "b", "b"), true()), 0), "")="\"1\""`, []splRow{row("1", splRow{"a": `{"b": "1"}`}), row("2", splRow{"a": `{"b":1}`}), row("3", splRow{"a": "{}"})}, "1"},
		{"json_array_to_mv outputs nothing of what is no array", `a=* | where isnull(json_array_to_mv(a, true()))`, []splRow{row("1", splRow{"a": `{"b":1}`}), row("2", splRow{"a": "[]"}), row("3", splRow{"a": "[null]"})}, "1 2"},
		{"foreach runs assignments for each value, in turn", `a=* | eval n=mvrange(0, 3), at=0 | foreach mode=multivalue n [eval b=mvappend(b, mvindex(a, at)), at=at+1] | where coalesce(mvcount(b), 0)=2 AND at=3`, []splRow{row("1", splRow{"a": []string{"x", "y"}}), row("2", splRow{"a": "x"})}, "1"},
		{"eventstats counts distinct values by group", `a=* | eventstats dc(eval(lower(b))) as n by a | where n=2`, []splRow{row("1", splRow{"a": "1", "b": "x"}), row("2", splRow{"a": "1", "b": "y"}), row("3", splRow{"a": "2", "b": "x"}), row("4", splRow{"a": "2", "b": "X"})}, "1 2"},
		{"accum sums up in the order of sort", `a=* | sort 0 num(a), -str(b) | eval one=1 | accum one | where one<=2`, []splRow{row("1", splRow{"a": "10", "b": "x"}), row("2", splRow{"a": "9", "b": "x"}), row("3", splRow{"a": "10", "b": "y"})}, "2 3"},
		{"a lookup adds fields where its key is", `a=* | lookup t k AS a OUTPUT v AS w | where isnotnull(w)`, []splRow{row("1", splRow{"a": "X"}), row("2", splRow{"a": "y", "w": "old"})}, "1"},
		{"earliest and latest", `a=* earliest=-1h latest=now`, []splRow{row("1", splRow{"a": "1", "_time": 6399.0}), row("2", splRow{"a": "1", "_time": 6400.0}), row("3", splRow{"a": "1", "_time": 10000.0})}, "2 3"},
	} {
		t.Run(c.says, func(t *testing.T) {
			for _, e := range c.events {
				for name, v := range e {
					if text, ok := v.(string); ok && name == "a" && strings.Contains(c.search, "num(a)") {
						e[name] = mustNumber(text)
					}
				}
			}
			world := &splWorld{now: 10000, lookups: map[string][]splRow{"t": {{"k": "x", "v": "1"}}}}
			assert.Equal(t, c.want, strings.Join(splFound(c.search, c.events, world, "RecordID"), " "))
		})
	}
}

// TestSPLFindsAwkwardValues compiles a test of each of some values, in each way that texts are compared, and runs it
// over events that have each of them: what is found is what a plain comparison tells, whichever command the test went
// to.
func TestSPLFindsAwkwardValues(t *testing.T) {
	t.Parallel()
	values := []string{"1", "1.0", "01", "+1", "1e0", "0x1", "nan", "10.0.0.1", "10.0.0.0/8", "::1", "fe80::/10", "fe80::1", "a*", "ab", "a?", "a", "A", `a\`, `a\*`, `\a`, `"`, `\"`, "a b", " a", "OR", "NOT", "NULL", "a|b",
		"a\nb", "a\n", "`", "```", "[a]", "$a$", "%1", "é", "C:\\a.exe", "/a.exe", "a.exe", "a,b", "(a)", "*", "?", "-", "=", "a=b", "\t"}
	events := make([]splRow, len(values))
	for i, v := range values {
		events[i] = splRow{"RecordID": fmt.Sprintf("%02d", i), "User": v, "EventCode": "1", "source": "XmlWinEventLog:" + sysmonChannel}
	}
	holds := map[ir.TextOp]func(v, want string) bool{ir.Equals: func(v, want string) bool { return v == want }, ir.StartsWith: strings.HasPrefix, ir.EndsWith: strings.HasSuffix, ir.Contains: strings.Contains,
		ir.Filename: func(v, want string) bool { return v[strings.LastIndexAny(v, `\/`)+1:] == want }}
	for op, compare := range holds {
		for i, want := range values {
			for _, cased := range []bool{false, true} {
				for _, asked := range [][]string{{want}, {want, values[(i+7)%len(values)]}} {
					q := compileSPL(t, splRule(&ir.Match{Field: ir.Field{Name: "User"}, Test: &ir.Text{Op: op, Values: asked, Cased: cased}}))
					ids := []string{}
					for k, v := range values {
						for _, one := range asked {
							if compare(v, one) || (!cased && compare(strings.ToLower(v), strings.ToLower(one))) {
								ids = append(ids, fmt.Sprintf("%02d", k))
								break
							}
						}
					}
					assert.ElementsMatch(t, ids, splFound(q.Text, events, &splWorld{}, "RecordID"), "%s %q cased %t\n%s", op, asked, cased, q.Text)
				}
			}
		}
	}
}
