package kibana

import (
	"regexp"
	"slices"
	"strings"
)

// chooseIndices sets where the events are, and the integrations that write them.
func (d *detection) chooseIndices() {
	d.rule.Index = d.in.Query.Result.Indices
	if len(d.rule.Index) == 0 && d.rule.Type != "esql" {
		d.found.Warnf("package-index", d.in.Rule.Range, "add `indices` to the sources of the data model, or `index` to the target",
			"the data model has no index patterns for this rule: Kibana searches those of its settings")
	}
	if d.in.Query.Written != nil {
		return // its indices are its own, and whatever writes them
	}
	for _, index := range d.rule.Index {
		m := streamForm.FindStringSubmatch(index)
		if m == nil || !slices.Contains(integrations, m[1]) {
			continue
		}
		one := integration{Package: m[1], Version: anyVersion}
		if !slices.Contains(d.rule.RelatedIntegration, one) {
			d.rule.RelatedIntegration = append(d.rule.RelatedIntegration, one)
		}
	}
}

// integration is a package of Elastic's that writes what the rule reads.
type integration struct {
	Package string `json:"package"`
	Version string `json:"version"`
}

// anyVersion are all versions for which Elastic answers.
const anyVersion = ">=1.0.0"

// streamForm is a pattern of data streams whose dataset begins with the name of a package.
// https://www.elastic.co/docs/reference/fleet/data-streams#data-streams-naming-scheme
var streamForm = regexp.MustCompile(`^logs-([a-z0-9_]+)\.[a-z0-9_.]*-?\*$`)

// integrations are the packages that write these data streams.
// https://github.com/elastic/integrations/tree/main/packages, and endpoint-package
var integrations = []string{"apache", "auditd", "auditd_manager", "aws", "azure", "cisco_duo", "endpoint", "fortinet_fortigate", "gcp", "github", "google_workspace", "iis", "kubernetes",
	"nginx", "o365", "okta", "system", "windows", "zeek"}

// systems are the words of Elastic's own rules for what runs on a host. https://github.com/elastic/detection-rules
var systems = map[string]string{"windows": "OS: Windows", "linux": "OS: Linux", "macos": "OS: macOS"}

// clouds are products whose rules have the domain Cloud there.
var clouds = []string{"aws", "azure", "gcp"}

// tag sets the tags: domain, operating system and tactics in the words of Elastic's own rules, and then the rule's own.
func (d *detection) tag() {
	tags := []string{}
	add := func(tag string) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if d.in.Query.Written != nil {
		d.rule.Tags = slices.DeleteFunc(slices.Clone(d.in.Rule.Tags), func(tag string) bool { return strings.HasPrefix(tag, "attack.") }) // `threat` has these
		if d.rule.Tags == nil {
			d.rule.Tags = tags
		}
		return
	}
	for _, s := range d.in.LogSources() {
		if system, known := systems[s.Product]; known {
			add("Domain: Endpoint")
			add(system)
		}
		if slices.Contains(clouds, s.Product) {
			add("Domain: Cloud")
		}
	}
	for _, t := range d.rule.Threat {
		add("Tactic: " + t.Tactic.Name)
	}
	for _, own := range d.in.Rule.Tags {
		add(own)
	}
	d.rule.Tags = tags
}
