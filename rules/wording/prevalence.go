package wording

import (
	"fmt"

	"decree/rules"
	"decree/rules/ir"
)

// prevalence says when a value is rare.
func prevalence(n *ir.Prevalence) Phrase {
	s := n.Spec
	p := Phrase{Text: fmt.Sprintf("the %s is rare", n.Describe())}
	add := func(format string, args ...any) {
		p.Parts = append(p.Parts, Phrase{Text: fmt.Sprintf(format, args...)})
	}
	if l := s.Local; l != nil {
		p.Parts = append(p.Parts, population(n))
		if len(l.Bounds) > 0 {
			add("the number of different values of %s that have it %s", l.Distinct, bounds(l.Bounds))
		}
		if l.Rarest > 0 {
			add("it is one of the %d values with the fewest different values of %s", l.Rarest, l.Distinct)
		}
	}
	if len(s.Global) > 0 {
		add("its prevalence in the world %s; where that is unknown, it counts as %s", bounds(s.Global), number(s.GlobalElse))
	}
	for _, t := range s.Reputation {
		p.Parts = append(p.Parts, reputation(t))
	}
	if s.AsksReputation() {
		if s.Unavailable == "include" {
			add("where the look-up fails, it counts as rare")
		} else {
			add("where the look-up fails, it does not count as rare")
		}
	}
	return p
}

// population says which events are counted.
func population(n *ir.Prevalence) Phrase {
	period := "the searched period"
	if over := n.Spec.Local.Over; over > 0 {
		period = "the last " + Duration(over)
	}
	switch among := n.Among.(type) {
	case nil:
		return Phrase{Text: "all events of the log source in " + period + " are counted"}
	case *ir.Named:
		return Phrase{Text: "only events of " + period + " for which " + among.Name + " holds are counted"}
	default:
		return Phrase{Text: "only events of " + period + " for which this holds are counted", Parts: []Phrase{Node(among)}}
	}
}

// flagWords are the words for parts of a reputation that are true or false.
var flagWords = map[string]map[bool]string{
	"certificate_valid":     {true: "its certificate is valid", false: "its certificate is not valid"},
	"root_signer_microsoft": {true: "Microsoft signed the root of its certificate", false: "someone other than Microsoft signed the root of its certificate"},
}

// reputation says what is asked of a part of a reputation.
func reputation(t rules.ReputationTest) Phrase {
	switch {
	case t.Flag != nil:
		return Phrase{Text: flagWords[t.Part][*t.Flag]}
	case t.Within > 0:
		return Phrase{Text: fmt.Sprintf("it was first seen in the world at most %s before the event", Duration(t.Within))}
	case t.Is.Not:
		return Phrase{Text: fmt.Sprintf("its %s is not%s", t.Part, oneOf(len(t.Is.Values), "")), Values: t.Is.Values}
	}
	return Phrase{Text: fmt.Sprintf("its %s is%s", t.Part, oneOf(len(t.Is.Values), "")), Values: t.Is.Values}
}
