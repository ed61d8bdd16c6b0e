package ir

import (
	"cmp"
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

// chain is the combined meaning of an item's modifiers.
type chain struct {
	item     rules.Item
	op       TextOp
	opSet    string // the modifier that decided the kind of test
	all      bool
	cased    bool
	negated  bool
	exists   bool
	filename bool // the test is of the last component of a path
	expand   bool
	listed   bool // the value is of a list
	ref      bool // the values are names of fields
	flags    string
	part     string    // time part
	compare  string    // lt, lte, gt, gte
	encoders []encoder // in the order written
	windash  bool
	encoded  bool // by a modifier other than windash
}

// decisive are the modifiers that choose a kind of test. They exclude each other.
var decisive = map[string]bool{"startswith": true, "endswith": true, "contains": true, "filename": true, "word": true, "re": true, "cidr": true, "bits": true, "exists": true}

var (
	comparisons = map[string]bool{"lt": true, "lte": true, "gt": true, "gte": true}
	timeParts   = map[string]bool{"minute": true, "hour": true, "day": true, "weekday": true, "week": true, "month": true, "year": true}
	// modifiers that an expression may have
	positions = map[string]bool{"startswith": true, "endswith": true, "contains": true}
	textOps   = map[string]TextOp{"startswith": StartsWith, "endswith": EndsWith, "contains": Contains, "filename": Filename, "word": Word}
)

// read interprets the modifiers in order. ok is false if they contradict each other.
func (l *lowerer) read(item rules.Item) (c *chain, ok bool) {
	c = &chain{item: item}
	before := l.errors
	for _, m := range item.Modifiers {
		l.modifier(c, m)
	}
	if c.ref {
		l.checkFieldref(c)
		c.opSet = "fieldref"
	}
	l.checkExclusions(c)
	return c, l.errors == before
}

// modifier interprets the next modifier.
func (l *lowerer) modifier(c *chain, m rules.Modifier) {
	switch name := m.Name; {
	case name == "all":
		c.all = true
	case name == "cased":
		c.cased = true
	case name == "neq":
		c.negated = true
	case name == "expand":
		c.expand = true
	case name == "fieldref":
		c.ref = true
	case name == "windash" && c.windash: // repeating it changes nothing
	case name == "windash":
		c.windash = true
		c.encoders = append(c.encoders, encoder{windash, dashForms, 3})
	case encoders[name].encode != nil:
		c.encoders = append(c.encoders, encoders[name])
		c.encoded = true
	case name == "i" || name == "m" || name == "s":
		if c.opSet != "re" {
			l.errorf("modifier-conflict", m.Range, "write it after re: `|re|"+name+"`", "%q is a flag of re and must follow it", name)
		}
		c.flags += name
	case timeParts[name]:
		l.once(m, c.part)
		c.part = name
	case comparisons[name]:
		l.once(m, c.compare)
		c.compare = name
	case decisive[name] && name == c.opSet: // repeating it changes nothing
	case c.opSet == "filename" && (name == "re" || positions[name]):
		c.filename, c.opSet, c.op = true, name, textOps[name]
	case name == "re" && positions[c.opSet], positions[name] && c.opSet == "re":
		l.positionOfRegex(c, m)
	case decisive[name]:
		l.once(m, c.opSet)
		c.opSet, c.op = name, textOps[name]
		c.exists = name == "exists"
	default:
		panic("ir: unknown modifier " + name)
	}
}

// positionOfRegex interprets re after a modifier that says where it must match, or such a modifier after re.
func (l *lowerer) positionOfRegex(c *chain, m rules.Modifier) {
	switch op := textOps[m.Name]; {
	case m.Name == "re":
	case op == c.op: // repeating it changes nothing
		return
	case c.op != Equals:
		l.once(m, c.op.String())
	default:
		c.op = op
	}
	c.opSet = "re"
	l.position(c, m)
}

// checkFieldref reports what a comparison with another field cannot be combined with.
func (l *lowerer) checkFieldref(c *chain) {
	if alone := c.opSet == "" || c.opSet == "filename"; c.filename || !alone && !positions[c.opSet] {
		l.errorf("modifier-conflict", c.item.Range, "", "fieldref can be combined only with startswith, endswith, contains and filename")
	}
	if other := cmp.Or(c.compare, c.part); other != "" {
		l.errorf("modifier-conflict", c.item.Range, "remove "+other+": two fields can be tested for equal values, not for the greater one", "fieldref and %s exclude each other", other)
	}
}

// checkExclusions reports kinds of test that exclude each other, once all modifiers are known.
func (l *lowerer) checkExclusions(c *chain) {
	numeric := c.compare != "" || c.part != ""
	if c.opSet != "" && !c.ref && numeric {
		l.errorf("modifier-conflict", c.item.Range, "keep one of them", "%q and a numeric comparison exclude each other", c.opSet)
	}
	if textual := c.opSet == "" && !numeric || decisiveText(c.opSet); !textual && len(c.encoders) > 0 {
		l.errorf("modifier-conflict", c.item.Range, "keep one of them", "encodings and windash can be combined only with contains, startswith, endswith, filename and word")
	}
	if c.expand && (c.exists || c.ref) {
		l.errorf("modifier-conflict", c.item.Range, "keep one of them", "expand and %s exclude each other", c.opSet)
	}
}

// once reports a modifier if the item already has another of the same kind.
func (l *lowerer) once(m rules.Modifier, earlier string) {
	if earlier != "" && earlier != m.Name {
		l.errorf("modifier-conflict", m.Range, "keep one of them", "%q and %q exclude each other", earlier, m.Name)
	}
}

func decisiveText(name string) bool {
	_, ok := textOps[name]
	return ok
}

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
	fail := func(code, hint, format string, args ...any) []Test {
		l.errorf(code, v.Range, hint, format, args...)
		return nil
	}
	switch {
	case c.opSet == "exists":
		return l.exists(v)
	case c.opSet == "re":
		return l.regex(c, v)
	case c.opSet == "cidr":
		return l.network(c, v)
	case c.opSet == "bits":
		return l.bits(v)
	case c.opSet == "fieldref":
		if v.Text == "" {
			return fail("invalid-fieldref", "write the name of a field", "the value of fieldref must be the name of another field")
		}
		return []Test{&FieldRef{c.op, l.field(v.Text, level, v.Range), c.cased}}
	case c.part != "" || c.compare != "":
		return l.numeric(c, v)
	}
	switch v.Kind {
	case rules.NullValue:
		if c.opSet != "" || len(c.encoders) > 0 {
			return fail("modifier-conflict", "remove the modifier", "null cannot be combined with modifiers")
		}
		return []Test{&Null{}}
	case rules.BoolValue:
		if c.opSet == "" && len(c.encoders) == 0 {
			return []Test{&Bool{v.Bool}}
		}
	case rules.NumberValue:
		if c.opSet == "" && len(c.encoders) == 0 {
			return numbered(c, v)
		}
	}
	return l.text(c, v)
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
