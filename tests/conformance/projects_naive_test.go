package conformance

import (
	"fmt"
	"testing"
	"time"

	"decree/rules/ir"
	"decree/tests/stories"
)

// reported are the ids that a scheduled correlation reports in a run, in any order, as every match compared with every
// other gives them. What its rules find is the engine's answer for each of them alone: over the events that the
// correlation reads, which are those of its lookback and of the timespans before it.
func (w world) reported(t *testing.T, p *project, c *ir.Correlation, story *stories.Story, now time.Time) []string {
	lookback := c.Source.Body.Schedule.Lookback
	reads := lookback + c.Reach() // of every rule below it
	n := naive{}
	for _, one := range story.Processes {
		row := splRow{"id": fmt.Sprint(one.ID), "_time": float64(one.At.UnixMilli()) / 1000, "Image": one.Image, "CommandLine": one.Command, "User": one.User, "ParentImage": one.Parent.Image,
			"host": one.Host, "user": one.User, "sha1": one.SHA1}
		if w.own.has(one) {
			for name := range row {
				if value, known := w.own.values[name]; name != "id" && name != "_time" && !known {
					delete(row, name)
				} else if known && value(one) == "" {
					delete(row, name)
				} else if known {
					row[name] = value(one)
				}
			}
		}
		n.events = append(n.events, row)
	}
	found := map[string]map[string]bool{}
	n.reads = func(of *ir.Correlation, in ir.Input, row splRow) bool {
		if found[in.Name] == nil {
			source, alone := *in.Rule.Source, *in.Rule
			source.Schedule.Lookback, source.Suppress, alone.Source = reads, nil, &source
			found[in.Name] = map[string]bool{}
			for _, r := range w.results(t, &project{text: p.text, rules: []*ir.Rule{&alone}}, story, now) {
				found[in.Name][r.EventID] = true
			}
		}
		return found[in.Name][row["id"].(string)]
	}
	var ids []string
	for _, o := range n.correlate(c) {
		if at := n.events[o.event]["_time"].(float64); at <= float64(now.Unix()) && at >= float64(now.Add(-lookback).Unix()) {
			ids = append(ids, n.events[o.event]["id"].(string))
		}
	}
	return ids
}
