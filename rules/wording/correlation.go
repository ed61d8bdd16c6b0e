package wording

import (
	"fmt"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

// computed says what a correlation compares with its bounds.
var computed = map[rules.CorrelationType]string{
	rules.EventCount: "the number of matches", rules.ValueCount: "the number of different values of %s", rules.ValueSum: "the sum of %s", rules.ValueAvg: "the average of %s",
	rules.ValueMin: "the least %s", rules.ValueMax: "the greatest %s", rules.ValueMedian: "the median of %s",
}

// Correlation says what a correlation asks of the matches of other rules.
func Correlation(c *ir.Correlation) Phrase {
	p := Phrase{Text: "all of these hold"}
	add := func(below Phrase) { p.Parts = append(p.Parts, below) }
	inputs := Phrase{Text: "it reads the matches of"}
	for _, in := range c.Inputs {
		inputs.Values = append(inputs.Values, in.Name)
	}
	add(inputs)
	within := "within " + Duration(c.Timespan)
	if len(c.GroupBy) > 0 {
		var names []string
		for _, column := range c.GroupBy {
			names = append(names, column.Name)
		}
		add(Phrase{Text: "they have the same", Values: names})
	}
	switch {
	case c.Condition != nil:
		order := ""
		if c.Source.Type == rules.TemporalOrdered {
			order = ", in this order"
		}
		add(Phrase{Text: within + order, Parts: []Phrase{occurred(c, c.Condition)}})
	case c.Source.Type.IsTemporal():
		add(Phrase{Text: fmt.Sprintf("%s the number of different rules that match %s", within, bounds(c.Bounds))})
	default:
		add(Phrase{Text: fmt.Sprintf("%s %s %s", within, compared(c), bounds(c.Bounds))})
	}
	return p
}

// compared is the number that a correlation compares with its bounds.
func compared(c *ir.Correlation) string {
	words := computed[c.Source.Type]
	if !c.Source.Type.OverValues() {
		return words
	}
	var names []string
	for _, column := range c.Values {
		names = append(names, column.Name)
	}
	if c.Source.Type == rules.ValuePercentile {
		words = fmt.Sprintf("percentile %s of %%s", number(c.Source.Percentile))
	}
	return fmt.Sprintf(words, strings.Join(names, ", "))
}

// occurred says which inputs must have a match.
func occurred(c *ir.Correlation, n ir.Node) Phrase {
	if o, ok := n.(*ir.Occurred); ok {
		return Phrase{Text: "a match of", Values: []string{c.Inputs[o.Input].Name}}
	}
	p := Node(n)
	p.Parts = nil
	for _, below := range ir.Children(n) {
		p.Parts = append(p.Parts, occurred(c, below))
	}
	return p
}
