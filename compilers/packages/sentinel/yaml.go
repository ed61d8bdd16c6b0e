package sentinel

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// repositoryRule is the YAML form, in the order of the repository's own rules.
type repositoryRule struct {
	ID          string          `yaml:"id"`
	Name        string          `yaml:"name"`
	Description string          `yaml:"description"`
	Severity    string          `yaml:"severity"`
	Connectors  []string        `yaml:"requiredDataConnectors,flow"`
	Frequency   string          `yaml:"queryFrequency,omitempty"`
	Period      string          `yaml:"queryPeriod,omitempty"`
	Operator    string          `yaml:"triggerOperator,omitempty"`
	Threshold   *int            `yaml:"triggerThreshold,omitempty"`
	Tactics     []string        `yaml:"tactics,omitempty"`
	Techniques  []string        `yaml:"relevantTechniques,omitempty"`
	Query       yaml.Node       `yaml:"query"`
	Entities    []entityMapping `yaml:"entityMappings,omitempty"`
	Details     *yaml.Node      `yaml:"customDetails,omitempty"`
	Override    *alertOverride  `yaml:"alertDetailsOverride,omitempty"`
	Grouping    aggregation     `yaml:"eventGroupingSettings"`
	Version     string          `yaml:"version"`
	Kind        string          `yaml:"kind"`
}

type alertOverride struct {
	Title       string `json:"alertDisplayNameFormat,omitempty" yaml:"alertDisplayNameFormat,omitempty"`
	Description string `json:"alertDescriptionFormat,omitempty" yaml:"alertDescriptionFormat,omitempty"`
}

type aggregation struct {
	Kind string `json:"aggregationKind" yaml:"aggregationKind"`
}

// perResult makes an alert of each result: each is a match of the rule.
var perResult = aggregation{"AlertPerResult"}

func (a *analyticsRule) alertOverride() *alertOverride {
	if a.titleFormat == "" && a.descriptionFormat == "" {
		return nil
	}
	return &alertOverride{a.titleFormat, a.descriptionFormat}
}

// yaml writes the repository's form.
func (a *analyticsRule) yaml() string {
	y := repositoryRule{ID: a.id, Name: a.title, Description: a.description, Severity: a.severity, Connectors: []string{}, Tactics: a.tactics, Techniques: a.techniques,
		Entities: a.entities, Override: a.alertOverride(), Grouping: perResult, Version: a.version.String(), Kind: a.kind}
	if a.kind == scheduled {
		none := 0
		y.Frequency, y.Period, y.Operator, y.Threshold = short(a.window.every), short(a.window.period), "gt", &none
	}
	y.Query = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.LiteralStyle, Value: a.query}
	if len(a.details) > 0 {
		y.Details = &yaml.Node{Kind: yaml.MappingNode}
		for _, d := range a.details {
			y.Details.Content = append(y.Details.Content, plainNode(d.Key), plainNode(d.Column))
		}
	}
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(y); err != nil {
		panic(err) // only texts and numbers
	}
	return b.String()
}

func plainNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}
