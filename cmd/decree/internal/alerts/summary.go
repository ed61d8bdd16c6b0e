package alerts

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/warnings"
	"decree/engine"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// ruleMatches is one row of a summary.
type ruleMatches struct {
	Rule    string `json:"rule"`
	ID      string `json:"rule_id"`
	Level   string `json:"level"`
	Matches int    `json:"matches"`

	Suspended string `json:"suspended,omitempty"` // the event, and why
	Warning   string `json:"warning,omitempty"`   // why the number may mislead
}

// summary counts matches by rule.
type summary struct {
	streams *stdio.Streams
	format  string
	rows    []ruleMatches
	at      map[string]int
}

// Add counts a match.
func (c *summary) Add(r engine.Result) {
	c.row(r.Rule.Source).Matches++
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

// Close shows the rules, those with the most matches first.
func (c *summary) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	for _, r := range withoutReputation {
		c.row(r.Source).Warning = warnings.WithoutReputation
	}
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
