package golden

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// letters are the tests that conditions are made of: each field is held against a letter.
const letters = "abcd"

// shapes are conditions over the letters.
func shapes(leaf func(letter byte) ir.Node) map[string]ir.Node {
	a, b, c := leaf('a'), leaf('b'), leaf('c')
	named := func(n ir.Node) ir.Node { return &ir.Named{Name: "named", Body: n} }
	and := func(terms ...ir.Node) ir.Node { return &ir.And{Terms: terms} }
	or := func(terms ...ir.Node) ir.Node { return &ir.Or{Terms: terms} }
	not := func(n ir.Node) ir.Node { return &ir.Not{Term: n} }
	return map[string]ir.Node{
		"one test":               a,
		"negation":               not(a),
		"and":                    and(a, b),
		"or":                     or(a, b),
		"name of an or":          named(or(a, b)),
		"name of an and":         named(and(a, b)),
		"and with an or":         and(a, or(b, c)),
		"or with an and":         or(a, and(b, c)),
		"negated or":             not(or(a, b)),
		"negated and":            not(and(a, b)),
		"negated or in an or":    or(not(or(a, b)), c),
		"or in a negated and":    not(and(or(a, b), c)),
		"two of three":           &ir.AtLeast{Count: 2, Terms: []ir.Node{a, b, c}},
		"or in names":            or(named(or(a, b)), c),
		"negated and in an or":   or(not(and(a, b)), c),
		"negation of a negation": not(not(or(a, b))),
	}
}

// TestFiltersOverEveryShape lays filters of every shape over conditions of every shape, in every source whose scope
// prints nothing beside the condition, and in one that has a scope. The query must mean the condition and the filter.
func TestFiltersOverEveryShape(t *testing.T) {
	for _, d := range dialects.All {
		for _, name := range schema.Preferred(d.Name()) {
			t.Run(d.Name()+" "+name, func(t *testing.T) {
				m, err := schema.Load(name)
				require.NoError(t, err)
				bare, scoped := 0, 0
				alike := map[string][]schema.Source{} // those that a rule of all of them asks together
				for _, s := range m.Sources {
					printed := slices.ContainsFunc(s.Scope, func(c schema.ScopeTest) bool { return !c.EngineOnly })
					if printed && scoped > 0 || bare >= fixture.Times(6, len(m.Sources)) {
						continue
					}
					field := plainField(&s)
					if field == "" {
						continue
					}
					if printed {
						scoped++
					} else {
						bare++
					}
					if len(alike[field]) < 3 {
						together := s
						together.Product = "any"
						alike[field] = append(alike[field], together)
					}
					one := *m
					one.Sources = []schema.Source{s}
					overEveryShape(t, d, &one, rules.LogSource{Product: s.Product, Category: s.Category, Service: s.Service}, leavesOf(field))
				}
				if d.Name() == "kql" { // whose tables are asked apart
					return
				}
				for field, sources := range alike {
					several := *m
					several.Sources = sources
					overEveryShape(t, d, &several, rules.LogSource{Product: "any"}, leavesOf(field))
				}
				assert.Positive(t, bare+scoped, "no source was tried")
				t.Logf("%d sources without a printed scope, %d with one", bare, scoped)
			})
		}
	}
}

// overEveryShape compiles every shape of condition with every shape of filter.
func overEveryShape(t *testing.T, d compilers.Dialect, m *schema.Model, ls rules.LogSource, leaf func(byte) ir.Node) {
	for condition, n := range shapes(leaf) {
		for filter, f := range shapes(func(l byte) ir.Node { return leaf('a' + (l-'a'+2)%4) }) {
			r := &ir.Rule{Source: &rules.Rule{Title: "T", LogSource: ls}, Condition: n, Filter: f}
			q, found := d.Compile(r, compilers.Options{Model: m, Approximate: []string{"all"}})
			if q == nil { // a model without this log source, or a log whose channel is another
				require.Contains(t, []string{"no-column", "no-log-source", "never-matches"}, found[0].Code, "%s", found[0].Message)
				return
			}
			want := &ir.And{Terms: []ir.Node{n, f}}
			stages := conditions(d.Name(), withoutTables(m, q.Text))
			for bits := range 1 << len(letters) {
				holds := func(letter byte) bool { return bits&(1<<(letter-'a')) > 0 }
				require.Equal(t, holdsOf(want, holds), meaning(stages, holds), "%s, filter: %s, letters %04b\n%s", condition, filter, bits, q.Text)
			}
		}
	}
}

