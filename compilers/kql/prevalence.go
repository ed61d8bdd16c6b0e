package kql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// prevalence is one prevalence condition: a let statement with the values that satisfy it.
type prevalence struct {
	node     *ir.Prevalence
	name     string // of its let statement
	value    string // the column of the value, which extend adds if the table stores it in another form
	expr     string // expression for the value on an event
	fallback string // the let statement of the default global prevalence, or ""
	since    string // the column of when the value was first seen in the world, on events, or ""
	lookup   string // for the first of conditions with a shared look-up: the let statement with its result
}

func (w *writer) newPrevalence(p *ir.Prevalence) *prevalence {
	r := &prevalence{node: p, name: w.names.free(p.Name)}
	columns, domain := w.plan.Model.Counted(w.plan.Source, p)
	r.expr, r.value = w.counted(p, w.plan.Source.CountedField(p), p.Spec.Of+p.Spec.Field, columns, domain)
	if p.Spec.FirstSeenWithin() > 0 {
		r.since = w.names.free("Since_" + p.Name)
	}
	if len(p.Spec.Global) > 0 {
		r.fallback = w.names.free("default_global_prevalence")
	}
	return r
}

// counted gives the expression for a value that is counted, and the name of its column. If it is made of columns, it
// gets one of its own.
func (w *writer) counted(p *ir.Prevalence, f ir.Field, name string, columns []schema.Column, domain *schema.Column) (expr, value string) {
	if len(columns) == 0 { // the check has reported it
		return `""`, name
	}
	if c := columns[0]; len(columns) == 1 && domain == nil && !c.Second() && c.Made == nil && !w.comparesList(f, c) && part(w.typed(c.Name, c.Type), c, nil).kind == text {
		return w.value(c)
	}
	if local := p.Spec.Local; local != nil {
		bounds := local.Bounds
		if local.Rarest > 0 {
			bounds = append(slices.Clone(bounds), rules.Bound{Op: "lte"}) // what is seen less is rarer
		}
		w.noteCompared(w.uncountedBy(p, bounds), f, columns)
	}
	expr = w.wholeOf(f, columns, domain)
	for _, r := range w.prevalences {
		if r.expr == expr {
			return expr, r.value
		}
	}
	return expr, w.names.free(name)
}

func (w *writer) prevalenceOf(p *ir.Prevalence) *prevalence {
	for _, r := range w.prevalences {
		if r.node == p || (p.Name != "" && r.node.Name == p.Name) {
			return r
		}
	}
	return nil
}

// values adds the tested values that are not columns of the table.
func (w *writer) values() []string {
	var stages []string
	for _, r := range w.prevalences {
		stage := fmt.Sprintf("extend %s = %s", columnName(r.value), r.expr)
		if r.expr != columnName(r.value) && !slices.Contains(stages, stage) {
			stages = append(stages, stage)
		}
	}
	return stages
}

// countedHere are the conditions without those that count in a longer period, whose events are read apart.
func (w *writer) countedHere() []*ir.Prevalence {
	var ps []*ir.Prevalence
	for _, r := range w.prevalences {
		if w.longerPeriod(r.node) == 0 {
			ps = append(ps, r.node)
		}
	}
	return ps
}

// looksBack is how far back the rule's own events are read; 0 if the product says how far.
func (w *writer) looksBack() time.Duration {
	if lookback := w.plan.Rule.Source.Schedule.Lookback; lookback > 0 {
		return lookback + w.further
	}
	return 0
}

// longerPeriod is how far back a condition counts, if that is longer than the rule's own events are read; else 0.
func (w *writer) longerPeriod(n *ir.Prevalence) time.Duration { return n.Spec.Period(w.looksBack()) }

func (r *prevalence) defaultLet() string {
	if r.fallback == "" {
		return ""
	}
	return fmt.Sprintf("let %s = %s;\n", r.fallback, compilers.Number(r.node.Spec.GlobalElse))
}

