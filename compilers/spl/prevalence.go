package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// prevalenceNumber numbers prevalence conditions from 1. It is 0 if the condition is unknown.
func (w *writer) prevalenceNumber(n *ir.Prevalence) int {
	return slices.IndexFunc(w.prevalences, func(p *ir.Prevalence) bool { return p == n || (p.Name != "" && p.Name == n.Name) }) + 1
}

// prevalenceStages write the prevalence conditions and everything that depends on them: first the conditions that
// count, then conditions that depend only on these, and last reputation for the remaining events.
func (w *writer) prevalenceStages(early, late []ir.Node) []string {
	stages := w.olderStages(early)
	for i, p := range w.prevalences {
		if compilers.CountsPopulation(p) {
			w.plan.NotePeriod(p)
			stages = append(stages, w.populationStages(i+1, p, early)...)
		}
	}
	if w.countedPeriod() != w.window() {
		stages = append(stages, where(w.window().begun()))
	}
	before, after := compilers.SplitAtReputation(late)
	if len(after) > 0 && len(before) > 0 {
		stages = append(stages, w.where(before))
		before = nil
	}
	done := map[string]bool{}
	for _, p := range w.prevalences {
		if !compilers.CountsPopulation(p) && !done[p.Describe()] {
			done[p.Describe()] = true
			stages = append(stages, w.reputationStages(p.Describe())...)
		}
	}
	if rest := append(before, after...); len(rest) > 0 {
		stages = append(stages, w.where(rest))
	}
	return stages
}

// olderStages drop events that are read only because a population is longer than the lookback, and that no population
// counts.
func (w *writer) olderStages(early []ir.Node) []string {
	if w.countedPeriod() == w.window() {
		return nil
	}
	kept := logic.Any{w.window().begun()}
	for _, p := range w.prevalences {
		if !compilers.CountsPopulation(p) {
			continue
		}
		inside := w.population(p, early)
		if len(inside) == 0 {
			return nil
		}
		kept = append(kept, inside)
	}
	return []string{where(kept)}
}

// reputationStages look a value up once and set decree_rare_<i> for all conditions on its reputation. of is how
// these describe the value.
func (w *writer) reputationStages(of string) []string {
	var conditions []*ir.Prevalence
	first := 0
	for i, p := range w.prevalences {
		if !compilers.CountsPopulation(p) && p.Describe() == of {
			if len(conditions) == 0 {
				first = i + 1
			}
			conditions = append(conditions, p)
		}
	}
	value := fmt.Sprintf("decree_value_%d", first)
	answer := w.lookUp(first, conditions...)
	stages := []string{w.valueStage(first, conditions[0]), answer.stage}
	var sets []string
	var some logic.Any
	for _, p := range conditions {
		holds := append(logic.All{logic.Atom("isnotnull(" + value + ")")}, answer.tests(w, p)...)
		flag := fmt.Sprintf("decree_rare_%d", w.prevalenceNumber(p))
		sets = append(sets, flag+"="+ifElse(holds, "1", "0"))
		some = append(some, logic.Atom(flag+"=1"))
	}
	return append(stages, "eval "+strings.Join(sets, ",\n    "), answer.showStage(some))
}

// valueStage sets decree_value_<i> to the tested value in lower case, if there is one.
func (w *writer) valueStage(i int, p *ir.Prevalence) string {
	columns, domain := w.plan.Model.Counted(w.plan.Source, p)
	entity := w.counted(p, columns, domain)
	there := logic.All{logic.Atom("isnotnull(" + entity + ")"), logic.Atom(entity + `!=""`)}
	return fmt.Sprintf("eval decree_value_%d=", i) + whereSyntax.Print(there).Call("if", "lower("+entity+")", "null()")
}

// counted gives the expression for a value that is counted: that of the first column with one, after its domain or the
// rest of its path, which may be nil.
func (w *writer) counted(p *ir.Prevalence, columns []schema.Column, before *schema.Column) string {
	if len(columns) == 0 { // the check has reported it
		return "null()"
	}
	values := make([]string, len(columns))
	for i, c := range columns {
		if values[i] = w.column(p.Range(), c); !w.single(c) {
			values[i] = "mvindex(" + values[i] + ", 0)"
		}
	}
	value := values[0]
	if len(values) > 1 {
		value = "coalesce(" + strings.Join(values, ", ") + ")"
	}
	if before == nil {
		return value
	}
	return after(w.column(p.Range(), *before), value, columns[0])
}

