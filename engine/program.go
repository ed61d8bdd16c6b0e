package engine

import (
	"fmt"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"decree/rules/ir"
)

// env is what a rule's program sees: one function that answers an atom by its number. A
// field of function type is far cheaper for expr to call than a method.
type env struct {
	Atom func(int) bool `expr:"atom"`
}

// program compiles a tree into an expr program over atoms. It is built as a syntax tree, not
// as text, so that nothing in a rule can be read as code.
func (e *Engine) program(n ir.Node) (*vm.Program, error) {
	tree := &parser.Tree{Node: e.ast(n), Source: file.NewSource("")}
	config := conf.New(env{})
	config.MaxNodes = 0
	if _, err := checker.Check(tree, config); err != nil {
		return nil, fmt.Errorf("engine: program does not check: %w", err)
	}
	return compiler.Compile(tree, config)
}

func (e *Engine) ast(n ir.Node) ast.Node {
	switch n := n.(type) {
	case *ir.And:
		return e.fold("and", n.Terms)
	case *ir.Or:
		return e.fold("or", n.Terms)
	case *ir.Not:
		return &ast.UnaryNode{Operator: "not", Node: e.ast(n.Term)}
	case *ir.Named:
		return e.ast(n.Body)
	case *ir.Const:
		return &ast.BoolNode{Value: n.Value}
	case *ir.Match, *ir.Keyword, *ir.Prevalence, *ir.AtLeast:
		return &ast.CallNode{Callee: &ast.IdentifierNode{Value: "atom"}, Arguments: []ast.Node{&ast.IntegerNode{Value: e.atom(n)}}}
	}
	panic("engine: unknown node")
}

// fold makes a balanced tree, so that a thousand terms do not nest a thousand deep.
func (e *Engine) fold(op string, terms []ir.Node) ast.Node {
	if len(terms) == 1 {
		return e.ast(terms[0])
	}
	half := len(terms) / 2
	return &ast.BinaryNode{Operator: op, Left: e.fold(op, terms[:half]), Right: e.fold(op, terms[half:])}
}
