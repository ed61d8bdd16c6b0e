package condition

import (
	"slices"

	"github.com/expr-lang/expr/vm"
)

// Runner runs programs with one source of answers. It is for one goroutine.
type Runner struct {
	Answers
	groups  []*Term
	machine vm.VM
	env     any
}

// Answers answer the questions of terms by their numbers.
type Answers struct{ Atom, Rare, Joined func(int) bool }

// NewRunner makes a runner for the compiler's programs.
func (c *Compiler) NewRunner(a Answers) *Runner {
	r := &Runner{Answers: a, groups: c.groups}
	r.env = env{Atom: a.Atom, Rare: a.Rare, Joined: a.Joined, AtLeast: r.atLeast}
	return r
}

// Run runs a program, and makes it if it is run for the first time.
func (r *Runner) Run(p *Program) (bool, error) {
	if p.direct {
		return p.decided().holds(r.Answers.Atom), nil
	}
	return r.runExpr(p)
}

// runExpr runs the expr program of a term.
func (r *Runner) runExpr(p *Program) (bool, error) {
	made, err := p.compiled()
	if err != nil {
		return false, err
	}
	out, err := r.machine.Run(made, r.env)
	if err != nil {
		return false, err
	}
	holds, ok := out.(bool)
	return ok && holds, nil
}

// atLeast answers a program's counted group.
func (r *Runner) atLeast(i int) bool {
	t := r.groups[i]
	count := 0
	for left, inner := range t.Terms {
		if r.Truth(inner) {
			count++
		}
		if count >= t.N || count+len(t.Terms)-left-1 < t.N {
			break
		}
	}
	return count >= t.N
}

// Truth evaluates a term without its program: for counted groups and for the names of a result.
func (r *Runner) Truth(t *Term) bool {
	switch t.Op {
	case And:
		for _, inner := range t.Terms {
			if !r.Truth(inner) {
				return false
			}
		}
		return true
	case Or:
		return slices.ContainsFunc(t.Terms, r.Truth)
	case Not:
		return !r.Truth(t.Terms[0])
	case Named:
		return r.Truth(t.Terms[0])
	case AtLeast:
		count := 0
		for _, inner := range t.Terms {
			if r.Truth(inner) {
				count++
			}
		}
		return count >= t.N
	case Atom:
		return r.Answers.Atom(t.N)
	case Rare:
		return r.Answers.Rare(t.N)
	case Joined:
		return r.Answers.Joined(t.N)
	}
	return t.Op == True
}
