package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
)

// TestFieldsOfCorrelations: what a correlation groups by or reads is checked as each of its rules has it, by way of
// aliases and of the correlations between; entities are no slips.
func TestFieldsOfCorrelations(t *testing.T) {
	const started = "---\ntitle: Started\nname: started\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n" +
		"---\ntitle: Inner\nname: inner\ncorrelation: {type: event_count, rules: [started], group-by: [Who], aliases: {Who: {started: User}}, timespan: 1h, condition: {gte: 2}}\n"
	for _, c := range []struct {
		name, text string
		places     []string
	}{
		{"as the log source has it", "{type: event_count, rules: [started], group-by: [CommandLine, ParentImage], timespan: 1h, condition: {gte: 2}}", nil},
		{"a slip in group-by", "{type: event_count, rules: [started], group-by: [CommandLin], timespan: 1h, condition: {gte: 2}}", []string{"c.yml:2:63"}},
		{"a short slip", "{type: event_count, rules: [started], group-by: [Usre], timespan: 1h, condition: {gte: 2}}", []string{"c.yml:2:63"}},
		{"a name like no other", "{type: value_count, rules: [started], group-by: [host], timespan: 1h, condition: {gte: 2, field: Nope}}", []string{"c.yml:2:111"}},
		{"another case", "{type: event_count, rules: [started], group-by: [commandline], timespan: 1h, condition: {gte: 2}}", []string{"c.yml:2:63"}},
		{"a slip in the condition", "{type: value_count, rules: [started], timespan: 1h, condition: {gte: 2, field: CommandLin}}", []string{"c.yml:2:93"}},
		{"a slip behind an alias", "{type: event_count, rules: [started], group-by: [x], aliases: {x: {started: CommandLin}}, timespan: 1h, condition: {gte: 2}}", []string{"c.yml:2:63"}},
		{"an alias has a name of its own", "{type: event_count, rules: [started], group-by: [comandline], aliases: {comandline: {started: CommandLine}}, timespan: 1h, condition: {gte: 2}}", nil},
		{"of a correlation, what it is grouped by", "{type: event_count, rules: [inner], group-by: [Who], timespan: 1h, condition: {gte: 2}}", nil},
		{"of a correlation, a field of its rules", "{type: event_count, rules: [inner], group-by: [CommandLin], timespan: 1h, condition: {gte: 2}}", []string{"c.yml:2:61"}},
		{"a slip in what is shown", "{type: event_count, rules: [started], timespan: 1h, condition: {gte: 2}}\nfields: [User, CommandLin]", []string{"c.yml:3:16"}},
		{"entities", "{type: value_count, rules: [started], group-by: [host, user], timespan: 1h, condition: {gte: 2, field: sha256}}", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, found := parse.Documents("c.yml", []byte("title: C\ncorrelation: "+c.text+"\n"+started), nil)
			require.Empty(t, found)
			_, found = parse.Link(file.Rules, file.Correlations)
			require.Empty(t, found)
			lowered, found := ir.Lower(file.Rules[0])
			require.Empty(t, found)
			var places []string
			for _, d := range lint.Run([]lint.File{{Path: "c.yml", Rules: file.Rules, Lowered: []*ir.Rule{lowered}, Correlations: file.Correlations}}) {
				if d.Code == "unknown-field" {
					places = append(places, d.Range.String())
				}
			}
			assert.Equal(t, c.places, places)
		})
	}
}

// TestExtractsThatOthersRead: an extract is used if a rule that joins it or a correlation reads it, also by way of an
// alias or of another correlation.
func TestExtractsThatOthersRead(t *testing.T) {
	const base = "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\nextract:\n  Part: {field: CommandLine, argv: 1}\n  Other: {field: CommandLine, argv: 2}\n" +
		"detection: {s: {Image: x}, condition: s}\n---\n"
	const joins = "title: J\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: y}, condition: s and j}\njoins:\n  j: {rule: a, before: 1h, "
	const count = "title: C\nname: c\ncorrelation: {type: event_count, rules: [a], timespan: 1h, condition: {gte: 2}"
	for text, want := range map[string][]string{
		joins + "same: {User: Part}}\n":                                                                                            {"Other"},
		joins + "same: [User], count: {distinct: Other, gte: 2}}\n":                                                                {"Part"},
		joins + "same: {Part: User}}\nextract: {Part: {field: User, lower: true}}\n":                                               {"Part", "Other"}, // its own
		count + ", group-by: [Part]}\n":                                                                                            {"Other"},
		count + ", group-by: [x], aliases: {x: {a: Other}}}\n":                                                                     {"Part"},
		count + "}\nfields: [Part]\nsuppress: {by: [Other], for: 1h}\n":                                                            nil,
		count + "}\n---\ntitle: D\ncorrelation: {type: value_count, rules: [c], timespan: 1h, condition: {field: Part, gte: 2}}\n": {"Other"},
	} {
		file, found := parse.Documents("c.yml", []byte(base+text), nil)
		require.Empty(t, found, text)
		_, found = parse.LinkJoins(file.Rules, file.Correlations)
		require.Empty(t, found)
		_, found = parse.Link(file.Rules, file.Correlations)
		require.Empty(t, found)
		var unused []string
		for _, d := range lint.Run([]lint.File{{Path: "c.yml", Rules: file.Rules, Lowered: make([]*ir.Rule, len(file.Rules)), Correlations: file.Correlations}}) {
			if d.Code == "unused-extract" {
				unused = append(unused, strings.Trim(d.Message[strings.Index(d.Message, `"`):], `"`))
			}
		}
		assert.Equal(t, want, unused, text)
	}
}

// TestSchedulesOfJoinedRules: a rule that another joins in its own file has no run of its own.
func TestSchedulesOfJoinedRules(t *testing.T) {
	const joined = "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n"
	const schedule = "schedule: {every: 1h, lookback: 2h}\n"
	const joins = "---\ntitle: J\n" + schedule + "logsource: {product: windows, category: process_creation}\ndetection: {s: {Image: y}, condition: s and j}\njoins:\n  j: {rule: a, before: 1h, same: [User]"
	for text, want := range map[string][]string{
		joined + schedule + joins + "}\n":                 {"c.yml:5:11"},
		joined + schedule + joins + ", generate: true}\n": nil,
		joined + joins + "}\n":                            nil,
	} {
		file, found := parse.Documents("c.yml", []byte(text), nil)
		require.Empty(t, found, text)
		_, found = parse.LinkJoins(file.Rules, nil)
		require.Empty(t, found)
		var places []string
		for _, d := range lint.Run([]lint.File{{Path: "c.yml", Rules: file.Rules, Lowered: make([]*ir.Rule, len(file.Rules))}}) {
			if d.Code == "unused-schedule" {
				places = append(places, d.Range.String())
			}
		}
		assert.Equal(t, want, places, text)
	}
}
