package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers/deployed"
	"decree/rules/diag"
)

// signs begin the line of a rule, with their colours.
var signs = map[deployed.State]struct{ sign, colour string }{
	deployed.New: {"+", "32"}, deployed.Gone: {"-", "31"}, deployed.Changed: {"~", "33"}, deployed.ByHand: {"!", "35"}, deployed.Both: {"!", "35"}, deployed.NotPackaged: {"?", "31"}, deployed.NotCompared: {"?", "31"},
}

// Print shows the report. Without details only rules are named, not what differs in them.
func (r Report) Print(s *stdio.Streams, details bool) {
	paint := func(colour, text string) string {
		if !s.OutTerminal {
			return text
		}
		return "\x1b[" + colour + "m" + text + "\x1b[0m"
	}
	for _, c := range r.Changes {
		sign := signs[c.State]
		fmt.Fprintf(s.Out, "%s %s\n", paint(sign.colour, fmt.Sprintf("%s %-15s", sign.sign, c.State)), diag.Visible(c.Name)+" ("+diag.Visible(cmp.Or(c.Kind, c.ID))+")")
		if c.Note != "" {
			fmt.Fprintln(s.Out, "    "+c.Note)
		}
		if !details {
			continue
		}
		for _, f := range c.Fields {
			if f.Name == deployed.QueryField {
				fmt.Fprintln(s.Out, "    query:")
				printDiff(s, c.Query, paint)
				continue
			}
			printField(s, f, paint)
		}
	}
	for _, remark := range r.Remarks {
		fmt.Fprintln(s.Err, diag.Visible(remark))
	}
	fmt.Fprintf(s.Out, "%s: %s; %d not made by decree\n", r.Target, r.counts(), r.Others)
}

// counts says how many rules are in each state.
func (r Report) counts() string {
	var parts []string
	for _, state := range []deployed.State{deployed.New, deployed.Changed, deployed.ByHand, deployed.Both, deployed.Gone, deployed.NotPackaged, deployed.NotCompared} {
		n := 0
		for _, c := range r.Changes {
			if c.State == state {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	parts = append(parts, plural.Count(r.Unchanged, "rule")+" unchanged")
	if r.LeftOut > 0 {
		parts = append(parts, fmt.Sprintf("%d left out by the selection", r.LeftOut))
	}
	return strings.Join(parts, ", ")
}

// shownLength is how long values may be that are shown on one line, in bytes.
const shownLength = 100

// printField shows a property: on one line, as entries of a list, or as a diff of its lines.
func printField(s *stdio.Streams, f deployed.Field, paint func(colour, text string) string) {
	short := func(values []string) bool {
		return len(values) <= 1 && !slices.ContainsFunc(values, func(v string) bool { return len(v) > shownLength || strings.Contains(v, "\n") })
	}
	name := diag.Visible(f.Name)
	switch {
	case short(f.Deployed) && short(f.Project):
		fmt.Fprintf(s.Out, "    %s: %s -> %s\n", name, paint("31", shown(f.Deployed)), paint("32", shown(f.Project)))
	case len(f.Deployed) <= 1 && len(f.Project) <= 1:
		fmt.Fprintf(s.Out, "    %s:\n", name)
		printDiff(s, unified(strings.Join(f.Deployed, ""), strings.Join(f.Project, "")), paint)
	default:
		fmt.Fprintf(s.Out, "    %s:\n", name)
		for _, v := range f.Deployed {
			if !slices.Contains(f.Project, v) {
				fmt.Fprintln(s.Out, "      "+paint("31", "- "+diag.Visible(v)))
			}
		}
		for _, v := range f.Project {
			if !slices.Contains(f.Deployed, v) {
				fmt.Fprintln(s.Out, "      "+paint("32", "+ "+diag.Visible(v)))
			}
		}
		if sameEntries(f.Deployed, f.Project) {
			fmt.Fprintln(s.Out, "      the same entries in another order")
		}
	}
}

func sameEntries(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// shown is a value as a word of a line.
func shown(values []string) string {
	if len(values) == 0 {
		return "(none)"
	}
	return diag.Visible(values[0])
}

func printDiff(s *stdio.Streams, text string, paint func(colour, text string) string) {
	for line := range strings.Lines(text) {
		line = diag.Visible(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(line, "+"):
			line = paint("32", line)
		case strings.HasPrefix(line, "-"):
			line = paint("31", line)
		case strings.HasPrefix(line, "@"):
			line = paint("36", line)
		}
		fmt.Fprintln(s.Out, "      "+line)
	}
}