// rare holds if the event's value is one of the rare ones, and if it is asked, was first seen in the world not long
// before the event.
func (w *writer) rare(r *prevalence) logic.Pred {
	if r.since != "" {
		return logic.Atom(fmt.Sprintf("coalesce(%s >= %s - %s, false)", r.since, columnName(w.plan.Model.Time[0]), timespan(r.node.Spec.FirstSeenWithin())))
	}
	return logic.Atom(fmt.Sprintf("tolower(%s) in ((%s | project %s))", columnName(r.value), r.name, columnName(r.value)))
}

// prevalenceBody writes the events to which prevalence conditions apply, the statements of these conditions, and the
// stages that keep the events that match the whole rule.
func (w *writer) prevalenceBody(lets *strings.Builder, base []string, early, late []ir.Node) []string {
	events := w.names.free(w.populationName(early))
	fmt.Fprintf(lets, "let %s = materialize(\n%s);\n", events, indent(pipe(base)))
	for _, r := range w.prevalences {
		if compilers.CountsPopulation(r.node) {
			w.plan.NotePeriod(r.node)
			counted := w.populationHere(r, events, early)
			if over := w.longerPeriod(r.node); over > 0 {
				counted = w.longerPopulation(lets, r, over, events)
			}
			lets.WriteString(w.countLet(r, counted))
		}
	}
	before, after := compilers.SplitAtReputation(late)
	reputed := w.reputationGroups()
	since := w.sinceStages(true)
	if len(reputed) > 0 && len(before) > 0 {
		remaining := w.names.free("remaining")
		fmt.Fprintf(lets, "let %s = materialize(\n%s);\n", remaining, indent(pipe(append(append([]string{events}, since...), w.where(before)...))))
		events, before, since = remaining, nil, nil
	}
	for _, group := range reputed {
		lets.WriteString(w.reputationLets(group, events))
	}
	since = append(since, w.sinceStages(false)...)
	body := append(append([]string{events}, since...), w.where(append(before, after...))...)
	body = append(body, w.dropSince()...)
	for _, r := range w.prevalences {
		if compilers.CountsPopulation(r.node) {
			body = w.joinKnown(body, r, r.name)
		}
	}
	for _, group := range reputed {
		body = w.joinKnown(body, group[0], group[0].lookup)
	}
	return body
}

// inLowerCase has a column in lower case, in which the tables of values have it.
func inLowerCase(body []string, value string) []string {
	stage := fmt.Sprintf("extend %s = tolower(%s)", columnName(value), columnName(value))
	if slices.Contains(body, stage) {
		return body
	}
	return append(body, stage)
}

// populationName is the author's name for the counted events, if there is one.
func (w *writer) populationName(early []ir.Node) string {
	if len(early) == 1 {
		if named, ok := early[0].(*ir.Named); ok {
			return named.Name
		}
	}
	return "events"
}

// populationHere gives the stages of the events that a condition counts, which are among the events of the rule.
func (w *writer) populationHere(r *prevalence, events string, early []ir.Node) []string {
	stages := []string{events}
	if r.node.Among != nil {
		for _, n := range compilers.Conjuncts(r.node.Among) {
			if !compilers.IsConjunct(early, n) {
				w.plan.Among([]ir.Node{r.node.Among}, func() { stages = append(stages, w.where([]ir.Node{n})...) })
			}
		}
	}
	return stages
}

