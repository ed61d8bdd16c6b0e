package spl

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture/lowered"
)

// logons are rules that the correlations of the tests read.
const logons = `title: Failed logon
name: failed
logsource: {product: windows, service: security}
detection:
  logon: {EventID: 4625}
  local: {IpAddress: ['-', '127.0.0.1']}
  condition: logon and not local
---
title: Logon
name: logon
logsource: {product: windows, service: security}
detection: {logon: {EventID: 4624, LogonType: 3}, condition: logon}
---
title: Whoami
name: whoami
logsource: {product: windows, category: process_creation}
detection: {whoami: {Image|endswith: '\whoami.exe', CommandLine|cased: whoami}, condition: whoami}
---
title: Connection
name: connection
logsource: {product: windows, category: network_connection}
detection: {proxy: {DestinationPort: 3128}, condition: proxy}
---
`

// correlationOf is the last correlation of a file with the rules above.
func correlationOf(t *testing.T, text string) *ir.Correlation {
	t.Helper()
	_, out := lowered.Correlations(t, logons+text)
	return out[len(out)-1]
}

func compileCorrelation(t *testing.T, text string) (*compilers.Query, diag.Diagnostics) {
	t.Helper()
	return dialect{}.CompileCorrelation(correlationOf(t, text), compilers.Options{Model: model(t)})
}

func TestCorrelationQueries(t *testing.T) {
	for name, text := range map[string]string{
		"event_count":      "title: Many failed logons\nid: 2f0d6c4e-3f4a-4d53-9f0e-6c1f6f3f2a11\ndescription: A password is guessed.\nschedule: {every: 1h, lookback: 1h}\ncorrelation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 10m, condition: {gte: 10}}\n",
		"value_count":      "title: Password spraying\ncorrelation: {type: value_count, rules: [failed], group-by: [IpAddress], timespan: 1h, condition: {field: [TargetDomainName, TargetUserName], gt: 5, lte: 500}}\n",
		"value_avg":        "title: Long commands\ncorrelation: {type: value_avg, rules: [failed, logon], timespan: 1h, condition: {field: KeyLength, lt: 128}}\n",
		"value_percentile": "title: Ports\ncorrelation: {type: value_percentile, rules: [connection], group-by: [Image], timespan: 1d, condition: {field: SourcePort, percentile: 95, gte: 1024, neq: 5000}}\n",
		"temporal":         "title: Whoami after a logon\ncorrelation: {type: temporal, rules: [logon, whoami, connection], group-by: [Computer, user], aliases: {user: {logon: TargetUserName, whoami: User, connection: User}}, timespan: 5m, condition: logon and (whoami or not connection)}\n",
		"temporal_ordered": "title: Guessed, then used\ncorrelation: {type: temporal_ordered, rules: [guessing, logon, whoami], group-by: [Computer], timespan: 1h}\n---\ntitle: Guessing\nname: guessing\ncorrelation: {type: event_count, rules: [failed], group-by: [Computer, TargetUserName], timespan: 10m, condition: {gte: 10}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			q, found := compileCorrelation(t, text)
			require.Empty(t, found)
			file := "testdata/correlation_" + name + ".spl"
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(q.Text), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), q.Text)
		})
	}
}

