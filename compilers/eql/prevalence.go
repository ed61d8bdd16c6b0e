package eql

import (
	"fmt"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// prevalence writes a condition on the fields with which the pipeline marks the prevalence of an event's value.
func (w *writer) prevalence(n *ir.Prevalence) logic.Pred {
	columns, domain := w.plan.Model.Counted(w.plan.Source, n)
	entity := w.countedField(n, columns, domain)
	f := columnName(entity.Name)
	all := logic.All{logic.Atom(f + " != null"), logic.Not{Term: logic.Atom(f + ` == ""`)}}
	if local := n.Spec.Local; n.Among != nil && (local == nil || (local.Rarest == 0 && len(local.Bounds) == 0)) {
		w.found.Errorf(string(compilers.PrevalencePopulation), n.Range(), "remove among, or add `local: {distinct: host, gte: 1}`", "eql: only a count tells whether a population has the value of an event")
	}
	all = append(all, w.localTests(n)...)
	tests := w.reputationTests(n)
	if len(all)+len(tests) == 2 {
		return all
	}
	if w.enriched == "" {
		w.enriched = entity.Name
	} else if w.enriched != entity.Name {
		w.found.Errorf("one-reputation", n.Range(), "split the rule", "eql: an event has the enrichment of one value only: %s or %s", w.enriched, entity.Name)
	}
	w.asksVerdict = w.asksVerdict || len(tests) > 0
	rep := w.plan.Source.Reputation
	if len(tests) > 0 && rep.Availability != "" {
		failed := logic.Atom(columnName(rep.Prefix+rep.Availability) + " : " + quote(rep.Failed))
		if n.Spec.Unavailable == "include" {
			return append(all, logic.Any{failed, tests})
		}
		all = append(all, logic.Not{Term: failed})
	}
	return append(all, tests...)
}

// countedField is the one field that has a value which is counted.
func (w *writer) countedField(n *ir.Prevalence, columns []schema.Column, domain *schema.Column) schema.Column {
	if len(columns) != 1 || domain != nil || columns[0].Made != nil {
		w.found.Errorf("prevalence-value", n.Range(), "count an entity or a field that Elastic has in one field, or use kql or spl", "eql: %q counts a value that is not in one field of its own", n.Name)
		return schema.Column{}
	}
	compilers.OneColumn("eql", lacks[compilers.SecondColumns].Hint, columns[0], n.Range(), &w.found)
	return columns[0]
}

// localTests tests the count and the rank on the event. A value without a count is new: it was seen once and is among
// the rarest.
func (w *writer) localTests(n *ir.Prevalence) logic.All {
	local := n.Spec.Local
	if local == nil || (local.Rarest == 0 && len(local.Bounds) == 0) {
		return nil
	}
	if w.counted != nil && w.counted.Name != n.Name {
		w.found.Errorf("one-count", n.Range(), "split the rule", "eql: an event has the local counts of one prevalence condition only: %s or %s", w.counted.Name, n.Name)
	}
	w.counted = n
	rep := w.plan.Source.Reputation
	indices, _ := w.plan.IndicesOf(w.plan.Source)
	if rep.LocalCount == "" || (local.Rarest > 0 && rep.LocalRank == "") || len(indices) == 0 {
		w.found.Errorf("no-local-count", n.Range(), "name local_count, local_rank and the source's indices in a model file",
			"data model %s has no field for local counts", w.plan.Model.Name)
		return nil
	}
	count := columnName(w.localField(rep.LocalCount))
	var tests logic.All
	for _, b := range local.Bounds {
		known, err := number(count, schema.Column{Name: count, Type: schema.Int}, b.Op, []float64{b.Value}, false)
		p := w.reportError(known, err, b.Range)
		if b.Holds(1) {
			p = logic.Any{logic.Atom(count + " == null"), p}
		}
		tests = append(tests, p)
	}
	if local.Rarest > 0 {
		tests = append(tests, logic.Any{logic.Atom(count + " == null"),
			logic.Atom(fmt.Sprintf("%s <= %d", columnName(w.localField(rep.LocalRank)), local.Rarest))})
	}
	return tests
}

// localField names the field of a count. It contains the rule's name, because each rule counts its own population.
func (w *writer) localField(name string) string {
	return w.plan.Source.Reputation.Prefix + "local." + w.countName() + "." + name
}
