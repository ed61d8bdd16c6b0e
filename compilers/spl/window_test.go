package spl_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules"
	"decree/tests/fixture/lowered"
)

// TestDelay: a search that ends before now reports a period of the same length, and reads as much before it.
func TestDelay(t *testing.T) {
	opt := compilers.Options{Model: lowered.Model(t, "splunk-windows"), Approximate: []string{"all"}, Delay: 10 * time.Minute}
	for _, c := range []struct {
		rule string
		want []string
	}{
		{"detection: {s: {Image: x}, condition: s}\n", []string{" earliest=-70m latest=-10m\n"}},
		{"ancestry: {a: {grandparent: {Image: x}}}\ndetection: {condition: a}\n", []string{" earliest=-1510m latest=-10m\n", `| where _time>=relative_time(now(), "-70m")`}},
		{"logsource: {product: windows, category: ps_classic_start}\ndetection: {s: {Data: x}, condition: s}\n", []string{" earliest=-70m latest=-10m\n"}},
	} {
		r := lowered.Rule(t, c.rule+"schedule: {every: 1h}\n")
		r.Source.Schedule = rules.Schedule{Every: time.Hour, Lookback: time.Hour}
		q, found := spl.New().Compile(r, opt)
		require.NotNil(t, q, "%v", found)
		for _, text := range c.want {
			assert.Contains(t, q.Text, text)
		}
		assert.NotContains(t, q.Text, "latest=now")
		assert.Equal(t, time.Hour, q.Result.Lookback)
	}
	_, cs := lowered.Correlations(t, `title: Many
schedule: {every: 1h, lookback: 1h}
correlation: {type: event_count, rules: [one], group-by: [User], timespan: 20m, condition: {gte: 3}}
---
title: One
name: one
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, condition: s}
`)
	q, found := spl.New().CompileCorrelation(cs[0], opt)
	require.NotNil(t, q, "%v", found)
	assert.Contains(t, q.Text, " earliest=-90m latest=-10m\n")
	assert.Contains(t, q.Text, `| where _time>=relative_time(now(), "-70m") AND _time<=relative_time(now(), "-10m")`)
}
