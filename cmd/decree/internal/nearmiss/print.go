// Package nearmiss shows how near a correlation came to a match. In: the groups that came nearest. Out: text.
package nearmiss

import (
	"fmt"
	"strconv"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/correlate"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Print shows what the inputs of a correlation found, and for each group the window that matched or came nearest.
func Print(s *stdio.Streams, n correlate.Progress) {
	fmt.Fprintf(s.Out, "%s: %s\n", diag.FirstVisible(n.Correlation), diag.Visible(summary(n.Of)))
	for _, in := range n.Inputs {
		fmt.Fprintf(s.Out, "  %s: %s", diag.FirstVisible(in.Name), plural.Count(in.Matches, "match"))
		if in.Ungrouped > 0 {
			fmt.Fprintf(s.Out, ", %d in no group", in.Ungrouped)
		}
		fmt.Fprintln(s.Out)
	}
	for _, g := range n.Groups {
		names := make([]string, len(g.Group))
		for i, f := range g.Group {
			names[i] = diag.FirstVisible(f.Name) + "=" + diag.Visible(f.Value)
		}
		verdict := "no match; the nearest"
		if g.Matches > 0 {
			verdict = plural.Count(g.Matches, "match") + "; one"
		}
		if len(names) > 0 {
			fmt.Fprintf(s.Out, "  %s: ", strings.Join(names, ", "))
		} else {
			fmt.Fprint(s.Out, "  ")
		}
		fmt.Fprintf(s.Out, "%s is %s, from %s to %s\n", verdict, diag.Visible(result(n.Of, g)), g.From, g.To)
		var shown []string
		for _, e := range g.Events[:min(len(g.Events), shownEvents)] {
			shown = append(shown, diag.Visible(e.Rule)+": "+position.Event(e.ID, e.Source, e.Line))
		}
		plural.List(s.Out, "    ", shown, g.Count-shownEvents)
	}
	if n.More > 0 {
		fmt.Fprintf(s.Out, "  and %s\n", plural.Count(n.More, "more group"))
	}
}

// result gives the value of a window, and which inputs it lacks.
func result(c *ir.Correlation, g correlate.GroupProgress) string {
	switch c.Source.Type {
	case rules.TemporalOrdered:
		text := fmt.Sprintf("%s of %d in order", number(g.Value), len(c.Inputs))
		if len(g.Lacking) > 0 {
			text += ", without " + g.Lacking[0]
		}
		return text
	case rules.Temporal:
		text := fmt.Sprintf("%s of %d", number(g.Value), len(c.Inputs))
		if len(g.Lacking) > 0 {
			text += ", without " + strings.Join(g.Lacking, " and ")
		}
		return text
	}
	return number(g.Value)
}

// summary describes a correlation in one line.
func summary(c *ir.Correlation) string {
	names := make([]string, len(c.Inputs))
	for i, in := range c.Inputs {
		names[i] = in.Name
	}
	text := string(c.Source.Type) + " of " + strings.Join(names, ", ")
	if len(c.Values) > 0 {
		text += " over " + columnNames(c.Values)
	}
	for _, b := range c.Bounds {
		text += fmt.Sprintf(", %s %s", b.Op, number(b.Value))
	}
	if len(c.GroupBy) > 0 {
		text += ", by " + columnNames(c.GroupBy)
	}
	span := c.Timespan.String()
	for _, none := range []string{"0s", "0m"} {
		if short, ok := strings.CutSuffix(span, none); ok && !strings.ContainsAny(short[len(short)-1:], "0123456789") {
			span = short
		}
	}
	return text + ", within " + span
}

func columnNames(columns []ir.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// shownEvents bounds the events of a group that are shown.
const shownEvents = 10
