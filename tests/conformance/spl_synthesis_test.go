package conformance

import (
	"math/rand/v2"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// splMaker makes events up that a rule matches, and events that it nearly does. In: a rule met with a model. Out: the
// values of columns, in the product's words.
type splMaker struct {
	r    *rand.Rand
	plan *compilers.Plan
	asks map[string][]ir.Test // column -> what is to hold of its value
	keys []string             // texts that are to be in the whole event
	refs [][2]string          // a column that is to have the value of another
}

func (m *splMaker) pick(values ...string) string { return values[m.r.IntN(len(values))] }

// event is one event: of the rule's table or nearly, its condition fulfilled in one of the ways there are, and mostly
// one column changed thereafter.
func (m *splMaker) event(id string) doc {
	m.asks, m.keys, m.refs = map[string][]ir.Test{}, nil, nil
	m.fulfil(m.plan.Rule.Condition, true)
	values := map[string][]string{}
	m.table(values)
	for _, t := range m.plan.Source.Scope {
		if t.Optional && m.r.IntN(3) == 0 {
			continue
		}
		if values[t.Column] = []string{m.flip(m.pick(t.Values...))}; m.r.IntN(20) == 0 {
			values[t.Column] = []string{"0" + m.pick(t.Values...)}
		}
	}
	var names []string
	for name := range m.asks {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if v, there := m.value(m.asks[name]); there {
			values[name] = []string{v}
		}
	}
	for _, ref := range m.refs {
		if of := values[ref[1]]; of != nil {
			values[ref[0]] = []string{m.flip(of[0])}
		}
	}
	if len(names) > 0 && m.r.IntN(5) > 1 {
		m.spoil(values, names[m.r.IntN(len(names))])
	}
	for _, ref := range m.refs { // of several values the search's note says that it sees none
		for _, name := range ref {
			values[name] = values[name][:min(1, len(values[name]))]
		}
	}
	e := doc{"synthesised": id}
	raw := strings.Join(m.keys, " ")
	for _, name := range sortedColumns(values) {
		all := values[name]
		raw += " " + name + "=" + strings.Join(all, ",")
		e[name] = all[0]
		if len(all) > 1 {
			var several []any
			for _, v := range all {
				several = append(several, v)
			}
			e[name] = several
		}
	}
	e["_raw"] = raw
	return e
}

func sortedColumns(values map[string][]string) []string {
	var names []string
	for name, all := range values {
		if len(all) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// fulfil takes down what must hold of columns so that a condition holds, or does not.
func (m *splMaker) fulfil(n ir.Node, so bool) {
	switch n := n.(type) {
	case *ir.Not:
		m.fulfil(n.Term, !so)
	case *ir.Named:
		m.fulfil(n.Body, so)
	case *ir.And, *ir.Or, *ir.AtLeast:
		terms := slices.Clone(ir.Children(n))
		m.r.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
		count := len(terms)
		_, isOr := n.(*ir.Or)
		if some, ok := n.(*ir.AtLeast); ok {
			count = some.Count
		} else if isOr == so {
			count = 1
		}
		for _, t := range terms[:count] {
			m.fulfil(t, so)
		}
	case *ir.Keyword:
		if so {
			v, _ := m.value([]ir.Test{n.Test})
			m.keys = append(m.keys, v)
		}
	case *ir.Match:
		col, native := m.plan.Column(n.Field)
		if !native || (!so && m.r.IntN(4) > 0) {
			return
		}
		if ref, ok := n.Test.(*ir.FieldRef); ok {
			if other, native := m.plan.Column(ref.Other); native {
				m.refs = append(m.refs, [2]string{col.Name, other.Name})
				m.asks[other.Name] = append(m.asks[other.Name], &ir.Text{Values: []string{"same"}})
			}
			return
		}
		test := n.Test
		if text, ok := test.(*ir.Text); ok && col.Type == schema.HashSet {
			test = &ir.Text{Op: ir.Contains, Values: []string{col.Key + "=" + m.pick(text.Values...)}}
		}
		m.asks[col.Name] = append(m.asks[col.Name], test)
	}
}

// table gives the fields that the table asks for values that it asks for: mostly those of one of its terms.
func (m *splMaker) table(values map[string][]string) {
	for range 20 {
		row := splRow{}
		for _, term := range splTableTerm.FindAllStringSubmatch(m.plan.Source.Table, -1) {
			name, v := term[1], strings.ReplaceAll(strings.Trim(term[2], `"`), "*", m.pick("", "x"))
			if had, _ := row[name].([]string); name == "tag" {
				row[name] = append(had, v)
			} else if row[name] == nil || m.r.IntN(2) == 0 {
				row[name] = []string{v}
			}
		}
		if tags, ok := row["tag"].([]string); ok && len(tags) > 1 && m.r.IntN(2) == 0 {
			row["tag"] = tags[:1]
		}
		in := splSearch(m.plan.Source.Table, nil)(row)
		if in || m.r.IntN(100) == 0 {
			for name, v := range row {
				values[name] = v.([]string)
			}
			return
		}
	}
	panic("no event is in " + m.plan.Source.Table)
}

var splTableTerm = regexp.MustCompile(`([a-z_.]+)=("[^"]*"|[^\s()]+)`)

// value is one for which tests hold, as far as one text can fulfil them all. It is not there where that is asked.
func (m *splMaker) value(tests []ir.Test) (v string, there bool) {
	var before, within, after string
	for _, t := range tests {
		text, ok := t.(*ir.Text)
		if !ok || text.Op == ir.Equals {
			return m.single(t)
		}
		one := text.Values[m.r.IntN(len(text.Values))]
		switch text.Op {
		case ir.StartsWith:
			before = one
		case ir.EndsWith:
			after = one
		case ir.Filename:
			after = m.pick("", `\`, "/", `\\`) + one
			if !strings.ContainsAny(after[:1], `\/`) {
				return m.flip(one), true
			}
		case ir.Contains:
			within += m.pad() + one
		}
	}
	return m.flip(before + within + m.pad() + after), true
}

func (m *splMaker) single(t ir.Test) (string, bool) {
	switch t := t.(type) {
	case *ir.Text:
		return m.flip(m.pick(t.Values...)), true
	case *ir.Glob:
		var b strings.Builder
		for _, p := range t.Parts {
			switch p.Wild {
			case '*':
				b.WriteString(m.pad())
			case '?':
				b.WriteString(m.pick("x", "?", "é", "*"))
			default:
				b.WriteString(p.Literal)
			}
		}
		return m.flip(b.String()), true
	case *ir.Regex:
		if expr, err := syntax.Parse(t.Expr, syntax.Perl); err == nil {
			return m.pad() + m.matching(expr) + m.pick("", m.pad()), true
		}
		return m.pad(), true
	case *ir.Number:
		n := t.Values[m.r.IntN(len(t.Values))]
		switch t.Op {
		case "lt":
			n--
		case "gt":
			n++
		}
		return strconv.FormatFloat(n, 'f', -1, 64), true
	case *ir.Bool:
		return m.flip(strconv.FormatBool(t.Value)), true
	case *ir.CIDR:
		a := t.Prefixes[m.r.IntN(len(t.Prefixes))].Addr()
		if a.Is4() && m.r.IntN(4) == 0 {
			return m.flip("::ffff:") + a.String(), true
		}
		return a.String(), true
	case *ir.Exists:
		return "x", t.Value
	case *ir.Null:
		return "", false
	case *ir.TimePart:
		return "2026-03-02T12:00:00Z", true
	}
	panic("a test that no value is known for")
}

// matching is a text that an expression matches.
func (m *splMaker) matching(e *syntax.Regexp) string {
	times := func(least, most int) string {
		if most < 0 {
			most = least + 2
		}
		var b strings.Builder
		for range least + m.r.IntN(most-least+1) {
			b.WriteString(m.matching(e.Sub[0]))
		}
		return b.String()
	}
	switch e.Op {
	case syntax.OpLiteral:
		return string(e.Rune)
	case syntax.OpCharClass:
		at := 2 * m.r.IntN(len(e.Rune)/2)
		return string(e.Rune[at] + rune(m.r.IntN(int(min(e.Rune[at+1]-e.Rune[at], 20))+1)))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return m.pick("x", ".", " ")
	case syntax.OpCapture:
		return m.matching(e.Sub[0])
	case syntax.OpStar:
		return times(0, -1)
	case syntax.OpPlus:
		return times(1, -1)
	case syntax.OpQuest:
		return times(0, 1)
	case syntax.OpRepeat:
		return times(e.Min, e.Max)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range e.Sub {
			b.WriteString(m.matching(sub))
		}
		return b.String()
	case syntax.OpAlternate:
		return m.matching(e.Sub[m.r.IntN(len(e.Sub))])
	}
	return "" // what holds of a place
}

func (m *splMaker) pad() string { return m.pick("", "", " ", "x", `\`, "/", "é", "..", "\t", "a b") }

// flip changes the case of some letters.
func (m *splMaker) flip(v string) string {
	switch m.r.IntN(4) {
	case 0:
		return strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' {
				return r - 'a' + 'A'
			}
			return r
		}, v)
	case 1:
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r - 'A' + 'a'
			}
			return r
		}, v)
	}
	return v
}

// spoil changes a column's value, so that the rule holds by a hair or fails by one.
func (m *splMaker) spoil(values map[string][]string, name string) {
	if values[name] == nil {
		values[name] = []string{m.pick("x", "-", "0")}
		return
	}
	v := values[name][0]
	_, isNumber := strconv.ParseFloat(v, 64)
	_, isAddress := netip.ParseAddr(v)
	switch m.r.IntN(9) {
	case 0:
		delete(values, name)
	case 1:
		values[name] = []string{m.pad() + v}
	case 2:
		values[name] = []string{v + m.pad()}
	case 3:
		values[name] = []string{m.pick("x", "-", "0"), v}
	case 4:
		if len(v) > 1 {
			values[name] = []string{strings.ToValidUTF8(v[1:], "")}
		}
	case 5:
		values[name] = []string{v + "\n"}
	case 6:
		values[name] = []string{strings.Replace(v, `\`, "/", 1)}
	case 7:
		values[name] = []string{v, m.pick("x", "-", "0")}
	case 8:
		if isNumber == nil {
			values[name] = []string{v + "1"}
		} else if isAddress == nil {
			values[name] = []string{m.pick("10.1.2.3", "fe80::1", "8.8.8.8", "10.0.0.0/8", "999.1.1.1")}
		}
	}
}
