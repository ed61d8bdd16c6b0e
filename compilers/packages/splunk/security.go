package splunk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"decree/compilers/packages"
	"decree/rules"
)

// What Enterprise Security reads of a search, as Splunk's own detections have it:
// https://github.com/splunk/contentctl/blob/main/contentctl/output/templates/savedsearches_detections.j2

// longestName is how long a name may be that Enterprise Security can edit, after it has cloned the search: it takes 99
// characters, of which it adds 18.
// https://github.com/splunk/contentctl/blob/main/contentctl/objects/constants.py
const longestName = 81

// annotations are the frameworks that a finding shows. Enterprise Security's own has techniques alone: tactics that the
// rule names are a custom one.
// https://docs.ansible.com/ansible/latest/collections/splunk/es/splunk_correlation_searches_module.html (annotations)
type annotations struct {
	Techniques []string `json:"mitre_attack,omitempty"`
	Tactics    []string `json:"attack_tactics,omitempty"`
}

// metadata is what Enterprise Security knows of the version of a detection.
type metadata struct {
	Deprecated string `json:"deprecated"`
	ID         string `json:"detection_id"`
	Version    string `json:"detection_version"`
}

// riskObject is an object whose risk rises, or one that a finding is about.
type riskObject struct {
	Field string `json:"risk_object_field"`
	Type  string `json:"risk_object_type"`
	Score int    `json:"risk_score"`
}

// threatObject is a thing that raised the risk.
type threatObject struct {
	Field string `json:"threat_object_field"`
	Type  string `json:"threat_object_type"`
}

// threatTypes are words for kinds of things.
var threatTypes = map[string]map[packages.Part]string{
	"process":        {packages.CommandLine: "command", packages.Path: "process_name"},
	"file":           {packages.Whole: "file_name"},
	"ip":             {packages.Whole: "ip_address"},
	"domain":         {packages.Whole: "domain"},
	"url":            {packages.Whole: "url"},
	"sha1":           {packages.Whole: "file_hash"},
	"sha256":         {packages.Whole: "file_hash"},
	"md5":            {packages.Whole: "file_hash"},
	"registry_key":   {packages.Whole: "registry_path"},
	"registry_value": {packages.Whole: "registry_value_name"},
	"mailbox":        {packages.Whole: "email_address"},
}

// objectTypes are words for whose risk rises; anything else is other.
var objectTypes = map[string]string{"host": "system", "user": "user"}

// finding is what a finding of Enterprise Security shows beside the results.
type finding struct {
	attack             annotations
	title, description string
	objects            []riskObject // what it is about; their scores are 0 without a risk
}

// prepareFinding sets the finding, and tells what it cannot show.
func (s *search) prepareFinding() {
	r := s.in.Rule
	m, found := packages.Attack(r)
	s.keep(found)
	for _, t := range m.Techniques {
		s.finding.attack.Techniques = append(s.finding.attack.Techniques, t.ID)
	}
	for _, t := range m.Tactics {
		if m.IsTagged(t) {
			s.finding.attack.Tactics = append(s.finding.attack.Tactics, t.Name)
		}
	}
	title, changed := s.text(r.Alerting.Title, r.Title)
	description, alsoChanged := s.text(r.Alerting.Description, s.description)
	s.finding.title, s.finding.description = title, description
	if changed || alsoChanged {
		s.found = append(s.found, packages.Told("package-token", r.Key("title", -1), "write them without dollar signs", "Splunk would take what is between two dollar signs of a finding's title or description for a field: they are written as %s", wideDollar))
	}
	s.chooseObjects()
	s.tellDetails()
}

// text is a text of a finding: a template with its fields between dollar signs, or else a text of the rule. changed
// tells whether dollar signs of the rule are written otherwise.
func (s *search) text(t rules.Template, otherwise string) (text string, changed bool) {
	whole := !t.Empty()
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Field.Name == "" {
			changed = changed || strings.Contains(p.Text, "$")
			b.WriteString(strings.ReplaceAll(p.Text, "$", wideDollar))
			continue
		}
		column, ok := s.column(p.Field)
		whole = whole && ok
		b.WriteString("$" + column + "$")
	}
	if !whole {
		return inert(otherwise), inert(otherwise) != otherwise
	}
	return b.String(), changed
}

