package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"decree/rules/anycase"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Contradiction says why a condition can never hold: no value passes two tests of one column.
type Contradiction struct {
	At      diag.Range // position of the later test
	Message string
}

// Never tells whether no event of the source can satisfy all conditions, which are in the terms of the source. It
// reasons only about single tests of columns with one value: if it finds nothing, the conditions may still be
// impossible.
func (m *Model) Never(s *Source, terms ...ir.Node) (Contradiction, bool) {
	k := m.knowledgeOf(s)
	holds := k.possible && k.all(terms, true)
	return *k.found, !holds
}

// knowledgeOf is what holds of every event of the source, to which conditions may be added.
func (m *Model) knowledgeOf(s *Source) *knowledge {
	known := m.own(knownKey{s}, func() any { return m.known(s) }).(*knowledge)
	found := *known.found
	return &knowledge{model: m, source: s, columns: maps.Clone(known.columns), found: &found, possible: known.possible}
}

type knownKey struct{ source *Source }

// known is what holds of every event of the source.
func (m *Model) known(s *Source) *knowledge {
	k := &knowledge{model: m, source: s, columns: map[string]*held{}, found: &Contradiction{}}
	for _, t := range s.Scope {
		k.inScope(t, s)
	}
	for _, t := range s.Scope {
		if name, ok := k.single(t.Reads()); ok && !k.columns[name].possible() {
			k.found.Message = t.Column + " cannot be " + k.columns[name].because()
			return k
		}
	}
	k.logged()
	if of := s.splunkChannels(); len(of) > 0 {
		for _, field := range append([]string{channelField}, s.Fields[channelField].Spread...) {
			k.hold(field, of, " in the log source "+s.Name)
		}
	}
	k.possible = true
	return k
}

// inScope adds a test of the scope of a source.
func (k *knowledge) inScope(t ScopeTest, of *Source) {
	name, ok := k.single(t.Reads())
	if !ok {
		return
	}
	h := k.of(name)
	if len(t.Values) == 0 {
		h.present = true
		return
	}
	h.values, h.why = intersect(h.values, t.Values), append(h.why, reason{values: t.Values, after: " in the log source " + of.Name})
	h.present = h.present || !t.Optional
}

// NeverIn tells whether no row of a table that belongs to the source and to another one can satisfy all conditions,
// which are in the terms of the source.
func (m *Model) NeverIn(s, other *Source, terms ...ir.Node) bool {
	k := m.knowledgeOf(s)
	for _, t := range other.Scope {
		if !t.EngineOnly {
			k.inScope(t, other)
		}
	}
	return !k.possible || !k.all(terms, true)
}

// logged adds what is known of every event of the source's log: its provider and channel and, if the log is closed, its
// event ids.
func (k *knowledge) logged() {
	log := knownLogs().Logs[k.source.Log]
	if log == nil {
		return
	}
	for _, field := range sortedNames(log.Holds) {
		k.hold(field, log.Holds[field], " in the log "+k.source.Log)
	}
	if !log.Closed {
		return
	}
	if h := k.unscoped(eventIDField); h != nil {
		h.tests = append(h.tests, func(v string) bool {
			id, err := strconv.ParseFloat(v, 64)
			return err == nil && id == float64(int(id)) && log.has(int(id))
		})
		h.why = append(h.why, reason{before: "of the log " + k.source.Log + " (" + strings.Join(log.Events, ", ") + ")"})
	}
}

// hold adds that a field has one of these values in each event that has it.
func (k *knowledge) hold(field string, values []string, after string) {
	if h := k.unscoped(field); h != nil {
		h.values, h.why = intersect(h.values, values), append(h.why, reason{values: values, after: after})
	}
}

// unscoped gives what is known of a field's column; nil if it has no single value, or if the scope says more.
func (k *knowledge) unscoped(field string) *held {
	col, ok := k.model.Native(k.source, ir.Field{Name: field}, nil)
	if !ok {
		return nil
	}
	name, ok := k.single(col)
	if !ok || k.columns[name] != nil {
		return nil
	}
	return k.of(name)
}

type knowledge struct {
	model    *Model
	source   *Source
	columns  map[string]*held
	found    *Contradiction // the first one found
	possible bool           // of the source alone: it can have events
}

