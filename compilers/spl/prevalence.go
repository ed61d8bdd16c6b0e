package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// rarity numbers a prevalence condition from 1; 0 when it is not known.
func (w *writer) rarity(n *ir.Prevalence) int {
	return slices.IndexFunc(w.rare, func(p *ir.Prevalence) bool { return p == n || (p.Name != "" && p.Name == n.Name) }) + 1
}

// prevalence sets decree_rare_<i> to 1 on the events whose value is rare among the population, inside of which an event need
// not be itself. Events keep their number; those with a value that the population has not seen have none.
func (w *writer) prevalence(i int, p *ir.Prevalence, early []ir.Node) []string {
	id := fmt.Sprintf("_%d", i)
	value, hosts, rank := "decree_value"+id, "decree_count"+id, "decree_rank"+id
	entity := w.column(p.Range(), w.plan.Source.Entities[p.Spec.Field])
	there := compilers.All{compilers.Atom("isnotnull(" + entity + ")"), compilers.Atom(entity + `!=""`)}
	stages := []string{"eval " + value + "=" + whereSyntax.Print(there).Call("if", "lower("+entity+")", "null()")}
	var counted []string
	inside := w.population(p, early)
	among, seen := "decree_among"+id, "decree_seen"+id
	if len(inside) > 0 {
		stages = append(stages, "eval "+among+"="+when(inside, "1", "0"))
		counted = append(counted, fmt.Sprintf("max(%s) as %s", among, seen))
	}
	holds := compilers.All{compilers.Atom("isnotnull(" + value + ")")}
	local := p.Spec.Local
	if local != nil {
		who := "lower(" + w.column(p.Range(), w.plan.Source.Entities[local.Distinct]) + ")"
		if len(inside) > 0 {
			who = fmt.Sprintf("if(%s=1, %s, null())", among, who)
		}
		counted = append(counted, fmt.Sprintf("dc(eval(%s)) as %s", who, hosts))
		for _, b := range local.Bounds {
			holds = append(holds, compilers.Atom(hosts+comparison[b.Op]+number(b.Value)))
		}
	}
	if len(counted) > 0 {
		stages = append(stages, "eventstats "+strings.Join(counted, " ")+" by "+value)
		w.note("search-memory", "false-negatives", p, "eventstats stops at max_mem_usage_mb of limits.conf; Splunk then shows a warning on the job")
	}
	if len(inside) > 0 {
		stages = append(stages, fmt.Sprintf("eval %s=if(coalesce(%s, 0)=1, %s, null())", value, seen, value))
	}
	if local != nil && local.Rarest > 0 {
		stages = append(stages, ranked(value, hosts, rank)...)
		holds = append(holds, compilers.Atom(fmt.Sprintf("%s<=%d", rank, local.Rarest)))
	}
	lookup, tests, show := w.reputation(i, p)
	if lookup != "" {
		stages = append(stages, lookup)
		holds = append(holds, tests...)
	}
	stages = append(stages, fmt.Sprintf("eval decree_rare_%d=%s", i, when(holds, "1", "0")))
	return append(stages, show...)
}

// population is what a counted event must be, beside what every event is by now.
func (w *writer) population(p *ir.Prevalence, early []ir.Node) compilers.All {
	var inside compilers.All
	if p.Among == nil {
		return inside
	}
	for _, n := range compilers.Conjuncts(p.Among) {
		if !compilers.Holds(early, n) {
			inside = append(inside, compilers.Build(n, w.whereLeaf))
		}
	}
	return inside
}

// ranked numbers the distinct values from the rarest on. streamstats would do it for the latest 10,000 events alone
// (max_stream_window of limits.conf): a frequent value would be the first among them.
func ranked(value, hosts, rank string) []string {
	before := rank + "_before"
	return []string{
		fmt.Sprintf("sort 0 num(%s), str(%s)", hosts, value),
		fmt.Sprintf("autoregress %s AS %s", value, before),
		fmt.Sprintf(`eval %s=if(coalesce("=".%s, "")!=coalesce("=".%s, ""), 1, 0)`, rank, value, before),
		"accum " + rank,
	}
}

