package ir

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// Extract is a field that a rule makes of others (rules.Extract says how). It does not change once it is lowered.
type Extract struct {
	Spec *rules.Extract
	From []Field // what it is made of: the field, or the fields of the text, each once and in its order
	Expr *Regex  // of a part that an expression takes out: the first group; RE2 can run it
	Rows []Row   // of a map
}

// Row gives To for each value for which When holds. Its tests are of the field that the extract is made of, and none
// asks for a missing value.
type Row struct {
	When Node
	To   string
}

// maxExtractExpr bounds an extract's expression once its repetitions are written out.
const maxExtractExpr = 1_000

// Several tells whether an extract has several values even of one: it is all arguments or parts, or is made of an
// extract that is. A text has one value.
func (e *Extract) Several() bool {
	if len(e.Spec.Text.Parts) > 0 {
		return false
	}
	return e.Spec.Any || len(e.From) > 0 && e.From[0].Extract != nil && e.From[0].Extract.Several()
}

const severalCode = "extract-several"

// single reports an extract with several values where one is read: a key of a rule says where. It is true if the
// extract has one.
func single(found *diag.Diagnostics, f Field, at diag.Range, key string) bool {
	if f.Extract == nil || !f.Extract.Several() {
		return true
	}
	found.Errorf(severalCode, at, "take one argument or part, such as `argv: 1` or `at: -1`", "%s reads one value, and the extract %q has several", key, f.Name)
	return false
}

// single does so in the rule that is lowered.
func (l *lowerer) single(f Field, at diag.Range, key string) {
	if !single(&l.found, f, at, key) {
		l.errors++
	}
}

// Own gives a field as a rule reads it: one of its extracts, where it has one of that name. A nil rule has none.
func (r *Rule) Own(f Field) Field {
	if r == nil || f.Level > 0 || f.Extract != nil {
		return f
	}
	for _, e := range r.Extracts {
		if e.Spec.Name == f.Name {
			return Field{Name: f.Name, Extract: e}
		}
	}
	return f
}

// Reads are the fields of the event that a field is made of, each once. A field of the event is made of itself.
func (f Field) Reads() []Field {
	if f.Extract == nil {
		return []Field{f}
	}
	var out []Field
	for _, from := range f.Extract.From {
		for _, read := range from.Reads() {
			if !slices.Contains(out, read) {
				out = append(out, read)
			}
		}
	}
	return out
}

// Describe says how the extract is made, down to fields of the event, so exactly that equal texts mean equal values.
func (e *Extract) Describe() string {
	s := e.Spec
	text := fmt.Sprintf("%d %d %t %q %q %q %q %q %q", s.Op, s.At, s.Any, s.Separator, s.Expr.Name, s.URLPart, s.TrimStart, s.TrimEnd, s.Case)
	for _, part := range s.Text.Parts {
		text += fmt.Sprintf(" {%q %q}", part.Text, part.Field.Name)
	}
	if s.Default != nil {
		text += fmt.Sprintf(" default %q", *s.Default)
	}
	for _, row := range e.Rows {
		text += fmt.Sprintf("; %s to %q", describeRow(row.When), row.To)
	}
	for _, f := range e.From {
		text += fmt.Sprintf("; %s@%d", f.Name, f.Level)
		if f.Extract != nil {
			text += " = (" + f.Extract.Describe() + ")"
		}
	}
	return text
}

func describeRow(n Node) string {
	if m, ok := n.(*Match); ok {
		if t, ok := m.Test.(*Text); ok { // Describe would shorten a long list, and name one by its name
			return fmt.Sprintf("%s %q %t", t.Op, t.Values, t.Cased)
		}
		return Describe(m.Test)
	}
	parts := []string{fmt.Sprintf("%T", n)}
	for _, c := range Children(n) {
		parts = append(parts, describeRow(c))
	}
	return "(" + strings.Join(parts, " ") + ")"
}

// extracts lowers all extracts of the rule, in file order.
func (l *lowerer) extracts() []*Extract {
	var out []*Extract
	for _, spec := range l.rule.Extracts {
		if e := l.extract(spec.Name); e != nil {
			out = append(out, e)
		}
	}
	return out
}

// extract lowers the extract of a name, once; nil if the rule has none. The parser has reported cycles.
func (l *lowerer) extract(name string) *Extract {
	if l.rule == nil {
		return nil
	}
	spec := l.rule.ExtractNamed(name)
	if spec == nil {
		return nil
	}
	if e := l.made[name]; e != nil {
		return e
	}
	e := &Extract{Spec: spec}
	l.made[name] = e
	for _, f := range spec.Reads() {
		e.From = append(e.From, l.source(f))
	}
	switch spec.Op {
	case rules.ExtractRegex:
		e.Expr = l.extractExpr(spec.Expr)
	case rules.ExtractURLPart:
		e.Expr = URLPart(spec.URLPart)
	case rules.ExtractMap:
		for _, row := range spec.Map {
			when := simplify(l.item(row.When, 0))
			l.checkRow(when, row.Range)
			e.Rows = append(e.Rows, Row{when, row.To})
		}
	}
	return e
}

