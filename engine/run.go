package engine

import (
	"strings"

	"github.com/expr-lang/expr/vm"

	"decree/rules/ir"
	"decree/rules/schema"
)

// run is the state of evaluating events one by one.
type run struct {
	engine  *Engine
	tree    *tree
	figures map[*ir.Prevalence]map[string]PrevalenceFigure
	machine vm.VM
	env     env
	rec     *record
	source  *schema.Source
	memo    []int8 // by atom: 0 not asked yet, 1 false, 2 true
}

// at moves to another event or source.
func (r *run) at(rec *record, source *schema.Source) {
	if r.rec == rec && r.source == source {
		return
	}
	r.rec, r.source = rec, source
	clear(r.memo)
}

func (r *run) atom(i int) bool {
	if r.memo[i] == 0 {
		r.memo[i] = 1
		if r.holds(r.engine.atoms[i]) {
			r.memo[i] = 2
		}
	}
	return r.memo[i] == 2
}

// holds evaluates any node on the current event.
func (r *run) holds(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.And:
		for _, t := range n.Terms {
			if !r.holds(t) {
				return false
			}
		}
		return true
	case *ir.Or:
		for _, t := range n.Terms {
			if r.holds(t) {
				return true
			}
		}
		return false
	case *ir.Not:
		return !r.holds(n.Term)
	case *ir.AtLeast:
		count := 0
		for _, t := range n.Terms {
			if r.holds(t) {
				count++
			}
		}
		return count >= n.Count
	case *ir.Named:
		return r.holds(n.Body)
	case *ir.Const:
		return n.Value
	case *ir.Match:
		return r.match(n)
	case *ir.Keyword:
		return keyword(n.Test, r.rec.ev.Fields)
	case *ir.Prevalence:
		f, ok := r.figure(n)
		return ok && f.Rare
	}
	panic("engine: unknown node")
}

func (r *run) match(n *ir.Match) bool {
	value, present := r.value(n.Field, n.Test)
	if ref, ok := n.Test.(*ir.FieldRef); ok {
		other, ok := r.value(ref.Other, nil)
		return present && ok && compareFields(ref, value, other)
	}
	return test(n.Test, value, present)
}

// value finds a field: on the event, or for an ancestor wherever it is known. A column that
// holds only a file name answers only tests on the file name.
func (r *run) value(f ir.Field, t ir.Test) (any, bool) {
	m := r.engine.opt.Model
	column, ok := m.Column(r.source, f.Name, f.Level)
	if ok && column.Holds == "" {
		if v, found := columnValue(column, r.rec.ev); found || f.Level == 0 {
			return v, found
		}
	}
	if f.Level == 0 {
		return nil, false
	}
	if v, ok := r.tree.attribute(r.rec, r.source, f); ok {
		return v, true
	}
	if ok && column.Holds == "filename" && isFilenameTest(t) {
		v, found := columnValue(column, r.rec.ev)
		if text, isText := v.(string); found && isText && text != "" {
			return `\` + text, true
		}
	}
	return nil, false
}

// isFilenameTest tells whether only the last component of a path decides a test.
func isFilenameTest(t ir.Test) bool {
	text, ok := t.(*ir.Text)
	if !ok {
		return false
	}
	if text.Op == ir.Filename {
		return true
	}
	if text.Op != ir.EndsWith {
		return false
	}
	for _, v := range text.Values {
		if strings.LastIndexAny(v, `\/`) > 0 {
			return false
		}
	}
	return true
}

func (r *run) result(rl *rule) Result {
	res := Result{Rule: rl.ir, Event: r.rec.ev, EventID: eventID(r.engine.opt.Model, r.rec.ev)}
	for _, n := range rl.ir.Names {
		if r.holds(n.Body) {
			res.Names = append(res.Names, n.Name)
		}
	}
	deepest := 0
	ir.Inspect(rl.ir.Condition, func(n ir.Node) bool {
		if m, ok := n.(*ir.Match); ok {
			deepest = max(deepest, m.Field.Level)
		}
		return true
	})
	for level := 1; level <= deepest; level++ {
		if a, ok := r.tree.describe(r.rec, r.source, level); ok {
			res.Ancestors = append(res.Ancestors, a)
		}
	}
	for _, q := range rl.rare {
		f, ok := r.figure(q)
		if !ok {
			continue
		}
		res.Prevalence = append(res.Prevalence, f)
		if f.Rare {
			if res.Reputation == nil {
				res.Reputation = map[string]string{}
			}
			for k, v := range f.row {
				res.Reputation[k] = v
			}
		}
	}
	return res
}