// plainField is a field whose column is of text, and has it as it is; "" where a source has none.
func plainField(s *schema.Source) string {
	var fields []string
	for name, c := range s.Fields {
		plain := schema.Column{Name: c.Name, Type: c.Type}
		text := (c.Type == "" || c.Type == schema.String) && (s.Columns[c.Name] == "" || s.Columns[c.Name] == "string")
		// a column with the source's own values only: one of its scope, or the channel, which is fixed in a known log
		scoped := name == "Channel" || slices.ContainsFunc(s.Scope, func(t schema.ScopeTest) bool { return t.Column == c.Name })
		if bag, _ := s.Inside(c.Name); text && bag == "" && !scoped && fmt.Sprint(plain) == fmt.Sprint(c) {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return slices.Min(fields)
}

// leavesOf makes tests of a field.
func leavesOf(field string) func(byte) ir.Node {
	made := map[byte]ir.Node{}
	return func(letter byte) ir.Node {
		if made[letter] == nil {
			made[letter] = &ir.Match{Field: ir.Field{Name: field}, Test: &ir.Text{Op: ir.Contains, Values: []string{"it" + string(letter)}}}
		}
		return made[letter]
	}
}

// holdsOf is the truth of a condition, where a test holds when its letter does.
func holdsOf(n ir.Node, holds func(byte) bool) bool {
	count := 0
	for _, c := range ir.Children(n) {
		if holdsOf(c, holds) {
			count++
		}
	}
	switch n := n.(type) {
	case *ir.And:
		return count == len(n.Terms)
	case *ir.Or:
		return count > 0
	case *ir.Not:
		return count == 0
	case *ir.Named:
		return count == 1
	case *ir.AtLeast:
		return count >= n.Count
	case *ir.Match:
		value := n.Test.(*ir.Text).Values[0]
		return holds(value[len(value)-1])
	}
	panic("unknown node")
}

// tests finds in a query what is written for a letter; it is replaced by a mark and the letter.
var tests = map[string]*regexp.Regexp{
	"kql": regexp.MustCompile(`(?:\['[^']*'\]|\["[^"]*"\]|[\w.]+) contains "it([a-d])"`),
	"spl": regexp.MustCompile(`(?:isnotnull\(mvfind\((?:[\w.]+|'[^']*'), "\(\?i\)it([a-d])"\)\)|(?:[\w.{}]+|"[^"]*")="\*it([a-d])\*")`),
	"eql": regexp.MustCompile("\\??(?:[\\w.@]+|`[^`]*`) : \"\\*it([a-d])\\*\""),
}

var (
	comments = regexp.MustCompile("(?m)^\\s*//.*$|```.*```")
	token    = regexp.MustCompile(`@[a-d]|[()]|(?i:\b(?:and|or|not|true|false)\b)`)
)

// withoutTables takes a model's own searches, which have connectives of their own, for true.
func withoutTables(m *schema.Model, text string) string {
	for _, s := range m.Sources {
		if strings.Contains(s.Table, " ") {
			text = strings.Replace(text, s.Table, "true", 1)
		}
	}
	return text
}

// stage is a part of a query that keeps what its condition holds for.
type stage struct {
	tokens []string
	search bool
}

// conditions finds the stages that ask for letters.
func conditions(dialect, text string) []stage {
	text = strings.TrimSpace(tests[dialect].ReplaceAllString(comments.ReplaceAllString(text, ""), "@$1$2"))
	var out []stage
	for i, part := range strings.Split(strings.ReplaceAll(text, "\n|", "\x00|"), "\x00") {
		if strings.Contains(part, "@") {
			out = append(out, stage{token.FindAllString(scopes.ReplaceAllString(part, " true "), -1), dialect == "spl" && i == 0})
		}
	}
	return out
}

// scopes are tests of a scope, which hold for every event of the source.
var scopes = regexp.MustCompile(`\?{0,2}[\w.@]+ ?(?::|=|==|=~|in~?|IN) ?(?:\((?:"[^"]*"(?:, )?)+\)|"[^"]*"|[\w:]+)`)

// meaning reads what a query asks of the letters, with the precedence of its language.
func meaning(stages []stage, holds func(byte) bool) bool {
	all := true
	for _, s := range stages {
		r := &reader{s.tokens, holds, s.search}
		all = r.connective(0) && all
		if len(r.tokens) > 0 {
			panic(fmt.Sprintf("not read: %q", r.tokens))
		}
	}
	return all
}

// reader reads connectives. In the search command OR binds tighter than AND, which is not written.
// https://docs.splunk.com/Documentation/Splunk/latest/Search/Booleanexpressions
type reader struct {
	tokens []string
	holds  func(byte) bool
	search bool
}

func (r *reader) is(word string) bool {
	if len(r.tokens) > 0 && strings.EqualFold(r.tokens[0], word) {
		r.tokens = r.tokens[1:]
		return true
	}
	return false
}

func (r *reader) connective(level int) bool {
	order := []string{"or", "and"}
	if r.search {
		order = []string{"and", "or"}
	}
	if level == len(order) {
		return r.term()
	}
	got := r.connective(level + 1)
	for {
		switch {
		case order[level] == "or" && r.is("or"):
			next := r.connective(level + 1)
			got = got || next
		case order[level] == "and" && (r.is("and") || (r.search && len(r.tokens) > 0 && !strings.EqualFold(r.tokens[0], "or") && r.tokens[0] != ")")):
			next := r.connective(level + 1)
			got = got && next
		default:
			return got
		}
	}
}

func (r *reader) term() bool {
	switch {
	case r.is("not"):
		return !r.term()
	case r.is("("):
		got := r.connective(0)
		if !r.is(")") {
			panic("a parenthesis is not closed")
		}
		return got
	case r.is("true"):
		return true
	case r.is("false"):
		return false
	}
	if len(r.tokens) == 0 || r.tokens[0][0] != '@' {
		panic(fmt.Sprintf("not a condition: %q", r.tokens))
	}
	letter := r.tokens[0][1]
	r.tokens = r.tokens[1:]
	return r.holds(letter)
}