// chooseObjects sets whose risk rises: what the rule names, or else the host and the user.
func (s *search) chooseObjects() {
	risk := s.in.Rule.Alerting.Risk
	add := func(column, kind string) {
		had := slices.ContainsFunc(s.finding.objects, func(o riskObject) bool { return o.Field == column })
		if !had && columnForm.MatchString(column) {
			s.finding.objects = append(s.finding.objects, riskObject{column, cmp.Or(objectTypes[kind], "other"), risk.Score})
		}
	}
	for _, f := range risk.Objects {
		if column, ok := s.column(f); ok {
			add(column, s.kindOf(column, f.Name))
		}
	}
	for _, m := range s.mentions {
		if len(risk.Objects) == 0 && objectTypes[m.Kind] != "" && m.Part == packages.Whole {
			add(m.Column, m.Kind)
		}
	}
	if risk.Score > 0 && len(s.finding.objects) == 0 {
		s.found.Warnf("package-risk", risk.Range, "name `objects` that are columns of their own", "the result has no object whose risk could rise: it is left out")
	}
}

// kindOf is the kind of thing that a column names as a whole, or else what is given.
func (s *search) kindOf(column, otherwise string) string {
	kind := otherwise
	for _, m := range s.mentions {
		if m.Column == column && m.Part == packages.Whole {
			kind = m.Kind
		}
	}
	return kind
}

func (s *search) writeFinding(c *conf) {
	r, f := s.in.Rule, s.finding
	c.set("action.correlationsearch.enabled", "1")
	c.set("action.correlationsearch.label", s.name)
	c.set("action.correlationsearch.detection_type", "ebd")
	c.setJSON("action.correlationsearch.annotations", f.attack)
	c.setJSON("action.correlationsearch.metadata", metadata{flag(r.Status == "deprecated"), s.id, strconv.Itoa(s.version.Number())})
	c.set("action.notable", "1")
	c.set("action.notable.param.rule_title", f.title)
	c.set("action.notable.param.rule_description", f.description)
	c.set("action.notable.param.security_domain", domain(s.in.LogSources()))
	c.set("action.notable.param.severity", s.severity)
	if len(f.objects) == 0 {
		return
	}
	about := f.objects[0]
	about.Score = 0 // the risk, if there is one, is added once
	c.setJSON("action.notable.param._entities", []riskObject{about})
	if r.Alerting.Risk.Score > 0 {
		c.set("action.risk", "1")
		c.setJSON("action.risk.param._risk", s.risk())
		c.set("action.risk.param._risk_message", f.title)
		c.set("action.risk.param._risk_score", "0")
		c.set("action.risk.param.verbose", "0")
	}
}

// risk lists the objects whose risk rises, and then the things that raised it.
func (s *search) risk() []any {
	var all []any
	for _, o := range s.finding.objects {
		all = append(all, o)
	}
	for _, m := range s.mentions {
		word := threatTypes[m.Kind][m.Part]
		object := slices.ContainsFunc(s.finding.objects, func(o riskObject) bool { return o.Field == m.Column })
		if word != "" && !object && columnForm.MatchString(m.Column) {
			all = append(all, threatObject{m.Column, word})
		}
	}
	return all
}

// domains are the security domains of products and categories. What is in neither is a threat.
// https://help.splunk.com/en/splunk-enterprise-security-7/user-guide/7.3/introduction/security-domains-in-splunk-enterprise-security
var domains = map[string]string{
	"windows": "endpoint", "linux": "endpoint", "macos": "endpoint", "antivirus": "endpoint",
	"proxy": "network", "firewall": "network", "dns": "network", "webserver": "network", "zeek": "network", "cisco": "network", "juniper": "network", "huawei": "network", "fortinet": "network",
	"okta": "access", "onelogin": "access", "duo": "access",
}

// domain is the security domain of some log sources. Those of several domains are a threat.
func domain(of []rules.LogSource) string {
	word := ""
	for _, ls := range of {
		own := cmp.Or(domains[ls.Product], domains[ls.Category], "threat")
		if word != "" && own != word {
			return "threat"
		}
		word = own
	}
	return word
}
