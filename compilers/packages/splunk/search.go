package splunk

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

// search is one rule while it is made.
type search struct {
	in       packages.Input
	settings packages.Settings
	found    diag.Diagnostics

	id, name, description, severity string
	version                         packages.Version
	cron, earliest, latest, window  string
	suppressFor                     time.Duration
	suppressBy                      []string // columns
	mentions                        []packages.Mention
	finding                         finding // of Enterprise Security, if the app is for it
}

func (s *search) keep(found diag.Diagnostics) { s.found = append(s.found, found...) }

func (s *search) fill(ids packages.IDs) {
	r := s.in.Rule
	if s.name == "" {
		s.found.Errorf("package-title", r.Key("title", -1), "add `title:`", "the rule has no title, and Splunk knows a search by its name")
	}
	var found diag.Diagnostics
	s.id, found = ids.OfInput(s.in)
	s.keep(found)
	s.version, found = packages.VersionOf(r)
	s.keep(found)
	s.severity, found = packages.Severity(r, severities)
	s.keep(found)
	s.mentions, found = packages.Mentions(s.in)
	s.keep(found)
	s.description = cmp.Or(strings.TrimSpace(r.Description), s.name)
	s.checkQuery()
	s.chooseWindow()
	s.throttle()
	if s.settings.App.EnterpriseSecurity {
		s.prepareFinding()
	} else {
		s.tellPlain()
	}
}

// severities are the words of Enterprise Security, which are Sigma's.
var severities = map[string]string{"informational": "informational", "low": "low", "medium": "medium", "high": "high", "critical": "critical"}

// alertSeverities are the numbers of alerts. https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch
// (alerts/fired_alerts)
var alertSeverities = map[string]string{"informational": "1", "low": "2", "medium": "3", "high": "4", "critical": "5"}

// placeholder is what the command savedsearch replaces.
// https://help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/savedsearch
var placeholder = regexp.MustCompile(`\$[^$\s]+\$`)

func (s *search) checkQuery() {
	at := s.in.Rule.Key("title", -1)
	if breaksOut(s.in.Query.Text) {
		s.found.Errorf("package-query-end", at, "end it otherwise, for example with a comment", "the query ends in a backslash: in a .conf file it would go on in the next setting")
	}
	if between := placeholder.FindString(s.in.Query.Text); between != "" {
		s.found = append(s.found, packages.Told("package-token", at, "write nosubstitution=true with that command", "the scheduler runs the search as it is, but `| savedsearch` would take %q for a placeholder", between))
	}
}

// columnForm is what a name of a field may be made of in a list of fields, and between dollar signs. Splunk's page has
// no way to quote another one.
var columnForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.:{}-]*$`)

// column is a field of the result that the app can name.
func (s *search) column(f rules.NamedField) (string, bool) {
	column, ok := packages.Column(s.in, f, &s.found)
	if ok && !columnForm.MatchString(column) {
		s.found.Warnf("package-column", f.Range, "name another field", "Splunk cannot name the field %q of %s here: its name is not a plain word", column, f.Name)
		ok = false
	}
	return column, ok
}

// throttle sets after which fields, and for how long, an alert is not repeated. With one field less it would hold back
// other alerts too.
func (s *search) throttle() {
	by := s.in.Rule.Suppress
	if by == nil {
		return
	}
	for _, f := range by.By {
		_, ok := s.column(f)
		columns, whole := s.in.Query.Result.ColumnsOf(f.Name)
		if !ok || !whole || slices.ContainsFunc(columns, func(c string) bool { return !columnForm.MatchString(c) }) {
			s.suppressBy = nil
			s.found.Warnf("package-suppress", by.Range, "suppress by fields that are columns of their own", "without %s the search would hold back other alerts: it alerts each time", f.Name)
			return
		}
		for _, column := range columns {
			if !slices.Contains(s.suppressBy, column) {
				s.suppressBy = append(s.suppressBy, column)
			}
		}
	}
	s.suppressFor = by.For
}

// tellPlain says what an alert without Enterprise Security has no place for.
func (s *search) tellPlain() {
	alert := s.in.Rule.Alerting
	for _, t := range []rules.Template{alert.Title, alert.Description} {
		if !t.Empty() {
			s.found.Warnf("package-placeholders", t.Range, "set `enterprise_security: true` at the target's `app`", "Splunk's alerts have no texts of their own: they keep the rule's")
		}
	}
	if alert.Risk.Score > 0 {
		s.found.Warnf("package-risk", alert.Risk.Range, "set `enterprise_security: true` at the target's `app`", "without Enterprise Security there is no risk to add to: it is left out")
	}
	s.tellDetails()
}

// tellDetails says that alerts show results under the names of their columns.
func (s *search) tellDetails() {
	if details := s.in.Rule.Alerting.Details; len(details) > 0 {
		s.found = append(s.found, packages.Told("package-detail", details[0].Key.Range, "look for the columns in the alert's results", "Splunk has no names for custom details: alerts have all fields of the result"))
	}
}

// kind is what Splunk calls the search.
func (s *search) kind() string {
	if s.settings.App.EnterpriseSecurity {
		return "correlation search"
	}
	return "alert"
}

// write adds the stanza of the search. The query ends with a comment by which decree diff knows the rule again.
func (s *search) write(c *conf) {
	plain := newConf()
	s.settingsOf(plain)
	plain.setLines("search", s.in.Query.Text)
	c.stanza(s.name)
	s.settingsOf(c)
	c.setLines("search", deployed.Marked(deployed.Splunk, s.settings.Target, s.in.Query.Text, plain.read()))
}

// settingsOf writes all but the search.
func (s *search) settingsOf(c *conf) {
	c.set("description", s.description+" Id: "+s.id+", version: "+s.version.String()+".")
	c.set("disabled", flag(!packages.Enabled(s.in.Rule)))
	c.set("enableSched", "1")
	c.set("cron_schedule", s.cron)
	c.set("dispatch.earliest_time", s.earliest)
	c.set("dispatch.latest_time", s.latest)
	c.set("schedule_window", s.window)
	c.set("realtime_schedule", "0")
	c.set("counttype", "number of events")
	c.set("relation", "greater than")
	c.set("quantity", "0")
	c.set("alert.severity", alertSeverities[s.severity])
	c.set("alert.track", "1")
	security := s.settings.App.EnterpriseSecurity
	// Each result is an alert. Enterprise Security makes a finding of each result by itself, and its editor asks for
	// the digest. So does throttling without fields.
	c.set("alert.digest_mode", flag(security || s.suppressFor > 0 && len(s.suppressBy) == 0))
	if s.suppressFor > 0 {
		c.set("alert.suppress", "1")
		c.set("alert.suppress.fields", strings.Join(s.suppressBy, ","))
		c.set("alert.suppress.period", short(s.suppressFor))
	}
	if security {
		s.writeFinding(c)
	} else {
		c.set("request.ui_dispatch_app", "search")
	}
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
