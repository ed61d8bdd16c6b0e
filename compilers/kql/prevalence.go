package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
)

// rarity is one prevalence condition: a let statement with the values that satisfy it.
type rarity struct {
	node     *ir.Prevalence
	name     string // of its let statement
	value    string // the column asked about, which extend adds where the table has it otherwise
	read     string // how the event tells it
	fallback string // the let statement of the default global prevalence, or ""
	looked   string // of the first of those that are looked up together: the let statement of what is known
}

func (w *writer) newRarity(p *ir.Prevalence) *rarity {
	r := &rarity{node: p, name: w.names.free(p.Name)}
	r.read, r.value = w.value(w.plan.Source.Entities[p.Spec.Field])
	if len(p.Spec.Global) > 0 {
		r.fallback = w.names.free("default_global_prevalence")
	}
	return r
}

func (w *writer) rarityOf(p *ir.Prevalence) *rarity {
	for _, r := range w.rare {
		if r.node == p || (p.Name != "" && r.node.Name == p.Name) {
			return r
		}
	}
	return nil
}

// values adds the values asked about that are no columns of the table.
func (w *writer) values() []string {
	var stages []string
	for _, r := range w.rare {
		stage := fmt.Sprintf("extend %s = %s", column(r.value), r.read)
		if r.read != column(r.value) && !slices.Contains(stages, stage) {
			stages = append(stages, stage)
		}
	}
	return stages
}

func (w *writer) prevalences() []*ir.Prevalence {
	var ps []*ir.Prevalence
	for _, r := range w.rare {
		ps = append(ps, r.node)
	}
	return ps
}

func (r *rarity) defaultLet() string {
	if r.fallback == "" {
		return ""
	}
	return fmt.Sprintf("let %s = %s;\n", r.fallback, literal(r.node.Spec.GlobalElse))
}

// member holds when the event's value is one of the rare.
func (r *rarity) member() compilers.Pred {
	return compilers.Atom(fmt.Sprintf("tolower(%s) in ((%s | project %s))", column(r.value), r.name, column(r.value)))
}

// rareBody writes the events that conditions on rarity are asked of, the statements of those conditions, and the stages that keep what the
// whole rule holds for.
func (w *writer) rareBody(lets *strings.Builder, base []string, early, late []ir.Node) []string {
	events := w.names.free(w.populationName(early))
	fmt.Fprintf(lets, "let %s = materialize(\n%s);\n", events, indent(pipe(base)))
	for _, r := range w.rare {
		if compilers.Counts(r.node) {
			lets.WriteString(w.countLet(r, events, early))
		}
	}
	before, after := compilers.SplitReputation(late)
	reputed := w.reputed()
	if len(reputed) > 0 && len(before) > 0 {
		remaining := w.names.free("remaining")
		fmt.Fprintf(lets, "let %s = materialize(\n%s);\n", remaining, indent(pipe(append([]string{events}, w.where(before)...))))
		events, before = remaining, nil
	}
	for _, group := range reputed {
		lets.WriteString(w.reputationLets(group, events))
	}
	body := append([]string{events}, w.where(append(before, after...))...)
	for _, r := range w.rare {
		if compilers.Counts(r.node) {
			body = append(body, enrich(r.value, r.name)...)
		}
	}
	for _, group := range reputed {
		body = append(body, enrich(group[0].value, group[0].looked)...)
	}
	return body
}

