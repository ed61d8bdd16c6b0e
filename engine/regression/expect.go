package regression

import (
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/source"
)

// expect reads what must match in a case: one way, and details of single events. Without a way (an empty `expect:`) the
// case fails, and --update fills it in.
func (l *loader) expect(n *yaml.Node) Expect {
	out := Expect{Range: l.Range(n), node: n}
	if n.ShortTag() == "!!null" {
		return out
	}
	for _, e := range l.Entries(n, "expect", append(slices.Clone(ways), "details")...) {
		if e.Key.Value == "details" {
			for _, d := range source.Items(e.Value) {
				out.Details = append(out.Details, l.detail(d))
			}
			continue
		}
		if out.Way != "" {
			l.errorf("two-ways", e.Key, "keep one of "+strings.Join(ways, ", "), "expect has both %s and %s", out.Way, e.Key.Value)
			continue
		}
		out.Way, out.node, out.Range = Way(e.Key.Value), e.Value, l.Range(e.Value)
		l.way(&out)
	}
	return out
}

// way reads what a way says: events, or how many.
func (l *loader) way(out *Expect) {
	n := out.node
	switch out.Way {
	case ByID:
		for _, ref := range l.listOf(n) {
			out.Events = append(out.Events, Reference{l.Range(ref), l.text(ref, "an event id"), 0})
		}
	case ByIndex:
		for _, ref := range l.listOf(n) {
			out.Events = append(out.Events, Reference{l.Range(ref), "", l.whole(ref, "an index", 1)})
		}
	case ByCount:
		out.Count = l.whole(n, string(ByCount), 0)
	case ByAtLeast:
		out.Count = l.Whole("wrong-type", n, string(ByAtLeast), "write `none: true` if nothing must match", 1, math.MaxInt)
	case ByNone:
		if !l.truth(n, string(ByNone)) {
			l.errorf("wrong-type", n, "write `none: true`, or say what must match", "none must be true")
		}
	}
}

// listOf gives the entries of a list, which may be empty. Anything else is an error.
func (l *loader) listOf(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		l.errorf("wrong-type", n, "write it in brackets: [a, b]", "this must be a list")
		return nil
	}
	return n.Content
}

func (l *loader) whole(n *yaml.Node, what string, least int) int {
	return l.Whole("wrong-type", n, what, "", least, math.MaxInt)
}

func (l *loader) truth(n *yaml.Node, what string) bool {
	var out bool
	l.Bool(&out, n, what)
	return out
}

// detail reads the expected details of one event.
func (l *loader) detail(n *yaml.Node) Detail {
	var out Detail
	named := 0
	for _, e := range l.Entries(n, "a detail", "id", "index", "selections", "ancestors", "prevalence") {
		switch e.Key.Value {
		case "id":
			named++
			out.Event = Reference{Range: l.Range(e.Value), ID: l.text(e.Value, "id")}
		case "index":
			named++
			out.Event = Reference{Range: l.Range(e.Value), Index: l.whole(e.Value, "index", 1)}
		case "selections":
			out.Selections = &Selections{Range: l.Range(e.Value), node: e.Value}
			for _, name := range l.listOf(e.Value) {
				out.Selections.Names = append(out.Selections.Names, l.text(name, "a name of the condition"))
			}
		case "ancestors":
			for _, a := range source.Items(e.Value) {
				out.Ancestors = append(out.Ancestors, l.ancestor(a))
			}
		case "prevalence":
			for _, figure := range l.Entries(e.Value, "prevalence") {
				out.Prevalence = append(out.Prevalence, l.prevalence(figure))
			}
		}
	}
	if named != 1 {
		l.errorf("no-event", n, "add `id:` or `index:`", "a detail must name an event")
	}
	if out.Selections == nil && out.Ancestors == nil && out.Prevalence == nil {
		l.errorf("no-detail", n, "add selections, ancestors or prevalence", "the detail has no expectation")
	}
	return out
}

func (l *loader) ancestor(n *yaml.Node) Ancestor {
	out := Ancestor{Range: l.Range(n)}
	for _, e := range l.Entries(n, "an ancestor", "level", "found", "Image", "CommandLine") {
		switch e.Key.Value {
		case "level":
			out.Level = l.whole(e.Value, "level", 1)
		case "found":
			out.Unknown = !l.truth(e.Value, "found")
		case "Image":
			out.Image = l.optional(e)
		case "CommandLine":
			out.CommandLine = l.optional(e)
		}
	}
	if out.Level == 0 {
		l.errorf("no-level", n, "add `level: 1` for the parent, 2 for the grandparent", "an ancestor needs a level")
	}
	return out
}

func (l *loader) optional(e source.Entry) *string {
	text := l.text(e.Value, e.Key.Value)
	return &text
}

func (l *loader) prevalence(figure source.Entry) Prevalence {
	out := Prevalence{Range: l.Range(figure.Value), Name: figure.Key.Value}
	for _, e := range l.Entries(figure.Value, "a prevalence figure", "found", "value", "count", "rank", "global", "signature", "rare") {
		switch e.Key.Value {
		case "found":
			out.Unknown = !l.truth(e.Value, "found")
		case "value":
			out.Value = l.optional(e)
		case "signature":
			out.Signature = l.optional(e)
		case "count":
			v := l.whole(e.Value, "count", 0)
			out.Count = &v
		case "rank":
			v := l.whole(e.Value, "rank", 1)
			out.Rank = &v
		case "global":
			v := l.Number(e.Value)
			out.Global = &v
		case "rare":
			v := l.truth(e.Value, "rare")
			out.Rare = &v
		}
	}
	return out
}
