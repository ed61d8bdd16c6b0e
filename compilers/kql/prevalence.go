package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// fileProfile is the function that knows files, and maxProfiles how many it takes a call.
// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
const (
	fileProfile = "FileProfile"
	maxProfiles = 1000
)

// watchlist is the source of reputation where a workspace keeps its own: a watchlist of this name.
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists-queries
const (
	watchlist     = "watchlist"
	watchlistName = "decree_reputation"
)

// reputed are the entities that each source of reputation knows.
var reputed = map[string][]string{fileProfile: {"sha1", "sha256"}, watchlist: {"sha1", "sha256", "md5", "domain"}}

// rarity is one prevalence condition: a let statement with the values that satisfy it.
type rarity struct {
	node     *ir.Prevalence
	name     string // of its let statement
	value    string // the column asked about, which extend adds where the table has it otherwise
	read     string // how the event tells it
	fallback string // the let statement of the default global prevalence, or ""
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

// enrich lays the reputation of the rare values beside the events that have them.
func (w *writer) enrich(r *rarity) []string {
	v := column(r.value)
	return []string{fmt.Sprintf("extend %s = tolower(%s)", v, v), fmt.Sprintf("join kind=leftouter %s on %s", r.name, v)}
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

// rarityLet writes the values that satisfy a prevalence condition.
func (w *writer) rarityLet(r *rarity, events string, early []ir.Node) string {
	spec, v := r.node.Spec, column(r.value)
	stages := []string{events}
	if r.node.Among != nil {
		for _, n := range compilers.Conjuncts(r.node.Among) {
			if !compilers.Holds(early, n) {
				stages = append(stages, w.where([]ir.Node{n})...)
			}
		}
	}
	stages = append(stages, fmt.Sprintf("where isnotempty(%s)", v))
	who, count := "host", ""
	if spec.Local != nil {
		who = spec.Local.Distinct
	}
	hosts, counted := w.value(w.plan.Source.Entities[who])
	count = strings.TrimSuffix(counted, "Id") + "Count"
	asks := len(spec.Global) > 0 || spec.Signature != nil || spec.Signer != nil || spec.Issuer != nil || spec.Root != nil
	limited := asks && w.plan.Source.Reputation.Source == fileProfile
	if limited {
		stages = append(stages, comment("FileProfile distinguishes case and knows hashes in lower case."))
	}
	stages = append(stages,
		fmt.Sprintf("summarize %s = count_distinct(tolower(%s)) by %s = tolower(%s)", column(count), hosts, v, v))
	most := 0
	if spec.Local != nil {
		for _, b := range spec.Local.Bounds {
			stages = append(stages, fmt.Sprintf("where %s %s %s", column(count), comparisons[b.Op], literal(b.Value)))
		}
		most = spec.Local.Rarest
	}
	if limited && (most == 0 || most > maxProfiles) {
		most = maxProfiles
		w.note("fileprofile-limit", "false-negatives", r.node.Range(), fmt.Sprintf("FileProfile knows %d values a call: only the rarest are looked up", maxProfiles))
	}
	if most > 0 {
		stages = append(stages, comment("Ties are broken by value, so that the result is reproducible."),
			fmt.Sprintf("sort by %s asc, %s asc", column(count), v), fmt.Sprintf("take %d", most))
	}
	if asks {
		stages = append(stages, w.reputation(r)...)
	}
	return fmt.Sprintf("let %s = materialize(\n%s);\n", r.name, indent(pipe(stages)))
}

// reputation asks FileProfile and keeps the values whose answer satisfies the condition.
func (w *writer) reputation(r *rarity) []string {
	spec, rep := r.node.Spec, w.plan.Source.Reputation
	if !slices.Contains(reputed[rep.Source], spec.Field) {
		w.found.Errorf("no-reputation", spec.FieldRange, "ask about sha1 or sha256 with a model whose reputation source is FileProfile or watchlist",
			"kql has no reputation of a %s in data model %s", spec.Field, w.plan.Model.Name)
		return nil
	}
	known := func(name, what string) string {
		if name == "" {
			w.found.Errorf("no-column", r.node.Range(), "leave the condition out for this target", "%s does not tell the %s of a file", rep.Source, what)
			return "_"
		}
		return column(name)
	}
	var tests compilers.All
	for _, b := range spec.Global {
		global := known(rep.Global, "prevalence")
		if rep.Source == watchlist { // whose values are texts
			global = "tolong(" + global + ")"
		}
		tests = append(tests, compilers.Atom(fmt.Sprintf("coalesce(%s, %s) %s %s", global, r.fallback, comparisons[b.Op], literal(b.Value))))
	}
	for _, m := range []struct {
		what, column string
		ask          *rules.Membership
	}{{"signature state", rep.Signature, spec.Signature}, {"signer", rep.Signer, spec.Signer}, {"issuer", rep.Issuer, spec.Issuer}, {"root", rep.Root, spec.Root}} {
		if m.ask != nil {
			tests = append(tests, membership(known(m.column, m.what), m.ask))
		}
	}
	stages := []string{fmt.Sprintf("invoke %s(%s, %d)", fileProfile, column(r.value), maxProfiles)}
	if rep.Source == watchlist {
		stages = w.watched(r)
	}
	failed := failedLookup(rep)
	if spec.Unavailable == "include" {
		return append(stages, where(compilers.Any{failed, tests}))
	}
	stages = append(stages, where(compilers.None{Term: failed}))
	for _, t := range tests {
		stages = append(stages, where(t))
	}
	return stages
}

// watched lays the watchlist's rows beside the values; of several with one value, one counts.
func (w *writer) watched(r *rarity) []string {
	spec, rep := r.node.Spec, w.plan.Source.Reputation
	field, all, asked := spec.Field, []string{spec.Field}, []string{spec.Field}
	for _, c := range []struct {
		column string
		ask    bool
	}{{rep.Availability, true}, {rep.Global, len(spec.Global) > 0}, {rep.Signature, spec.Signature != nil}, {rep.Signer, spec.Signer != nil},
		{rep.Issuer, spec.Issuer != nil}, {rep.Root, spec.Root != nil}} {
		if c.column == "" {
			continue
		}
		all = append(all, c.column)
		if c.ask {
			asked = append(asked, column(c.column))
		}
	}
	w.note("watchlist", "exact", r.node.Range(), "reputation is what the watchlist "+watchlistName+" says")
	const file = watchlistName + ".csv"
	if !slices.ContainsFunc(w.assets, func(a compilers.Asset) bool { return a.Name == file }) {
		w.assets = append(w.assets, compilers.Asset{Name: file, Content: strings.Join(all, ",") + "\n",
			Purpose: "the watchlist " + watchlistName + " is made of it, its search key is " + field + ": one row for each, filled by the reputation provider"})
	}
	key := "Watched_" + field
	inner := []string{fmt.Sprintf("_GetWatchlist(%s)", quote(watchlistName)),
		fmt.Sprintf("summarize arg_min(%s) by %s = tolower(%s)", strings.Join(asked, ", "), key, field),
		"project-away " + field}
	return []string{
		fmt.Sprintf("join kind=leftouter (\n%s  ) on $left.%s == $right.%s", indent(indent(pipe(inner))), column(r.value), key),
		"project-away " + key,
	}
}

func failedLookup(rep schema.Reputation) compilers.Pred {
	if rep.Availability == "" {
		return compilers.Fixed(false)
	}
	return compilers.Atom(column(rep.Availability) + " =~ " + quote(rep.Failed))
}

func membership(name string, m *rules.Membership) compilers.Pred {
	if len(m.Values) == 1 {
		op := " =~ "
		if m.Not {
			op = " !~ "
		}
		return compilers.Atom(name + op + quote(m.Values[0]))
	}
	op := " in~ ("
	if m.Not {
		op = " !in~ ("
	}
	return compilers.Atom(name + op + compilers.Fill(quoteAll(m.Values), "    ") + ")")
}
