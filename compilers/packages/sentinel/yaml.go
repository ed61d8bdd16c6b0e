package sentinel

import (
	"go.yaml.in/yaml/v3"

	"decree/compilers/packages"
)

// repositoryRule is the YAML form, in the order of the repository's own rules.
type repositoryRule struct {
	ID          string          `yaml:"id"`
	Name        packages.Text   `yaml:"name"`
	Description packages.Text   `yaml:"description"`
	Severity    string          `yaml:"severity"`
	Connectors  []string        `yaml:"requiredDataConnectors,flow"`
	Frequency   string          `yaml:"queryFrequency,omitempty"`
	Period      string          `yaml:"queryPeriod,omitempty"`
	Operator    string          `yaml:"triggerOperator,omitempty"`
	Threshold   *int            `yaml:"triggerThreshold,omitempty"`
	Tactics     []string        `yaml:"tactics,omitempty"`
	Techniques  []string        `yaml:"relevantTechniques,omitempty"`
	Query       packages.Text   `yaml:"query"`
	Entities    []entityMapping `yaml:"entityMappings,omitempty"`
	Details     *yaml.Node      `yaml:"customDetails,omitempty"`
	Override    *alertOverride  `yaml:"alertDetailsOverride,omitempty"`
	Grouping    aggregation     `yaml:"eventGroupingSettings"`
	Suppressed  bool            `yaml:"suppressionEnabled,omitempty"`
	SuppressFor string          `yaml:"suppressionDuration,omitempty"`
	Incident    *incident       `yaml:"incidentConfiguration,omitempty"`
	Version     string          `yaml:"version"`
	Kind        string          `yaml:"kind"`
}

type alertOverride struct {
	Title       packages.Text `json:"alertDisplayNameFormat,omitempty" yaml:"alertDisplayNameFormat,omitempty"`
	Description packages.Text `json:"alertDescriptionFormat,omitempty" yaml:"alertDescriptionFormat,omitempty"`
}

type aggregation struct {
	Kind string `json:"aggregationKind" yaml:"aggregationKind"`
}

// aggregation makes an alert of each result, as each is a match of the rule. A rule that suppresses whatever the values
// makes one alert of a run.
func (a *analyticsRule) aggregation() aggregation {
	if a.suppressFor > 0 {
		return aggregation{"SingleAlert"}
	}
	return aggregation{"AlertPerResult"}
}

func (a *analyticsRule) alertOverride() *alertOverride {
	if a.titleFormat == "" && a.descriptionFormat == "" {
		return nil
	}
	return &alertOverride{packages.Text(a.titleFormat), packages.Text(a.descriptionFormat)}
}

// yaml writes the repository's form.
func (a *analyticsRule) yaml() string {
	y := repositoryRule{ID: a.id, Name: packages.Text(a.title), Description: packages.Text(a.description), Severity: a.severity, Connectors: []string{}, Tactics: a.tactics, Techniques: a.techniques,
		Query: packages.Text(a.query), Entities: a.entities, Override: a.alertOverride(), Grouping: a.aggregation(), Incident: a.within(short), Version: a.version.String(), Kind: a.kind}
	if a.kind == scheduled {
		none := 0
		y.Frequency, y.Period, y.Operator, y.Threshold = short(a.window.every), short(a.window.period), "gt", &none
	}
	if a.suppressFor > 0 {
		y.Suppressed, y.SuppressFor = true, short(a.suppressFor)
	}
	if len(a.details) > 0 {
		y.Details = &yaml.Node{Kind: yaml.MappingNode}
		for _, d := range a.details {
			y.Details.Content = append(y.Details.Content, plainNode(d.Key), plainNode(d.Column))
		}
	}
	return packages.YAML(y)
}

func plainNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}
