package correlate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
)

// Progress tells how near a correlation came: what each input found, and of each group the window that matched or, if
// none did, the window that lacked least.
type Progress struct {
	Correlation string          `json:"correlation"`
	Inputs      []InputProgress `json:"inputs"`
	Groups      []GroupProgress `json:"groups"` // those that matched first, then the nearest; at most maxShownGroups
	More        int             `json:"more"`   // groups that are not among these
	Of          *ir.Correlation `json:"-"`
}

// InputProgress counts what one input found.
type InputProgress struct {
	Name      string `json:"name"`
	Matches   int    `json:"matches"`
	Ungrouped int    `json:"ungrouped"` // those of the matches that lack a field that the correlation is grouped by
}

// GroupProgress is a group's best window.
type GroupProgress struct {
	Group   []event.Fact `json:"group,omitempty"`
	Matches int          `json:"matches"` // events at which the correlation matched
	// what the condition compared; NaN is not among them: 0 where there was nothing to compute with
	Value   float64  `json:"value"`
	Lacking []string `json:"lacking,omitempty"` // inputs without a match in the window, of the types that ask which
	Count   int      `json:"count"`             // matches of inputs in the window
	From    string   `json:"from"`
	To      string   `json:"to"`
	Events  []Member `json:"events"` // the first of them, at most maxShown

	lacks float64 // how much the value is short of the condition, 0 where it holds
}

// maxShownGroups bounds the groups that are listed.
const maxShownGroups = 20

// observer records how near one correlation came while its windows slide.
type observer struct {
	of      *Correlation
	in      period // of windows by their last events
	figures Progress
	now     *GroupProgress
	all     []*GroupProgress
}

func newObserver(c *Correlation, now time.Time) *observer {
	o := &observer{of: c, in: c.reportsIn(now), figures: Progress{Correlation: c.IR.Source.Body.Title, Of: c.IR}}
	for _, in := range c.IR.Inputs {
		o.figures.Inputs = append(o.figures.Inputs, InputProgress{Name: in.Name})
	}
	return o
}

// read counts a match of an input. A nil observer records nothing.
func (o *observer) read(input int, grouped bool) {
	if o == nil {
		return
	}
	o.figures.Inputs[input].Matches++
	if !grouped {
		o.figures.Inputs[input].Ungrouped++
	}
}

// begin begins a group.
func (o *observer) begin() {
	if o != nil {
		o.now = &GroupProgress{lacks: math.Inf(1)}
		o.all = append(o.all, o.now)
	}
}

// window records one position of the window, if it is the best of its group so far.
func (o *observer) window(v *Evaluation, in []member, value float64, holds bool, matches int) {
	if o == nil || !o.in.has(v.when(in[len(in)-1]).time()) {
		return
	}
	o.now.Matches += matches
	missing := o.missing(in, value)
	lacks := 0.0
	if !holds {
		lacks = o.short(value, len(missing))
	}
	if lacks >= o.now.lacks {
		return
	}
	last := in[len(in)-1]
	best := &GroupProgress{Matches: o.now.Matches, Value: value, Count: len(in), From: v.when(in[0]).time().Format(time.RFC3339Nano), To: v.when(last).time().Format(time.RFC3339Nano), lacks: lacks}
	if !holds {
		best.Lacking = missing
	}
	for _, column := range o.of.IR.GroupBy {
		text, _ := v.text(o.of, column, last)
		best.Group = append(best.Group, event.Fact{Name: column.Name, Value: text})
	}
	for _, e := range in[:min(len(in), maxShown)] {
		best.Events = append(best.Events, v.member(o.of, e))
	}
	*o.now = *best
}

// missing are the inputs without a match in a window. If their order matters, they are those after the last that was
// reached.
func (o *observer) missing(in []member, reached float64) []string {
	var out []string
	switch o.of.IR.Source.Type {
	case rules.TemporalOrdered:
		for _, input := range o.of.IR.Inputs[int(reached):] {
			out = append(out, input.Name)
		}
	case rules.Temporal:
		for i, input := range o.of.IR.Inputs {
			if !slices.ContainsFunc(in, func(e member) bool { return int(e.input) == i }) {
				out = append(out, input.Name)
			}
		}
	}
	return out
}

// short is how far a value is from the bounds. If the condition names inputs, it is the number that is missing.
func (o *observer) short(value float64, missing int) float64 {
	if o.of.IR.Source.Type == rules.TemporalOrdered || o.of.IR.Condition != nil {
		return math.Max(float64(missing), 0.5) // a condition may want one not to have occurred
	}
	total := 0.0
	for _, b := range o.of.IR.Bounds {
		if !b.Holds(value) {
			total += math.Max(math.Abs(b.Value-value), 0.5) // a bound may leave out its own value
		}
	}
	return total
}

// report gives the figures. Groups that matched most come first, then those that lacked least.
func (o *observer) report() Progress {
	// without a window in the period
	o.all = slices.DeleteFunc(o.all, func(g *GroupProgress) bool { return math.IsInf(g.lacks, 1) })
	slices.SortStableFunc(o.all, func(a, b *GroupProgress) int {
		return cmp.Or(cmp.Compare(b.Matches, a.Matches), cmp.Compare(a.lacks, b.lacks))
	})
	for i, g := range o.all {
		if i == maxShownGroups {
			o.figures.More = len(o.all) - i
			break
		}
		o.figures.Groups = append(o.figures.Groups, *g)
	}
	return o.figures
}
