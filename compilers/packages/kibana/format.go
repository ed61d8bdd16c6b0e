// Package kibana makes detection rules of Elastic Security, as lines of JSON that Kibana imports, with the requests
// that create what their queries read.
//
// In: queries in EQL with their rules. Out: rules.ndjson with all rules, the assets of their queries, and deploy.sh,
// which sends both.
// What must stay true: an asset with a name is the same for all rules, since Elasticsearch has one of that name. The
// script's words are quoted by one function.
//
// The facts are from Kibana's own description of its API:
// https://github.com/elastic/kibana/blob/main/x-pack/solutions/security/plugins/security_solution/common/api/detection_engine/model/rule_schema/rule_schemas.schema.yaml
package kibana

import (
	"slices"

	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

type format struct{}

// New gives the format.
func New() packages.Format { return format{} }

func (format) Name() string             { return "kibana" }
func (format) Title() string            { return "Elastic Security" }
func (format) Dialect() string          { return "eql" }
func (format) Models() []string         { return []string{"ecs", "winlogbeat"} }
func (format) Schedule() rules.Schedule { return packages.DefaultSchedule }

// Kinds are all whose columns an alert can highlight.
func (format) Kinds() []string {
	return []string{"host", "user", "process", "file", "ip", "domain", "url", "sha1", "sha256", "md5"}
}

// Package makes one file of all rules, their assets and a script.
func (format) Package(settings packages.Settings, inputs []packages.Input) packages.Output {
	titles, found := packages.Titles(inputs, longestName)
	out, ids := packages.Output{Found: found}, packages.NewIDs(settings.Target)
	var files importFiles
	var shared assets
	for _, in := range inputs {
		d := &detection{in: in, settings: settings}
		d.rule.Name = titles[in.Rule]
		d.fill(ids)
		line := d.line()
		if !d.found.HasErrors() {
			shared.add(d)
		}
		if !out.Take(in.Rule, d.found) {
			continue
		}
		made := packages.Made{Rule: in.Rule, ID: d.rule.RuleID, Name: d.rule.Name, Kind: d.rule.Type, Version: d.version.String(), Files: []string{files.add(in.Rule, line)}}
		for _, asset := range in.Query.Assets {
			made.Files = append(made.Files, assetFolder+asset.Name)
		}
		out.Made = append(out.Made, made)
	}
	if len(out.Made) == 0 {
		return out
	}
	out.Files = append(files.files, shared.files...)
	out.Files = append(out.Files, packages.File{Path: "deploy.sh", Text: script(shared.files, files.files)})
	return out
}

// longestName is how many characters a name may have, which alerts hold as a keyword: 32,766 bytes, of which a
// character has 4 at most.
// https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/ignore-above
const longestName = 8191

// mostAlerts is how many alerts a run may write. Kibana's default is 100, and it takes no more than
// xpack.alerting.rules.run.alerts.max, which is 1,000 unless it is set.
// https://www.elastic.co/docs/reference/kibana/configuration-reference/alerting-settings
const mostAlerts = 1000

// severities are Kibana's words. It has no informational.
var severities = map[string]string{"informational": "low", "low": "low", "medium": "medium", "high": "high", "critical": "critical"}

// scores are the risk that Elastic's own rules give a severity.
// https://github.com/elastic/detection-rules/blob/main/docs-dev/rule-metadata.md
var scores = map[string]int{"low": 21, "medium": 47, "high": 73, "critical": 99}

// detection is one rule while it is made.
type detection struct {
	in       packages.Input
	settings packages.Settings
	found    diag.Diagnostics
	version  packages.Version
	rule     rule
}

func (d *detection) keep(found diag.Diagnostics) { d.found = append(d.found, found...) }

func (d *detection) fill(ids packages.IDs) {
	r := d.in.Rule
	if d.rule.Name == "" {
		d.found.Errorf("package-title", r.Key("title", -1), "add `title:`", "the rule has no title, and Kibana requires one")
	}
	var found diag.Diagnostics
	d.rule.RuleID, found = ids.OfInput(d.in)
	d.keep(found)
	d.version, found = packages.VersionOf(r)
	d.keep(found)
	d.rule.Version = d.version.Number()
	d.chooseLanguage()
	if d.in.Query.Written == nil {
		d.rule.MaxSignals = mostAlerts
	}
	d.rule.Enabled = packages.Enabled(r)
	d.rate()
	d.describe()
	d.fillQuery()
	d.chooseIndices()
	d.chooseWindow()
	d.mapAttack()
	d.tag()
	d.investigate()
	d.override()
	d.suppress()
	if slices.Contains([]string{"eql", "esql"}, d.rule.Language) { // the other languages have no comments
		d.rule.Query = deployed.Marked(deployed.Kibana, d.settings.Target, d.rule.Query, d.rule)
	}
}

// rate sets the severity and the risk.
func (d *detection) rate() {
	r := d.in.Rule
	severity, found := packages.Severity(r, severities)
	d.keep(found)
	if r.Level == "informational" {
		d.found = append(d.found, packages.Told("package-severity", r.Key("level", -1), "give it the level low, if that is meant", "Kibana has no severity below low: the rule is low"))
	}
	d.rule.Severity, d.rule.RiskScore = severity, scores[severity]
	if score := r.Alerting.Risk.Score; score > 0 {
		d.rule.RiskScore = score
	}
}
