package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/schema"
)

// fileProfile is the function for the reputation of files, and maxProfiles its limit of values per call.
// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
const (
	fileProfile = "FileProfile"
	maxProfiles = 1000
)

// watchlist is the source of reputation in a workspace: a watchlist of this name.
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists-queries
const (
	watchlist     = "watchlist"
	watchlistName = "decree_reputation"
)

// knownEntities are the entities that each source of reputation covers.
var knownEntities = map[string][]string{fileProfile: {"sha1", "sha256"}, watchlist: {"sha1", "sha256", "md5", "domain"}}

// lookUp joins the reputation to the values of conditions on one value.
func (w *writer) lookUp(rs ...*prevalence) []string {
	spec, rep := rs[0].node.Spec, w.plan.Source.Reputation
	if !slices.Contains(knownEntities[rep.Source], spec.Field) {
		w.found.Errorf("no-reputation", spec.FieldRange, "use sha1 or sha256, and a data model whose reputation source is FileProfile or watchlist",
			"kql finds no reputation of %s in data model %s", spec.Field, w.plan.Model.Name)
		return nil
	}
	if rep.Source == watchlist {
		return w.watchlistLookup(rs)
	}
	return []string{fmt.Sprintf("invoke %s(%s, %d)", fileProfile, columnName(rs[0].value), maxProfiles)}
}

// reputationTests keep the values whose reputation satisfies a condition.
func (w *writer) reputationTests(r *prevalence) []string {
	spec, rep := r.node.Spec, w.plan.Source.Reputation
	known := func(name, what string) string {
		switch {
		case rep.Source == "": // lookUp has said so
			return "_"
		case name == "":
			w.found.Errorf("no-column", r.node.Range(), "remove the condition for this target", "%s does not provide the %s of a value", rep.Source, what)
			return "_"
		}
		return columnName(name)
	}
	var tests logic.All
	for _, b := range spec.Global {
		global := known(rep.Global, "prevalence")
		if rep.Source == watchlist { // whose values are texts
			global = "tolong(" + global + ")"
		}
		tests = append(tests, logic.Atom(fmt.Sprintf("coalesce(%s, %s) %s %s", global, r.fallback, comparisons[b.Op], compilers.Number(b.Value))))
	}
	for _, t := range spec.Reputation {
		name := known(rep.Column(t.Part), t.Part)
		switch {
		case t.Is != nil:
			tests = append(tests, membership(name, t.Is))
		case t.Flag != nil && rep.Source == watchlist:
			tests = append(tests, membership(name, compilers.FlagTexts(*t.Flag)))
		case t.Flag != nil:
			tests = append(tests, logic.Atom(fmt.Sprintf("%s == %t", name, *t.Flag)))
		}
	}
	failed := failedLookup(rep)
	if spec.Unavailable == "include" {
		return []string{where(logic.Any{failed, tests})}
	}
	stages := []string{where(logic.Not{Term: failed})}
	for _, t := range tests {
		stages = append(stages, where(t))
	}
	return stages
}

// watchlistLookup joins the watchlist's rows to the values. If several rows have the same value, one counts.
func (w *writer) watchlistLookup(rs []*prevalence) []string {
	r, rep := rs[0], w.plan.Source.Reputation
	field := r.node.Spec.Field
	all, read := []string{field}, []string{field}
	for _, part := range schema.ReputationParts {
		name := rep.Column(part)
		if name == "" {
			continue
		}
		all = append(all, name)
		asks := func(r *prevalence) bool { return r.node.Spec.Asks(part) }
		if part == "availability" || slices.ContainsFunc(rs, asks) {
			read = append(read, columnName(name))
		}
	}
	w.plan.Note("watchlist", "exact", r.node.Range(), "reputation is read from the watchlist "+watchlistName)
	const file = watchlistName + ".csv"
	if i := slices.IndexFunc(w.assets, func(a compilers.Asset) bool { return a.Name == file }); i >= 0 {
		w.assets[i] = compilers.WithKey(w.assets[i], field)
	} else {
		w.assets = append(w.assets, compilers.Asset{Name: file, Content: strings.Join(all, ",") + "\n",
			Purpose: "the watchlist " + watchlistName + " is made of it, its search key is " + field + ": one row for each, filled by the reputation provider"})
	}
	key := "Watched_" + field
	inner := []string{fmt.Sprintf("_GetWatchlist(%s)", quote(watchlistName)),
		fmt.Sprintf("summarize arg_min(%s) by %s = tolower(%s)", strings.Join(read, ", "), key, field),
		"project-away " + field}
	return []string{
		fmt.Sprintf("join kind=leftouter (\n%s  ) on $left.%s == $right.%s", indent(indent(pipe(inner))), columnName(r.value), key),
		"project-away " + key,
	}
}

