package ir

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/regex"
	"decree/rules/source"
)

// item lowers one `Field|modifiers: values`.
func (l *lowerer) item(item rules.Item, level int) Node {
	c, ok := l.read(item)
	at := Base{item.Range}
	if !ok {
		return &Const{at, false}
	}
	if len(item.Values) == 0 {
		l.found.Warnf("empty-values", item.Range, "add a value, or remove the field", "the list of values is empty, so this field never matches")
		return &Const{at, false}
	}
	f := l.field(item.Field, level, item.Range)
	if f.Name == "" && level > 0 {
		l.errorf("ancestry-keywords", item.Range, "name a field, such as `CommandLine|contains`", "an ancestor cannot be searched for keywords: only its fields are known")
		return &Const{at, false}
	}
	var terms []Node
	for _, v := range item.Values {
		for _, forms := range l.values(c, v, level) {
			terms = append(terms, l.anyForm(c, f, v, forms))
		}
	}
	var n Node = &Or{at, terms}
	if c.all {
		n = &And{at, terms}
	}
	if c.negated {
		n = &Not{at, n}
	}
	return n
}

// anyForm tests the field, or keywords where it has no name, for any of the forms of a value.
func (l *lowerer) anyForm(c *chain, f Field, v rules.Value, forms []Test) Node {
	at := Base{c.item.Range}
	alternatives := make([]Node, len(forms))
	for i, t := range forms {
		if c.filename {
			t = ofFilename(t)
		}
		if f.Name == "" {
			t = l.keyword(c, v, t)
		}
		alternatives[i] = wrap(at, f, t)
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	return &Or{at, alternatives}
}

func wrap(at Base, f Field, t Test) Node {
	if f.Name == "" {
		return &Keyword{at, t}
	}
	return &Match{at, f, t}
}

// values gives the values that one written value stands for, each with its forms. `all` requires every value, each in
// any of its forms.
func (l *lowerer) values(c *chain, v rules.Value, level int) [][]Test {
	if c.expand && rules.Placeholder.MatchString(v.Text) {
		return l.expanded(c, v, level)
	}
	return [][]Test{l.tests(c, v, level)}
}

// tests gives the tests of one value. Several tests, for the forms of an encoding, are alternatives.
func (l *lowerer) tests(c *chain, v rules.Value, level int) []Test {
	switch c.opSet {
	case "exists":
		return l.exists(v)
	case "re":
		return l.regex(c, v)
	case "cidr":
		return l.network(c, v)
	case "bits":
		return l.bits(v)
	case "fieldref":
		return l.fieldRef(c, v, level)
	}
	if c.part != "" || c.compare != "" {
		return l.numeric(c, v)
	}
	switch plain := c.opSet == "" && len(c.encoders) == 0; {
	case v.Kind == rules.NullValue && !plain:
		l.errorf("modifier-conflict", v.Range, "remove the modifier", "null cannot be combined with modifiers")
		return nil
	case v.Kind == rules.NullValue:
		return []Test{&Null{}}
	case v.Kind == rules.BoolValue && plain:
		return []Test{&Bool{v.Bool}}
	case v.Kind == rules.NumberValue && plain:
		return numbered(c, v)
	}
	return l.text(c, v)
}

// fieldRef gives the comparison with the field that the value names.
func (l *lowerer) fieldRef(c *chain, v rules.Value, level int) []Test {
	if v.Text == "" {
		l.errorf("invalid-fieldref", v.Range, "write the name of a field", "the value of fieldref must be the name of another field")
		return nil
	}
	return []Test{&FieldRef{c.op, l.field(v.Text, level, v.Range), c.cased}}
}

// exists gives the test of whether a field is there.
func (l *lowerer) exists(v rules.Value) []Test {
	value, ok := source.Truth(v.Text)
	if !ok {
		got := strconv.Quote(v.Text)
		if v.Kind == rules.NullValue {
			got = "null"
		}
		l.errorf("invalid-exists", v.Range, "write true or false", "the value of exists must be true or false, got: %s", got)
		return nil
	}
	if v.Kind != rules.BoolValue {
		l.fixable("truth-word", v.Range, strconv.FormatBool(value), "the value of exists must be true or false; in YAML 1.2, %q is a text", v.Text)
	}
	return []Test{&Exists{value}}
}

// weekdays are the names of the days, as ISO 8601 counts them: Monday is 1.
var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

func (l *lowerer) numeric(c *chain, v rules.Value) []Test {
	n, err := strconv.ParseFloat(v.Text, 64)
	wanted, hint := "a number", "write a number"
	if v.Kind == rules.NumberValue {
		n, err = v.Number, nil
	} else if c.part == "weekday" {
		wanted, hint = "a day of the week", diag.DidYouMean(v.Text, weekdays, "write the name of a day, or a number from 1 (monday) to 7")
		if day := slices.Index(weekdays, strings.ToLower(v.Text)); day >= 0 {
			n, err = float64(day+1), nil
		}
	}
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		l.errorf("invalid-number", v.Range, hint, "%q is not %s", v.Text, wanted)
		return nil
	}
	op := c.compare
	if op == "" {
		op = "eq"
	}
	if c.part != "" {
		return []Test{&TimePart{c.part, op, []float64{n}}}
	}
	return []Test{&Number{op, []float64{n}}}
}

func (l *lowerer) regex(c *chain, v rules.Value) []Test {
	flags := ""
	for _, f := range "ims" {
		if strings.ContainsRune(c.flags, f) {
			flags += string(f)
		}
	}
	e, err := regex.Parse(v.Text, flags)
	if failed := (*regex.Error)(nil); errors.As(err, &failed) {
		code := "invalid-regex"
		if failed.Unsupported {
			code = "unsupported-regex"
		}
		l.errorf(code, v.Range, failed.Hint, "invalid regular expression at character %d: %s", utf8.RuneCountInString(v.Text[:failed.Offset])+1, failed.Message)
		return nil
	}
	t := &Regex{Expr: positioned(c.op, v.Text, flags), Flags: flags}
	if t.Expr != v.Text {
		if e, err = regex.Parse(t.Expr, flags); err != nil {
			l.errorf("invalid-regex", v.Range, "write ^ or $ in the expression instead", "this regular expression cannot be anchored at one end of the value: %v", err)
			return nil
		}
	}
	t.parsed = e
	if _, err := e.In(regex.Go); err != nil {
		t.Backtracking = true
	}
	return []Test{t}
}

// text lowers a text value with Sigma's wildcards, after its encodings.
func (l *lowerer) text(c *chain, v rules.Value) []Test {
	written := v.Text
	switch {
	case c.encoded:
		written = unescape(v.Text)
	case c.windash && c.op != Filename && manyDashes(v.Text): // a file name has no slash
		return []Test{patternOf(dashed(v.Text), c.op, c.cased)}
	}
	values, ok := l.encode(c, written, v)
	if !ok {
		return nil
	}
	tests := make([]Test, len(values))
	for i, value := range values {
		if c.encoded {
			tests[i] = &Text{Op: c.op, Values: []string{value}, Cased: c.cased}
			continue
		}
		tests[i] = pattern(value, c.op, c.cased)
	}
	return tests
}
