package compilers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
)

// TestTimesAreNoTexts: Kusto writes a time with seven digits of a second, Splunk's _time is a number, and Elasticsearch
// compares moments, whatever the event has. TIME is a field of the log source that is a time there, TEXT one that is a
// text.
func TestTimesAreNoTexts(t *testing.T) {
	const rule = "schedule: {every: 1h, lookback: 2h}\nextract: {Year: {field: TIME, re: '^([0-9]+)'}}\n"
	test := func(of string) string { return rule + "detection:\n  s: {" + of + "}\n  condition: not s\n" }
	with := func(section, name string) string {
		return rule + section + "\ndetection:\n  s: {TEXT: x}\n  condition: s and " + name + "\n"
	}
	cases := map[string]bool{test("TIME: 2024-01-01T00:00:00Z"): true, test("TIME|startswith: '2024'"): true, test("TIME: '20?4*'"): true, test("TIME|re: '^2024'"): true, test("TIME|gt: 5"): true,
		test("TIME|bits: 1"): true, test("TIME|cidr: 10.0.0.0/8"): true, test("TIME|filename|contains: x"): true, test("TIME|fieldref: TEXT"): true, test("TEXT|fieldref: TIME"): true, test("Year: '2024'"): true,
		test("TIME|fieldref: TIME"): false, test("TIME|hour|lt: 6"): false, test("TIME|exists: true"): false, test("TIME: null"): false, test("TEXT: x"): false,
		test("Year|exists: true"): true, test("Year: null"): true, test("Year: '*'"): true, test("Year|month: 1"): true,
		with("joins: {j: {rule: other, same: {TIME: TEXT}, before: 1h}}", "j"):                            true,
		with("joins: {j: {rule: other, same: {TEXT: TIME}, before: 1h}}", "j"):                            true,
		with("joins: {j: {rule: other, same: [TEXT], before: 1h, count: {distinct: TIME, gte: 2}}}", "j"): true,
		with("joins: {j: {rule: other, same: [Year], before: 1h}}", "j"):                                  true,
		with("joins: {j: {rule: other, same: [TEXT], before: 1h}}", "j"):                                  false,
		with("first_seen: {f: {fields: [Year], over: 7d}}", "f"):                                          true,
		with("prevalence: {p: {field: TIME, local: {distinct: host, lte: 3}}}", "p"):                      true,
		with("prevalence: {p: {field: TEXT, local: {distinct: host, lte: 3}}}", "p"):                      false,
	}
	for _, to := range []struct {
		dialect                compilers.Dialect
		model, log, time, text string
		lacks                  []string // codes of what the dialect cannot say anyway
	}{
		{kql.New(), "sentinel", "{product: windows, service: system}", "TimeCreated", "param1", nil},
		{spl.New(), "splunk-windows", "{product: windows, service: security}", "TimeCreated", "TargetUserName", []string{"time-part"}},
		{eql.New(), "ecs", "{product: aws, service: cloudtrail}", "eventTime", "eventName", []string{"time-part", "fieldref", "extract-re", "join", "join-sequence", "first-seen", "prevalence-count", "no-entity"}},
	} {
		other := "---\ntitle: Other\nname: other\nlogsource: " + to.log + "\nextract: {Year: {field: TIME, re: '^([0-9]+)'}}\ndetection: {s: {TEXT: y}, condition: s}\n"
		for text, refused := range cases {
			if strings.Contains(text, "joins:") {
				text += other
			}
			text = strings.NewReplacer("TIME", to.time, "TEXT", to.text).Replace("title: T\nlogsource: " + to.log + "\n" + text)
			rs := lowered.Rules(t, text)
			_, found := to.dialect.Compile(rs[0], compilers.Options{Model: lowered.Model(t, to.model)})
			codes := []string{}
			for _, d := range found {
				if d.Severity == diag.Error {
					codes = append(codes, d.Code)
				}
			}
			if refused && !slices.Contains(codes, "datetime-text") {
				assert.NotEmpty(t, codes, "%s %s", to.model, text)
				assert.Subset(t, to.lacks, codes, "%s %s\n%v", to.model, text, found)
			} else if !refused {
				assert.Subset(t, to.lacks, codes, "%s %s\n%v", to.model, text, found)
			}
		}
	}
}
