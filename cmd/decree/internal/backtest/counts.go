package backtest

import (
	"cmp"
	"slices"
	"time"

	"decree/engine"
)

// counts are the alerts of each rule by day.
type counts struct {
	rules       []*ruleCount
	byRule      map[string]*ruleCount
	first, last time.Time // runs with alerts
}

type ruleCount struct {
	Rule   string         `json:"rule"`
	ID     string         `json:"rule_id"`
	Level  string         `json:"level"`
	Alerts int            `json:"alerts"`
	Days   map[string]int `json:"days"` // 2006-01-02 -> alerts
	byDay  map[int]int
}

// add counts an alert. Alerts come in the order of their times.
func (c *counts) add(a engine.Alert) {
	if len(c.rules) == 0 {
		c.first, c.byRule = a.At, map[string]*ruleCount{}
	}
	c.last = a.At
	m := a.Rule.Source
	key := m.Range.File + "\x00" + m.Range.String()
	rule := c.byRule[key]
	if rule == nil {
		rule = &ruleCount{m.Title, m.ID, m.Level, 0, map[string]int{}, map[int]int{}}
		c.byRule[key] = rule
		c.rules = append(c.rules, rule)
	}
	rule.Alerts++
	rule.Days[a.At.Format(time.DateOnly)]++
	rule.byDay[day(a.At)]++
}

// sorted are the rules, those with the most alerts first.
func (c *counts) sorted() []*ruleCount {
	slices.SortStableFunc(c.rules, func(a, b *ruleCount) int {
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.Rule, b.Rule))
	})
	return append([]*ruleCount{}, c.rules...)
}

// day is the number of days since 1970.
func day(at time.Time) int {
	const seconds = 24 * 60 * 60
	days := at.Unix() / seconds
	if at.Unix()%seconds < 0 {
		days--
	}
	return int(days)
}
