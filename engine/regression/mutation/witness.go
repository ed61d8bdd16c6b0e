package mutation

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"decree/rules/ir"
	"decree/rules/regex"
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

// event makes an event of wishes. The wishes of a field become one text: its beginnings, what is
// inside, its ends. A text for one test's field takes the place of what that test wishes.
func (c *composer) event(wishes []wish, of *ir.Match, text string) {
	type form struct{ whole, begin, inside, end string }
	forms := map[string]*form{}
	at := func(f ir.Field) *form {
		name := fieldName(f)
		if forms[name] == nil {
			forms[name] = &form{}
		}
		return forms[name]
	}
	for _, w := range wishes {
		if _, null := w.match.Test.(*ir.Null); null != !w.holds {
			continue // absent, which is what no wish means
		}
		if e, ok := w.match.Test.(*ir.Exists); ok && e.Value != w.holds {
			continue
		}
		f := at(w.match.Field)
		if !w.holds {
			continue
		}
		t, ok := w.match.Test.(*ir.Text)
		if !ok {
			f.whole = first(samples(w.match.Test))
			continue
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
	ev := map[string]string{}
	for name, f := range forms {
		switch {
		case f.whole != "":
			ev[name] = f.whole
		default:
			ev[name] = f.begin + strings.TrimPrefix(f.inside, " ") + f.end
		}
		if ev[name] == "" {
			ev[name] = "other"
		}
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

// samples are texts that a test finds, first, and some that are near.
func samples(t ir.Test) []string {
	switch t := t.(type) {
	case *ir.Text:
		var out []string
		for _, v := range t.Values {
			out = append(out, v, turned(v), "x"+v, v+"x", "x"+v+"x", `C:\x\`+v, perturbed(v))
		}
		return out
	case *ir.Glob:
		return globSamples(t)
	case *ir.Regex:
		return regexSamples(t)
	case *ir.OfFilename:
		var out []string
		for _, text := range samples(t.Test) {
			out = append(out, `C:\x\`+text, text, `C:\`+text+`\x`)
		}
		return out
	case *ir.Bits:
		return bitsSamples(t)
	case *ir.Number:
		return numberSamples(t.Values)
	case *ir.TimePart:
		return timeSamples(t)
	case *ir.Bool:
		return []string{fmt.Sprint(t.Value), fmt.Sprint(!t.Value)}
	case *ir.CIDR:
		var out []string
		for _, p := range t.Prefixes {
			out = append(out, p.Addr().String(), p.Addr().Prev().String(), lastOf(p).Next().String(), lastOf(p).String())
		}
		return out
	case *ir.Exists:
		return []string{"other"}
	case *ir.Null, *ir.FieldRef, *ir.Elements: // a text is not an array
		return nil
	}
	panic("mutation: unknown test")
}

// turned is a text in the other case.
func turned(s string) string {
	if upper := strings.ToUpper(s); upper != s {
		return upper
	}
	return strings.ToLower(s)
}

func globSamples(t *ir.Glob) []string {
	var out []string
	for _, star := range []string{"x", "", "xyz"} {
		for _, one := range []string{"x", "xy", ""} {
			var b strings.Builder
			for _, p := range t.Parts {
				switch p.Wild {
				case '*':
					b.WriteString(star)
				case '?':
					b.WriteString(one)
				case ir.AnyDash:
					b.WriteByte('-')
				default:
					b.WriteString(p.Literal)
				}
			}
			out = append(out, b.String(), turned(b.String()), "x"+b.String(), b.String()+"x")
		}
	}
	return out
}

func numberSamples(values []float64) []string {
	var out []string
	for _, v := range values {
		for _, near := range []float64{v, v - 1, v + 1, v - 2, v + 2} {
			out = append(out, fmt.Sprint(near))
		}
	}
	return out
}

// bitsSamples are numbers with all bits of a mask, with another one too, and without each.
func bitsSamples(t *ir.Bits) []string {
	out := []string{fmt.Sprint(t.Mask), fmt.Sprint(t.Mask | (t.Mask+1)&^t.Mask), fmt.Sprintf("0x%x", t.Mask)}
	for bit := int64(1); bit > 0; bit <<= 1 {
		if t.Mask&bit != 0 {
			out = append(out, fmt.Sprint(t.Mask&^bit))
		}
	}
	return out
}

// timeSamples are times around each value of a part of the clock or calendar.
func timeSamples(t *ir.TimePart) []string {
	var out []string
	for _, v := range t.Values {
		for _, near := range []int{int(v), int(v) - 1, int(v) + 1} {
			at := map[string]time.Time{
				"minute": time.Date(2024, 5, 1, 12, near, 0, 0, time.UTC), "hour": time.Date(2024, 5, 1, near, 0, 0, 0, time.UTC),
				"day": time.Date(2024, 5, near, 12, 0, 0, 0, time.UTC), "week": time.Date(2024, 1, 4+7*(near-1), 12, 0, 0, 0, time.UTC),
				"month": time.Date(2024, time.Month(near), 1, 12, 0, 0, 0, time.UTC), "year": time.Date(near, 5, 1, 12, 0, 0, 0, time.UTC),
			}[t.Part]
			out = append(out, at.Format(time.RFC3339))
		}
	}
	return out
}

// regexSamples are texts that an expression finds: one for each alternative, in both cases, and with text around it.
func regexSamples(t *ir.Regex) []string {
	expr, err := t.Parse().In(regex.Go)
	if err != nil {
		return nil
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	var out []string
	for choice := range 12 {
		text := generate(re.Simplify(), choice)
		out = append(out, text, turned(text), "x"+text, text+"x", "x"+text+"x", "x "+text+" x", text+"\nx", "x\n"+text)
	}
	return out
}

// generate writes one text of an expression; choice steers which alternative.
func generate(re *syntax.Regexp, choice int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return ""
		}
		pair := choice % (len(re.Rune) / 2) * 2
		return string(printable(re.Rune[pair], re.Rune[pair+1]))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpStar, syntax.OpQuest:
		if choice%2 == 0 {
			return generate(re.Sub[0], choice)
		}
		return ""
	case syntax.OpCapture, syntax.OpPlus:
		return generate(re.Sub[0], choice)
	case syntax.OpRepeat:
		return strings.Repeat(generate(re.Sub[0], choice), max(1, re.Min))
	case syntax.OpAlternate:
		return generate(re.Sub[choice%len(re.Sub)], choice/len(re.Sub))
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(generate(sub, choice))
		}
		return b.String()
	}
	return ""
}

// printable is a letter of a range that people can read, where it has one.
func printable(from, to rune) rune {
	for _, c := range "a0A_ " {
		if from <= c && c <= to {
			return c
		}
	}
	return from
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, ok := netip.AddrFromSlice(bytes)
	if !ok {
		panic("mutation: a network has addresses")
	}
	return last
}
