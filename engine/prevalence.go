package engine

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"decree/engine/fold"
	"decree/rules"
	"decree/rules/diag"
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

// population is what a prevalence condition of a rule counts.
type population struct {
	ir      *ir.Prevalence
	rule    *rule
	rep     schema.Reputation
	entity  map[int]int            // source -> slot of the value
	who     map[int]int            // source -> slot of who saw it
	columns map[int]map[string]int // source -> reputation column -> slot
	seen    map[string]*sightings
	bytes   int // about what seen takes
	figures map[string]PrevalenceFigure
	told    bool // the reputation of some value
}

// sightings is who saw a value, and what the event said of its reputation.
type sightings struct {
	by  map[string]struct{}
	row Row
}

// populationOf numbers a condition's population; one condition of a rule has one.
func (e *Engine) populationOf(n *ir.Prevalence, r *rule) int {
	for i, p := range e.populations {
		if p.ir == n && p.rule == r {
			return i
		}
	}
	p := &population{ir: n, rule: r, entity: map[int]int{}, who: map[int]int{}, columns: map[int]map[string]int{}, seen: map[string]*sightings{}}
	e.populations = append(e.populations, p)
	r.rare = append(r.rare, p)
	return len(e.populations) - 1
}

// addPopulation compiles how a source's events are counted.
func (e *Engine) addPopulation(p *population, of *unit, earlier []int, found *diag.Diagnostics) {
	s := e.sources[of.source]
	if len(p.entity) == 0 {
		p.rep = s.Reputation
	}
	spec := p.ir.Spec
	entity, ok := s.Entities[spec.Field]
	if !ok {
		return
	}
	p.entity[of.source] = e.layout.Slot(entity)
	if spec.Local != nil {
		if who, ok := s.Entities[spec.Local.Distinct]; ok {
			p.who[of.source] = e.layout.Slot(who)
		}
	}
	p.columns[of.source] = map[string]int{}
	for _, c := range []string{s.Reputation.Availability, s.Reputation.Global, s.Reputation.Signature, s.Reputation.Signer, s.Reputation.Issuer, s.Reputation.Root} {
		if c != "" {
			p.columns[of.source][c] = e.layout.Slot(schema.Column{Name: s.Reputation.Prefix + c})
		}
	}
	u := &unit{rule: of.rule, rare: p, source: of.source, earlier: earlier, tree: constant(true)}
	if p.ir.Among != nil {
		u.tree = e.build(p.ir.Among, s, u)
	}
	e.addUnit(u, found)
}

// sighting is one event of a population.
type sighting struct {
	of    *population
	value string
	by    string
	row   Row
}

// sight says what the current event adds to a population; ok is false when it has no value.
func (m *matcher) sight(u *unit) (sighting, bool) {
	p := u.rare
	value, ok := m.entity(p)
	if !ok {
		return sighting{}, false
	}
	s := sighting{of: p, value: value, row: Row{}}
	if slot, ok := p.who[u.source]; ok {
		if by, ok := m.doc.First(slot); ok {
			s.by = strings.Clone(fold.Text(by))
		}
	}
	for column, slot := range p.columns[u.source] {
		if v, ok := m.doc.First(slot); ok {
			s.row[column] = strings.Clone(v)
		}
	}
	return s, true
}

// entity gives the value whose prevalence is asked, folded; an empty one is none.
func (m *matcher) entity(p *population) (string, bool) {
	for _, si := range m.of {
		if slot, ok := p.entity[si]; ok {
			v, ok := m.doc.First(slot)
			return strings.Clone(strings.ToLower(v)), ok && v != ""
		}
	}
	return "", false
}

// valueSize and bySize are about what a value of a population takes, and who saw it, beside their texts.
const (
	valueSize = 300
	bySize    = 48
)

// add counts a sighting; false when the population would need more than so many bytes.
func (s sighting) add(limit int) bool {
	p := s.of
	seen := p.seen[s.value]
	if seen == nil {
		size := valueSize + len(s.value)
		for column, v := range s.row {
			size += bySize + len(column) + len(v)
		}
		if p.bytes+size > limit {
			return false
		}
		p.bytes += size
		seen = &sightings{by: map[string]struct{}{}, row: s.row}
		p.seen[s.value] = seen
	}
	if _, known := seen.by[s.by]; s.by == "" || known {
		return true
	}
	if p.bytes += bySize + len(s.by); p.bytes > limit {
		return false
	}
	seen.by[s.by] = struct{}{}
	return true
}

// forget begins the count anew.
func (p *population) forget() {
	clear(p.seen)
	p.bytes = 0
}

// judge ranks a population's values, rarest first, and decides which are rare.
func (p *population) judge(table Reputation) {
	values := make([]string, 0, len(p.seen))
	for v := range p.seen {
		values = append(values, v)
	}
	sort.Slice(values, func(i, j int) bool {
		if a, b := len(p.seen[values[i]].by), len(p.seen[values[j]].by); a != b {
			return a < b
		}
		return values[i] < values[j]
	})
	p.figures = make(map[string]PrevalenceFigure, len(values))
	for i, v := range values {
		row := p.seen[v].row
		if table != nil {
			if known, ok := table.Lookup(p.ir.Spec.Field, v); ok {
				row = known
			}
		}
		f := PrevalenceFigure{Name: p.ir.Name, Value: v, Count: len(p.seen[v].by), Rank: i + 1, row: row}
		f.judge(p.ir.Spec, p.rep)
		p.told = p.told || len(row) > 0
		p.figures[v] = f
	}
}

// rare answers a program.
func (m *matcher) rare(i int) bool {
	f, ok := m.figure(m.e.populations[i])
	return ok && f.Rare
}

// figure gives the figure of the current event's value.
func (m *matcher) figure(p *population) (PrevalenceFigure, bool) {
	v, ok := m.entity(p)
	if !ok {
		return PrevalenceFigure{}, false
	}
	f, ok := p.figures[v]
	return f, ok
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
		f.Rare = (local.Rarest == 0 || f.Rank <= local.Rarest) && rules.Within(local.Bounds, float64(f.Count))
	}
	global := rules.Within(spec.Global, f.Global)
	for _, m := range []struct {
		column string
		of     *rules.Membership
	}{{rep.Signature, spec.Signature}, {rep.Signer, spec.Signer}, {rep.Issuer, spec.Issuer}, {rep.Root, spec.Root}} {
		if m.of != nil {
			global = global && member(m.of, f.row[m.column])
		}
	}
	if f.Failed && asksReputation(spec) {
		global = spec.Unavailable == "include"
	}
	f.Rare = f.Rare && global
}

func asksReputation(spec rules.Prevalence) bool {
	return len(spec.Global) > 0 || spec.Signature != nil || spec.Signer != nil || spec.Issuer != nil || spec.Root != nil
}

// WithoutReputation gives, after Finish, the rules that asked for reputation where neither a table nor any event told it: each value counted
// as unknown.
func (e *Engine) WithoutReputation() []*ir.Rule {
	var rs []*ir.Rule
	for _, p := range e.populations {
		if e.opt.Reputation == nil && !p.told && asksReputation(p.ir.Spec) && !slices.Contains(rs, p.rule.ir) {
			rs = append(rs, p.rule.ir)
		}
	}
	return rs
}

func member(m *rules.Membership, v string) bool {
	for _, want := range m.Values {
		if strings.EqualFold(want, v) {
			return !m.Not
		}
	}
	return m.Not
}
