package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers"
	"decree/engine"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// shownNotRun bounds how many rules that the data model has no log source for are shown one by one.
const shownNotRun = 3

// showNotRun shows findings about rules that are not run: each, or how many when there are many, as
// when a whole collection is run on the logs of one product.
func showNotRun(s *stdio.Streams, set *ruleset.Set, found diag.Diagnostics, model string) {
	var others diag.Diagnostics
	missing := 0
	for _, d := range found {
		if d.Code == "no-log-source" {
			missing++
		} else {
			others = append(others, d)
		}
	}
	if missing <= shownNotRun {
		set.Show(s, found)
		return
	}
	set.Show(s, others)
	fmt.Fprintf(s.Err, "%d rules are not run: data model %s has no such log source\n", missing, diag.Visible(model))
}

// showCompiled shows what compiling found. Of queries for another model than the one that their target prefers it shows
// each, or how many when there are many.
func showCompiled(s *stdio.Streams, set *ruleset.Set, found diag.Diagnostics, results []compiled) {
	var order []string
	counts := map[string]int{}
	for _, c := range results {
		for _, passed := range c.passed {
			kind := fmt.Sprintf("%s: %%d queries are for model %s; %s was passed over, which cannot say those rules\n", c.to.Name(), c.model, passed)
			if counts[kind] == 0 {
				order = append(order, kind)
			}
			counts[kind]++
		}
	}
	many := false
	for _, n := range counts {
		many = many || n > shownNotRun
	}
	if !many {
		set.Show(s, found)
		return
	}
	set.Show(s, slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Code == compilers.ModelPassedOver }))
	for _, kind := range order {
		fmt.Fprintf(s.Err, kind, counts[kind])
	}
	fmt.Fprintln(s.Err, "--format json says why, rule by rule")
}

// ruleMatches is one row of a summary.
type ruleMatches struct {
	Rule    string `json:"rule"`
	ID      string `json:"rule_id"`
	Level   string `json:"level"`
	Matches int    `json:"matches"`

	Suspended string `json:"suspended,omitempty"` // at which event, and why
	Warning   string `json:"warning,omitempty"`   // why the number says less than it seems to
}

// summary counts matches by rule.
type summary struct {
	streams *stdio.Streams
	format  string
	rows    []ruleMatches
	at      map[string]int
}

func (c *summary) add(r engine.Result) {
	c.row(r.Rule.Source).Matches++
}

// withoutReputation is what is said of a rule that asks for reputation that nothing tells.
const withoutReputation = "asks for reputation, and no table was given with --reputation: each value counted as unknown"

func (c *summary) warn(rs []*ir.Rule) {
	for _, r := range rs {
		c.row(r.Source).Warning = withoutReputation
	}
}

// row is the row of a rule.
func (c *summary) row(m *rules.Rule) *ruleMatches {
	key := m.Range.File + "\x00" + m.Range.String()
	i, ok := c.at[key]
	if !ok {
		i = len(c.rows)
		c.at[key] = i
		c.rows = append(c.rows, ruleMatches{Rule: m.Title, ID: m.ID, Level: m.Level})
	}
	return &c.rows[i]
}

// close shows the rules, those with the most matches first.
func (c *summary) close(suspended []engine.Suspension) error {
	for _, one := range suspended {
		c.row(one.Rule.Source).Suspended = one.Describe()
	}
	s, rows := c.streams, append([]ruleMatches{}, c.rows...)
	slices.SortStableFunc(rows, func(a, b ruleMatches) int {
		return cmp.Or(cmp.Compare(b.Matches, a.Matches), cmp.Compare(a.Rule, b.Rule))
	})
	if c.format == "json" {
		return s.WriteJSON(rows)
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	_, err := fmt.Fprintln(w, "MATCHES\tLEVEL\tRULE")
	for _, r := range rows {
		title := diag.Visible(r.Rule)
		if r.Suspended != "" {
			title += " (suspended)"
		}
		_, more := fmt.Fprintf(w, "%d\t%s\t%s\n", r.Matches, diag.Visible(r.Level), title)
		err = errors.Join(err, more)
	}
	return errors.Join(err, w.Flush())
}
