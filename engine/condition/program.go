package condition

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// env is what a program sees: functions that answer an atom, a rarity condition, a join or a counted
// group by its number. A field of function type is far cheaper for expr to call than a method.
type env struct {
	Atom    func(int) bool `expr:"atom"`
	Rare    func(int) bool `expr:"rare"`
	Joined  func(int) bool `expr:"joined"`
	AtLeast func(int) bool `expr:"atleast"`
}

// Compiler makes programs of terms.
type Compiler struct {
	cost   func(atom int) int
	config *conf.Config
	groups []*Term       // AtLeast terms, by the number that programs call
	number map[*Term]int // of each group
	making sync.Mutex
}

// NewCompiler makes a compiler. cost is a guess at the cost of an atom, in look-ups.
func NewCompiler(cost func(atom int) int) *Compiler {
	c := &Compiler{cost: cost, config: conf.New(env{}), number: map[*Term]int{}}
	c.config.MaxNodes = 0
	return c
}

// Program decides a term. It is made when it is first run: most rules are never asked of any event.
type Program struct {
	term     *Term
	compiler *Compiler
	direct   bool // it is of atoms alone, and needs no expr program
	decision lazyDecision
	once     sync.Once
	made     *vm.Program
	err      error
}

// Program gives a term's program. Runners that are made later can run it.
func (c *Compiler) Program(t *Term) *Program {
	c.numberGroups(t)
	return &Program{term: t, compiler: c, direct: onlyAtoms(t)}
}

// decided gives the decision of a term of atoms alone.
func (p *Program) decided() *decision {
	return p.decision.get(func() *decision { return p.compiler.decide(p.term) })
}

// compiled gives the expr program. It is built as a syntax tree, not as text, so that nothing in a rule can be read as
// code.
func (p *Program) compiled() (*vm.Program, error) {
	p.once.Do(func() {
		p.compiler.making.Lock()
		defer p.compiler.making.Unlock()
		tree := &parser.Tree{Node: p.compiler.ast(p.term), Source: file.NewSource("")}
		if _, p.err = checker.Check(tree, p.compiler.config); p.err == nil {
			p.made, p.err = compiler.Compile(tree, p.compiler.config)
		}
		if p.err != nil {
			p.err = fmt.Errorf("engine: a condition does not compile: %w", p.err)
		}
	})
	return p.made, p.err
}

// Text is the program in expr's language.
func (p *Program) Text() (string, error) {
	made, err := p.compiled()
	if err != nil {
		return "", err
	}
	return made.Node().String(), nil
}

// Groups are the counted groups of all programs, by the numbers in their calls.
func (c *Compiler) Groups() []*Term { return c.groups }

func (c *Compiler) numberGroups(t *Term) {
	if t.Op == AtLeast {
		c.number[t] = len(c.groups)
		c.groups = append(c.groups, t)
		return
	}
	for _, inner := range t.Terms {
		c.numberGroups(inner)
	}
}

func (c *Compiler) ast(t *Term) ast.Node {
	switch t.Op {
	case And:
		return c.balanced("and", c.cheapestFirst(t.Terms), true)
	case Or:
		return c.balanced("or", c.cheapestFirst(t.Terms), false)
	case Not:
		return &ast.UnaryNode{Operator: "not", Node: c.ast(t.Terms[0])}
	case Named:
		return c.ast(t.Terms[0])
	case True, False:
		return &ast.BoolNode{Value: t.Op == True}
	case Atom:
		return call("atom", t.N)
	case Rare:
		return call("rare", t.N)
	case Joined:
		return call("joined", t.N)
	case AtLeast:
		return call("atleast", c.number[t])
	}
	panic("condition: unknown term")
}

func call(name string, n int) ast.Node {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: []ast.Node{&ast.IntegerNode{Value: n}}}
}

// cheapestFirst orders terms by cost, so that a regular expression is run only if the look-ups beside it do not decide
// the outcome. Terms have no effects, so their order does not matter.
func (c *Compiler) cheapestFirst(terms []*Term) []*Term {
	return slices.SortedStableFunc(slices.Values(terms), func(a, b *Term) int { return cmp.Compare(c.costOf(a), c.costOf(b)) })
}

// rareCost is the cost of asking how rare a value is, or for other events, in look-ups, about.
const rareCost = 1000

// costOf is a guess at the cost of a term, in look-ups.
func (c *Compiler) costOf(t *Term) int {
	switch t.Op {
	case Atom:
		return c.cost(t.N)
	case Rare, Joined:
		return rareCost
	}
	sum := 0
	for _, inner := range t.Terms {
		sum += c.costOf(inner)
	}
	return sum
}

// balanced makes a balanced tree, so that a thousand terms do not nest a thousand deep.
func (c *Compiler) balanced(op string, terms []*Term, empty bool) ast.Node {
	switch len(terms) {
	case 0:
		return &ast.BoolNode{Value: empty}
	case 1:
		return c.ast(terms[0])
	}
	half := len(terms) / 2
	return &ast.BinaryNode{Operator: op, Left: c.balanced(op, terms[:half], empty), Right: c.balanced(op, terms[half:], empty)}
}
