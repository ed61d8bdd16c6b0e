package mutation

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"decree/rules/ir"
)

// mostCandidates bounds the events that are tried for one rule.
const mostCandidates = 20_000

// candidates makes events of a rule's own texts: for every test of the rule and its mutants, events on
// which only that test should decide, with texts that the test finds and some that it barely does not.
func candidates(r *ir.Rule, survivors []Mutant) []map[string]string {
	c := &composer{seen: map[string]bool{}}
	c.rule(r.Condition)
	for _, m := range survivors {
		c.rule(m.Rule.Condition)
	}
	return c.out
}

type composer struct {
	seen map[string]bool
	out  []map[string]string
}

// wish is that a test holds, or does not.
type wish struct {
	match *ir.Match
	holds bool
}

// rule asks of each test that it decides.
func (c *composer) rule(n ir.Node) { c.decide(n, nil) }

// decide walks down to each test, wishing that its neighbours leave the decision to it.
func (c *composer) decide(n ir.Node, above []wish) {
	switch n := n.(type) {
	case *ir.Match:
		for _, holds := range []bool{true, false} {
			c.event(append(slices.Clone(above), wish{n, holds}), n, "")
		}
		for _, text := range samples(n.Test) {
			c.event(above, n, text)
		}
	case *ir.Keyword:
		for _, text := range append(samples(n.Test), "") {
			c.event(append(slices.Clone(above), wish{&ir.Match{Field: keywordField, Test: n.Test}, text != ""}), &ir.Match{Field: keywordField}, text)
		}
	case *ir.And:
		c.terms(n.Terms, len(n.Terms), above)
	case *ir.Or:
		c.terms(n.Terms, 1, above)
	case *ir.AtLeast:
		c.terms(n.Terms, n.Count, above)
	default:
		for _, below := range ir.Children(n) {
			c.decide(below, above)
		}
	}
}

// keywordField is where texts go that are looked for in the whole event.
var keywordField = ir.Field{Name: "Message"}

// terms lets each of some terms decide: count-1 of the others hold. All and none of them are wished too.
func (c *composer) terms(terms []ir.Node, count int, above []wish) {
	for _, holding := range []int{0, count - 1, count, len(terms)} {
		for first := range terms {
			wishes := slices.Clone(above)
			for i := range terms {
				wishes = append(wishes, want(terms[(first+i)%len(terms)], i < holding)...)
			}
			c.event(wishes, nil, "")
		}
	}
	for i, t := range terms {
		wishes, left := slices.Clone(above), count-1
		for j, other := range terms {
			if j != i {
				wishes = append(wishes, want(other, left > 0)...)
				left--
			}
		}
		c.decide(t, wishes)
	}
}

// want is one way for a node to come out.
func want(n ir.Node, holds bool) []wish {
	switch n := n.(type) {
	case *ir.Named:
		return want(n.Body, holds)
	case *ir.Not:
		return want(n.Term, !holds)
	case *ir.Match:
		return []wish{{n, holds}}
	case *ir.Keyword:
		return []wish{{&ir.Match{Field: keywordField, Test: n.Test}, holds}}
	case *ir.And:
		return some(n.Terms, len(n.Terms), holds)
	case *ir.Or:
		return some(n.Terms, 1, holds)
	case *ir.AtLeast:
		return some(n.Terms, n.Count, holds)
	}
	return nil // rarity and constants: an event without the entity is not rare
}

func some(terms []ir.Node, count int, holds bool) []wish {
	var out []wish
	for i, t := range terms {
		out = append(out, want(t, holds && i < count)...)
	}
	return out
}

// isAbsent tells whether the field must be missing, which is what no wish means.
func (w wish) isAbsent() bool {
	if _, null := w.match.Test.(*ir.Null); null != !w.holds {
		return true
	}
	e, exists := w.match.Test.(*ir.Exists)
	return exists && e.Value != w.holds
}

// form is what tests wish of the text of a field: all of it, or parts.
type form struct{ whole, begin, inside, end string }

// take adds what a test wishes.
func (f *form) take(test ir.Test) {
	t, ok := test.(*ir.Text)
	if !ok {
		f.whole = first(samples(test))
		return
	}
	switch v := t.Values[0]; t.Op {
	case ir.Equals:
		f.whole = v
	case ir.StartsWith:
		f.begin = v
	case ir.Contains:
		if !strings.Contains(f.inside, v) {
			f.inside += " " + v
		}
	case ir.Word:
		if !strings.Contains(f.inside, v) {
			f.inside += "  " + v + " "
		}
	case ir.EndsWith, ir.Filename:
		if !strings.HasSuffix(strings.ToLower(f.end), strings.ToLower(v)) {
			f.end = v
		}
		if t.Op == ir.Filename {
			f.begin += `C:\x\`
		}
	}
}

// text has all that is wished. Where nothing is, it is any.
func (f *form) text() string {
	return cmp.Or(f.whole, f.begin+strings.TrimPrefix(f.inside, " ")+f.end, "other")
}

// event makes an event of wishes. The wishes of a field become one text: its beginnings, what is
// inside, its ends. A text for one test's field takes the place of what that test wishes.
func (c *composer) event(wishes []wish, of *ir.Match, text string) {
	forms := map[string]*form{}
	for _, w := range wishes {
		if w.isAbsent() {
			continue
		}
		name := fieldName(w.match.Field)
		if forms[name] == nil {
			forms[name] = &form{}
		}
		if w.holds {
			forms[name].take(w.match.Test)
		}
	}
	ev := map[string]string{}
	for name, f := range forms {
		ev[name] = f.text()
	}
	if of != nil && text != "" {
		name := fieldName(of.Field)
		f := forms[name]
		ev[name] = text
		if f != nil && f.whole == "" { // what others ask of the field stays around it
			c.keep(maps.Clone(ev))
			ev[name] = f.begin + text + strings.TrimRight(f.inside, " ") + f.end
			c.keep(maps.Clone(ev))
			ev[name] = text + f.inside + f.end
		}
	}
	c.keep(ev)
}

func (c *composer) keep(ev map[string]string) {
	key := encoded(ev)
	if len(ev) > 0 && !c.seen[key] && len(c.out) < mostCandidates {
		c.seen[key] = true
		c.out = append(c.out, ev)
	}
}

// fieldName is how Sigma names an ancestor's field. Only the nearest two have names.
func fieldName(f ir.Field) string {
	return []string{"", "Parent", "GrandParent", "GreatGrandParent", "GreatGreatGrandParent", "FifthAncestor"}[f.Level] + f.Name
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