func TestCorrelationRefusals(t *testing.T) {
	const count = "title: C\ncorrelation: {type: event_count, timespan: 1h, condition: {gte: 2}, "
	rule := func(source, detection string) string {
		return "---\ntitle: R\nname: r\nlogsource: " + source + "\ndetection: " + detection + "\n"
	}
	const processes = "{product: windows, category: process_creation}"
	for _, c := range []struct{ name, text, code, at string }{
		{"an ancestor that the event does not carry", count + "rules: [r]}\n" + rule(processes, `{s: {GrandparentImage|endswith: '\a.exe'}, condition: s}`), "correlation-ancestor", "rule.yml:30:17"},
		{"rarity", count + "rules: [r]}\n" + rule(processes, "{s: {Image: a}, condition: s and rare}") + "prevalence: {rare: {field: sha1, local: {distinct: host, rarest: 10}}}\n", "correlation-prevalence", "rule.yml:31:14"},
		{"the median", "title: C\ncorrelation: {type: value_median, rules: [failed], timespan: 1h, condition: {field: KeyLength, lt: 128}}\n", "correlation-median", "rule.yml:25:21"},
		{"a group by what events do not carry", count + "rules: [whoami], group-by: [GrandparentUser]}\n", "correlation-field", "rule.yml:25:97"},
		{"a name that SPL cannot write", count + "rules: [whoami], group-by: [\"it's\"]}\n", "field-name", "rule.yml:25:97"},
		{"an argument, which SPL cannot split off", count + "rules: [r], group-by: [Arg]}\n" + rule(processes, "{s: {Image: a}, condition: s}") + "extract: {Arg: {field: CommandLine, argv: 1}}\n", "extract-argv", "rule.yml:25:92"},
		{"extracts of one name that differ, below another correlation", count + "rules: [d], group-by: [Part]}\n---\ntitle: D\nname: d\ncorrelation: {type: temporal, rules: [r, q], timespan: 1h}\n" +
			rule(processes, "{s: {Image: a}, condition: s}") + "extract: {Part: {field: CommandLine, split: x, at: 0}}\n---\ntitle: Q\nname: q\nlogsource: " + processes +
			"\ndetection: {s: {Image: a}, condition: s}\nextract: {Part: {field: Image, split: x, at: 0}}\n", "correlation-extract", "rule.yml:25:92"},
		{"a log source that the model lacks", count + "rules: [r]}\n" + rule("{product: aws, service: cloudtrail}", "{s: {a: b}, condition: s}"), "no-log-source", "rule.yml:29:12"},
		{"matches of one event that cannot be told apart", count + "rules: [m, failed]}\n---\ntitle: M\nname: m\ncorrelation: {type: event_count, rules: [d], timespan: 1h, condition: {gte: 2}}\n---\n" +
			"title: D\nname: d\ncorrelation: {type: temporal, rules: [failed, logon], timespan: 1h, group-by: [u], aliases: {u: {failed: TargetUserName, logon: SubjectUserName}}}\n",
			"correlation-groups", "rule.yml:29:21"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, found := compileCorrelation(t, c.text)
			assert.Nil(t, q)
			require.Len(t, found, 1)
			assert.Equal(t, c.code+" "+c.at, found[0].Code+" "+found[0].Range.String())
			assert.NotEmpty(t, found[0].Hint)
		})
	}
}

// TestGroupByAFieldThatNoEventHas is refused as a condition on it is: it would never find anything.
func TestGroupByAFieldThatNoEventHas(t *testing.T) {
	for by, want := range map[string]int{"Usre": 1, "User": 0, "host": 0} {
		c := correlationOf(t, "title: C\ncorrelation: {type: event_count, rules: [whoami], group-by: ["+by+"], timespan: 1h, condition: {gte: 2}}\n")
		_, found := dialect{}.CompileCorrelation(c, compilers.Options{Model: lowered.Model(t, "splunk-windows")})
		require.Len(t, found, want, by)
		if want > 0 {
			assert.Equal(t, "correlation-field", found[0].Code)
		}
	}
}

func TestMedianIsApproximatedWhereThatIsAccepted(t *testing.T) {
	const text = "title: C\napproximate: {spl: [correlation-median]}\ncorrelation: {type: value_median, rules: [failed], timespan: 1h, condition: {field: KeyLength, lt: 128}}\n"
	q, found := compileCorrelation(t, text)
	require.Empty(t, found)
	assert.Contains(t, q.Text, "| where decree_n_1>0 AND decree_n_2>=ceiling(decree_n_1/2)\n")
	last := q.Notes[len(q.Notes)-1]
	assert.Equal(t, "correlation-median false-positives", last.Code+" "+last.Effect)
}