// source is a field that an extract is made of.
func (l *lowerer) source(f rules.NamedField) Field {
	from := l.field(f.Name, 0, f.Range)
	if from.Level > 1 {
		l.errorf("extract-ancestor", f.Range, "use a field of the event's own process, or of its parent", "an extract cannot be made of %s: the event itself does not have it", f.Name)
	}
	return from
}

func (l *lowerer) extractExpr(written rules.NamedField) *Regex {
	tests := l.regex(&chain{opSet: "re"}, rules.Value{Text: written.Name, Range: written.Range})
	if len(tests) == 0 {
		return nil
	}
	t := tests[0].(*Regex)
	e := t.Parse()
	switch l.boundedRegex(t, written.Range); {
	case !e.Plain() && !t.Backtracking:
		l.errorf("unsupported-regex", written.Range, "write it without look-around, possessive parts, `^` of lines, and `$` in a group", "products do not agree on what a group of this expression finds")
	case e.Groups == 0:
		l.errorf("extract-without-group", written.Range, "put the part that is wanted into parentheses", "the expression has no group")
	}
	return t
}

// boundedRegex reports an expression that may take long: extracts are computed for whole events, without a count of
// steps.
func (l *lowerer) boundedRegex(t *Regex, at diag.Range) {
	if t.Backtracking || t.Parse().Expanded() > maxExtractExpr {
		l.errorf("unsupported-regex", at, "write it without look-around, back references and long repetitions", "an extract needs an expression that runs without backtracking")
	}
}

// checkRow reports a test that cannot be asked of one value alone.
func (l *lowerer) checkRow(n Node, at diag.Range) {
	Inspect(n, func(below Node) bool {
		m, ok := below.(*Match)
		if !ok {
			return true
		}
		switch t := m.Test.(type) {
		case *Text, *Glob, *Number, *Bool, *CIDR:
		case *Regex:
			l.boundedRegex(t, at)
		default:
			l.errorf("invalid-map", at, "test the value itself, and give the others with `default`; where the field is missing, the extract is missing too", "a map cannot test that a value %s", Describe(t))
		}
		return true
	})
}

// urlParts take a URL apart, as https://www.rfc-editor.org/rfc/rfc3986#appendix-B does; a port is of digits. Each part
// is the first group.
var urlParts = map[string]string{
	"scheme": `^([A-Za-z][A-Za-z0-9+.\-]*):`,
	"host":   `^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//(?:[^/?#]*@)?(\[[^\]/?#@]*\]|[^:/?#@\[\]]*)(?::[0-9]*)?(?:[/?#]|\z)`,
	"port":   `^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//(?:[^/?#]*@)?(?:\[[^\]/?#@]*\]|[^:/?#@\[\]]*):([0-9]+)(?:[/?#]|\z)`,
	"path":   `^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://[^/?#]*)?([^?#]*)`,
	"query":  `^[^?#]*\?([^#]*)`,
}

// URLPart is the expression of a part of a URL, one of rules.URLParts.
func URLPart(part string) *Regex { return &Regex{Expr: urlParts[part]} }

// WithExtract gives the rule with one extract changed, and all that reads it.
func (r *Rule) WithExtract(old, with *Extract) *Rule {
	return renewal{old: with}.rule(r)
}

// renewal gives extracts in place of others. nil stands for itself.
type renewal map[*Extract]*Extract

func (n renewal) rule(r *Rule) *Rule {
	w := rewriter{f: n.match, names: map[*Named]*Named{}, join: n.join, joins: map[*Join]*Join{}, extract: n.extract}
	out := w.rule(r)
	out.Extracts = make([]*Extract, len(r.Extracts))
	for i, e := range r.Extracts {
		out.Extracts[i] = n.extract(e)
	}
	return out
}

// extract renews one that is made of others.
func (n renewal) extract(e *Extract) *Extract {
	if e == nil || n[e] != nil {
		return n[e]
	}
	out := *e
	out.From = n.fields(e.From)
	n[e] = &out
	return &out
}

func (n renewal) field(f Field) Field {
	return Field{Name: f.Name, Level: f.Level, Extract: n.extract(f.Extract)}
}

func (n renewal) fields(of []Field) []Field {
	out := make([]Field, len(of))
	for i, f := range of {
		out[i] = n.field(f)
	}
	return out
}

func (n renewal) match(m *Match) Node {
	test := m.Test
	if ref, ok := test.(*FieldRef); ok {
		test = &FieldRef{Op: ref.Op, Other: n.field(ref.Other), Cased: ref.Cased}
	}
	return &Match{m.Base, n.field(m.Field), test}
}

// join renews what a join reads of the event itself, and of first_seen, whose other events are the rule's own, all of
// it.
func (n renewal) join(j *Join) *Join {
	out := *j
	out.Mine = n.fields(j.Mine)
	if j.First {
		out.Theirs, out.Rule = n.fields(j.Theirs), n.rule(j.Rule)
	}
	return &out
}
