package spl

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// maxSearchNames limits how many file names become search terms. Each takes three terms.
const maxSearchNames = 20

// searchPredicate writes a test for the search command, when that is exact there. The command
// ignores case, looks at every value of a field, and its NOT holds for a missing field.
func (w *writer) searchPredicate(n ir.Node) (logic.Pred, bool) {
	m, ok := n.(*ir.Match)
	if !ok {
		return nil, false
	}
	col, native := w.plan.Column(m.Field)
	if !native || col.Made != nil || col.Second() || col.Type == schema.HashSet || !nameable(col.Name) || (w.dataset != nil && !w.dataset.canSay(m.Test, w.plan.Model.Missing)) {
		return nil, false
	}
	name := w.dataset.fieldName(col.Name)
	switch t := m.Test.(type) {
	case *ir.Exists:
		return presence(name, col.Missing, t.Value), true
	case *ir.Null:
		return presence(name, col.Missing, false), true
	case *ir.Text:
		values, ok := searchValues(t)
		if !ok || w.plan.Apart(t) || col.Missing != "" && holdsFor(t, col.Missing) {
			return nil, false
		}
		return searchIn(name, values), true
	case *ir.Bool:
		return logic.Atom(name + `="` + strconv.FormatBool(t.Value) + `"`), col.Missing == ""
	case *ir.Number:
		if values, ok := searchNumbers(col, t); ok {
			return searchIn(name, values), true
		}
	}
	return nil, false
}

func searchIn(name string, values []string) logic.Pred {
	if len(values) == 1 {
		return logic.Atom(name + "=" + values[0])
	}
	return logic.Atom(name + " IN (" + strings.Join(values, ", ") + ")")
}

// searchNumbers are the numbers that a column may equal. The command compares texts, of which "1" is not "1.0": that is
// exact where the product writes whole numbers, and those that a float64 tells apart.
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search
func searchNumbers(col schema.Column, t *ir.Number) ([]string, bool) {
	if col.Type != schema.Int || t.Op != "eq" {
		return nil, false
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		if v != math.Trunc(v) || math.Abs(v) >= 1<<53 {
			return nil, false
		}
		values[i] = strconv.FormatInt(int64(v), 10)
	}
	return values, true
}

// presence tests whether a field has a value other than the product's word for a missing one, "" if it has no word.
func presence(name, missing string, present bool) logic.Pred {
	there := logic.Atom(name + "=*")
	if missing == "" {
		if present {
			return there
		}
		return logic.Not{Term: there}
	}
	word := logic.Atom(name + "=" + evalString(missing))
	if present {
		return logic.All{there, logic.Not{Term: word}}
	}
	return logic.Any{logic.Not{Term: there}, word}
}

