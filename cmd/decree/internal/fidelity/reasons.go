package fidelity

import (
	"cmp"
	"slices"
	"strings"

	"decree/cmd/decree/internal/queries"
	"decree/compilers"
	"decree/rules/diag"
)

// LeftOut is what becomes of a rule that the project leaves out of a target.
const LeftOut = "left out"

// Of says how a query keeps a rule's meaning: exact, approximate, hand-written (nothing compares it), refused, skipped
// or left out.
func Of(c queries.Result) string {
	if c.LeftOut {
		return LeftOut
	}
	if c.Skipped {
		return "skipped"
	}
	if c.Query == nil {
		return "refused"
	}
	if c.Query.Written != nil {
		return compilers.HandWritten
	}
	if slices.ContainsFunc(c.Query.Notes, func(n compilers.Note) bool { return n.Effect != "exact" }) {
		return "approximate"
	}
	return "exact"
}

// counts tells whether a note belongs in the report: the query is not exact, too long to deploy, or does not search all
// of the log source.
func counts(n compilers.Note) bool {
	return n.Effect != "exact" || n.Code == compilers.LongQuery || n.Code == compilers.ManyValues || n.Code == compilers.SourcesLeftOut
}

// reasons lists the codes of why a query is skipped, refused, approximate, too long, not packaged, or without a part of
// the log source, each once. What is
// left out on purpose needs none.
func reasons(c queries.Result, notPackaged diag.Diagnostics) []string {
	if c.LeftOut {
		return nil
	}
	var codes []string
	for _, d := range notPackaged {
		codes = append(codes, d.Code)
	}
	if c.Query == nil {
		for _, d := range c.Found {
			if c.Skipped || d.Severity == diag.Error {
				codes = append(codes, d.Code)
			}
		}
	} else {
		for _, n := range c.Query.Notes {
			if counts(n) {
				codes = append(codes, n.Code)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// example is a message of a code. It does not begin with the target or its dialect, which the report names beside it.
func example(c queries.Result, notPackaged diag.Diagnostics, code string) string {
	for _, d := range slices.Concat(c.Found, notPackaged) {
		if d.Code == code {
			return strings.TrimPrefix(strings.TrimPrefix(d.Message, c.Target.Name+": "), c.Target.Dialect.Name()+": ")
		}
	}
	if c.Query != nil {
		for _, n := range c.Query.Notes {
			if n.Code == code {
				return n.Message
			}
		}
	}
	return ""
}

// tally counts the reasons of one target.
type tally struct {
	target  string
	byCode  map[string]*reasonCount
	sources map[string]map[string]int // code -> log source that the target lacks -> rules
}

func newTally(target string) tally {
	return tally{target, map[string]*reasonCount{}, map[string]map[string]int{}}
}

// add counts the reasons of a rule. The example of a reason is of the first rule that has it.
func (t tally) add(r queries.Result, notPackaged diag.Diagnostics) {
	for _, code := range reasons(r, notPackaged) {
		if t.byCode[code] == nil {
			t.byCode[code] = &reasonCount{Target: t.target, Code: code, Example: example(r, notPackaged, code)}
			t.sources[code] = map[string]int{}
		}
		t.byCode[code].Rules++
		if name := lacking(r, code); name != "" {
			t.sources[code][name]++
		}
	}
}

// reasons gives the counts, the most frequent first.
func (t tally) reasons() []reasonCount {
	var out []reasonCount
	for code, c := range t.byCode {
		c.LogSources = counted(t.sources[code])
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b reasonCount) int { return cmp.Or(cmp.Compare(b.Rules, a.Rules), cmp.Compare(a.Code, b.Code)) })
	return out
}
