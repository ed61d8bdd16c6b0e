package sentinel

import (
	"strings"
	"unicode/utf8"

	"decree/compilers/deployed"
	"decree/compilers/packages"
)

// template is an ARM template. https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/syntax
type template struct {
	Schema     string               `json:"$schema"`
	Version    string               `json:"contentVersion"`
	Parameters map[string]parameter `json:"parameters"`
	Resources  []resource           `json:"resources"`
}

type parameter struct {
	Type     string   `json:"type"`
	Metadata metadata `json:"metadata"`
}

type metadata struct {
	Description string `json:"description"`
}

type resource struct {
	Type       string   `json:"type"`
	APIVersion string   `json:"apiVersion"`
	Name       string   `json:"name"`
	Kind       string   `json:"kind,omitempty"`
	DependsOn  []string `json:"dependsOn,omitempty"`
	Properties any      `json:"properties"`
}

// The versions of the API. Rules of the kind NRT are in preview versions alone.
const (
	apiVersion    = "2024-09-01"
	nrtAPIVersion = "2023-02-01-preview"
)

// providers is the type of resources below a workspace, as the portal exports and imports rules.
const providers = "Microsoft.OperationalInsights/workspaces/providers/"

// ruleProperties are the properties that the REST API has for a rule.
type ruleProperties struct {
	Name                string            `json:"displayName"`
	Description         string            `json:"description"`
	Enabled             bool              `json:"enabled"`
	Severity            string            `json:"severity"`
	Query               string            `json:"query"`
	Frequency           string            `json:"queryFrequency,omitempty"`
	Period              string            `json:"queryPeriod,omitempty"`
	Operator            string            `json:"triggerOperator,omitempty"`
	Threshold           *int              `json:"triggerThreshold,omitempty"`
	SuppressionDuration string            `json:"suppressionDuration"`
	SuppressionEnabled  bool              `json:"suppressionEnabled"`
	Tactics             []string          `json:"tactics,omitempty"`
	Techniques          []string          `json:"techniques,omitempty"`
	Entities            []entityMapping   `json:"entityMappings,omitempty"`
	Details             map[string]string `json:"customDetails,omitempty"`
	Override            *alertOverride    `json:"alertDetailsOverride,omitempty"`
	Grouping            aggregation       `json:"eventGroupingSettings"`
	Incident            *incident         `json:"incidentConfiguration,omitempty"`
}

// arm writes a template with the rule and its watchlists.
func (a *analyticsRule) arm() string {
	t := template{
		Schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", Version: "1.0.0.0",
		Parameters: map[string]parameter{"workspace": {"string", metadata{"The Log Analytics workspace that Microsoft Sentinel is enabled on."}}},
	}
	rule := a.resource()
	for _, w := range a.watchlists {
		t.Resources = append(t.Resources, w.resource())
		rule.DependsOn = append(rule.DependsOn, "[resourceId('"+providers+"Watchlists', parameters('workspace'), 'Microsoft.SecurityInsights', '"+w.Alias+"')]")
	}
	t.Resources = append(t.Resources, rule)
	return packages.JSON(t)
}

// resource is the rule as a template has it.
func (a *analyticsRule) resource() resource {
	p := ruleProperties{Name: literal(a.title), Description: literal(a.description), Enabled: packages.Enabled(a.in.Rule), Severity: a.severity, Query: literal(a.query),
		SuppressionDuration: "PT1H", SuppressionEnabled: a.suppressFor > 0, Tactics: a.tactics, Techniques: parents(a.techniques), Entities: a.entities, Grouping: a.aggregation(), Incident: a.within(iso)}
	if p.SuppressionEnabled {
		p.SuppressionDuration = iso(a.suppressFor)
	}
	if o := a.alertOverride(); o != nil {
		p.Override = &alertOverride{packages.Text(literal(string(o.Title))), packages.Text(literal(string(o.Description)))}
	}
	for _, d := range a.details {
		if p.Details == nil {
			p.Details = map[string]string{}
		}
		p.Details[d.Key] = d.Column
	}
	version := nrtAPIVersion
	if a.kind == scheduled {
		none := 0
		version = apiVersion
		p.Frequency, p.Period, p.Operator, p.Threshold = iso(a.window.every), iso(a.window.period), "GreaterThan", &none
	}
	return resource{Type: providers + "alertRules", APIVersion: version, Name: below(a.id), Kind: a.kind, Properties: p}
}

// mark ends the query with a comment by which decree diff knows the rule again, if there is room for it.
func (a *analyticsRule) mark() {
	marked := deployed.Marked(deployed.Sentinel, a.settings.Target, a.query, a.resource())
	if utf8.RuneCountInString(marked) <= longestQuery {
		a.query = marked
	}
}

// below names a resource of Sentinel in the workspace. name is an id or an alias: it has no quotes.
func below(name string) string {
	return "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/" + name + "')]"
}

// literal is a text that ARM takes as it is. One between brackets would be an expression. ARM keeps both brackets of a
// text that begins with two and does not end with one.
// https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/template-expressions#escape-characters
func literal(text string) string {
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		return "[" + text
	}
	return text
}
