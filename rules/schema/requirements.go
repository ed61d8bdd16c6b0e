package schema

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"decree/rules/ir"
)

// held is what is known about the one value of a column.
type held struct {
	values           []string // the value is one of these; nil means any
	names            []string // its last path component is one of these; nil means any
	tests            []func(string) bool
	low, high        bound
	present, missing bool
	numeric          bool // the column has only numbers
	why              []reason
}

// reason is a requirement, from which words are made where they are shown.
type reason struct {
	before string
	values []string
	after  string
}

// because says all requirements.
func (h *held) because() string {
	words := make([]string, len(h.why))
	for i, r := range h.why {
		words[i] = r.before + listed(r.values) + r.after
	}
	return strings.Join(words, " and ")
}

// bound is one end of a range of numbers.
type bound struct {
	set   bool
	value float64
	open  bool // the value itself is excluded
}

// take adds a test. It is false if nothing can be concluded from the test.
func (h *held) take(t ir.Test, want bool) bool {
	switch t := t.(type) {
	case *ir.Null:
		return h.there(!want)
	case *ir.Exists:
		return h.there(t.Value == want)
	case *ir.Elements:
		return false
	case *ir.Text:
		return h.text(t, want)
	case *ir.Number:
		return h.numbers(t, want)
	case *ir.Regex:
		// values are kept without their case
		if re, err := t.Parse().Compile(); err == nil && h.values != nil && !slices.ContainsFunc(h.values, hasLetter) {
			h.tests = append(h.tests, func(v string) bool { return re.MatchString(v) == want })
			h.why = append(h.why, reason{before: map[bool]string{true: "", false: "not "}[want] + "a match of " + t.Expr})
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
		h.why = append(h.why, reason{before: "present"})
	} else {
		h.why = append(h.why, reason{before: "missing"})
	}
	return true
}

func (h *held) text(t *ir.Text, want bool) bool {
	if slices.Contains(t.Values, "") || len(t.Values) > keptValues {
		return false // in a product without empty texts, an empty text is a missing one
	}
	var asked []string
	values := func() []string { // folded when they are first needed: mostly nothing is known that they could contradict
		for _, v := range t.Values[len(asked):] {
			asked = append(asked, folded(v))
		}
		return asked
	}
	compare := textComparisons[t.Op]
	switch {
	case t.Op == ir.Filename:
		h.tests = append(h.tests, func(v string) bool { return slices.Contains(values(), lastComponent(v)) == want })
		if want {
			h.names = intersect(h.names, t.Values)
		}
	case t.Op != ir.Equals:
		h.tests = append(h.tests, func(v string) bool {
			return slices.ContainsFunc(values(), func(a string) bool { return compare(v, a) }) == want
		})
	case want && h.numeric && !slices.ContainsFunc(t.Values, func(v string) bool { _, err := strconv.ParseFloat(v, 64); return err == nil }):
		h.values, h.why = []string{}, append(h.why, reason{before: "a number"})
	case want:
		h.values = intersect(h.values, t.Values)
	default:
		h.tests = append(h.tests, func(v string) bool { return !slices.Contains(values(), v) })
	}
	if want {
		h.present = true
		h.why = append(h.why, reason{before: words(t.Op), values: t.Values})
	} else {
		h.why = append(h.why, reason{before: "not " + words(t.Op), values: t.Values})
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
	case ir.Word:
		return "a text with the word "
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
		h.why = append(h.why, reason{before: "not " + sign, values: texts})
		return true
	}
	h.present = true
	h.why = append(h.why, reason{before: sign, values: texts})
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