// searchValues writes the values of a test for the search command. It is false if one of them would not be exact.
func searchValues(t *ir.Text) ([]string, bool) {
	if t.Cased || t.Op == ir.Word || (t.Op == ir.Filename && len(t.Values) > maxSearchNames) {
		return nil, false
	}
	var values []string
	exact := true
	add := func(op ir.TextOp, v string) {
		text, ok := searchLiteral(op, v)
		values, exact = append(values, text), exact && ok
	}
	for _, v := range t.Values {
		add(t.Op, v)
		if t.Op == ir.Filename { // alone, or at the end of a path
			exact = exact && !strings.ContainsAny(v, `\/`)
			add(ir.EndsWith, `\`+v)
			add(ir.EndsWith, "/"+v)
		}
	}
	if !exact {
		return nil, false
	}
	return values, true
}

// searchable writes a whole subtree for the search command. It is false if any part would not be exact.
func (w *writer) searchable(n ir.Node) (logic.Pred, bool) {
	all := true
	ir.Inspect(n, func(below ir.Node) bool {
		switch below.(type) {
		case *ir.Match, *ir.Keyword, *ir.Prevalence, *ir.Join:
			_, ok := w.searchPredicate(below)
			all = all && ok
		case *ir.Const:
			all = false
		}
		return all
	})
	if !all {
		return nil, false
	}
	return logic.Build(n, func(n ir.Node) logic.Pred {
		p, _ := w.searchPredicate(n)
		return p
	}), true
}

// wherePredicate writes a test, or the condition on how rare a value is, for where. Every such predicate is true or
// false, never null.
func (w *writer) wherePredicate(n ir.Node) logic.Pred {
	switch n := n.(type) {
	case *ir.Prevalence:
		return logic.Atom(fmt.Sprintf("decree_rare_%d=1", w.prevalenceNumber(n)))
	case *ir.Join:
		return logic.Atom(fmt.Sprintf("decree_join_%d=1", w.joinNumber(n)))
	case *ir.Keyword:
		return w.keyword(n)
	case *ir.Match:
		if d := w.ancestorTestOf(n); d != nil {
			return logic.Atom("coalesce(" + d.flag + ", 0)=1")
		}
		return w.match(n, 0)
	}
	panic("spl: unknown node")
}

// match writes a match on the columns of the event that is up levels above the rule's event.
func (w *writer) match(m *ir.Match, up int) logic.Pred {
	f := m.Field
	f.Level -= up
	if t, array := m.Test.(*ir.Elements); array {
		return w.elements(m, t)
	}
	name := w.field(m, f)
	if ref, ok := m.Test.(*ir.FieldRef); ok {
		other := ref.Other
		other.Level -= up
		with := w.field(m, other)
		there := logic.All{w.hasOne(m, f, name), w.hasOne(m, other, with)}
		return fieldRef(there, name, with, ref)
	}
	return w.test(name, m)
}

// test writes the test of a match on a field of eval.
func (w *writer) test(name string, m *ir.Match) logic.Pred {
	switch t := m.Test.(type) {
	case *ir.Text:
		if listed, apart := w.inList(name, t); apart {
			return listed
		}
		return w.inText(name, t)
	case *ir.Glob:
		return anyValueMatches(name, globRegex(t))
	case *ir.Regex:
		return anyValueMatches(name, w.expression(t, m.Range()))
	case *ir.OfFilename:
		return someValue(logic.Atom("match(" + lastPart(name) + ", " + evalPattern(w.namePattern(t.Test, m.Range())) + ")"))
	case *ir.Number:
		return anyNumber("tonumber("+name+")", t.Op, t.Values)
	case *ir.Bits:
		return w.bits(name, m, t)
	case *ir.Bool:
		return someValue(logic.Atom("lower(" + name + ")=" + evalString(strconv.FormatBool(t.Value))))
	case *ir.Null:
		return logic.Atom("isnull(" + name + ")")
	case *ir.Exists:
		if t.Value {
			return logic.Atom("isnotnull(" + name + ")")
		}
		return logic.Atom("isnull(" + name + ")")
	case *ir.CIDR:
		nets := make(logic.Any, len(t.Prefixes))
		for i, p := range t.Prefixes {
			noise := "%.*$"     // the interface of a link-local address: fe80::1%4
			if p.Addr().Is4() { // Windows writes ::ffff:10.0.0.1 as well
				noise = "(?i)^::ffff:|" + noise
			}
			address := "replace(" + name + ", " + evalString(noise) + `, "")`
			nets[i] = logic.Atom(fmt.Sprintf("cidrmatch(%s, %s)", evalString(p.String()), address))
		}
		return someValue(nets)
	case *ir.TimePart:
		return timePart(name, t)
	}
	panic("spl: unknown test")
}

// inText tests a field for texts that stand in the query.
func (w *writer) inText(name string, t *ir.Text) logic.Pred {
	if t.Op == ir.Filename {
		return fileName(name, t)
	}
	matches := anyValueMatches(name, textRegex(t))
	if w.plan.Model.EmptyIsMissing && t.Op == ir.Equals && slices.Contains(t.Values, "") {
		return logic.Any{logic.Atom("isnull(" + name + ")"), matches}
	}
	return matches
}

// anyValueMatches holds if any value of the field matches. mvfind gives null if none does, or if the field is missing.
func anyValueMatches(name, pattern string) logic.Pred {
	return logic.Atom("isnotnull(mvfind(" + name + ", " + evalPattern(pattern) + "))")
}

func fileName(name string, t *ir.Text) logic.Pred {
	last := lastPart(name)
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		// 1 might be 1.0 there
		if _, notNumber := strconv.ParseFloat(v, 64); !plainText(v) || !t.Cased && foldsApart(v) || notNumber == nil {
			return anyValueMatches(name, filenameRegex(t))
		}
		if !t.Cased {
			v = strings.ToLower(v)
		}
		values[i] = evalString(v)
	}
	if !t.Cased {
		last = "lower(" + last + ")"
	}
	return someValue(logic.Atom("in(" + last + ", " + compilers.Fill(values, "        ") + ")"))
}

// someValue holds if a predicate holds for one of a field's values.
func someValue(p logic.Pred) logic.Pred {
	return logic.Atom("isnotnull(" + whereSyntax.Print(p).Call("mvfilter") + ")")
}

var comparisons = map[string]string{"eq": "=", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

func anyNumber(value, op string, values []float64) logic.Pred {
	tests := make(logic.Any, len(values))
	for i, v := range values {
		tests[i] = logic.Atom(value + comparisons[op] + compilers.Number(v))
	}
	return someValue(tests)
}

// hasOne tests that a field has a value that can be compared, and notes that several values never can.
func (w *writer) hasOne(m *ir.Match, f ir.Field, name string) logic.Pred {
	if col, _ := w.plan.Column(f); w.plan.Model.OneValue(w.plan.Source, col) {
		return logic.Atom("isnotnull(" + name + ")")
	}
	w.plan.NoteOf(m, "fieldref-single-valued", "false-negatives", "fields are compared as single values: a field with several values never matches")
	return oneOf(name)
}

// oneOf tests that a field has one value.
func oneOf(name string) logic.Pred { return logic.Atom("coalesce(mvcount(" + name + "), 0)=1") }

// fieldRef compares two fields if they are there, each with one value.
func fieldRef(there logic.All, a, b string, t *ir.FieldRef) logic.Pred {
	x, y := a, b
	if t.Op == ir.Filename {
		x = lastPart(x)
	}
	if !t.Cased {
		x, y = "lower("+x+")", "lower("+y+")"
	}
	holds := there
	switch t.Op {
	case ir.Equals, ir.Filename:
		holds = append(holds, sameText(x, y))
	case ir.StartsWith:
		holds = append(holds, sameText(fmt.Sprintf("substr(%s, 1, len(%s))", x, y), y))
	case ir.EndsWith:
		holds = append(holds, logic.Atom(fmt.Sprintf("len(%s)>=len(%s)", x, y)), sameText(fmt.Sprintf("substr(%s, len(%s)-len(%s)+1)", x, x, y), y))
	case ir.Contains:
		holds = append(holds, logic.Atom(fmt.Sprintf("mvcount(split(%s, %s))>1", x, y)))
	default:
		panic("spl: unknown operation")
	}
	return logic.Atom(ifElse(holds, "1", "0") + "=1") // never null
}

// timeFormats give parts of a time. That of a weekday counts from Sunday, which is 0.
var timeFormats = map[string]string{"minute": "%M", "hour": "%H", "day": "%d", "weekday": "%w", "week": "%V", "month": "%m", "year": "%Y"}

func timePart(name string, t *ir.TimePart) logic.Pred {
	epoch := fmt.Sprintf(`coalesce(tonumber(%s), strptime(%s, "%%Y-%%m-%%dT%%H:%%M:%%S"), strptime(%s, "%%Y-%%m-%%d %%H:%%M:%%S"))`, name, name, name)
	part := fmt.Sprintf("tonumber(strftime(%s, %s))", epoch, evalString(timeFormats[t.Part]))
	if t.Part == "weekday" {
		part = "(" + part + "+6)%7+1"
	}
	return anyNumber(part, t.Op, t.Values)
}
