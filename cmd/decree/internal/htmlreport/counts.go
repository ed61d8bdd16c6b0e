package htmlreport

import (
	"cmp"
	"slices"
	"time"

	"decree/cmd/decree/internal/alerts"
)

// counts are the matches by level, host, tactic, rule and hour. They are of all matches, also of those that the page
// has no room for.
type counts struct {
	total                 int
	levels                [6]int
	hosts, rules, tactics map[string]*row
	hours                 map[int64]*[6]int // hours since 1970
}

// row is a line of a table of counts.
type row struct {
	Name    string
	Class   string // of a rule's level
	Level   string
	Count   int
	Levels  []levelCount
	Width   int // of its bar, of 100
	byLevel [6]int
}

// The most rows of a table.
const (
	mostHosts = 20
	mostRules = 200
)

func newCounts() counts {
	return counts{hosts: map[string]*row{}, rules: map[string]*row{}, tactics: map[string]*row{}, hours: map[int64]*[6]int{}}
}

// add counts a match.
func (c *counts) add(a alerts.Alert) {
	level := rank(a.Level)
	c.total++
	c.levels[level]++
	if a.Host != "" {
		c.in(c.hosts, a.Host, a.Host, level)
	}
	for _, tactic := range a.Tactics {
		c.in(c.tactics, tactic, capital(tactic), level)
	}
	rule := c.in(c.rules, a.RuleFile+"\x00"+a.ID+"\x00"+a.Rule, a.Rule, level)
	rule.Class, rule.Level = class(a.Level), capital(visible(a.Level))
	if at, err := time.Parse(time.RFC3339Nano, a.Time); err == nil {
		hour := at.Unix() / 3600
		if c.hours[hour] == nil {
			c.hours[hour] = &[6]int{}
		}
		c.hours[hour][level]++
	}
}

func (c *counts) in(rows map[string]*row, key, name string, level int) *row {
	r := rows[key]
	if r == nil {
		r = &row{Name: visible(name)}
		rows[key] = r
	}
	r.Count++
	r.byLevel[level]++
	return r
}

// view gives the counts as the page shows them.
func (c *counts) view() view {
	v := view{Total: c.total, Levels: countsOf(c.levels), Timeline: c.timeline()}
	v.Hosts, v.MoreHosts = sorted(c.hosts, mostHosts, byCount)
	v.Tactics, _ = sorted(c.tactics, len(c.tactics), byTactic)
	v.Rules, v.MoreRules = sorted(c.rules, mostRules, func(a, b *row) int {
		return cmp.Or(cmp.Compare(worst(a), worst(b)), byCount(a, b))
	})
	return v
}

// worst is the number of the worst level of a row.
func worst(r *row) int { return slices.IndexFunc(r.byLevel[:], func(n int) bool { return n > 0 }) }

func byCount(a, b *row) int { return cmp.Compare(b.Count, a.Count) }

// tactics are those of ATT&CK Enterprise, in the order of its matrix. https://attack.mitre.org/tactics/enterprise/
var tactics = []string{"Reconnaissance", "Resource development", "Initial access", "Execution", "Persistence", "Privilege escalation", "Stealth", "Defense evasion", "Defense impairment",
	"Credential access", "Discovery", "Lateral movement", "Collection", "Command and control", "Exfiltration", "Impact"}

// byTactic puts tactics in the order of an attack.
func byTactic(a, b *row) int {
	order := func(r *row) int {
		if at := slices.Index(tactics, r.Name); at >= 0 {
			return at
		}
		return len(tactics)
	}
	return cmp.Compare(order(a), order(b))
}

// sorted gives at most so many rows in an order, and how many more there are.
func sorted(rows map[string]*row, most int, order func(a, b *row) int) (out []row, more int) {
	all := make([]*row, 0, len(rows))
	highest := 1
	for _, r := range rows {
		all = append(all, r)
		highest = max(highest, r.Count)
	}
	slices.SortFunc(all, func(a, b *row) int { return cmp.Or(order(a, b), cmp.Compare(a.Name, b.Name)) })
	for _, r := range all[:min(len(all), most)] {
		r.Levels, r.Width = countsOf(r.byLevel), max(1, r.Count*100/highest)
		out = append(out, *r)
	}
	return out, len(all) - len(out)
}
