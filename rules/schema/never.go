package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"decree/rules/diag"
	"decree/rules/ir"
)

// Contradiction says why a condition can never hold: no value passes two tests of one column.
type Contradiction struct {
	At      diag.Range // position of the later test
	Message string
}

// Never tells whether no event of the source can satisfy all conditions, which are in the terms of the source. It reasons only about single tests
// of columns with one value: if it finds nothing, the conditions may still be impossible.
func (m *Model) Never(s *Source, terms ...ir.Node) (Contradiction, bool) {
	k := &knowledge{model: m, source: s, columns: map[string]*held{}, found: &Contradiction{}}
	for _, t := range s.Scope {
		if name, ok := k.single(t.Reads()); ok {
			h := k.of(name)
			h.values, h.why = intersect(h.values, t.Values), append(h.why, listed(t.Values)+" in the log source "+s.Name)
			h.present = h.present || !t.Optional
		}
	}
	for _, t := range s.Scope {
		if name, ok := k.single(t.Reads()); ok && !k.columns[name].possible() {
			return Contradiction{Message: t.Column + " cannot be " + strings.Join(k.columns[name].why, " and ")}, true
		}
	}
	k.logged()
	holds := k.all(terms, true)
	return *k.found, !holds
}

// logged adds what is known of every event of the source's log: its provider and channel and, if the log is closed, its event ids.
func (k *knowledge) logged() {
	log := knownLogs().Logs[k.source.Log]
	if log == nil {
		return
	}
	for _, field := range sortedNames(log.Holds) {
		if h := k.unscoped(field); h != nil {
			h.values, h.why = intersect(h.values, log.Holds[field]), append(h.why, listed(log.Holds[field])+" in the log "+k.source.Log)
		}
	}
	if !log.Closed {
		return
	}
	if h := k.unscoped(eventIDField); h != nil {
		h.tests = append(h.tests, func(v string) bool {
			id, err := strconv.ParseFloat(v, 64)
			return err == nil && id == float64(int(id)) && log.has(int(id))
		})
		h.why = append(h.why, "of the log "+k.source.Log+" ("+strings.Join(log.Events, ", ")+")")
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

// held is what is known about the one value of a column.
type held struct {
	values           []string // the value is one of these; nil means any
	names            []string // its last path component is one of these; nil means any
	tests            []func(string) bool
	low, high        bound
	present, missing bool
	why              []string // the requirements in words
}

// bound is one end of a range of numbers.
type bound struct {
	set   bool
	value float64
	open  bool // the value itself is excluded
}

type knowledge struct {
	model   *Model
	source  *Source
	columns map[string]*held
	found   *Contradiction // the first one found
}

func (k *knowledge) of(column string) *held {
	h := &held{}
	if had := k.columns[column]; had != nil {
		*h = *had
		h.tests, h.why = slices.Clone(had.tests), slices.Clone(had.why)
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
		beside := &knowledge{k.model, k.source, maps.Clone(k.columns), k.found}
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
	case *ir.Keyword, *ir.Prevalence:
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
	if text, isText := n.Test.(*ir.Text); isText && want && neverBegins(k.source.never(n.Field.Name, col), text) {
		*k.found = Contradiction{n.At, fmt.Sprintf("%s never begins with %s", col.Name, text.Values[0])}
		return false
	}
	name, ok := k.single(col)
	if !ok || col.Holds != "" {
		return true
	}
	h := k.of(name)
	if !h.take(n.Test, want, k.source.number(col)) {
		return true
	}
	if h.possible() {
		return true
	}
	*k.found = Contradiction{n.At, col.Name + " cannot be " + strings.Join(h.why, " and ")}
	return false
}

// neverBegins tells whether no value in an event begins with any value of a test.
func neverBegins(with []string, t *ir.Text) bool {
	if t.Op != ir.Equals && t.Op != ir.StartsWith || len(with) == 0 {
		return false
	}
	return !slices.ContainsFunc(t.Values, func(v string) bool {
		return !slices.ContainsFunc(with, func(never string) bool { return len(v) >= len(never) && strings.EqualFold(v[:len(never)], never) })
	})
}

// several are columns of Windows' and Elastic's events that may have several values, whatever a model says.
var several = map[string]bool{"data": true, "keywords": true, "winlog.keywords": true, "event.category": true, "event.type": true, "process.args": true, "registry.data.strings": true, "message": true, "eventdata_xml": true}

// single names a column that has at most one value per event: in a table with types, or in Windows' events.
func (k *knowledge) single(c Column) (string, bool) {
	name := strings.ToLower(c.Name)
	if c.Multivalue || c.Type == Digests || len(c.Spread) > 0 || several[name] || strings.Contains(name, "{}") {
		return "", false
	}
	switch k.source.Columns[c.Name] {
	case "string", "int", "long", "real", "bool", "datetime", "guid":
	case "":
		scoped := slices.ContainsFunc(k.source.Scope, func(t ScopeTest) bool { return strings.EqualFold(t.Column, c.Name) })
		if !scoped && !strings.EqualFold(k.source.Product, "windows") {
			return "", false
		}
	default:
		return "", false
	}
	if c.Key != "" { // the field is only a part of the column
		name += "\x00" + string(c.Type) + "\x00" + c.Key
	}
	return name, true
}

// number tells whether a column holds only numbers.
func (s *Source) number(c Column) bool {
	switch s.Columns[c.Name] {
	case "int", "long", "real":
		return true
	case "":
		return c.Type == Int
	}
	return false
}

// take adds a test. It is false if nothing can be concluded from the test.
func (h *held) take(t ir.Test, want, numeric bool) bool {
	switch t := t.(type) {
	case *ir.Null:
		return h.there(!want)
	case *ir.Exists:
		return h.there(t.Value == want)
	case *ir.Text:
		return h.text(t, want, numeric)
	case *ir.Number:
		return h.numbers(t, want)
	case *ir.Regex:
		if re, err := t.Parse().Compile(); err == nil && h.values != nil && !slices.ContainsFunc(h.values, hasLetter) { // values are kept without their case
			h.tests = append(h.tests, func(v string) bool { return re.MatchString(v) == want })
			h.why = append(h.why, map[bool]string{true: "", false: "not "}[want]+"a match of "+t.Expr)
			h.present = h.present || want
			return true
		}
	}
	h.present = h.present || want
	return want
}

func (h *held) there(present bool) bool {
	h.present, h.missing = h.present || present, h.missing || !present
	if present {
		h.why = append(h.why, "present")
	} else {
		h.why = append(h.why, "missing")
	}
	return true
}

func (h *held) text(t *ir.Text, want, numeric bool) bool {
	if slices.Contains(t.Values, "") || len(t.Values) > keptValues {
		return false // in a product without empty texts, an empty text is a missing one
	}
	asked := make([]string, len(t.Values))
	for i, v := range t.Values {
		asked[i] = folded(v)
	}
	compare := map[ir.TextOp]func(v, a string) bool{ir.StartsWith: strings.HasPrefix, ir.EndsWith: strings.HasSuffix, ir.Contains: strings.Contains}[t.Op]
	switch {
	case t.Op == ir.Filename:
		h.tests = append(h.tests, func(v string) bool { return slices.Contains(asked, v[strings.LastIndexAny(v, `\/`)+1:]) == want })
		if want {
			h.names = intersect(h.names, t.Values)
		}
	case t.Op != ir.Equals:
		h.tests = append(h.tests, func(v string) bool {
			return slices.ContainsFunc(asked, func(a string) bool { return compare(v, a) }) == want
		})
	case want && numeric && !slices.ContainsFunc(t.Values, func(v string) bool { _, err := strconv.ParseFloat(v, 64); return err == nil }):
		h.values, h.why = []string{}, append(h.why, "a number")
	case want:
		h.values = intersect(h.values, t.Values)
	default:
		h.tests = append(h.tests, func(v string) bool { return !slices.Contains(asked, v) })
	}
	if want {
		h.present = true
		h.why = append(h.why, words(t.Op)+listed(t.Values))
	} else {
		h.why = append(h.why, "not "+words(t.Op)+listed(t.Values))
	}
	return true
}

// keptValues limits how many values of one test are remembered.
const keptValues = 1000

func words(op ir.TextOp) string {
	switch op {
	case ir.StartsWith:
		return "a text that begins with "
	case ir.EndsWith:
		return "a text that ends with "
	case ir.Contains:
		return "a text with "
	case ir.Filename:
		return "a path to "
	}
	return ""
}

var comparisons = map[string]func(v, n float64) bool{
	"eq": func(v, n float64) bool { return v == n }, "lt": func(v, n float64) bool { return v < n }, "lte": func(v, n float64) bool { return v <= n },
	"gt": func(v, n float64) bool { return v > n }, "gte": func(v, n float64) bool { return v >= n },
}

func (h *held) numbers(t *ir.Number, want bool) bool {
	if len(t.Values) > keptValues {
		return false
	}
	texts := make([]string, len(t.Values))
	for i, v := range t.Values {
		texts[i] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	sign := map[string]string{"eq": "", "lt": "less than ", "lte": "at most ", "gt": "more than ", "gte": "at least "}[t.Op]
	h.tests = append(h.tests, func(v string) bool {
		n, err := strconv.ParseFloat(v, 64)
		return (err == nil && slices.ContainsFunc(t.Values, func(asked float64) bool { return comparisons[t.Op](n, asked) })) == want
	})
	if !want {
		h.why = append(h.why, "not "+sign+listed(texts))
		return true
	}
	h.present = true
	h.why = append(h.why, sign+listed(texts))
	switch t.Op {
	case "eq":
		h.values = intersect(h.values, texts)
	case "lt", "lte":
		if top := slices.Max(t.Values); !h.high.set || top < h.high.value || (top == h.high.value && t.Op == "lt") {
			h.high = bound{true, top, t.Op == "lt"}
		}
	default:
		if least := slices.Min(t.Values); !h.low.set || least > h.low.value || (least == h.low.value && t.Op == "gt") {
			h.low = bound{true, least, t.Op == "gt"}
		}
	}
	return true
}

// possible tells whether a value is left, or the column may be missing.
func (h *held) possible() bool {
	if h.present && h.missing {
		return false
	}
	if !h.present {
		return true
	}
	if h.low.set && h.high.set && (h.low.value > h.high.value || (h.low.value == h.high.value && (h.low.open || h.high.open))) {
		return false
	}
	if h.names != nil && len(h.names) == 0 {
		return false
	}
	return h.values == nil || slices.ContainsFunc(h.values, func(v string) bool {
		return !slices.ContainsFunc(h.tests, func(test func(string) bool) bool { return !test(v) })
	})
}

// intersect keeps the values that are in both lists. If had is nil, every value is allowed.
func intersect(had, more []string) []string {
	out := []string{}
	for _, v := range more {
		v = folded(v)
		if had == nil || slices.ContainsFunc(had, func(h string) bool { return alike(h, v) }) {
			out = append(out, v)
		}
	}
	return out
}

// folded is the form of a text for comparison without case.
func folded(v string) string { return strings.ToLower(strings.ToUpper(v)) }

func hasLetter(v string) bool { return strings.ContainsFunc(v, unicode.IsLetter) }

// alike tells whether two folded values are equal as texts or as numbers.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	x, err := strconv.ParseFloat(a, 64)
	y, also := strconv.ParseFloat(b, 64)
	return err == nil && also == nil && x == y
}

// listed lists a few values.
func listed(values []string) string {
	const shown = 4
	text := strings.Join(values[:min(len(values), shown)], ", ")
	if len(values) > shown {
		text += " …"
	}
	return text
}
