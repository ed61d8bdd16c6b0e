package rarity

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/engine/timestamp"
	"decree/rules"
	"decree/rules/schema"
)

// Figure is the rarity of one value.
type Figure struct {
	Name        string  `json:"name"`
	Value       string  `json:"value"`
	Count       int     `json:"count,omitempty"` // distinct entities that saw it; 0 if the condition counts nothing
	Rank        int     `json:"rank,omitempty"`  // from 1, the rarest; ties by value; 0 if the condition counts nothing
	Global      float64 `json:"global"`
	GlobalKnown bool    `json:"global_known"`
	Signature   string  `json:"signature,omitempty"`
	Failed      bool    `json:"lookup_failed,omitempty"`
	FirstSeen   string  `json:"global_first_seen,omitempty"`
	Rare        bool    `json:"rare"`
	Row         Row     `json:"-"` // of the value's reputation, with the column names of the data model

	since time.Time // FirstSeen; zero if it is not a time
}

// Describe writes the figure on one line.
func (f Figure) Describe() string {
	global := "unknown"
	if f.GlobalKnown {
		global = strconv.FormatFloat(f.Global, 'f', -1, 64)
	}
	if f.FirstSeen != "" {
		global += " since " + f.FirstSeen
	}
	here := ","
	if f.Rank > 0 {
		here = fmt.Sprintf(" seen by %d here (rank %d),", f.Count, f.Rank)
	}
	return fmt.Sprintf("%s: %s%s globally %s, signature %q, rare: %t", f.Name, f.Value, here, global, f.Signature, f.Rare)
}

// Judge ranks a population's values, rarest first, and decides which are rare.
func (p *Population) Judge(table Reputation) {
	values := make([]string, 0, len(p.seen))
	for v := range p.seen {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(p.seen[a].by), len(p.seen[b].by)), cmp.Compare(a, b))
	})
	p.figures, p.untold = make(map[string]Figure, len(values)), p.asked()
	for i, v := range values {
		row := p.seen[v].row
		if table != nil {
			if known, ok := table.Lookup(p.of.Spec.Field, v); ok {
				row = known
			}
		}
		f := Figure{Name: p.of.Name, Value: v, Row: row}
		if p.of.Spec.Local != nil {
			f.Count, f.Rank = len(p.seen[v].by), i+1
		}
		f.judge(p.of.Spec, p.rep)
		p.told = p.told || len(row) > 0
		p.tell(row)
		p.figures[v] = f
	}
}

// Figure gives the figure of an event's value, after Judge.
func (p *Population) Figure(e Event) (Figure, bool) {
	v, ok := p.value(e)
	if !ok {
		return Figure{}, false
	}
	f, ok := p.figures[v]
	if within := p.of.Spec.FirstSeenWithin(); within > 0 && f.Rare && !f.Failed {
		now, dated := e.Time()
		f.Rare = dated && !f.since.IsZero() && !f.since.Before(now.Add(-within))
	}
	return f, ok
}

// Lacks tells whether an event has no value that could be rare.
func (p *Population) Lacks(e Event) bool {
	_, ok := p.value(e)
	return !ok
}

// Uncounted says why an event's value has no figure.
func (p *Population) Uncounted(e Event) string {
	field := p.of.Value().String()
	v, ok := p.value(e)
	switch {
	case !ok:
		return "the event has no " + field
	case p.of.Spec.Among != "":
		return fmt.Sprintf("no event that counts has the %s %q: those of %s in the lookback count", field, v, p.of.Spec.Among)
	}
	return fmt.Sprintf("no event that counts has the %s %q: those in the lookback count", field, v)
}

// AsksReputation tells whether the condition asks for reputation, not only for local counts.
func (p *Population) AsksReputation() bool { return p.of.Spec.AsksReputation() }

// Counted tells whether any event had a value that is asked about.
func (p *Population) Counted() bool { return len(p.seen) > 0 }

// Told tells whether a table or an event had the reputation of any value.
func (p *Population) Told() bool { return p.told }

// asked are the columns that the condition asks for.
func (p *Population) asked() (columns []string) {
	for _, part := range schema.ReputationParts {
		if column := p.rep.Column(part); column != "" && p.of.Spec.Asks(part) {
			columns = append(columns, column)
		}
	}
	return columns
}

// tell notes which of the asked columns a row has.
func (p *Population) tell(row Row) {
	p.untold = slices.DeleteFunc(p.untold, func(column string) bool { return row[column] != "" })
}

// Untold gives, after Judge, the asked columns of which neither any event nor any row of the table has a value.
func (p *Population) Untold(table Reputation) []string {
	return slices.DeleteFunc(slices.Clone(p.untold), table.Has)
}

// judge decides whether a value is rare, but for when it was first seen in the world: that depends on the event.
func (f *Figure) judge(spec rules.Prevalence, rep schema.Reputation) {
	f.Global = spec.GlobalElse
	if g, err := strconv.ParseFloat(f.Row[rep.Global], 64); err == nil && rep.Global != "" {
		f.Global, f.GlobalKnown = g, true
	}
	f.Signature = f.Row[rep.Signature]
	if spec.Asks("global_first_seen") {
		f.FirstSeen = f.Row[rep.GlobalFirstSeen]
		f.since, _, _ = timestamp.Parse(f.FirstSeen)
	}
	f.Failed = rep.Failed != "" && strings.EqualFold(f.Row[rep.Availability], rep.Failed)
	f.Rare = true
	if local := spec.Local; local != nil {
		f.Rare = (local.Rarest == 0 || f.Rank <= local.Rarest) && rules.Within(local.Bounds, float64(f.Count))
	}
	global := rules.Within(spec.Global, f.Global)
	for _, t := range spec.Reputation {
		known := f.Row[rep.Column(t.Part)]
		switch {
		case t.Is != nil:
			global = global && t.Is.Has(known)
		case t.Flag != nil:
			global = global && isFlag(known, *t.Flag)
		}
	}
	if f.Failed && spec.AsksReputation() {
		global = spec.Unavailable == "include"
	}
	f.Rare = f.Rare && global
}

// isFlag tells whether a text says that something is true, or with want false, that it is not.
func isFlag(text string, want bool) bool {
	switch strings.ToLower(text) {
	case "true", "1":
		return want
	case "false", "0":
		return !want
	}
	return false
}
