package sentinel_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/sentinel"
	"decree/tests/fixture/packaged"
)

// TestSuppress: without values the rule is held back, with values alerts become one incident. Both forms say so.
func TestSuppress(t *testing.T) {
	schema := packaged.Schema(t, "testdata/alertrule.schema.json")
	const counted = "correlation: {type: event_count, rules: [a], group-by: [host], timespan: 5m, condition: {gte: 5}}\n"
	const whole, single = "AlertPerResult false PT1H", "SingleAlert true "
	for _, c := range []struct {
		text, held, grouped string
		codes               []string
		source              string
	}{
		{"", whole, "", nil, security},
		{"suppress: {for: 90m}", single + "PT1H30M", "", nil, security},
		{"suppress: {for: 2d}", single + "P1D", "", []string{"package-suppress"}, security},
		{"suppress: {by: [host], for: 1h}", whole, "PT1H Host ", []string{"package-suppress"}, security},
		{"suppress: {by: [host, TargetUserName, EventID], for: 10d}", whole, "P7D Host,Account EventID", []string{"package-suppress"}, security},
		{"suppress: {by: [EventID], for: 1m}\ncustom_details: {Event: EventID}", whole, "PT5M  Event", []string{"package-suppress"}, security},
		{"suppress: {by: [EventID], for: 1h}", whole, "", []string{"package-column", "package-suppress"}, counted},
		{"suppress: {by: [AuthenticationPackageName], for: 1h}", whole, "", []string{"package-suppress"}, security},
		{"suppress: {by: [EventID], for: 1h}\n" + details20(20), whole, "", []string{"package-suppress"}, security},
	} {
		text := "title: T\ndescription: D\n" + head + c.source + c.text
		of := packaged.Rule
		if c.source == counted {
			of, text = packaged.Correlation, text+"\n---\ntitle: A\nname: a\n"+security
		}
		in := of(t, sentinel.New(), kql.New(), "sentinel", text)
		out := sentinel.New().Package(settings, []packages.Input{in})
		assert.Equal(t, c.codes, codes(out.Found), "%s: %v", c.text, out.Found)
		sound(t, schema, out)
		require.Len(t, out.Files, 2, c.text)
		type group struct {
			Enabled  bool     `yaml:"enabled"`
			Lookback string   `json:"lookbackDuration" yaml:"lookbackDuration"`
			Entities []string `json:"groupByEntities" yaml:"groupByEntities"`
			Details  []string `json:"groupByCustomDetails" yaml:"groupByCustomDetails"`
		}
		type rule struct {
			Enabled  bool                                  `json:"suppressionEnabled" yaml:"suppressionEnabled"`
			For      string                                `json:"suppressionDuration" yaml:"suppressionDuration"`
			Grouping struct{ AggregationKind string }      `json:"eventGroupingSettings" yaml:"-"`
			Details  map[string]string                     `json:"customDetails" yaml:"customDetails"`
			Incident struct{ GroupingConfiguration group } `json:"incidentConfiguration" yaml:"-"`
			Written  struct {
				Grouping group `yaml:"groupingConfiguration"`
			} `json:"-" yaml:"incidentConfiguration"`
		}
		var template struct{ Resources []struct{ Properties rule } }
		require.NoError(t, json.Unmarshal([]byte(out.Files[1].Text), &template))
		r := template.Resources[0].Properties
		held := r.Grouping.AggregationKind + " false "
		if r.Enabled {
			held = r.Grouping.AggregationKind + " true "
		}
		assert.Equal(t, c.held, held+r.For, c.text)
		g, grouped := r.Incident.GroupingConfiguration, ""
		if g.Enabled {
			grouped = g.Lookback + " " + strings.Join(g.Entities, ",") + " " + strings.Join(g.Details, ",")
		}
		assert.Equal(t, c.grouped, grouped, c.text)
		for _, name := range g.Details {
			assert.Contains(t, r.Details, name)
		}
		var y rule
		require.NoError(t, yaml.Unmarshal([]byte(out.Files[0].Text), &y))
		assert.Equal(t, r.Enabled, y.Enabled)
		assert.Equal(t, []any{g.Enabled, g.Entities, g.Details}, []any{y.Written.Grouping.Enabled, y.Written.Grouping.Entities, y.Written.Grouping.Details})
	}
}

// TestSuppressUser: users of one name in two domains are two, whether the alert's account tells the domain or a detail.
func TestSuppressUser(t *testing.T) {
	schema := packaged.Schema(t, "testdata/alertrule.schema.json")
	for _, c := range []struct {
		model, by         string
		entities, details []string
	}{
		{"mde", "User", []string{"Account"}, []string{}},
		{"mde", "User, UserDomain", []string{"Account"}, []string{}},
		{"sentinel", "User", []string{}, []string{"UserDomain", "User"}}, // of Security's events and of Sysmon's
	} {
		in := packaged.Rule(t, sentinel.New(), kql.New(), c.model, "title: T\ndescription: D\n"+head+
			"logsource: {product: windows, category: process_creation}\ndetection: {s: {Image|filename: whoami.exe}, condition: s}\nsuppress: {by: ["+c.by+"], for: 1h}\n")
		out := sentinel.New().Package(settings, []packages.Input{in})
		assert.Equal(t, []string{"package-suppress"}, codes(out.Found), c.by)
		sound(t, schema, out)
		var y struct {
			Incident struct {
				Grouping struct {
					Entities []string `yaml:"groupByEntities"`
					Details  []string `yaml:"groupByCustomDetails"`
				} `yaml:"groupingConfiguration"`
			} `yaml:"incidentConfiguration"`
		}
		require.NoError(t, yaml.Unmarshal([]byte(out.Files[0].Text), &y))
		assert.Equal(t, c.entities, y.Incident.Grouping.Entities, c.model+" "+c.by)
		assert.Equal(t, c.details, y.Incident.Grouping.Details, c.model+" "+c.by)
	}
}
