package defender

import (
	"cmp"
	"strings"

	"decree/compilers/packages"
)

// detectionRule is the resource, with the properties that a request to create it may have.
// https://learn.microsoft.com/en-us/graph/api/security-rulesroot-post-detectionrules?view=graph-rest-1.0
type detectionRule struct {
	ID          string `json:"id"`
	Name        string `json:"displayName"`
	Description string `json:"description"`
	Status      string `json:"status"`
	Query       struct {
		Text string `json:"queryText"`
	} `json:"queryCondition"`
	Schedule struct {
		Frequency string `json:"frequency"`
	} `json:"schedule"`
	Action struct {
		Alert alertTemplate `json:"alertTemplate"`
	} `json:"detectionAction"`
}

// alertTemplate says what the alert shows.
// https://learn.microsoft.com/en-us/graph/api/resources/security-alerttemplate?view=graph-rest-1.0
type alertTemplate struct {
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Severity    string            `json:"severity"`
	Recommended string            `json:"recommendedActions,omitempty"`
	Tactics     []tactic          `json:"tactics,omitempty"`
	Details     map[string]string `json:"customDetails,omitempty"`
	Entities    entityMappings    `json:"entityMappings"`
}

// resource gives the whole rule. It names no automated action: a rule of Sigma asks for none.
func (d *detection) resource() detectionRule {
	out := detectionRule{ID: d.id, Name: d.title, Description: d.description, Status: "disabled"}
	if packages.Enabled(d.in.Rule) {
		out.Status = "enabled"
	}
	out.Query.Text = d.query
	out.Schedule.Frequency = packages.ISO(d.frequency)
	out.Action.Alert = alertTemplate{Title: d.alertTitle, Description: d.alertDescription, Severity: d.severity, Recommended: strings.TrimSpace(d.in.Rule.Documentation.Response),
		Tactics: d.tactics, Details: d.details, Entities: d.entities}
	return out
}

// tellSuppress says that the product repeats alerts: a custom detection has no place for how often. What the query
// suppresses, it does among its own results.
func (d *detection) tellSuppress() {
	if by := d.in.Rule.Suppress; by != nil {
		d.found.Warnf("package-suppress", by.Range, "let the rule run more rarely, or add a rule of alert tuning in the portal", "Defender suppresses no alerts of a custom detection: what alerted in one run alerts in the next, too")
	}
}

// describe sets the rule's description.
func (d *detection) describe() {
	d.description = cmp.Or(strings.TrimSpace(d.in.Rule.Description), d.title)
}

// fillQuery sets the query, with the line ends that the portal writes. What stands beside a query has no place in the
// product.
func (d *detection) fillQuery() {
	d.query = strings.ReplaceAll(strings.TrimSuffix(d.in.Query.Text, "\n"), "\n", "\r\n")
	for _, asset := range d.in.Query.Assets {
		d.found.Errorf("package-table", d.in.Rule.Range, "package it for Sentinel, or write the list into the query with --lists inline",
			"the query reads %s, and a custom detection brings no table with it", asset.Name)
	}
}
