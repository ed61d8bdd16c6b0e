package alerts

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/warnings"
	"decree/engine"
	"decree/rules/attack"
	"decree/rules/diag"
	"decree/rules/ir"
)

// ruleMatches is one row of a summary.
type ruleMatches struct {
	Rule    string   `json:"rule"`
	ID      string   `json:"rule_id"`
	Level   string   `json:"level"`
	Matches int      `json:"matches"`
	Hosts   int      `json:"hosts"`           // different ones
	First   string   `json:"first,omitempty"` // times of the first and the last event
	Last    string   `json:"last,omitempty"`
	Tactics []string `json:"tactics,omitempty"` // of ATT&CK

	Suspended string `json:"suspended,omitempty"` // the event, and why
	Warning   string `json:"warning,omitempty"`   // why the number may mislead

	hosts map[string]bool
}

// summary counts matches by rule, host and day.
type summary struct {
	streams     *stdio.Streams
	format      string
	rows        []*ruleMatches
	at          map[string]int
	hosts, days counts
}

// newSummary gives a sink that shows counts when it is closed, as text or JSON.
func newSummary(s *stdio.Streams, format string) Sink {
	return &summary{streams: s, format: format, at: map[string]int{}, hosts: counts{}, days: counts{}}
}

// Add counts a match.
func (c *summary) Add(a Alert) {
	i := c.row(a.RuleFile, a.RuleLine)
	r := c.rows[i]
	if r.Matches == 0 {
		r.Rule, r.ID, r.Level, r.Tactics = a.Rule, a.ID, a.Level, a.Tactics
	}
	r.Matches++
	if a.Host != "" {
		c.hosts.add(a.Host, i)
		r.hosts[a.Host] = true
		r.Hosts = len(r.hosts)
	}
	if a.Time == "" {
		return
	}
	c.days.add(a.Time[:len("2006-01-02")], i)
	if r.First == "" || a.Time < r.First {
		r.First = a.Time
	}
	r.Last = max(r.Last, a.Time)
}

// row is the number of a rule's row.
func (c *summary) row(file string, line int) int {
	key := fmt.Sprintf("%s\x00%d", file, line)
	i, ok := c.at[key]
	if !ok {
		i = len(c.rows)
		c.at[key] = i
		c.rows = append(c.rows, &ruleMatches{hosts: map[string]bool{}})
	}
	return i
}

// unmatched is the row of a rule that may not have matched.
func (c *summary) unmatched(r *ir.Rule) *ruleMatches {
	m := r.Source
	row := c.rows[c.row(m.Range.File, m.Range.Start.Line)]
	row.Rule, row.ID, row.Level = m.Title, m.ID, m.Level
	row.Tactics, _ = attack.Named(m.Tags)
	return row
}

// Close shows the rules, those with the most matches first, then the hosts and the days.
func (c *summary) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	for _, r := range withoutReputation {
		c.unmatched(r).Warning = warnings.WithoutReputation
	}
	for _, one := range suspended {
		c.unmatched(one.Rule).Suspended = one.Describe()
	}
	slices.SortStableFunc(c.rows, func(a, b *ruleMatches) int {
		return cmp.Or(cmp.Compare(b.Matches, a.Matches), cmp.Compare(a.Rule, b.Rule))
	})
	hosts, days := c.hosts.sorted(most), c.days.sorted(byName)
	if c.format == "json" {
		return c.streams.WriteJSON(struct {
			Rules []*ruleMatches `json:"rules"`
			Hosts []*counted     `json:"hosts"`
			Days  []*counted     `json:"days"`
		}{append([]*ruleMatches{}, c.rows...), hosts, days})
	}
	return errors.Join(c.showRules(), c.showCounts("host", hosts), c.showCounts("day", days))
}

// showRules writes the table of the rules. Where it is wider than the terminal, each title stands below its row.
func (c *summary) showRules() error {
	rows := [][]string{{"matches", "level", "hosts", "first", "last", "tactic", "rule"}}
	widest := make([]int, len(rows[0]))
	for _, r := range c.rows {
		title := diag.Visible(r.Rule)
		if r.Suspended != "" {
			title += " (suspended)"
		}
		rows = append(rows, []string{strconv.Itoa(r.Matches), diag.Visible(r.Level), strconv.Itoa(r.Hosts), clock(r.First), clock(r.Last), cmp.Or(diag.Visible(strings.Join(r.Tactics, ", ")), "-"), title})
	}
	total := 0
	for i := range widest {
		for _, row := range rows {
			widest[i] = max(widest[i], uniseg.StringWidth(row[i])+2)
		}
		total += widest[i]
	}
	s := c.streams
	if s.Columns == 0 || total-2 <= s.Columns {
		return table.Text(s.Out, rows)
	}
	last := len(widest) - 1
	left := s.Columns - (total - widest[last] - widest[last-1])
	narrow := make([][]string, len(rows))
	for i, row := range rows {
		narrow[i] = slices.Clone(row[:last])
		narrow[i][last-1] = table.Cut(row[last-1], max(left, 1))
	}
	var b strings.Builder
	err := table.Text(&b, narrow)
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		_, more := fmt.Fprintln(s.Out, table.Cut(strings.TrimRight(line, " "), s.Columns))
		if i > 0 {
			_, more = fmt.Fprintln(s.Out, table.Wrap("  "+rows[i][last], s.Columns, 2))
		}
		err = errors.Join(err, more)
	}
	return err
}

// clock is a time as tables show it.
func clock(at string) string {
	if len(at) < len("2006-01-02T15:04:05") {
		return "-"
	}
	return strings.Replace(at[:len("2006-01-02T15:04:05")], "T", " ", 1)
}

// shownCounts bounds the hosts and the days that a table shows. JSON has all.
const shownCounts = 20

// showCounts writes a table of hosts or days.
func (c *summary) showCounts(what string, all []*counted) error {
	if len(all) == 0 {
		return nil
	}
	rows := [][]string{{"matches", "rules", what}}
	for _, one := range all[:min(len(all), shownCounts)] {
		rows = append(rows, []string{strconv.Itoa(one.Matches), strconv.Itoa(one.Rules), table.Cut(diag.Visible(one.Name), max(c.streams.Columns-20, 0))})
	}
	_, err := fmt.Fprintln(c.streams.Out)
	err = errors.Join(err, table.Text(c.streams.Out, rows))
	if more := len(all) - shownCounts; more > 0 {
		_, last := fmt.Fprintf(c.streams.Out, "and %s more\n", plural.Count(more, what))
		err = errors.Join(err, last)
	}
	return err
}
