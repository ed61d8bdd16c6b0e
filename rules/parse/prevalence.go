package parse

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// maxRarest limits the rarest values kept, far above what a look-up service answers.
const maxRarest = 1_000_000

var boundOps = []string{"lt", "lte", "gt", "gte", "eq"}

// prevalence reads the named rarity conditions.
func (p *parser) prevalence(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "prevalence") {
		if q := p.rarity(e); p.claim(e.Key) {
			r.Prevalence = append(r.Prevalence, q)
		}
	}
}

// rarity reads one named condition.
func (p *parser) rarity(block source.Entry) rules.Prevalence {
	q := rules.Prevalence{Name: block.Key.Value, Range: p.Span(block.Key), Unavailable: "exclude"}
	asked, before := false, p.Errors()
	var unavailable *yaml.Node
	for _, e := range p.Entries(block.Value, "a prevalence condition") {
		switch key := e.Key.Value; key {
		case "field":
			p.fieldName(&q.Field, e.Value, key)
			q.FieldRange = p.Span(e.Value)
		case "of":
			p.Text(&q.Of, e.Value, key)
			q.OfRange = p.Span(e.Value)
			p.OneOf("invalid-of", e.Value, q.Of, rules.PrevalenceOf)
		case "among":
			p.Text(&q.Among, e.Value, key)
		case "local":
			q.Local, asked = p.local(e.Value), true
		case "global":
			asked = true
			p.global(&q, e)
		case "unavailable":
			unavailable = e.Key
			p.Text(&q.Unavailable, e.Value, key)
			p.OneOf("invalid-unavailable", e.Value, q.Unavailable, []string{"exclude", "include"})
		default:
			if p.reputation(&q, e) {
				asked = true
			} else {
				p.unknownPrevalenceKey(e)
			}
		}
	}
	if block.Value.Kind != yaml.MappingNode {
		return q
	}
	if unavailable != nil && asked && !q.AsksReputation() {
		p.Warnf("unused-unavailable", p.Span(unavailable), "remove it", "`unavailable` has no effect: prevalence %q looks nothing up", q.Name)
	}
	p.checkRarityField(&q)
	if !asked && p.Errors() == before {
		p.Errorf("prevalence-empty", q.Range, "add local, global or signature", "prevalence %q has no bound", q.Name)
	}
	return q
}

// checkRarityField checks that a condition names a field, and one whose reputation is known if it asks for that.
func (p *parser) checkRarityField(q *rules.Prevalence) {
	if q.Field == "" {
		p.Errorf("prevalence-without-field", q.Range, "add `field: sha1`, or another entity", "prevalence %q does not say what is counted", q.Name)
	}
	if q.AsksReputation() && q.Field != "" && !slices.Contains(rules.ReputationKeys, q.Field) {
		p.Errorf("no-reputation-of-field", q.FieldRange, diag.DidYouMean(q.Field, rules.ReputationKeys, "ask by sha1 or sha256, the hashes of a file, or leave the reputation out"), "prevalence %q asks for the reputation of %s: sources know that of %s", q.Name, q.Field, strings.Join(rules.ReputationKeys, ", "))
	}
}

// global reads bounds of how often a value is seen anywhere.
func (p *parser) global(q *rules.Prevalence, e source.Entry) {
	if p.bareNumber(e, "lte") {
		return
	}
	for _, part := range p.Entries(e.Value, "global") {
		if part.Key.Value == "default" {
			q.GlobalElse = p.Number(part.Value)
		} else {
			p.bound(&q.Global, part, "global", "default")
		}
	}
	if len(q.Global) == 0 && e.Value.Kind == yaml.MappingNode {
		p.Errorf("prevalence-empty", p.Span(e.Key), "add a bound, such as `lt: 250`", "global has no bound")
	}
}

// bareNumber reports a number where a bound is asked for. It returns false for anything else.
func (p *parser) bareNumber(e source.Entry, op string) bool {
	_, err := strconv.ParseFloat(e.Value.Value, 64)
	if e.Value.Kind != yaml.ScalarNode || err != nil {
		return false
	}
	p.Errorf("wrong-type", p.Span(e.Value), "write `"+e.Key.Value+": {"+op+": "+e.Value.Value+"}`", "%s must be a bound, such as {%s: ...}", e.Key.Value, op)
	return true
}

// wordsForPrevalence are words that people write for keys of a prevalence condition, where another key is spelt more
// like them.
var wordsForPrevalence = map[string]string{"signed": "signature", "unsigned": "signature", "signature_state": "signature", "valid": "certificate_valid", "publisher": "signer", "first_seen": "global_first_seen"}

func (p *parser) unknownPrevalenceKey(e source.Entry) {
	if meant := wordsForPrevalence[e.Key.Value]; meant != "" {
		p.Errorf("unknown-key", p.Span(e.Key), "did you mean `"+meant+"`?", "unknown key %q in a prevalence condition", e.Key.Value)
		return
	}
	p.UnknownKey(e.Key, "a prevalence condition", prevalenceKeys()...)
}

// prevalenceKeys are the keys of a prevalence condition.
func prevalenceKeys() []string {
	keys := []string{"field", "of", "among", "local", "global"}
	for _, part := range rules.ReputationParts {
		keys = append(keys, part.Name)
	}
	return append(keys, "unavailable")
}