func failedLookup(rep schema.Reputation) logic.Pred {
	if rep.Availability == "" {
		return logic.Never
	}
	return logic.Atom(columnName(rep.Availability) + " =~ " + quote(rep.Failed))
}

func membership(name string, m *rules.Membership) logic.Pred {
	if len(m.Values) == 1 {
		op := " =~ "
		if m.Not {
			op = " !~ "
		}
		return logic.Atom(name + op + quote(m.Values[0]))
	}
	op := " in~ ("
	if m.Not {
		op = " !in~ ("
	}
	return logic.Atom(name + op + compilers.Fill(quoteAll(m.Values), "    ") + ")")
}

// sinceStages add to the events when their values were first seen in the world, for conditions that count or for the
// others.
func (w *writer) sinceStages(counting bool) []string {
	var stages []string
	for _, r := range w.prevalences {
		if r.since == "" || compilers.CountsPopulation(r.node) != counting {
			continue
		}
		rep, v := w.plan.Source.Reputation, columnName(r.value)
		first := columnName(rep.GlobalFirstSeen)
		if rep.Source == watchlist {
			first = "todatetime(" + first + ")"
		}
		if r.node.Spec.Unavailable == "include" && rep.Availability != "" {
			first = whereSyntax.Print(failedLookup(rep)).Call("iff", "datetime(9999-12-31)", first)
		}
		stages = append(inLowerCase(stages, r.value),
			fmt.Sprintf("join kind=leftouter (%s | project %sKey = %s, %s = %s) on $left.%s == $right.%sKey", r.name, r.since, v, r.since, first, v, r.since))
	}
	return stages
}

// dropSince removes the columns that sinceStages added.
func (w *writer) dropSince() []string {
	var names []string
	for _, r := range w.prevalences {
		if r.since != "" {
			names = append(names, r.since, r.since+"Key")
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"project-away " + strings.Join(names, ", ")}
}

// reputationGroups are the conditions without counting, grouped by value.
func (w *writer) reputationGroups() [][]*prevalence {
	var groups [][]*prevalence
	for _, r := range w.prevalences {
		if compilers.CountsPopulation(r.node) {
			continue
		}
		i := slices.IndexFunc(groups, func(g []*prevalence) bool { return g[0].value == r.value && g[0].expr == r.expr })
		if i < 0 {
			groups, i = append(groups, nil), len(groups)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// hashes are the values of which nobody tests the case.
var hashes = []string{"sha1", "sha256", "md5"}

// joinKnown joins what is known of values to the events. All but hashes keep their case, which a filter may test.
func (w *writer) joinKnown(body []string, r *prevalence, known string) []string {
	v := columnName(r.value)
	if slices.Contains(hashes, r.node.Spec.Field) {
		return append(inLowerCase(body, r.value), fmt.Sprintf("join kind=leftouter %s on %s", known, v))
	}
	mine, theirs := w.names.free("Value_"+r.node.Name), w.names.free("Known_"+r.node.Name)
	return append(body, fmt.Sprintf("extend %s = tolower(%s)", mine, v),
		fmt.Sprintf("join kind=leftouter (%s | extend %s = %s | project-away %s) on $left.%s == $right.%s", known, theirs, v, v, mine, theirs),
		fmt.Sprintf("project-away %s, %s", mine, theirs))
}

// reputationLets look a value up once, and write the values that satisfy each condition on its reputation.
func (w *writer) reputationLets(group []*prevalence, events string) string {
	first := group[0]
	count, counting := w.countStages(first)
	stages := append([]string{events}, counting...)
	stages = append(append(stages, w.lookupLimit(count, group...)...), w.lookUp(group...)...)
	if len(group) == 1 {
		first.lookup = first.name
		return fmt.Sprintf("let %s = materialize(\n%s);\n", first.name, indent(pipe(append(stages, w.reputationTests(first)...))))
	}
	lookup := w.names.free("reputation_" + first.node.Spec.Field)
	first.lookup = lookup
	text := fmt.Sprintf("let %s = materialize(\n%s);\n", lookup, indent(pipe(stages)))
	for _, r := range group {
		text += fmt.Sprintf("let %s = %s;\n", r.name, strings.TrimSuffix(pipe(append([]string{lookup}, w.reputationTests(r)...)), "\n"))
	}
	return text
}
