package fidelity

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/compilers"
	"decree/rules/diag"
)

// shownRules bounds how many rules a table lists.
const shownRules = 40

// targetRows counts rules by target, below the heads.
func (r Report) targetRows() [][]string {
	targets := [][]string{{"Target", "Rules", "Exact", "Approximate", "Hand-written", "Refused", "Skipped", "Left out", "Not packaged", "Indexed"}}
	for _, t := range r.Targets {
		targets = append(targets, []string{t.Target, fmt.Sprint(t.Rules), share(t.Exact, t.Rules), share(t.Approximate, t.Rules), share(t.HandWritten, t.Rules), share(t.Refused, t.Rules), share(t.Skipped, t.Rules), share(t.LeftOut, t.Rules), share(t.NotPackaged, t.Rules), t.indexed()})
	}
	for _, rare := range []struct {
		column int
		of     func(targetCount) int
	}{{8, func(t targetCount) int { return t.NotPackaged }}, {7, func(t targetCount) int { return t.LeftOut }}, {4, func(t targetCount) int { return t.HandWritten }}} { // from the last
		if !slices.ContainsFunc(r.Targets, func(t targetCount) bool { return rare.of(t) > 0 }) {
			for i, row := range targets {
				targets[i] = slices.Delete(row, rare.column, rare.column+1)
			}
		}
	}
	return targets
}

// reasonRows counts rules by why they differ or are refused, below the heads.
func (r Report) reasonRows() [][]string {
	reasons := [][]string{{"Rules", "Target", "Reason", "Such as"}}
	for _, c := range r.Reasons {
		reasons = append(reasons, []string{fmt.Sprint(c.Rules), c.Target, c.Code, c.suchAs()})
	}
	return reasons
}

// ruleRows shows what each rule is in each target, below the heads. Of many rules those that are exact wherever they
// are not skipped are not shown, and further ones are left out.
func (r Report) ruleRows() (rules [][]string, left int) {
	head := []string{"Rule"}
	for _, t := range r.Targets {
		head = append(head, t.Target)
	}
	rules = [][]string{head}
	for _, rule := range r.Rules {
		row, exact, skipped := []string{diag.FirstVisible(rule.Rule)}, true, true
		for _, t := range rule.Targets {
			without := t.Fidelity == "skipped" || t.Fidelity == LeftOut
			exact = exact && (t.Fidelity == "exact" || without) && !slices.ContainsFunc(t.Notes, counts) && len(t.NotPackaged) == 0
			skipped = skipped && without
			row = append(row, t.cell())
		}
		switch {
		case exact && !skipped && len(r.Rules) > shownRules: // exact wherever it is not another product's
		case len(rules) > shownRules:
			left++
		default:
			rules = append(rules, row)
		}
	}
	return rules, left
}

func (t targetFidelity) cell() string {
	var codes []string
	for _, d := range t.Findings {
		if d.Severity == diag.Error || t.Fidelity == "skipped" {
			codes = append(codes, d.Code)
		}
	}
	for _, n := range t.Notes {
		if counts(n) {
			codes = append(codes, n.Code)
		}
	}
	slices.Sort(codes)
	cell := t.Fidelity
	if cell == "exact" {
		cell += " (" + t.Model + ")"
	}
	if len(codes) > 0 && cell != compilers.HandWritten {
		cell += ": " + strings.Join(slices.Compact(codes), ", ")
	}
	if len(t.NotPackaged) > 0 {
		cell += ", not packaged: " + t.NotPackaged[0].Code
	}
	return cell
}

// indexed is the share of the queries that ask an index of terms.
func (t targetCount) indexed() string {
	return share(t.Indexed, t.Rules-t.Refused-t.Skipped-t.LeftOut)
}

func share(n, of int) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%.1f%%)", n, 100*float64(n)/float64(of))
}

// writeTargets writes the table of targets. Where it is too wide it has the counts without shares.
func writeTargets(w io.Writer, columns int, rows [][]string) error {
	if table.Width(rows) > columns {
		for _, row := range rows[1:] {
			for i := range row {
				row[i], _, _ = strings.Cut(row[i], " (")
			}
		}
	}
	return table.Text(w, rows)
}

// Print shows the report as text, json or markdown.
func (r Report) Print(s *stdio.Streams, format string) error {
	if format == "json" {
		return s.WriteJSON(r)
	}
	fitting := func(write func(io.Writer, int, [][]string) error) func(io.Writer, [][]string) error {
		if format == "markdown" {
			return table.Markdown
		}
		return func(w io.Writer, rows [][]string) error { return write(w, s.PageColumns(), rows) }
	}
	rules, left := r.ruleRows()
	err := fitting(writeTargets)(s.Out, r.targetRows())
	for _, part := range []struct {
		rows  [][]string
		write func(io.Writer, [][]string) error
	}{{r.reasonRows(), fitting(table.Fit)}, {rules, fitting(table.Stack)}} {
		if len(part.rows) > 1 {
			_, more := fmt.Fprintln(s.Out)
			err = errors.Join(err, more, part.write(s.Out, part.rows))
		}
	}
	if left > 0 {
		_, more := fmt.Fprintf(s.Out, "\n%s not exact in every target: --format json lists them all\n", plural.Count(left, "more rule"))
		err = errors.Join(err, more)
	}
	return err
}
