package engine

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// answered says which of the model's sources answer a rule, what of it they lack, and which of its log sources none
// answers.
type answered struct {
	sources    []*schema.Source
	absent     []map[ir.Node]bool // of each source: conditions on other events that it lacks a field for, and another has
	unanswered []rules.LogSource
}

// answered finds this for each rule, and gives a function that waits for that of one of them. It takes most of the time
// of adding a rule and needs nothing of the other rules, so all cores find it while the rules before are added.
func (p *plan) answered(rs []*ir.Rule) (of func(i int) answered) {
	out, found := make([]answered, len(rs)), make([]sync.WaitGroup, len(rs))
	for i := range found {
		found[i].Add(1)
	}
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for i := int(next.Add(1)) - 1; i < len(rs); i = int(next.Add(1)) - 1 {
				out[i] = p.answer(rs[i])
				found[i].Done()
			}
		}()
	}
	return func(i int) answered {
		found[i].Wait()
		return out[i]
	}
}

func (p *plan) answer(r *ir.Rule) answered {
	out := answered{sources: p.opt.Model.Answering(r), unanswered: p.opt.Model.Unanswered(r)}
	if first := p.firsts[r]; first != nil { // which knows no event without its fields
		out.sources = slices.DeleteFunc(out.sources, func(s *schema.Source) bool {
			_, lacks := p.opt.Model.Lacks(s, first)
			return lacks
		})
	}
	if len(out.sources) > 1 && (ir.AsksPrevalence(r.Condition) || ir.AsksJoin(r.Condition) || r.Filter != nil && ir.AsksPrevalence(r.Filter)) {
		out.absent = p.opt.Model.Absent(out.sources, r)
	}
	return out
}
