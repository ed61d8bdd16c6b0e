package compilers

import (
	"slices"

	"decree/rules"
	"decree/rules/ir"
)

// BothEffects are those of a note about what may end a match as well as make one.
var BothEffects = []string{"false-negatives", "false-positives"}

// Uncounted says what it does that values are not counted: what needs them is not found, and what holds of few is.
func Uncounted(bounds []rules.Bound) []string {
	if slices.ContainsFunc(bounds, func(b rules.Bound) bool { return b.Op != "gt" && b.Op != "gte" }) {
		return BothEffects
	}
	return []string{"false-negatives"}
}

// UncountedIn says what it does to a correlation that values or events are not compared or counted.
func UncountedIn(c *ir.Correlation) []string {
	for _, in := range c.Inputs {
		if in.Correlation != nil && len(UncountedIn(in.Correlation)) > 1 {
			return UncountedIn(in.Correlation)
		}
	}
	switch c.Source.Type {
	case rules.EventCount, rules.ValueCount, rules.Temporal, rules.TemporalOrdered:
		if c.Source.Condition == nil {
			return Uncounted(c.Bounds)
		}
	}
	return BothEffects // an average rises, and `not` holds, where some are left out
}

// onlyMany tells whether a prevalence that holds of a count of events also holds of each greater one.
func onlyMany(p *ir.Prevalence) bool {
	local := p.Spec.Local
	return local == nil || local.Rarest == 0 && len(Uncounted(local.Bounds)) == 1
}

// NotesOfInput gives the notes of a rule with what they do to a correlation that counts its matches.
func NotesOfInput(c *ir.Correlation, notes []Note) []Note {
	return notesOfCounted(notes, len(UncountedIn(c)) > 1, func(effect string) []string { return []string{effect} })
}

// NotesOfJoined gives the notes of a rule with what they do to the plan's, which joins it.
func (p *Plan) NotesOfJoined(j *ir.Join, notes []Note) []Note {
	return notesOfCounted(notes, len(Uncounted(j.Bounds)) > 1, func(effect string) []string { return p.Effects(effect, j) })
}

// NotesAmong gives the notes of the events that a prevalence counts with what they do to the plan's rule.
func (p *Plan) NotesAmong(n *ir.Prevalence, notes []Note) []Note {
	return notesOfCounted(notes, !onlyMany(n), func(effect string) []string { return p.Effects(effect, n) })
}

// notesOfCounted gives the notes of what a condition counts with the effects of where that stands: both if more matches
// may end it as they may fulfil it.
func notesOfCounted(notes []Note, both bool, effects func(effect string) []string) (out []Note) {
	for _, n := range notes {
		of := effects(n.Effect)
		if turns := n.Effect == "false-negatives" || n.Effect == "false-positives"; both && turns {
			of = BothEffects
		}
		for _, n.Effect = range of {
			out = append(out, n)
		}
	}
	return out
}
