// Package sentinel makes analytics rules of Microsoft Sentinel: each as YAML, in the form of the Azure-Sentinel
// repository, and as an ARM template that deploys it with its watchlists.
//
// In: queries in KQL with their rules. Out: a .yaml and a .json for each. What must stay true: no text of a rule is a
// function of ARM (arm.go).
//
// The facts are from the models that the repository's own CI checks rules by, and from the REST specification:
// https://github.com/Azure/Azure-Sentinel/tree/master/.script/tests/detectionTemplateSchemaValidation/Models
// https://github.com/Azure/azure-rest-api-specs, specification/securityinsights, stable/2024-09-01/AlertRules.json
package sentinel

import (
	"time"

	"strings"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

type format struct{}

// New gives the format.
func New() packages.Format { return format{} }

func (format) Name() string             { return "sentinel" }
func (format) Title() string            { return "Microsoft Sentinel" }
func (format) Dialect() string          { return "kql" }
func (format) Models() []string         { return []string{"sentinel", "asim", "mde"} }
func (format) Schedule() rules.Schedule { return packages.DefaultSchedule }

// Kinds are all but hashes: a hash needs a column with the name of its algorithm.
func (format) Kinds() []string {
	return []string{"host", "user", "process", "file", "ip", "domain", "url"}
}

// Package makes a YAML file and an ARM template of each rule.
func (format) Package(settings packages.Settings, inputs []packages.Input) packages.Output {
	titles, found := packages.Titles(inputs, longestName)
	out, ids := packages.Output{Found: found}, packages.NewIDs(settings.Target)
	for _, in := range inputs {
		a := &analyticsRule{in: in, settings: settings, title: titles[in.Rule]}
		a.fill(ids)
		if !out.Take(in.Rule, a.found) {
			continue
		}
		of := []*rules.Rule{in.Rule}
		files := []packages.File{{Path: in.Path + ".yaml", Text: a.yaml(), Rules: of}, {Path: in.Path + ".json", Text: a.arm(), Rules: of}}
		for _, asset := range a.filled {
			files = append(files, packages.File{Path: in.Path + ".assets/" + asset.Name, Text: asset.Content, Rules: of})
		}
		made := packages.Made{Rule: in.Rule, ID: a.id, Name: a.title, Kind: a.kind, Version: a.version.String()}
		for _, f := range files {
			made.Files = append(made.Files, f.Path)
		}
		out.Files, out.Made = append(out.Files, files...), append(out.Made, made)
	}
	return out
}

// severities are Sentinel's words. It has no critical.
var severities = map[string]string{"informational": "Informational", "low": "Low", "medium": "Medium", "high": "High", "critical": "High"}

// Limits of an analytics rule, from the C# models named above: QueryBasedTemplateInternalModel,
// ScheduledTemplateInternalModel, AlertDetailsOverride.
const (
	longestName        = 256
	longestDescription = 5000
	longestQuery       = 10000
	mostDetails        = 20
	longestDetail      = 20
	mostMappings       = 10
	mostIdentifiers    = 3
	mostPlaceholders   = 3
	longestOverride    = 256
)

// analyticsRule is one rule while it is made.
type analyticsRule struct {
	in       packages.Input
	settings packages.Settings
	found    diag.Diagnostics

	id, title, description, severity, kind, query string
	version                                       packages.Version
	window                                        window
	tactics, techniques                           []string
	entities                                      []entityMapping
	details                                       []detail
	titleFormat, descriptionFormat                string        // "": the rule's own
	suppressFor                                   time.Duration // 0: no alert is held back
	incident                                      *incident     // nil: each alert is one
	groupFor                                      time.Duration // within which alerts become one incident
	watchlists                                    []watchlist
	// watchlists that are not decree's to fill, with their heads
	filled []compilers.Asset
}

// The kinds.
const (
	scheduled    = "Scheduled"
	nearRealTime = "NRT"
)

func (a *analyticsRule) keep(found diag.Diagnostics) { a.found = append(a.found, found...) }

func (a *analyticsRule) fill(ids packages.IDs) {
	r := a.in.Rule
	var found diag.Diagnostics
	a.id, found = ids.OfInput(a.in)
	a.keep(found)
	if !rules.IsUUID(strings.ToLower(a.id)) {
		a.found.Errorf("package-product-id", r.Key("query", -1), "write the rule's GUID from Sentinel under `id`, or remove it", "%q cannot be the id of a rule in Sentinel", a.id)
	}
	a.version, found = packages.VersionOf(r)
	a.keep(found)
	a.severity, found = packages.Severity(r, severities)
	a.keep(found)
	a.describe()
	a.fillQuery()
	a.chooseKind()
	a.mapAttack()
	a.mapEntities()
	a.mapDetails()
	a.suppress()
	a.keep(packages.TellRisk(r, "Sentinel"))
	a.override()
	a.addWatchlists()
	a.mark()
}
