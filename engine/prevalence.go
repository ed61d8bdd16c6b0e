package engine

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// PrevalenceFigure is what is known of one value's rarity.
type PrevalenceFigure struct {
	Name        string  `json:"name"`
	Value       string  `json:"value"`
	Count       int     `json:"count"` // distinct entities that saw it
	Rank        int     `json:"rank"`  // from 1, the rarest; ties by value
	Global      float64 `json:"global"`
	GlobalKnown bool    `json:"global_known"`
	Signature   string  `json:"signature,omitempty"`
	Failed      bool    `json:"lookup_failed,omitempty"`
	Rare        bool    `json:"rare"`
	row         Row
}

// Describe writes the figure on one line.
func (f PrevalenceFigure) Describe() string {
	global := "unknown"
	if f.GlobalKnown {
		global = strconv.FormatFloat(f.Global, 'f', -1, 64)
	}
	return fmt.Sprintf("%s: %s seen by %d here (rank %d), globally %s, signature %q, rare: %t", f.Name, f.Value, f.Count, f.Rank, global, f.Signature, f.Rare)
}

// measure counts a prevalence condition's population and judges every value in it.
func (r *run) measure(rl *rule, q *ir.Prevalence) {
	if r.figures[q] != nil {
		return
	}
	seen := map[string]map[string]bool{}
	rows := map[string]Row{}
	for _, rec := range r.engine.events {
		source := r.engine.sourceOf(rl, rec)
		if source == nil || !r.engine.inWindow(rl, rec) {
			continue
		}
		r.at(rec, source)
		if q.Among != nil && !r.holds(q.Among) {
			continue
		}
		value, ok := r.entity(q)
		if !ok {
			continue
		}
		if seen[value] == nil {
			seen[value] = map[string]bool{}
		}
		if local := q.Spec.Local; local != nil {
			if who, ok := columnValue(source.Entities[local.Distinct], rec.ev); ok {
				seen[value][strings.ToLower(text(who))] = true
			}
		}
		if rows[value] == nil {
			rows[value] = r.reputation(q.Spec.Field, value, source)
		}
	}
	values := make([]string, 0, len(seen))
	for v := range seen {
		values = append(values, v)
	}
	sort.Slice(values, func(i, j int) bool {
		if a, b := len(seen[values[i]]), len(seen[values[j]]); a != b {
			return a < b
		}
		return values[i] < values[j]
	})
	r.figures[q] = map[string]PrevalenceFigure{}
	for i, v := range values {
		f := PrevalenceFigure{Name: q.Name, Value: v, Count: len(seen[v]), Rank: i + 1, row: rows[v]}
		f.judge(q.Spec, rl.sources[0].Reputation)
		r.figures[q][v] = f
	}
}

// entity gives the value whose prevalence is asked, lower-cased; an empty one is none.
func (r *run) entity(q *ir.Prevalence) (string, bool) {
	v, ok := columnValue(r.source.Entities[q.Spec.Field], r.rec.ev)
	if !ok || text(v) == "" {
		return "", false
	}
	return strings.ToLower(text(v)), true
}

// figure gives the current event's value's figure.
func (r *run) figure(q *ir.Prevalence) (PrevalenceFigure, bool) {
	v, ok := r.entity(q)
	if !ok {
		return PrevalenceFigure{}, false
	}
	f, ok := r.figures[q][v]
	return f, ok
}

// reputation reads a value's row from the table, else from the event's own fields.
func (r *run) reputation(entity, value string, s *schema.Source) Row {
	if table := r.engine.opt.Reputation; table != nil {
		if row, ok := table.Lookup(entity, value); ok {
			return row
		}
	}
	rep, row := s.Reputation, Row{}
	for _, column := range []string{rep.Availability, rep.Global, rep.Signature, rep.Signer, rep.Issuer, rep.Root} {
		if column == "" {
			continue
		}
		if v, ok := r.rec.ev.Lookup(rep.Prefix + column); ok && v != nil {
			row[column] = text(v)
		}
	}
	return row
}

// judge decides whether a value is rare.
func (f *PrevalenceFigure) judge(spec rules.Prevalence, rep schema.Reputation) {
	f.Global = spec.GlobalElse
	if g, err := strconv.ParseFloat(f.row[rep.Global], 64); err == nil && rep.Global != "" {
		f.Global, f.GlobalKnown = g, true
	}
	f.Signature = f.row[rep.Signature]
	f.Failed = rep.Failed != "" && strings.EqualFold(f.row[rep.Availability], rep.Failed)
	f.Rare = true
	if local := spec.Local; local != nil {
		f.Rare = (local.Rarest == 0 || f.Rank <= local.Rarest) && within(local.Bounds, float64(f.Count))
	}
	global := within(spec.Global, f.Global)
	for column, m := range map[string]*rules.Membership{rep.Signature: spec.Signature, rep.Signer: spec.Signer, rep.Issuer: spec.Issuer, rep.Root: spec.Root} {
		if m != nil {
			global = global && member(m, f.row[column])
		}
	}
	if f.Failed {
		global = spec.Unavailable == "include"
	}
	f.Rare = f.Rare && global
}

func within(bounds []rules.Bound, n float64) bool {
	for _, b := range bounds {
		if !compareNumber(b.Op, n, []float64{b.Value}) {
			return false
		}
	}
	return true
}

func member(m *rules.Membership, v string) bool {
	for _, want := range m.Values {
		if strings.EqualFold(want, v) {
			return !m.Not
		}
	}
	return m.Not
}
