package deployed

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/rules/attack"
)

// Meta is what a deployed rule says beside its query, in the words that rules have for it.
type Meta struct {
	Description, Author, License string
	Level                        string // "": the product's word is none of Sigma's
	Enabled                      bool
	References, FalsePositives   []string
	Tags                         []string // of ATT&CK
	Fields                       []string
	Every, Lookback              time.Duration // 0: the product's words for it are none
	SuppressFor                  time.Duration
	SuppressBy                   []string
	RiskScore                    int // 0: that of the level
	RiskObjects                  []string
	Entities                     []Pair // kind of rules.EntityKinds, column
	Details                      []Pair // name, column
	AlertTitle, AlertDescription string // templates with {Column}; "": the rule's own
	Response                     string
	Language                     string // "": that of the dialect
	Index                        []string
	Unfit                        string // why the rule cannot be written as one with a query; "": it can
}

// Pair is a name with a column.
type Pair struct{ Name, Column string }

// Meta gives what a rule of the export says.
func (x *Export) Meta(r Rule) Meta {
	m := Meta{Enabled: true, Description: text(r.Properties["description"])}
	map[Product]func(*Meta, Rule){Sentinel: metaSentinel, Defender: metaDefender, Splunk: metaSplunk, Kibana: metaKibana}[x.Product](&m, r)
	m.Tags = unique(m.Tags)
	return m
}

// unfitCount says that a rule alerts on its results as a whole, such as their number. That is not in its query, and a
// rule has no place for it: written without, the rule would alert on every result.
func unfitCount(condition string) string {
	return "it does not alert on every result, but on a condition that its query lacks (" + condition + "): write it into the query, or as a correlation"
}

// level is Sigma's word for a severity, or "".
func level(severity string) string {
	word := strings.ToLower(severity)
	if word == "info" {
		word = "informational"
	}
	if slices.Contains([]string{"informational", "low", "medium", "high", "critical"}, word) {
		return word
	}
	return ""
}

var capital = regexp.MustCompile(`([a-z])([A-Z])`)

// tactic adds the tag of a tactic, as DefenseEvasion, Defense Evasion or TA0005 names it.
func (m *Meta) tactic(name string) {
	slug := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(capital.ReplaceAllString(name, "$1-$2")), " ", "-"))
	if known, ok := attack.TacticOf(slug); ok {
		m.Tags = append(m.Tags, "attack."+known.Slug)
	}
}

var techniqueForm = regexp.MustCompile(`^[Tt]\d{4}(\.\d{3})?$`)

// technique adds the tag of a technique.
func (m *Meta) technique(id string) {
	if techniqueForm.MatchString(id) {
		m.Tags = append(m.Tags, "attack."+strings.ToLower(id))
	}
}

// unique keeps the first of each.
func unique(all []string) []string {
	var out []string
	for _, one := range all {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// detailForm is the form of a custom detail's name in a rule.
var detailForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// details adds custom details.
func (m *Meta) details(of map[string]any) {
	for _, name := range keys(of) {
		if column := text(of[name]); column != "" && detailForm.MatchString(name) {
			m.Details = append(m.Details, Pair{name, column})
		}
	}
}

// entity adds what an alert is about, each once.
func (m *Meta) entity(kind, column string) {
	if p := (Pair{kind, column}); kind != "" && column != "" && !slices.Contains(m.Entities, p) {
		m.Entities = append(m.Entities, p)
	}
}

// braced is a text of which each field is between the two marks, as a template of a rule. It is "" if the text has no
// field: it is then no template.
func braced(s, before, after string) string {
	var b strings.Builder
	plain := strings.NewReplacer("{", "{{", "}", "}}")
	found := false
	for {
		at := strings.Index(s, before)
		if at < 0 {
			break
		}
		end := strings.Index(s[at+len(before):], after)
		if end < 0 {
			break
		}
		name := strings.TrimSpace(s[at+len(before) : at+len(before)+end])
		if name == "" || strings.ContainsAny(name, "{}$ \n") {
			b.WriteString(plain.Replace(s[:at+len(before)]))
			s = s[at+len(before):]
			continue
		}
		found = true
		b.WriteString(plain.Replace(s[:at]) + "{" + name + "}")
		s = s[at+len(before)+end+len(after):]
	}
	if !found {
		return ""
	}
	return b.String() + plain.Replace(s)
}

// whole is a whole number in a text, 0 if it is none.
func whole(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// timeOf is a duration that a normalised property has; 0 if it has none.
func timeOf(v any) time.Duration {
	d, _ := duration(text(v))
	return d
}
