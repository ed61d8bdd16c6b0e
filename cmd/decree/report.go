package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/compilers"
	"decree/rules/diag"
)

// fidelityReport says how each rule comes out in each target.
type fidelityReport struct {
	Targets []targetCount  `json:"targets"`
	Reasons []reasonCount  `json:"reasons"` // why rules are refused, approximate or too long to deploy
	Rules   []ruleFidelity `json:"rules"`
}

type targetCount struct {
	Target      string `json:"target"`
	Rules       int    `json:"rules"`
	Exact       int    `json:"exact"`
	Approximate int    `json:"approximate"`
	Refused     int    `json:"refused"`
}

type reasonCount struct {
	Target  string `json:"target"`
	Code    string `json:"code"`
	Rules   int    `json:"rules"`
	Example string `json:"example"`
}

type ruleFidelity struct {
	Rule    string           `json:"rule"`
	ID      string           `json:"rule_id"`
	File    string           `json:"file"`
	Targets []targetFidelity `json:"targets"`
}

type targetFidelity struct {
	Target   string           `json:"target"`
	Model    string           `json:"model"`
	Fidelity string           `json:"fidelity"` // exact, approximate or refused
	Notes    []compilers.Note `json:"notes,omitempty"`
	Findings diag.Diagnostics `json:"findings,omitempty"`
}

// fidelity is the word for how a query keeps a rule's meaning.
func (c compiled) fidelity() string {
	if c.Query == nil {
		return "refused"
	}
	if slices.ContainsFunc(c.Query.Notes, func(n compilers.Note) bool { return n.Effect != "exact" }) {
		return "approximate"
	}
	return "exact"
}

// counts tells whether a note stands in the report: it says that the query is not exact, or cannot be deployed.
func counts(n compilers.Note) bool { return n.Effect != "exact" || n.Code == compilers.LongQuery }

// reasons lists the codes for which a query is refused or approximate, or too long, each once.
func (c compiled) reasons() []string {
	var codes []string
	if c.Query == nil {
		for _, d := range c.Found {
			if d.Severity == diag.Error {
				codes = append(codes, d.Code)
			}
		}
	} else {
		for _, n := range c.Query.Notes {
			if counts(n) {
				codes = append(codes, n.Code)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func (c compiled) example(code string) string {
	for _, d := range c.Found {
		if d.Code == code {
			return d.Message
		}
	}
	if c.Query != nil {
		for _, n := range c.Query.Notes {
			if n.Code == code {
				return n.Message
			}
		}
	}
	return ""
}

// newReport sums up what was compiled: for each target all rules, in one order.
func newReport(results []compiled, chosen []compilers.Dialect) fidelityReport {
	out := fidelityReport{Targets: []targetCount{}, Reasons: []reasonCount{}, Rules: []ruleFidelity{}}
	if len(chosen) == 0 {
		return out
	}
	each := len(results) / len(chosen)
	for i := range each {
		m := results[i].rule.IR.Source
		out.Rules = append(out.Rules, ruleFidelity{Rule: m.Title, ID: m.ID, File: m.Range.File})
	}
	for t, d := range chosen {
		count := targetCount{Target: d.Name(), Rules: each}
		reasons := map[string]int{}
		var codes []string
		examples := map[string]string{}
		for i, r := range results[t*each : (t+1)*each] {
			f := targetFidelity{Target: d.Name(), Model: r.model, Fidelity: r.fidelity(), Findings: r.Found}
			if r.Query != nil {
				f.Notes = r.Query.Notes
			}
			out.Rules[i].Targets = append(out.Rules[i].Targets, f)
			switch f.Fidelity {
			case "exact":
				count.Exact++
			case "approximate":
				count.Approximate++
			default:
				count.Refused++
			}
			for _, code := range r.reasons() {
				if reasons[code] == 0 {
					codes = append(codes, code)
					examples[code] = r.example(code)
				}
				reasons[code]++
			}
		}
		slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b)) })
		for _, code := range codes {
			out.Reasons = append(out.Reasons, reasonCount{d.Name(), code, reasons[code], examples[code]})
		}
		out.Targets = append(out.Targets, count)
	}
	return out
}

// shownRules bounds how many rules a table lists.
const shownRules = 40

// rows are the report's three tables: heads first, then cells.
func (r fidelityReport) rows() (targets, reasons, rules [][]string, left int) {
	targets = [][]string{{"Target", "Rules", "Exact", "Approximate", "Refused"}}
	for _, t := range r.Targets {
		targets = append(targets, []string{t.Target, fmt.Sprint(t.Rules), share(t.Exact, t.Rules), share(t.Approximate, t.Rules), share(t.Refused, t.Rules)})
	}
	reasons = [][]string{{"Rules", "Target", "Reason", "Such as"}}
	for _, c := range r.Reasons {
		reasons = append(reasons, []string{fmt.Sprint(c.Rules), c.Target, c.Code, diag.Visible(c.Example)})
	}
	head := []string{"Rule"}
	for _, t := range r.Targets {
		head = append(head, t.Target)
	}
	rules = [][]string{head}
	for _, rule := range r.Rules {
		row, exact := []string{diag.FirstVisible(rule.Rule)}, true
		for _, t := range rule.Targets {
			exact = exact && t.Fidelity == "exact" && !slices.ContainsFunc(t.Notes, counts)
			row = append(row, t.cell())
		}
		switch {
		case exact && len(r.Rules) > shownRules:
		case len(rules) > shownRules:
			left++
		default:
			rules = append(rules, row)
		}
	}
	return targets, reasons, rules, left
}

func (t targetFidelity) cell() string {
	var codes []string
	for _, d := range t.Findings {
		if d.Severity == diag.Error {
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
	if len(codes) > 0 {
		cell += ": " + strings.Join(slices.Compact(codes), ", ")
	}
	return cell
}

func share(n, of int) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%.1f%%)", n, 100*float64(n)/float64(of))
}

func (r fidelityReport) print(s *stdio.Streams, format string) error {
	if format == "json" {
		return s.WriteJSON(r)
	}
	write := table.Text
	if format == "markdown" {
		write = table.Markdown
	}
	targets, reasons, rules, left := r.rows()
	err := write(s.Out, targets)
	for _, table := range [][][]string{reasons, rules} {
		if len(table) > 1 {
			_, more := fmt.Fprintln(s.Out)
			err = errors.Join(err, more, write(s.Out, table))
		}
	}
	if left > 0 {
		_, more := fmt.Fprintf(s.Out, "\n%d more rules are not exact everywhere: --format json has them all\n", left)
		err = errors.Join(err, more)
	}
	return err
}