func (k *knowledge) of(column string) *held {
	h := &held{}
	if had := k.columns[column]; had != nil {
		*h = *had
		h.tests, h.why = slices.Clip(had.tests), slices.Clip(had.why)
	}
	k.columns[column] = h
	return h
}

// all adds conditions that all hold, or all fail. Single tests come first, then alternatives.
func (k *knowledge) all(terms []ir.Node, want bool) bool {
	var later []ir.Node
	for _, n := range terms {
		for named, ok := n.(*ir.Named); ok; named, ok = n.(*ir.Named) {
			n = named.Body
		}
		switch n.(type) {
		case *ir.Or, *ir.AtLeast:
			later = append(later, n)
		default:
			if !k.holds(n, want) {
				return false
			}
		}
	}
	for _, n := range later {
		if !k.holds(n, want) {
			return false
		}
	}
	return true
}

// some tells whether at least so many of the conditions could hold, or fail, together with what is known.
func (k *knowledge) some(terms []ir.Node, want bool, least int) bool {
	n := 0
	for _, t := range terms {
		beside := &knowledge{model: k.model, source: k.source, columns: maps.Clone(k.columns), found: k.found}
		if beside.holds(t, want) {
			n++
		}
		if n >= least {
			return true
		}
	}
	return len(terms) == 0 && least == 0
}

func (k *knowledge) holds(n ir.Node, want bool) bool {
	switch n := n.(type) {
	case *ir.Const:
		return n.Value == want
	case *ir.Not:
		return k.holds(n.Term, !want)
	case *ir.Named:
		return k.holds(n.Body, want)
	case *ir.And:
		if want {
			return k.all(n.Terms, true)
		}
		return k.some(n.Terms, false, 1)
	case *ir.Or:
		if want {
			return k.some(n.Terms, true, 1)
		}
		return k.all(n.Terms, false)
	case *ir.AtLeast:
		if want {
			return k.some(n.Terms, true, n.Count)
		}
		return k.some(n.Terms, false, len(n.Terms)-n.Count+1)
	case *ir.Keyword, *ir.Prevalence, *ir.Join:
		return true
	case *ir.Match:
		return k.match(n, want)
	}
	panic("schema: unknown node")
}

// match adds a test. A test that does not concern a single value is ignored.
func (k *knowledge) match(n *ir.Match, want bool) bool {
	col, ok := k.model.Native(k.source, n.Field, n.Test)
	if !ok {
		return true
	}
	if text, isText := n.Test.(*ir.Text); isText && want && col.Made == nil && neverBegins(k.source.never(n.Field.Name, col), text) {
		*k.found = Contradiction{n.At, fmt.Sprintf("%s never begins with %s", col.Name, text.Values[0])}
		return false
	}
	name, ok := k.single(col)
	if !ok || col.Holds != "" {
		return true
	}
	h := k.of(name)
	h.numeric = k.source.Numbers(col)
	if !h.take(n.Test, want) {
		return true
	}
	if h.possible() {
		return true
	}
	*k.found = Contradiction{n.At, col.Name + " cannot be " + h.because()}
	return false
}

// neverBegins tells whether no value in an event begins with any value of a test.
func neverBegins(with []string, t *ir.Text) bool {
	if t.Op != ir.Equals && t.Op != ir.StartsWith || len(with) == 0 {
		return false
	}
	return !slices.ContainsFunc(t.Values, func(v string) bool {
		return !slices.ContainsFunc(with, func(never string) bool { return anycase.HasPrefix(v, never) })
	})
}

// single names a column that has at most one value per event, and always the same one of the product's.
func (k *knowledge) single(c Column) (string, bool) {
	if c.Instead.Column != "" || !k.source.oneValue(c) {
		return "", false
	}
	name := strings.ToLower(c.Name)
	if part := c.Key + c.Prefix; part != "" { // the field is only a part of the column
		name += "\x00" + string(c.Type) + "\x00" + part
	}
	return name, true
}

// Numbers tells whether a column holds only numbers.
func (s *Source) Numbers(c Column) bool {
	switch s.Columns[c.Name] {
	case "int", "long", "real":
		return true
	case "":
		return c.Type == Int
	}
	return false
}
