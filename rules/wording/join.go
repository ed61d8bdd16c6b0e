package wording

import (
	"fmt"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

// join says which other events must be there.
func join(n *ir.Join) Phrase {
	if n.First {
		return firstSeen(n)
	}
	p := Phrase{Values: []string{n.To.Text}}
	switch {
	case n.Distinct != nil && justOne(n.Bounds):
		p.Text = fmt.Sprintf("there is %s value of %s in matches of", amounts(n.Bounds), n.Distinct)
	case n.Distinct != nil:
		p.Text = fmt.Sprintf("there are %s different values of %s in matches of", amounts(n.Bounds), n.Distinct)
	case justOne(n.Bounds):
		p.Text = fmt.Sprintf("there is %s match of", amounts(n.Bounds))
	default:
		p.Text = fmt.Sprintf("there are %s matches of", amounts(n.Bounds))
	}
	var same []string
	for i, mine := range n.Mine {
		if mine == n.Theirs[i] {
			same = append(same, mine.String())
		}
	}
	if len(same) > 0 {
		p.Parts = append(p.Parts, Phrase{Text: "with the same", Values: same})
	}
	for i, mine := range n.Mine {
		if theirs := n.Theirs[i]; mine != theirs {
			p.Parts = append(p.Parts, Phrase{Text: fmt.Sprintf("whose %s is the event's %s", theirs, mine)})
		}
	}
	p.Parts = append(p.Parts, Phrase{Text: Window(n)})
	return p
}

// Window says when the other events are.
func Window(n *ir.Join) string {
	switch {
	case n.After == 0:
		return fmt.Sprintf("up to %s before the event", Duration(n.Before))
	case n.Before == 0:
		return fmt.Sprintf("up to %s after the event", Duration(n.After))
	case n.Before == n.After:
		return fmt.Sprintf("up to %s before or after the event", Duration(n.Before))
	}
	return fmt.Sprintf("up to %s before or %s after the event", Duration(n.Before), Duration(n.After))
}

// firstSeen says that nothing came before.
func firstSeen(n *ir.Join) Phrase {
	p := Phrase{Text: fmt.Sprintf("it is the first event in %s with its values of", Duration(n.Before))}
	for _, f := range n.Mine {
		p.Values = append(p.Values, f.String())
	}
	among := Phrase{Text: "only earlier events for which this holds count:", Values: []string{n.To.Text}}
	if all, ok := n.Rule.Condition.(*ir.Const); ok && all.Value {
		among = Phrase{Text: "all earlier events of the log source count"}
	}
	p.Parts = []Phrase{among, {Text: "an event without one of these values is not the first"}}
	return p
}

// amountWords say how many there are.
var amountWords = map[string]string{"eq": "exactly", "lt": "fewer than", "lte": "at most", "gt": "more than", "gte": "at least"}

// amounts says how many there are: at least 3 and at most 9.
func amounts(all []rules.Bound) string {
	words := make([]string, len(all))
	for i, b := range all {
		n := number(b.Value)
		if b.Value == 1 {
			n = "one"
		}
		words[i] = amountWords[b.Op] + " " + n
	}
	return strings.Join(words, " and ")
}

// justOne tells whether the last number of some bounds is one.
func justOne(all []rules.Bound) bool { return all[len(all)-1].Value == 1 }
