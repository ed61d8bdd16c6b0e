package compilers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// prevalence checks a prevalence condition: the value that it asks of, the events that it counts, its bounds and its
// reputation.
func (c *checker) prevalence(n *ir.Prevalence) {
	at := n.Range()
	made := c.counted(n.Value(), n.Spec.FieldRange)
	columns, domain := c.opt.Model.Counted(c.plan.Source, n)
	c.secondColumns(columns, domain, n.Spec.FieldRange)
	if len(columns) == 0 && made {
		c.notCounted(n)
	}
	if n.Among != nil {
		c.need(PrevalencePopulation, at)
		c.plan.Among([]ir.Node{n.Among}, func() { c.walk(n.Among) })
		c.at = n
	}
	if n.Spec.Local != nil {
		c.localPrevalence(n, *n.Spec.Local)
	}
	if n.Spec.AsksReputation() {
		c.need(GlobalPrevalence, at)
	}
}

// localPrevalence checks bounds of how many different values have the one that is asked of, and which are counted.
func (c *checker) localPrevalence(n *ir.Prevalence, local rules.LocalPrevalence) {
	if local.Rarest > 0 {
		c.need(PrevalenceRank, n.Range())
	}
	if len(local.Bounds) > 0 {
		c.need(PrevalenceCount, n.Range())
	}
	made := c.counted(n.By(), local.DistinctRange)
	by, domain := c.opt.Model.CountedBy(c.plan.Source, n)
	c.secondColumns(by, domain, local.DistinctRange)
	if len(by) == 0 && made {
		c.noEntity(local.Distinct, local.DistinctRange)
	}
}

// notCounted reports the value of a prevalence condition for which the source has no column.
func (c *checker) notCounted(n *ir.Prevalence) {
	if n.Spec.Of == "" && n.Value().Level == 0 {
		c.noEntity(n.Spec.Field, n.Spec.FieldRange)
		return
	}
	hint := "ask for a value that the event carries, or add it to a model file (extends: " + c.opt.Model.Name + ")"
	if c.opt.Model.CountsAbove(c.plan.Source, n) {
		hint = "ask for a value that the event carries, or use `decree run`, which finds ancestors by their creation"
	}
	c.report("prevalence-of", n.Spec.FieldRange, hint, fmt.Sprintf("events of %s in data model %s do not carry the %s", c.plan.Source.Name, c.opt.Model.Name, n.Describe()))
}

// counted checks a field that a prevalence condition reads of every event that it counts.
func (c *checker) counted(f ir.Field, at diag.Range) (made bool) {
	c.plan.Among(nil, func() { made = c.valueRead(f, at) })
	return made
}

// early checks the conditions that come before counting once more, as the query asks them.
func (c *checker) early() {
	var rare []*ir.Prevalence
	for _, condition := range c.plan.Conditions() {
		ir.Inspect(condition, func(n ir.Node) bool {
			if p, ok := n.(*ir.Prevalence); ok {
				rare = append(rare, p)
			}
			return true
		})
	}
	early, _ := SplitAtPrevalence(Conjuncts(c.plan.Rule.Condition), rare)
	c.plan.AskEarly(early, rare, func() {
		for _, n := range early {
			c.walk(n)
		}
	})
}

// noEntity reports an entity or field that is counted and that the source does not have.
func (c *checker) noEntity(name string, at diag.Range) {
	hint := "entities of this source: " + strings.Join(slices.Sorted(maps.Keys(c.plan.Source.Entities)), ", ")
	c.report("no-entity", at, c.orClosest(hint, name), fmt.Sprintf("data model %s has no column for %s in its source %s", c.opt.Model.Name, name, c.plan.Source.Name))
}
