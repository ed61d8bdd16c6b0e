package conformance

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

// naive is what correlations mean, said as plainly as it can be: every match with every other.
type naive struct {
	events []splRow
	rules  map[string]func(splRow) bool // by the names of rules; or
	reads  func(of *ir.Correlation, in ir.Input, e splRow) bool
}

// occasion is a match: an event, and of a correlation the values it was grouped by.
type occasion struct {
	event int
	by    map[string]string
}

// entry is a match of an input inside a group.
type entry struct {
	occasion
	input int
	time  float64
}

func (n naive) matches(c *ir.Correlation, in ir.Input) []occasion {
	if in.Correlation != nil {
		return n.correlate(in.Correlation)
	}
	var out []occasion
	for i, e := range n.events {
		if n.reads != nil && n.reads(c, in, e) || n.reads == nil && n.rules[in.Name](e) {
			out = append(out, occasion{event: i})
		}
	}
	return out
}

// values gives those of some columns in a match of an input; ok is false when one is missing or empty.
func (n naive) values(c *ir.Correlation, columns []ir.Column, input int, o occasion) (values []string, ok bool) {
	for _, column := range columns {
		name := c.Source.FieldOf(column.Name, input)
		v, known := o.by[name]
		if !known {
			all := splValues(n.events[o.event][name])
			if len(all) == 0 || all[0] == "" {
				return nil, false
			}
			v = all[0]
		}
		values = append(values, v)
	}
	return values, true
}

func (n naive) correlate(c *ir.Correlation) []occasion {
	groups := map[string][]entry{}
	for i, in := range c.Inputs {
		for _, o := range n.matches(c, in) {
			if values, ok := n.values(c, c.GroupBy, i, o); ok {
				key := fmt.Sprintf("%q", strings.Split(strings.ToLower(strings.Join(values, "\x00")), "\x00"))
				groups[key] = append(groups[key], entry{o, i, n.events[o.event]["_time"].(float64)})
			}
		}
	}
	var out []occasion
	for _, key := range sortedKeys(groups) {
		group := groups[key]
		done := map[int]bool{}
		for _, e := range group {
			if done[e.event] {
				continue
			}
			done[e.event] = true
			var window []entry
			for _, o := range group {
				if o.time <= e.time && o.time >= e.time-c.Timespan.Seconds() {
					window = append(window, o)
				}
			}
			if !n.holds(c, window, e) {
				continue
			}
			match := occasion{e.event, map[string]string{}}
			values, _ := n.values(c, c.GroupBy, e.input, e.occasion)
			for i, column := range c.GroupBy {
				match.by[column.Name] = values[i]
			}
			out = append(out, match)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (n naive) holds(c *ir.Correlation, window []entry, e entry) bool {
	occurred := map[int]bool{}
	for _, o := range window {
		occurred[o.input] = true
	}
	switch c.Source.Type {
	case rules.EventCount:
		return bounded(c, float64(len(window)))
	case rules.ValueCount:
		distinct := map[string]bool{}
		for _, o := range window {
			if values, ok := n.values(c, c.Values, o.input, o.occasion); ok {
				distinct[fmt.Sprintf("%q", strings.Split(strings.ToLower(strings.Join(values, "\x00")), "\x00"))] = true
			}
		}
		return bounded(c, float64(len(distinct)))
	case rules.Temporal:
		if c.Condition != nil {
			return holdsOver(c.Condition, occurred)
		}
		return bounded(c, float64(len(occurred)))
	case rules.TemporalOrdered:
		last := len(c.Inputs) - 1
		return slices.ContainsFunc(window, func(o entry) bool { return o.event == e.event && o.input == last }) && ordered(window, last-1, e.time)
	}
	var numbers []float64
	for _, o := range window {
		if values, ok := n.values(c, c.Values, o.input, o.occasion); ok {
			if number, err := strconv.ParseFloat(values[0], 64); err == nil {
				numbers = append(numbers, number)
			}
		}
	}
	return len(numbers) > 0 && bounded(c, aggregate(c, numbers))
}

func aggregate(c *ir.Correlation, numbers []float64) float64 {
	slices.Sort(numbers)
	sum := 0.0
	for _, number := range numbers {
		sum += number
	}
	switch n := len(numbers); c.Source.Type {
	case rules.ValueSum:
		return sum
	case rules.ValueAvg:
		return sum / float64(n)
	case rules.ValueMin:
		return numbers[0]
	case rules.ValueMax:
		return numbers[n-1]
	case rules.ValueMedian:
		return (numbers[(n-1)/2] + numbers[n/2]) / 2
	case rules.ValuePercentile:
		return numbers[int(math.Ceil(float64(n)*c.Source.Percentile/100))-1]
	}
	panic("type of correlation")
}

// ordered tells whether the inputs up to one have matches in the window, each at the time of the next or before.
func ordered(window []entry, input int, before float64) bool {
	return input < 0 || slices.ContainsFunc(window, func(o entry) bool {
		return o.input == input && o.time <= before && ordered(window, input-1, o.time)
	})
}

func bounded(c *ir.Correlation, v float64) bool {
	for _, b := range c.Bounds {
		if !map[string]bool{"gt": v > b.Value, "gte": v >= b.Value, "lt": v < b.Value, "lte": v <= b.Value, "eq": v == b.Value, "neq": v != b.Value}[b.Op] {
			return false
		}
	}
	return true
}

func holdsOver(n ir.Node, occurred map[int]bool) bool {
	switch n := n.(type) {
	case *ir.Occurred:
		return occurred[n.Input]
	case *ir.Not:
		return !holdsOver(n.Term, occurred)
	}
	count, all := 0, ir.Children(n)
	for _, t := range all {
		if holdsOver(t, occurred) {
			count++
		}
	}
	switch n := n.(type) {
	case *ir.And:
		return count == len(all)
	case *ir.Or:
		return count > 0
	case *ir.AtLeast:
		return count >= n.Count
	}
	panic("condition")
}