func TestCorrelationOfAFieldThatHashSetsHold(t *testing.T) {
	q, found := compileCorrelation(t, "title: C\ncorrelation: {type: value_count, rules: [whoami], group-by: [sha256], timespan: 1h, condition: {field: Computer, gte: 2}}\n")
	require.Empty(t, found)
	assert.Contains(t, q.Text, `| rex field=Hashes "(?i)(?:^|,)SHA256=(?<decree_hash_sha256>[^,]+)"`)
	assert.Contains(t, q.Text, "| where isnotnull(mvindex(decree_hash_sha256, 0))")
}

// TestCorrelationOfColumnsOtherwiseHeld holds that values which the product writes in its own words are not compared
// with others.
func TestCorrelationOfColumnsOtherwiseHeld(t *testing.T) {
	m := *model(t)
	m.Sources = append([]schema.Source{}, m.Sources...)
	for i := range m.Sources {
		if m.Sources[i].Category == "network_connection" {
			m.Sources[i].Fields = map[string]schema.Column{"Initiated": {Name: "direction", Values: map[string]source.OneOrMore{"true": {"egress"}}}}
		}
	}
	c := correlationOf(t, "title: C\ncorrelation: {type: event_count, rules: [connection], group-by: [Initiated], timespan: 1h, condition: {gte: 2}}\n")
	_, found := dialect{}.CompileCorrelation(c, compilers.Options{Model: &m})
	require.Len(t, found, 1)
	assert.Equal(t, "no-translation", found[0].Code)
}

// TestCorrelationKeepsFilters holds that what an environment filters out of a rule is not a match of it.
func TestCorrelationKeepsFilters(t *testing.T) {
	c := correlationOf(t, "title: C\ncorrelation: {type: event_count, rules: [failed, logon], timespan: 1h, condition: {gte: 2}}\n")
	c.Inputs[0].Rule.Filter = not(eq("TargetUserName", "scanner"))
	q, found := dialect{}.CompileCorrelation(c, compilers.Options{Model: model(t)})
	require.Empty(t, found)
	assert.Regexp(t, `decree_rule_1=if\(.*NOT isnotnull\(mvfind\(TargetUserName, "\(\?i\)\\\\A\(\?-i:\[Ss\]\)canner\\\\z"\)\), 1, 0\),\n`, q.Text)
}

// TestCorrelationsOfManyCorrelations holds that diamonds of correlations are compiled in a time that does not double
// with each.
func TestCorrelationsOfManyCorrelations(t *testing.T) {
	text := "title: C\ncorrelation: {type: temporal, rules: [x0, y0], group-by: User, timespan: 1h}\n"
	below := "failed, logon"
	for i := 18; i >= 0; i-- {
		for _, name := range []string{"x", "y"} {
			text += fmt.Sprintf("---\ntitle: D\nname: %s%d\ncorrelation: {type: temporal, rules: [%s], group-by: User, timespan: 1h}\n", name, i, below)
		}
		below = fmt.Sprintf("x%d, y%d", i, i)
	}
	q, found := compileCorrelation(t, text)
	require.Empty(t, found)
	assert.Equal(t, 39, strings.Count(q.Text, "| filldown "))
}

// TestExtractsAreNotShown: a search returns events as they are, and says which of the fields it does not show.
func TestExtractsAreNotShown(t *testing.T) {
	_, cs := lowered.Correlations(t, "title: L\nname: l\nlogsource: {product: windows, service: security}\nextract: {Short: {field: TargetUserName, split: '@', at: 0}}\ndetection: {s: {EventID: 4624}, condition: s}\n"+
		"---\ntitle: C\nfields: [IpAddress, Short]\ncorrelation: {type: event_count, rules: [l], group-by: [Short], timespan: 1h, condition: {gte: 2}}\n")
	q, found := dialect{}.CompileCorrelation(cs[0], compilers.Options{Model: model(t)})
	require.Empty(t, found)
	var notes []string
	for _, n := range q.Notes {
		if n.Code == "field-not-shown" {
			notes = append(notes, n.Message)
		}
	}
	assert.Equal(t, []string{"`fields:` names Short, which is an extract: the search shows events as they are, without it"}, notes)
}