// reputation reads a test of a part of a reputation. It returns false if the key is no such part.
func (p *parser) reputation(q *rules.Prevalence, e source.Entry) bool {
	at := reputationPart(e.Key.Value)
	if at < 0 {
		return false
	}
	t := rules.ReputationTest{Part: e.Key.Value, Range: p.Span(e.Value)}
	switch rules.ReputationParts[at].Kind {
	case rules.ReputationText:
		t.Is = p.reputationText(e)
	case rules.ReputationFlag:
		t.Flag = p.reputationFlag(e)
	case rules.ReputationTime:
		t.Within = p.reputationTime(e)
	}
	q.Reputation = append(q.Reputation, t)
	slices.SortStableFunc(q.Reputation, func(a, b rules.ReputationTest) int { return reputationPart(a.Part) - reputationPart(b.Part) })
	return true
}

// reputationPart is the place of a part among all parts of a reputation, or -1.
func reputationPart(name string) int {
	return slices.IndexFunc(rules.ReputationParts, func(part rules.ReputationPart) bool { return part.Name == name })
}

func (p *parser) reputationText(e source.Entry) *rules.Membership {
	before := p.Errors()
	is := p.membership(e.Value, e.Key.Value)
	if p.Errors() == before && len(is.Values) == 0 {
		p.Errorf("prevalence-empty", p.Span(e.Key), "write a text or a list of texts; `''` is what is unknown", "%s has no text to compare with", e.Key.Value)
	}
	return is
}

func (p *parser) reputationFlag(e source.Entry) *bool {
	name, flag := e.Key.Value, new(bool)
	switch {
	case source.IsNull(e.Value):
		p.Errorf("prevalence-empty", p.Span(e.Key), "write `true` or `false`", "%s has no value", name)
	case e.Value.Kind != yaml.ScalarNode: // {eq: true}, as bounds are written
		p.Errorf("wrong-type", p.Span(e.Value), "write `"+name+": true` or `"+name+": false`", "%s must be true or false", name)
	default:
		p.Bool(flag, e.Value, name)
	}
	return flag
}

func (p *parser) reputationTime(e source.Entry) (within time.Duration) {
	before := p.Errors()
	for _, part := range p.Entries(e.Value, e.Key.Value, "within") {
		if part.Key.Value == "within" {
			within = p.span(part.Value)
		}
	}
	if p.Errors() == before && within == 0 {
		p.Errorf("prevalence-empty", p.Span(e.Key), "write `{within: 30d}`", "%s has no bound", e.Key.Value)
	}
	return within
}

// local reads how often a value is seen among the user's own events.
func (p *parser) local(n *yaml.Node) *rules.LocalPrevalence {
	l := &rules.LocalPrevalence{}
	for _, e := range p.Entries(n, "local") {
		switch e.Key.Value {
		case "distinct":
			p.fieldName(&l.Distinct, e.Value, "distinct")
			l.DistinctRange = p.Span(e.Value)
		case "rarest":
			l.Rarest = p.Whole("invalid-number", e.Value, "rarest", "write how many of the rarest values to keep", 1, maxRarest)
		case "over":
			l.Over, l.OverRange = p.span(e.Value), p.Span(e.Value)
		default:
			p.bound(&l.Bounds, e, "local", "distinct", "rarest", "over")
		}
	}
	if l.Distinct == "" {
		p.Errorf("prevalence-without-field", p.Span(n), "add `distinct: host`", "local does not say what is counted")
	}
	if l.Rarest == 0 && len(l.Bounds) == 0 {
		p.Errorf("prevalence-empty", p.Span(n), "add `rarest: 1000` or `lte: 3`", "local has no bound")
	}
	return l
}

// bound reads `lt: 250`. others are the keys beside bounds, for a hint.
func (p *parser) bound(to *[]rules.Bound, e source.Entry, what string, others ...string) {
	if !slices.Contains(boundOps, e.Key.Value) {
		p.UnknownKey(e.Key, what, append(others, boundOps...)...)
		return
	}
	*to = append(*to, rules.Bound{Op: e.Key.Value, Value: p.Number(e.Value), Range: p.Span(e.Value)})
}

// membership reads `x`, `[x, y]`, `{eq: x}` or `{neq: [x, y]}`.
func (p *parser) membership(n *yaml.Node, what string) *rules.Membership {
	m := &rules.Membership{Range: p.Span(n)}
	if n.Kind != yaml.MappingNode {
		p.Texts(&m.Values, n, what)
		return m
	}
	entries := p.Entries(n, what)
	if len(entries) != 1 || !slices.Contains([]string{"eq", "neq"}, entries[0].Key.Value) {
		p.Errorf("unknown-key", m.Range, "write `{neq: SignedValid}`", "%s takes exactly one of eq, neq", what)
		return m
	}
	m.Not = entries[0].Key.Value == "neq"
	p.Texts(&m.Values, entries[0].Value, what)
	return m
}

// checkPopulations reports populations that the rule does not define, and periods that are not longer than the
// lookback.
func (p *parser) checkPopulations(r *rules.Rule) {
	names := r.Names()
	for _, q := range r.Prevalence {
		if l, lookback := q.Local, r.Schedule.Lookback; l != nil && l.Over > 0 && l.Over <= lookback {
			p.Errorf("prevalence-over", l.OverRange, "write a longer period, or leave `over` out", "prevalence %q counts over a period that is not longer than the rule's lookback", q.Name)
		}
		if q.Among == "" || slices.Contains(names, q.Among) {
			continue
		}
		p.Errorf("undefined-name", q.Range, diag.DidYouMean(q.Among, names, "names of this rule: "+strings.Join(names, ", ")), "prevalence %q counts among %q, which the rule does not define", q.Name, q.Among)
	}
}
