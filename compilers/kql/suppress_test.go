package kql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/rules"
	"decree/tests/fixture/lowered"
)

// TestTheLongestTimeBeforeADuration ends a tick of 100 ns before it.
func TestTheLongestTimeBeforeADuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second:        "time(00:00:00.9999999)",
		10 * time.Minute:   "time(00:09:59.9999999)",
		24 * time.Hour:     "time(23:59:59.9999999)",
		7 * 24 * time.Hour: "time(6.23:59:59.9999999)",
	} {
		assert.Equal(t, want, tickBefore(d))
	}
}

// TestSuppressByAFieldThatNoTableHas is refused: all alerts would be alike.
func TestSuppressByAFieldThatNoTableHas(t *testing.T) {
	r := lowered.Rule(t, "suppress: {by: [domain], for: 1d}\ndetection:\n  a: {Image: x}\n  condition: a\n")
	q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "mde")})
	assert.Nil(t, q)
	assert.Equal(t, "suppress-field", found[0].Code)
}

// TestSuppressByAFieldThatNoEventHas is refused, too, where a column would be read for any name.
func TestSuppressByAFieldThatNoEventHas(t *testing.T) {
	for by, want := range map[string]bool{"Nope": true, "Company": false, "host": false, "user": false} {
		r := lowered.Rule(t, "suppress: {by: ["+by+"], for: 1d}\ndetection:\n  a: {Image: x}\n  condition: a\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
		assert.Equal(t, want, q == nil, by)
		if want {
			assert.Equal(t, "suppress-field", found[0].Code)
		}
	}
}

// TestSuppressByAFieldThatOneTableLacks says of which table's events the value is not compared.
func TestSuppressByAFieldThatOneTableLacks(t *testing.T) {
	const detection = "detection:\n  a: {Image: x}\n  condition: a\n"
	q, found := New().Compile(lowered.Rule(t, "suppress: {by: [host, Company], for: 1d}\n"+detection), compilers.Options{Model: lowered.Model(t, "sentinel")})
	assert.Empty(t, found)
	assert.Contains(t, q.Text, `Like2 = tolower("")`)
	assert.Equal(t, "suppress-table", q.Notes[0].Code)
	assert.Equal(t, "SecurityEvent has no column for Company: alerts of its events are suppressed whatever the value", q.Notes[0].Message)
	q, _ = New().Compile(lowered.Rule(t, "suppress: {by: [host, Image], for: 1d}\n"+detection), compilers.Options{Model: lowered.Model(t, "sentinel")})
	assert.NotContains(t, q.Text, "suppress-table")
}

// TestSuppressByAnExtractThatCannotBeRead says why, and not that a column is missing.
func TestSuppressByAnExtractThatCannotBeRead(t *testing.T) {
	r := lowered.Rule(t, "extract: {Made: {text: 'by {User}'}}\nsuppress: {by: [Made], for: 1d}\ndetection:\n  a: {Image: x}\n  condition: a\n")
	q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "mde")})
	assert.Nil(t, q)
	assert.Equal(t, "no-translation", found[0].Code)
}

// TestSuppressWhateverTheValues has no columns of values.
func TestSuppressWhateverTheValues(t *testing.T) {
	r := lowered.Rule(t, "suppress: {for: 1h}\ndetection:\n  a: {Image: x}\n  condition: a\n")
	q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "mde")})
	assert.Empty(t, found)
	assert.Contains(t, q.Text, "| sort by Timestamp asc\n| extend AlertAt = row_window_session(Timestamp, time(00:59:59.9999999), time(00:59:59.9999999))\n")
	assert.True(t, q.Result.Combines)
	assert.Empty(t, q.Notes)
}

// TestSuppressACorrelationByAFieldOfItsEvent is left to the product.
func TestSuppressACorrelationByAFieldOfItsEvent(t *testing.T) {
	_, cs := lowered.Correlations(t, "title: C\ncorrelation: {type: event_count, rules: [r], group-by: [host], timespan: 1h, condition: {gte: 2}}\nsuppress: {by: [User], for: 1d}\n---\n"+
		"title: R\nname: r\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n")
	cs[0].Source.Body.Schedule = rules.Schedule{Every: time.Hour, Lookback: time.Hour}
	q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "mde")})
	assert.Empty(t, found)
	assert.NotContains(t, q.Text, "row_window_session")
	assert.Contains(t, q.Text, "note: suppress-by-product (false-positives)")
}