// reputation looks the value up and says what is asked of the answer.
func (w *writer) reputation(i int, p *ir.Prevalence) (lookup string, tests compilers.All, show []string) {
	spec, rep := p.Spec, w.plan.Source.Reputation
	if len(spec.Global) == 0 && spec.Signature == nil && spec.Signer == nil && spec.Issuer == nil && spec.Root == nil {
		return "", nil, nil
	}
	var outputs, shown []string
	column := func(name, what string) string {
		if name == "" {
			w.found.Errorf("no-column", p.Range(), "name it under reputation in a model file", "data model %s has no reputation column for %s", w.plan.Model.Name, what)
			return ""
		}
		field := fmt.Sprintf("decree_%s_%d", what, i)
		outputs = append(outputs, searchName(name)+" AS "+field)
		shown = append(shown, fmt.Sprintf("%s=if(decree_rare_%d=1, %s, null())", evalName(name), i, field))
		return field
	}
	var failed compilers.Pred
	if rep.Availability != "" {
		failed = compilers.Atom(fmt.Sprintf(`lower(coalesce(%s, ""))=%s`, column(rep.Availability, "availability"), evalString(strings.ToLower(rep.Failed))))
	}
	if len(spec.Global) > 0 {
		field := column(rep.Global, "global")
		for _, b := range spec.Global {
			tests = append(tests, compilers.Atom(fmt.Sprintf("coalesce(tonumber(%s), %s)%s%s", field, number(spec.GlobalElse), comparison[b.Op], number(b.Value))))
		}
	}
	for _, m := range []struct {
		what, column string
		ask          *rules.Membership
	}{{"signature", rep.Signature, spec.Signature}, {"signer", rep.Signer, spec.Signer}, {"issuer", rep.Issuer, spec.Issuer}, {"root", rep.Root, spec.Root}} {
		if m.ask != nil {
			tests = append(tests, membership(column(m.column, m.what), m.ask))
		}
	}
	switch {
	case failed == nil:
	case spec.Unavailable == "include":
		tests = compilers.All{compilers.Any{failed, tests}}
	default:
		tests = append(compilers.All{compilers.None{Term: failed}}, tests...)
	}
	source := rep.Source
	if source == "" {
		source = "decree_reputation"
	}
	w.addAssets(source, spec.Field, rep)
	return fmt.Sprintf("lookup %s %s AS decree_value_%d OUTPUT %s", source, spec.Field, i, strings.Join(outputs, ", ")),
		tests, []string{"eval " + strings.Join(shown, ",\n    ")}
}

func membership(field string, m *rules.Membership) compilers.Pred {
	values := make([]string, len(m.Values))
	for i, v := range m.Values {
		values[i] = evalString(strings.ToLower(v))
	}
	in := compilers.Atom(fmt.Sprintf(`in(lower(coalesce(%s, "")), %s)`, field, compilers.Fill(values, "    ")))
	if m.Not {
		return compilers.None{Term: in}
	}
	return in
}

func (w *writer) addAssets(lookup, key string, rep schema.Reputation) {
	if len(w.assets) > 0 {
		return
	}
	columns := []string{key}
	for _, c := range []string{rep.Availability, rep.Global, rep.Signature, rep.Signer, rep.Issuer, rep.Root} {
		if c != "" {
			columns = append(columns, c)
		}
	}
	w.assets = []compilers.Asset{
		{Name: "transforms.conf", Purpose: "defines the lookup " + lookup,
			Content: fmt.Sprintf("[%s]\nfilename = %s.csv\ncase_sensitive_match = false\nmax_matches = 1\nmin_matches = 0\n", lookup, lookup)},
		{Name: lookup + ".csv", Purpose: "the lookup's table: one row for each " + key + ", filled by the reputation provider",
			Content: strings.Join(columns, ",") + "\n"},
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
