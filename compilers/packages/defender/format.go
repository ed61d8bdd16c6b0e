// Package defender makes custom detection rules of Microsoft Defender XDR: each as the JSON that Microsoft Graph v1.0
// takes.
//
// In: queries in KQL with their rules. Out: a .json for each. What must stay true: a rule is made only if its query
// returns the columns that the product asks for (columns.go) and the product shows it all events that it reads
// (window.go). No text of a rule is a placeholder (text.go).
//
// The facts are from the pages of the API and of the product:
// https://learn.microsoft.com/en-us/graph/api/resources/security-detectionrule?view=graph-rest-1.0, and those that it
// links to
// https://learn.microsoft.com/en-us/defender-xdr/custom-detection-rules
package defender

import (
	"strings"
	"time"

	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

type format struct{}

// New gives the format.
func New() packages.Format { return format{} }

func (format) Name() string             { return "defender" }
func (format) Title() string            { return "Microsoft Defender XDR" }
func (format) Dialect() string          { return "kql" }
func (format) Models() []string         { return []string{"mde"} }
func (format) Schedule() rules.Schedule { return packages.DefaultSchedule }

// Kinds are those that have a mapping (entities.go).
func (format) Kinds() []string {
	return []string{"host", "user", "process", "file", "ip", "domain", "url", "sha1", "sha256"}
}

// Package makes a JSON file of each rule.
func (format) Package(settings packages.Settings, inputs []packages.Input) packages.Output {
	titles, found := packages.Titles(inputs, longestName)
	out, ids := packages.Output{Found: found}, packages.NewIDs(settings.Target)
	alerts := newAlertTitles(titles)
	for _, in := range inputs {
		d := &detection{in: in, settings: settings, title: titles[in.Rule]}
		d.fill(ids, alerts)
		if !out.Take(in.Rule, d.found) {
			continue
		}
		file := packages.File{Path: in.Path + ".json", Text: packages.JSON(d.resource()), Rules: []*rules.Rule{in.Rule}}
		out.Files = append(out.Files, file)
		// The product keeps no version: what VersionOf finds about it changes nothing there.
		version, _ := packages.VersionOf(in.Rule)
		out.Made = append(out.Made, packages.Made{Rule: in.Rule, ID: d.id, Name: d.title, Kind: "detectionRule", Version: version.String(), Files: []string{file.Path}})
	}
	return out
}

// severities are Defender's words: alertSeverity. It has no critical.
var severities = map[string]string{"informational": "informational", "low": "low", "medium": "medium", "high": "high", "critical": "high"}

// longestName is Sentinel's limit for the name of a rule, which is shown in the same portal. The pages of the API name
// none.
const longestName = 256

// Limits of custom details and of columns in texts.
// https://learn.microsoft.com/en-us/defender-xdr/custom-detection-rules
const (
	mostDetails    = 20
	longestDetails = 4096 // bytes of all names and columns
	// mostPlaceholders are columns in the title and the description together: the page says that each takes three, and
	// the API refuses more than three in both.
	mostPlaceholders = 3
)

// detection is one rule while it is made.
type detection struct {
	in       packages.Input
	settings packages.Settings
	found    diag.Diagnostics

	id, title, description, severity, query string
	frequency                               time.Duration
	tactics                                 []tactic
	entities                                entityMappings
	details                                 map[string]string
	alertTitle, alertDescription            string
}

func (d *detection) keep(found diag.Diagnostics) { d.found = append(d.found, found...) }

func (d *detection) fill(ids packages.IDs, alerts alertTitles) {
	r := d.in.Rule
	var found diag.Diagnostics
	d.id, found = ids.OfInput(d.in)
	d.keep(found)
	d.severity, found = packages.Severity(r, severities)
	d.keep(found)
	d.describe()
	d.fillQuery()
	d.chooseFrequency()
	d.mapAttack()
	d.mapEntities()
	d.requireColumns()
	d.mapDetails()
	d.fillAlert(alerts)
	d.tellSuppress()
	d.keep(packages.TellRisk(r, "Defender"))
	if d.frequency > 0 { // near real time Defender takes no comment
		d.query = strings.ReplaceAll(deployed.Marked(deployed.Defender, d.settings.Target, strings.ReplaceAll(d.query, "\r\n", "\n"), d.resource()), "\n", "\r\n")
	}
}
