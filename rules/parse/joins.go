package parse

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/source"
)

// maxSpan limits how far from an event others are looked for.
const maxSpan = 366 * 24 * time.Hour

// joins reads the named conditions on other events.
func (p *parser) joins(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "joins") {
		if j := p.join(e); p.claim(e.Key) {
			r.Joins = append(r.Joins, j)
		}
	}
}

func (p *parser) join(block source.Entry) rules.Join {
	j := rules.Join{Name: block.Key.Value, Range: p.Span(block.Key)}
	before, given := p.Errors(), map[string]bool{}
	for _, e := range p.Entries(block.Value, "a join") {
		given[e.Key.Value] = true
		switch key := e.Key.Value; key {
		case "rule":
			p.Text(&j.Rule.Text, e.Value, key)
			j.Rule.Range = p.Span(e.Value)
		case "same":
			j.Same = p.same(e.Value)
		case "before":
			j.Before = p.span(e.Value)
		case "after":
			j.After = p.span(e.Value)
		case "within":
			j.Before = p.span(e.Value)
			j.After = j.Before
		case "count":
			p.joinCount(&j, e)
		case "generate":
			p.Bool(&j.Generate, e.Value, key)
		default:
			p.UnknownKey(e.Key, "a join", "rule", "same", "before", "after", "within", "count", "generate")
		}
	}
	if len(j.Bounds) == 0 {
		j.Bounds = []rules.Bound{{Op: "gte", Value: 1, Range: j.Range}}
	}
	if block.Value.Kind == yaml.MappingNode && p.Errors() == before {
		p.requireOfJoin(j, given)
	}
	return j
}

// requireOfJoin reports what a join lacks.
func (p *parser) requireOfJoin(j rules.Join, given map[string]bool) {
	switch {
	case j.Rule.Text == "":
		p.Errorf("join-without-rule", j.Range, "add `rule:` with the name or the id of the other rule", "the join %q does not say which events are looked for", j.Name)
	case len(j.Same) == 0:
		p.Errorf("join-without-same", j.Range, "add `same: [host]`, or other fields that both events have", "the join %q does not say what both events have in common", j.Name)
	case given["within"] && (given["before"] || given["after"]):
		p.Errorf("join-window", j.Range, "write either `within`, or `before` and `after`", "the join %q has `within` beside `before` or `after`", j.Name)
	case j.Before == 0 && j.After == 0:
		p.Errorf("join-window", j.Range, "add `before: 2h`, `after: 10m` or `within: 5m`", "the join %q does not say when the other events are", j.Name)
	}
}

// span reads how far from the event others are looked for.
func (p *parser) span(n *yaml.Node) time.Duration {
	d := p.Duration(n)
	if d > maxSpan {
		p.Errorf("invalid-duration", p.Span(n), "write a shorter one", "other events are looked for at most 366 days away")
	}
	return d
}

// same reads `[host, LogonId]` or `{DestinationIp: SourceIp}`, which is mine: the other's.
func (p *parser) same(n *yaml.Node) []rules.SameField {
	var out []rules.SameField
	if n.Kind != yaml.MappingNode {
		for _, f := range p.namedFields(n, "same") {
			out = append(out, rules.SameField{Mine: f, Theirs: f})
		}
		return out
	}
	for _, e := range p.Entries(n, "same") {
		f := rules.SameField{Mine: rules.NamedField{Name: p.withoutSelectors(e.Key.Value, p.Span(e.Key)), Range: p.Span(e.Key)}, Theirs: rules.NamedField{Range: p.Span(e.Value)}}
		p.fieldName(&f.Theirs.Name, e.Value, "a field of the other rule")
		switch {
		case e.Value.Kind != yaml.ScalarNode: // which is reported
		case f.Mine.Name == "" || f.Theirs.Name == "":
			p.Errorf("wrong-type", f.Theirs.Range, "write `MyField: TheirField`", "empty entry in same")
		case len(out) == maxGroups:
			p.Errorf("too-many-fields", f.Mine.Range, "name fewer", "same may have at most %d fields", maxGroups)
			return out
		default:
			out = append(out, f)
		}
	}
	return out
}

// joinCount reads `{gte: 3}` or `{distinct: TargetUserName, gt: 10}`.
func (p *parser) joinCount(j *rules.Join, count source.Entry) {
	if p.bareNumber(count, "gte") {
		return
	}
	for _, e := range p.Entries(count.Value, "count") {
		if e.Key.Value != "distinct" {
			p.bound(&j.Bounds, e, "count", "distinct")
			continue
		}
		j.Distinct = &rules.NamedField{Range: p.Span(e.Value)}
		p.fieldName(&j.Distinct.Name, e.Value, "distinct")
	}
	if count.Value.Kind != yaml.MappingNode {
		return
	}
	whole := func(b rules.Bound) bool { return b.Value == float64(int64(b.Value)) && b.Value >= 0 }
	switch at := slices.IndexFunc(j.Bounds, func(b rules.Bound) bool { return !whole(b) }); {
	case len(j.Bounds) == 0:
		p.Errorf("join-count", p.Span(count.Key), "add a bound, such as `gte: 3`", "count has no bound")
	case at >= 0:
		p.Errorf("join-count", j.Bounds[at].Range, "write 0 or a greater number", "events are counted in whole numbers")
	case rules.Within(j.Bounds, 0):
		p.Errorf("join-count", p.Span(count.Value), "write the opposite bound, such as `gte: 3`, and `not "+j.Name+"` in the condition", "the join %q would hold without any other event", j.Name)
	}
}
