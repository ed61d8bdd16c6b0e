package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// env is what a program sees: functions that answer an atom, a rarity condition or a counted
// group by its number. A field of function type is far cheaper for expr to call than a method.
type env struct {
	Atom    func(int) bool `expr:"atom"`
	Rare    func(int) bool `expr:"rare"`
	AtLeast func(int) bool `expr:"atleast"`
}

// program compiles a term into an expr program. It is built as a syntax tree, not as text, so
// that nothing in a rule can be read as code.
func (e *Engine) program(t *term) (*vm.Program, error) {
	tree := &parser.Tree{Node: e.ast(t), Source: file.NewSource("")}
	if _, err := checker.Check(tree, e.config); err != nil {
		return nil, fmt.Errorf("engine: program does not check: %w", err)
	}
	return compiler.Compile(tree, e.config)
}

func programConfig() *conf.Config {
	config := conf.New(env{})
	config.MaxNodes = 0
	return config
}

func (e *Engine) ast(t *term) ast.Node {
	switch t.op {
	case opAnd:
		return e.balanced("and", e.cheapestFirst(t.terms), true)
	case opOr:
		return e.balanced("or", e.cheapestFirst(t.terms), false)
	case opNot:
		return &ast.UnaryNode{Operator: "not", Node: e.ast(t.terms[0])}
	case opNamed:
		return e.ast(t.terms[0])
	case opTrue, opFalse:
		return &ast.BoolNode{Value: t.op == opTrue}
	case opAtom:
		return call("atom", t.n)
	case opRare:
		return call("rare", t.n)
	case opAtLeast:
		e.groups = append(e.groups, t)
		return call("atleast", len(e.groups)-1)
	}
	panic("engine: unknown term")
}

func call(name string, n int) ast.Node {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: []ast.Node{&ast.IntegerNode{Value: n}}}
}

// cheapestFirst orders terms by what asking them costs, so that an expression is run only where the look-ups
// beside it leave the outcome open. Terms have no effects, so their order does not matter.
func (e *Engine) cheapestFirst(terms []*term) []*term {
	return slices.SortedStableFunc(slices.Values(terms), func(a, b *term) int { return cmp.Compare(e.cost(a), e.cost(b)) })
}

// cost is a guess at what asking a term costs, in look-ups.
func (e *Engine) cost(t *term) int {
	switch t.op {
	case opAtom:
		return e.atoms.Cost(t.n)
	case opRare:
		return 1000
	}
	sum := 0
	for _, inner := range t.terms {
		sum += e.cost(inner)
	}
	return sum
}

// balanced makes a balanced tree, so that a thousand terms do not nest a thousand deep.
func (e *Engine) balanced(op string, terms []*term, empty bool) ast.Node {
	switch len(terms) {
	case 0:
		return &ast.BoolNode{Value: empty}
	case 1:
		return e.ast(terms[0])
	}
	half := len(terms) / 2
	return &ast.BinaryNode{Operator: op, Left: e.balanced(op, terms[:half], empty), Right: e.balanced(op, terms[half:], empty)}
}
