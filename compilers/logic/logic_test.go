package logic

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

var (
	plain    = Syntax{And: " and ", Or: " or ", Not: "not ", True: "true", False: "false"}
	called   = Syntax{And: " and ", Or: " or ", Not: "not ", NotCall: true, Explicit: true, True: "true", False: "false"}
	explicit = Syntax{And: " and ", Or: " or ", Not: "not ", Explicit: true, True: "true", False: "false"}
)

func TestPrint(t *testing.T) {
	a, b, c := Atom("a"), Atom("b"), Atom("c")
	cases := []struct {
		pred                    Pred
		plain, called, explicit string
	}{
		{a, "a", "a", "a"},
		{All{a, b}, "a and b", "a and b", "a and b"},
		{All{a, Any{b, c}}, "a and (b or c)", "a and (b or c)", "a and (b or c)"},
		{Any{a, All{b, c}}, "a or b and c", "a or (b and c)", "a or (b and c)"},
		{Not{a}, "not a", "not(a)", "not a"},
		{Not{All{a, b}}, "not (a and b)", "not(a and b)", "not (a and b)"},
		{All{Not{a}, b}, "not a and b", "not(a) and b", "not a and b"},
		{Not{Not{a}}, "a", "a", "a"},
		{Not{Not{Not{All{a, b}}}}, "not (a and b)", "not(a and b)", "not (a and b)"},
		{All{}, "true", "true", "true"},
		{Any{}, "false", "false", "false"},
		{All{a}, "a", "a", "a"},
		{Any{All{a, b}}, "a and b", "a and b", "a and b"},
		{Never, "false", "false", "false"},
	}
	for _, c := range cases {
		assert.Equal(t, c.plain, plain.Print(c.pred).Stage(""))
		assert.Equal(t, c.called, called.Print(c.pred).Stage(""))
		assert.Equal(t, c.explicit, explicit.Print(c.pred).Stage(""))
	}
}

// truth is what a predicate means when the atoms named in set hold.
func truth(p Pred, set map[string]bool) bool {
	switch p := p.(type) {
	case Atom:
		return set[string(p)]
	case Constant:
		return bool(p)
	case Not:
		return !truth(p.Term, set)
	case All:
		for _, t := range p {
			if !truth(t, set) {
				return false
			}
		}
		return true
	case Listed:
		return truth(Any(p), set)
	case Any:
		for _, t := range p {
			if truth(t, set) {
				return true
			}
		}
		return false
	}
	panic("unknown predicate")
}

func randomPred(r *rand.Rand, depth int) (p Pred) {
	if depth == 0 {
		return Atom([]string{"a", "b", "c", "d"}[r.IntN(4)])
	}
	switch r.IntN(5) {
	case 0:
		return Not{randomPred(r, depth-1)}
	case 1, 2:
		all := All{}
		for range r.IntN(4) {
			all = append(all, randomPred(r, depth-1))
		}
		return all
	case 3:
		either := Any{}
		defer func() {
			if r.IntN(4) == 0 {
				p = Listed(either)
			}
		}()
		for range r.IntN(4) {
			either = append(either, randomPred(r, depth-1))
		}
		return either
	}
	return randomPred(r, 0)
}

// TestPrintedPredicatesMeanTheSame reads random predicates back with a language whose
// connectives bind as everywhere, and compares truth for every assignment.
func TestPrintedPredicatesMeanTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := randomPred(r, 4)
		for _, s := range []Syntax{plain, called, explicit} {
			for _, text := range layouts(s, p) {
				program, err := expr.Compile(strings.ReplaceAll(text, "not(", "not ("), expr.AsBool())
				require.NoError(t, err, text)
				for bits := range 16 {
					set := map[string]bool{"a": bits&1 > 0, "b": bits&2 > 0, "c": bits&4 > 0, "d": bits&8 > 0}
					env := map[string]any{}
					for k, v := range set {
						env[k] = v
					}
					got, err := expr.Run(program, env)
					require.NoError(t, err)
					require.Equal(t, truth(p, set), got, "%s for %v", text, set)
				}
			}
		}
	}
}

// layouts are all the ways in which a predicate is written.
func layouts(s Syntax, p Pred) []string {
	section := &Section{Begin: "// Begin", End: "// End"}
	all := []Printed{s.Print(p), s.Lines(p), s.Conjunction(All{p}, nil, " "), s.Conjunction(All{p}, section, " ")}
	if terms, ok := p.(All); ok {
		all = append(all, s.Conjunction(terms, nil, " "))
		for i := range terms {
			all = append(all, s.Conjunction(terms[:i], &Section{Begin: "// Begin", End: "// End", Terms: terms[i:]}, " "))
		}
	}
	texts := make([]string, len(all))
	for i, printed := range all {
		texts[i] = printed.Stage("")
	}
	return texts
}

func named(name string, body ir.Node) *ir.Named { return &ir.Named{Name: name, Body: body} }

func match(field string) *ir.Match {
	return &ir.Match{Field: ir.Field{Name: field}, Test: &ir.Exists{Value: true}}
}

func leafName(n ir.Node) Pred { return Atom(n.(*ir.Match).Field.Name) }

func TestBuildSaysNOf(t *testing.T) {
	n := &ir.AtLeast{Count: 2, Terms: []ir.Node{match("a"), &ir.Not{Term: match("b")}, named("x", match("c"))}}
	assert.Equal(t, "(a and not b) or (a and c) or (not b and c)", explicit.Print(Build(n, leafName)).Stage(""))
}

func TestChoices(t *testing.T) {
	for _, c := range []struct{ n, k, want int }{{3, 2, 3}, {10, 3, 120}, {6, 6, 1}, {40, 20, MostChoices + 1}} {
		assert.Equal(t, c.want, Choices(c.n, c.k), "%d of %d", c.k, c.n)
		if c.want <= MostChoices {
			count := 0
			choose(c.n, c.k, func([]int) { count++ })
			assert.Equal(t, c.want, count)
		}
	}
}

func TestPrintNeedsNoParenthesesForTheSame(t *testing.T) {
	s := Syntax{And: " and ", Or: " or ", Not: "not ", Explicit: true, True: "true", False: "false"}
	a, b, c := Atom("a"), Atom("b"), Atom("c")
	for want, p := range map[string]Pred{
		"a and b and c":       All{a, All{b, All{c}}},
		"a or b or c":         Any{Any{a, b}, All{Any{c}}},
		"a and (b or c)":      All{Any{a}, Any{b, c}},
		"a and not (b and c)": All{a, Not{Term: All{b, c}}},
		"a and true":          All{a, All{}},
		"(a and b) or false":  Any{All{a, b}, Any{}},
		"a and (false or b)":  All{a, Any{Any{}, b}},
	} {
		assert.Equal(t, want, s.Print(p).Stage(""))
	}
}

// TestDistinct: duplicates are written once, and what differs stays.
func TestDistinct(t *testing.T) {
	a, b := Atom("a"), Atom("b")
	all := All{a, Any{a}, b, Not{Term: a}, Any{a, b}, All{a}}
	assert.Equal(t, All{a, b, Not{Term: a}, Any{a, b}}, all.Distinct())
	assert.Len(t, all, 6, "the given one is not changed")
}
