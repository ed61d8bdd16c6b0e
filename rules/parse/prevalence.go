package parse

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
)

// maxRarest bounds the rarest values kept, far above what a look-up service answers.
const maxRarest = 1_000_000

var boundOps = []string{"lt", "lte", "gt", "gte", "eq"}

// prevalence reads the named rarity conditions.
func (p *parser) prevalence(r *rules.Rule, n *yaml.Node) {
	for _, e := range p.entries(n, "prevalence") {
		if q := p.rarity(e); p.claim(e.key) {
			r.Prevalence = append(r.Prevalence, q)
		}
	}
}

func (p *parser) rarity(block entry) rules.Prevalence {
	q := rules.Prevalence{Name: block.key.Value, Range: p.span(block.key), Unavailable: "exclude"}
	members := map[string]**rules.Membership{"signature": &q.Signature, "signer": &q.Signer, "issuer": &q.Issuer, "root": &q.Root}
	asked, before := false, p.errors
	for _, e := range p.entries(block.value, "a prevalence condition") {
		switch key := e.key.Value; key {
		case "field":
			p.text(&q.Field, e.value, key)
			q.FieldRange = p.span(e.value)
		case "among":
			p.text(&q.Among, e.value, key)
		case "local":
			q.Local, asked = p.local(e.value), true
		case "global":
			for _, part := range p.entries(e.value, "global") {
				if part.key.Value == "default" {
					q.GlobalElse = p.number(part.value)
				} else {
					p.bound(&q.Global, part, "global", "default")
				}
			}
			asked = true
			if len(q.Global) == 0 {
				p.errorf("prevalence-empty", p.span(e.key), "add a bound, such as `lt: 250`", "global has no bound")
			}
		case "unavailable":
			p.text(&q.Unavailable, e.value, key)
			p.oneOf("invalid-unavailable", e.value, q.Unavailable, []string{"exclude", "include"})
		default:
			to := members[key]
			if to == nil {
				p.unknownKey(e.key, "a prevalence condition", "field", "among", "local", "global", "signature", "signer", "issuer", "root", "unavailable")
				continue
			}
			*to, asked = p.membership(e.value, key), true
		}
	}
	if block.value.Kind != yaml.MappingNode {
		return q
	}
	if q.Field == "" {
		p.errorf("prevalence-without-field", q.Range, "add `field: sha1`, or another entity", "prevalence %q does not say what is counted", q.Name)
	}
	if !asked && p.errors == before {
		p.errorf("prevalence-empty", q.Range, "add local, global or signature", "prevalence %q asks nothing", q.Name)
	}
	return q
}

func (p *parser) local(n *yaml.Node) *rules.LocalPrevalence {
	l := &rules.LocalPrevalence{}
	for _, e := range p.entries(n, "local") {
		switch e.key.Value {
		case "distinct":
			p.text(&l.Distinct, e.value, "distinct")
		case "rarest":
			n, err := strconv.Atoi(e.value.Value)
			if err != nil || n < 1 || n > maxRarest {
				p.errorf("invalid-number", p.span(e.value), "write a whole number above 0", "rarest cannot be %q", e.value.Value)
				n = 1
			}
			l.Rarest = n
		default:
			p.bound(&l.Bounds, e, "local", "distinct", "rarest")
		}
	}
	if l.Distinct == "" {
		p.errorf("prevalence-without-field", p.span(n), "add `distinct: host`", "local does not say what is counted")
	}
	if l.Rarest == 0 && len(l.Bounds) == 0 {
		p.errorf("prevalence-empty", p.span(n), "add `rarest: 1000` or `lte: 3`", "local has no cut and no bound")
	}
	return l
}

func (p *parser) bound(to *[]rules.Bound, e entry, what string, others ...string) {
	if !slices.Contains(boundOps, e.key.Value) {
		p.unknownKey(e.key, what, append(others, boundOps...)...)
		return
	}
	*to = append(*to, rules.Bound{Op: e.key.Value, Value: p.number(e.value), Range: p.span(e.value)})
}

func (p *parser) number(n *yaml.Node) float64 {
	f, err := strconv.ParseFloat(n.Value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		p.errorf("invalid-number", p.span(n), "write a number", "%q is no number", n.Value)
		return 0
	}
	return f
}

// membership reads `x`, `[x, y]`, `{eq: x}` or `{neq: [x, y]}`.
func (p *parser) membership(n *yaml.Node, what string) *rules.Membership {
	m := &rules.Membership{Range: p.span(n)}
	if n.Kind != yaml.MappingNode {
		p.texts(&m.Values, n, what)
		return m
	}
	entries := p.entries(n, what)
	if len(entries) != 1 || !slices.Contains([]string{"eq", "neq"}, entries[0].key.Value) {
		p.errorf("unknown-key", m.Range, "write `{neq: SignedValid}`", "%s takes exactly one of eq, neq", what)
		return m
	}
	m.Not = entries[0].key.Value == "neq"
	p.texts(&m.Values, entries[0].value, what)
	return m
}

// checkAmong reports populations that no name defines.
func (p *parser) checkAmong(r *rules.Rule) {
	names := r.Names()
	for _, q := range r.Prevalence {
		if q.Among == "" || slices.Contains(names, q.Among) {
			continue
		}
		hint := "names of this rule: " + strings.Join(names, ", ")
		if near := diag.Closest(q.Among, names); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		p.errorf("undefined-name", q.Range, hint, "prevalence %q counts among %q, which the rule does not define", q.Name, q.Among)
	}
}