// reputed are the conditions that count nothing, together those that ask about one value.
func (w *writer) reputed() [][]*rarity {
	var groups [][]*rarity
	for _, r := range w.rare {
		if compilers.Counts(r.node) {
			continue
		}
		i := slices.IndexFunc(groups, func(g []*rarity) bool { return g[0].value == r.value && g[0].read == r.read })
		if i < 0 {
			groups, i = append(groups, nil), len(groups)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// enrich lays what is known of values beside the events that have them.
func enrich(value, known string) []string {
	v := column(value)
	return []string{fmt.Sprintf("extend %s = tolower(%s)", v, v), fmt.Sprintf("join kind=leftouter %s on %s", known, v)}
}

// populationName is the author's name for the events counted, where there is one.
func (w *writer) populationName(early []ir.Node) string {
	if len(early) == 1 {
		if named, ok := early[0].(*ir.Named); ok {
			return named.Name
		}
	}
	return "events"
}

// countLet writes the values that satisfy a condition which depends on a population.
func (w *writer) countLet(r *rarity, events string, early []ir.Node) string {
	spec := r.node.Spec
	stages := []string{events}
	if r.node.Among != nil {
		for _, n := range compilers.Conjuncts(r.node.Among) {
			if !compilers.Holds(early, n) {
				stages = append(stages, w.where([]ir.Node{n})...)
			}
		}
	}
	count, counting := w.counted(r)
	stages = append(stages, counting...)
	if local := spec.Local; local != nil {
		if local.Rarest > 0 {
			stages = append(stages, rarest(count, r.value, local.Rarest)...)
		}
		for _, b := range local.Bounds {
			stages = append(stages, fmt.Sprintf("where %s %s %s", column(count), comparisons[b.Op], literal(b.Value)))
		}
	}
	if asksReputation(spec) {
		most := 0
		if spec.Local != nil {
			most = spec.Local.Rarest
		}
		if most == 0 || most > maxProfiles {
			stages = append(stages, w.limited(count, r)...)
		}
		stages = append(append(stages, w.lookUp(r)...), w.reputationTests(r)...)
	}
	return fmt.Sprintf("let %s = materialize(\n%s);\n", r.name, indent(pipe(stages)))
}

// reputationLets look a value up once, and write the values that satisfy each condition on what is known of it.
func (w *writer) reputationLets(group []*rarity, events string) string {
	first := group[0]
	count, counting := w.counted(first)
	stages := append([]string{events}, counting...)
	stages = append(append(stages, w.limited(count, group...)...), w.lookUp(group...)...)
	if len(group) == 1 {
		first.looked = first.name
		return fmt.Sprintf("let %s = materialize(\n%s);\n", first.name, indent(pipe(append(stages, w.reputationTests(first)...))))
	}
	looked := w.names.free("reputation_" + first.node.Spec.Field)
	first.looked = looked
	text := fmt.Sprintf("let %s = materialize(\n%s);\n", looked, indent(pipe(stages)))
	for _, r := range group {
		text += fmt.Sprintf("let %s = %s;\n", r.name, strings.TrimSuffix(pipe(append([]string{looked}, w.reputationTests(r)...)), "\n"))
	}
	return text
}

// counted counts who saw each value, hashes in the lower case that FileProfile knows them in.
func (w *writer) counted(r *rarity) (count string, stages []string) {
	v, who := column(r.value), "host"
	if r.node.Spec.Local != nil {
		who = r.node.Spec.Local.Distinct
	}
	hosts, counted := w.value(w.plan.Source.Entities[who])
	count = strings.TrimSuffix(counted, "Id") + "Count"
	stages = []string{fmt.Sprintf("where isnotempty(%s)", v)}
	if asksReputation(r.node.Spec) && w.plan.Source.Reputation.Source == fileProfile {
		stages = append(stages, comment("FileProfile distinguishes case and knows hashes in lower case."))
	}
	distinct := fmt.Sprintf("count_distinct(tolower(%s))", hosts)
	if who != "host" { // that stands in every event; an empty text would count as one more
		distinct = fmt.Sprintf("count_distinctif(tolower(%s), isnotempty(%s))", hosts, hosts)
	}
	return count, append(stages, fmt.Sprintf("summarize %s = %s by %s = tolower(%s)", column(count), distinct, v, v))
}

// rarest keeps the rarest values.
func rarest(count, value string, most int) []string {
	return []string{comment("Ties are broken by value, so that the result is reproducible."),
		fmt.Sprintf("sort by %s asc, %s asc", column(count), column(value)), fmt.Sprintf("take %d", most)}
}

// limited keeps as many values as FileProfile looks up.
func (w *writer) limited(count string, rs ...*rarity) []string {
	if w.plan.Source.Reputation.Source != fileProfile {
		return nil
	}
	for _, r := range rs {
		w.noteOf(r.node, "fileprofile-limit", "false-negatives",
			fmt.Sprintf("FileProfile looks up %d values a call: of more, only the rarest are, and an event with another value counts as one for which the condition does not hold", maxProfiles))
	}
	return rarest(count, rs[0].value, maxProfiles)
}

func asksReputation(spec rules.Prevalence) bool {
	return len(spec.Global) > 0 || spec.Signature != nil || spec.Signer != nil || spec.Issuer != nil || spec.Root != nil
}
