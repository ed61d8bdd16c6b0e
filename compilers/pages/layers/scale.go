package layers

import (
	"fmt"
	"math"

	"decree/rules"
)

// Scale is what the score of a technique means.
type Scale string

// The scales.
const (
	Count    Scale = "count"    // how many rules detect it
	Level    Scale = "level"    // the level of the most severe of them: 20 is informational, 100 critical
	Fidelity Scale = "fidelity" // the share of targets that have their queries exactly, in percent, as a mean
	// the share of changes to them that their tests notice, in percent, as a mean; 0 without tests
	Mutation Scale = "mutation"
)

// Scales lists the scales. The first is the default.
func Scales() []string {
	return []string{string(Count), string(Level), string(Fidelity), string(Mutation)}
}

// Score is a technique's score.
func (s Scale) Score(c Covered) float64 {
	switch s {
	case Count:
		return float64(len(c.Rules))
	case Level:
		return float64(20 * (c.worst(rules.Levels()) + 1))
	}
	return math.Round(10*c.mean()) / 10
}

// most is the score at the end of the gradient. Above it all techniques look alike.
func (s Scale) most(all []Covered) float64 {
	if s != Count {
		return 100
	}
	most := 1.0
	for _, c := range all {
		most = max(most, s.Score(c))
	}
	return most
}

// counted says which rules count, where the score does not tell that a target refuses some.
func (s Scale) counted() string {
	if s == Fidelity {
		return ""
	}
	return " A rule counts, whether or not a target can say it."
}

// describe says what the scores mean.
func (s Scale) describe() string {
	switch s {
	case Count:
		return "The score is the number of rules."
	case Level:
		return "The score is the level of the most severe rule: 20 is informational, 100 critical."
	case Fidelity:
		return "The score is the share of targets that have the rules' queries exactly, in percent."
	case Mutation:
		return "The score is the share of changes to the rules that their tests notice, in percent."
	}
	panic(fmt.Sprintf("layers: unknown scale %q", s))
}