// single tells whether a column has one value at most: Splunk's own host, a hash that rex takes out of its set, and
// what a row of tstats has.
func (w *writer) single(c schema.Column) bool {
	return c.Made == nil && !c.Second() && (c.Name == "host" || c.Type == schema.HashSet || w.dataset != nil)
}

// populationStages sets decree_rare_<i> to 1 on the events whose value is rare in the population. The event itself need
// not be part of the population. Its count stays on the event, and is missing for values that do not occur in the
// population.
func (w *writer) populationStages(i int, p *ir.Prevalence, early []ir.Node) []string {
	id := fmt.Sprintf("_%d", i)
	value, hosts, rank := "decree_value"+id, "decree_count"+id, "decree_rank"+id
	stages := []string{w.valueStage(i, p)}
	var counted []string
	inside := w.population(p, early)
	among, seen := "decree_among"+id, "decree_seen"+id
	if len(inside) > 0 {
		stages = append(stages, "eval "+among+"="+ifElse(inside, "1", "0"))
		counted = append(counted, fmt.Sprintf("max(%s) as %s", among, seen))
	}
	holds := logic.All{logic.Atom("isnotnull(" + value + ")")}
	local := p.Spec.Local
	if local != nil {
		columns, domain := w.plan.Model.CountedBy(w.plan.Source, p)
		saw := w.counted(p, columns, domain)
		who := "lower(" + saw + ")"
		if len(columns) != 1 || columns[0].Name != "host" { // every event has Splunk's own host; an empty text would count as one more
			there := logic.All{logic.Atom("isnotnull(" + saw + ")"), logic.Atom(saw + `!=""`)}
			who = whereSyntax.Print(there).Call("if", "lower("+saw+")", "null()")
		}
		if len(inside) > 0 {
			who = fmt.Sprintf("if(%s=1, %s, null())", among, who)
		}
		counted = append(counted, fmt.Sprintf("dc(eval(%s)) as %s", who, hosts))
		for _, b := range local.Bounds {
			holds = append(holds, logic.Atom(hosts+comparisons[b.Op]+compilers.Number(b.Value)))
		}
	}
	if len(counted) > 0 {
		stages = append(stages, "eventstats "+strings.Join(counted, " ")+" by "+value)
		w.plan.NoteOf(p, "search-memory", "false-negatives", "eventstats stops at max_mem_usage_mb of limits.conf; Splunk then shows a warning on the job")
	}
	if len(inside) > 0 {
		stages = append(stages, fmt.Sprintf("eval %s=if(coalesce(%s, 0)=1, %s, null())", value, seen, value))
	}
	if local != nil && local.Rarest > 0 {
		stages = append(stages, rankStages(value, hosts, rank)...)
		holds = append(holds, logic.Atom(fmt.Sprintf("%s<=%d", rank, local.Rarest)))
	}
	if p.Spec.AsksReputation() {
		answer := w.lookUp(i, p)
		stages = append(stages, answer.stage)
		holds = append(holds, answer.tests(w, p)...)
		return append(stages, fmt.Sprintf("eval decree_rare_%d=%s", i, ifElse(holds, "1", "0")), answer.showStage(logic.Atom(fmt.Sprintf("decree_rare_%d=1", i))))
	}
	return append(stages, fmt.Sprintf("eval decree_rare_%d=%s", i, ifElse(holds, "1", "0")))
}

// population is the condition for a counted event, beyond what earlier stages have tested.
func (w *writer) population(p *ir.Prevalence, early []ir.Node) logic.All {
	var inside logic.All
	own := w.window()
	own.length = max(own.length, w.plan.LongerPeriod(p))
	if own != w.countedPeriod() { // another condition has older events read
		inside = append(inside, own.begun())
	}
	if p.Among == nil {
		return inside
	}
	for _, n := range compilers.Conjuncts(p.Among) {
		if !compilers.IsConjunct(early, n) {
			w.plan.Among([]ir.Node{p.Among}, func() { inside = append(inside, logic.Build(n, w.wherePredicate)) })
		}
	}
	return inside
}

// rankStages numbers the distinct values, starting with the rarest. Events without a value may stand between them and
// have no number. streamstats would do this for only the latest 10,000 events (max_stream_window of limits.conf), so
// that a frequent value could be the first among them.
func rankStages(value, hosts, rank string) []string {
	before := rank + "_before"
	return []string{
		fmt.Sprintf("sort 0 num(%s), str(%s)", hosts, value),
		fmt.Sprintf("autoregress %s AS %s", value, before),
		fmt.Sprintf(`eval %s=if(isnull(%s), 0, if("=".%s!=coalesce("=".%s, ""), 1, 0))`, rank, value, value, before),
		"accum " + rank,
	}
}
