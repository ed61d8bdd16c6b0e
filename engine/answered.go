package engine

import (
	"runtime"
	"sync"
	"sync/atomic"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// answered says which of the model's sources answer a rule, and which of its log sources none answers.
type answered struct {
	sources    []*schema.Source
	unanswered []rules.LogSource
}

// answered finds this for each rule, on all cores: it takes most of the time of adding a rule, and needs nothing of the other rules.
func (p *plan) answered(rs []*ir.Rule) []answered {
	out := make([]answered, len(rs))
	var next atomic.Int64
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(rs); i = int(next.Add(1)) - 1 {
				out[i] = answered{p.opt.Model.Answering(rs[i]), p.opt.Model.Unanswered(rs[i])}
			}
		})
	}
	done.Wait()
	return out
}