// longerPopulation gives the stages of the events that a condition counts in a period longer than the lookback. They
// are read apart, so that the other conditions of the rule still limit its own events, which are kept in memory. Where
// a count decides alone, only values of these are counted.
func (w *writer) longerPopulation(lets *strings.Builder, r *prevalence, over time.Duration, events string) []string {
	plan, rule, source := *w.plan, *w.plan.Rule, *w.plan.Rule.Source
	source.Schedule.Lookback = over
	rule.Source, rule.Filter, rule.Condition = &source, nil, &ir.Const{Base: r.node.Base, Value: true}
	if r.node.Among != nil {
		rule.Condition = r.node.Among
	}
	plan.Rule, plan.Filter, plan.Notes = &rule, nil, nil
	one := newWriter(&plan, w.names)
	one.sources, one.lists, one.delay, one.since = w.sources, w.lists, w.delay, timespan(over+w.delay)
	stages := one.eventStages(lets)
	w.found = append(w.found, one.found...)
	w.plan.Notes = compilers.AddNotes(w.plan.Notes, w.plan.NotesAmong(r.node, plan.Notes)...)
	w.assets = compilers.AddAssets(w.assets, one.assets...)
	w.joinedReach = max(w.joinedReach, over-w.looksBack()+one.before())
	v := columnName(r.value)
	if r.expr != v {
		stages = append(stages, fmt.Sprintf("extend %s = %s", v, r.expr))
	}
	if r.node.Spec.Local.Rarest == 0 {
		stages = append(stages, fmt.Sprintf("where tolower(%s) in ((%s | project %s = tolower(%s) | distinct %s))", v, events, v, v, v))
	}
	return stages
}

// countLet writes the values that satisfy a condition which depends on a population.
func (w *writer) countLet(r *prevalence, stages []string) string {
	spec := r.node.Spec
	count, counting := w.countStages(r)
	stages = append(stages, counting...)
	if local := spec.Local; local != nil {
		if local.Rarest > 0 {
			stages = append(stages, rarest(count, r.value, local.Rarest)...)
		}
		for _, b := range local.Bounds {
			stages = append(stages, fmt.Sprintf("where %s %s %s", columnName(count), comparisons[b.Op], compilers.Number(b.Value)))
		}
	}
	if spec.AsksReputation() {
		most := 0
		if spec.Local != nil {
			most = spec.Local.Rarest
		}
		if most == 0 || most > maxProfiles {
			stages = append(stages, w.lookupLimit(count, r)...)
		}
		stages = append(append(stages, w.lookUp(r)...), w.reputationTests(r)...)
	}
	return fmt.Sprintf("let %s = materialize(\n%s);\n", r.name, indent(pipe(stages)))
}

// countStages counts who saw each value, hashes in the lower case that FileProfile knows them in.
func (w *writer) countStages(r *prevalence) (count string, stages []string) {
	v := columnName(r.value)
	hosts, counted := w.value(w.plan.Source.Entities["host"])
	if r.node.Spec.Local != nil {
		columns, domain := w.plan.Model.CountedBy(w.plan.Source, r.node)
		hosts, counted = w.counted(r.node, r.node.By(), r.node.Spec.Local.Distinct, columns, domain)
	}
	count = strings.TrimSuffix(counted, "Id") + "Count"
	stages = []string{fmt.Sprintf("where isnotempty(%s)", v)}
	if r.node.Spec.AsksReputation() && w.plan.Source.Reputation.Source == fileProfile {
		stages = append(stages, comment("FileProfile distinguishes case and knows hashes in lower case."))
	}
	distinct := fmt.Sprintf("count_distinct(tolower(%s))", hosts)
	if hosts != "DeviceId" { // every event of Defender has it; of others, an empty text would count as one more
		distinct = fmt.Sprintf("count_distinctif(tolower(%s), isnotempty(%s))", hosts, hosts)
	}
	return count, append(stages, fmt.Sprintf("summarize %s = %s by %s = tolower(%s)", columnName(count), distinct, v, v))
}

// rarest keeps the rarest values.
func rarest(count, value string, most int) []string {
	return []string{comment("Ties are broken by value, so that the result is reproducible."),
		fmt.Sprintf("sort by %s asc, %s asc", columnName(count), columnName(value)), fmt.Sprintf("take %d", most)}
}

// lookupLimit keeps the number of values that FileProfile looks up.
func (w *writer) lookupLimit(count string, rs ...*prevalence) []string {
	if w.plan.Source.Reputation.Source != fileProfile {
		return nil
	}
	for _, r := range rs {
		w.plan.NoteOf(r.node, "fileprofile-limit", "false-negatives",
			fmt.Sprintf("FileProfile looks up %d values per call. If there are more, only the rarest are looked up, and for other values the condition is false", maxProfiles))
	}
	return rarest(count, rs[0].value, maxProfiles)
}
