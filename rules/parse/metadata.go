package parse

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
)

// The words that Sigma 2.1 allows for status and level.
var (
	statuses = []string{"stable", "test", "experimental", "deprecated", "unsupported"}
	levels   = []string{"informational", "low", "medium", "high", "critical"}
)

// knownKeys are all top-level keys; a key near one of them is probably a slip.
var knownKeys = []string{"title", "id", "name", "related", "taxonomy", "status", "description", "license", "author", "references", "date",
	"modified", "logsource", "detection", "fields", "falsepositives", "level", "tags", "scope", "lists", "ancestry", "prevalence", "schedule",
	"documentation", "data_sources", "changelog", "approximate"}

// metadata reads everything that is not a section of its own.
func (p *parser) metadata(r *rules.Rule, top *yaml.Node) {
	texts := map[string]*string{"title": &r.Title, "name": &r.Name, "description": &r.Description, "author": &r.Author, "license": &r.License, "date": &r.Date, "modified": &r.Modified, "taxonomy": &r.Taxonomy}
	lists := map[string]*[]string{"references": &r.References, "tags": &r.Tags, "falsepositives": &r.FalsePositives, "fields": &r.Fields, "scope": &r.Scope}
	decoded := map[string]any{"documentation": &r.Documentation, "data_sources": &r.DataSources, "changelog": &r.Changelog}
	for i := 0; i+1 < len(top.Content); i += 2 {
		k, v := top.Content[i], top.Content[i+1]
		switch key := k.Value; {
		case texts[key] != nil:
			p.prose(texts[key], v, key)
		case key == "id":
			p.id(&r.ID, v)
		case key == "status":
			r.Status = p.word("invalid-status", v, statuses)
		case key == "level":
			r.Level = p.word("invalid-level", v, levels)
		case lists[key] != nil:
			p.texts(lists[key], v, key)
		case decoded[key] != nil:
			p.decode(v, decoded[key], key)
		case key == "schedule":
			p.schedule(r, v)
		case key == "approximate":
			p.approximate(r, v)
		case key == "related":
			p.related(r, v)
		case slices.Contains(knownKeys, key):
		default:
			r.Extra = append(r.Extra, rules.Extra{Key: key, Node: v, Range: p.span(k)})
			if near := diag.Closest(key, knownKeys); near != "" {
				p.warnf("unknown-key", p.span(k), "did you mean `"+near+"`?", "%q is no key of a rule; it is kept as a custom attribute", key)
			}
		}
	}
}

func (p *parser) oneOf(code string, n *yaml.Node, got string, allowed []string) {
	if slices.Contains(allowed, got) {
		return
	}
	hint := "one of " + strings.Join(allowed, ", ")
	if near := diag.Closest(got, allowed); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	p.errorf(code, p.span(n), hint, "%q is not allowed here", got)
}

func (p *parser) text(to *string, n *yaml.Node, what string) {
	if n.Kind != yaml.ScalarNode {
		p.errorf("wrong-type", p.span(n), "", "%s must be text", what)
		return
	}
	if n.Tag != "!!null" {
		*to = n.Value
	}
}

// texts reads a list of texts; a single text is a list of one.
func (p *parser) texts(to *[]string, n *yaml.Node, what string) {
	if n.Kind == yaml.ScalarNode {
		if n.Tag != "!!null" {
			*to = []string{n.Value}
		}
		return
	}
	if n.Kind != yaml.SequenceNode {
		p.errorf("wrong-type", p.span(n), "", "%s must be a list", what)
		return
	}
	for _, c := range n.Content {
		var s string
		p.prose(&s, c, "an entry of "+what)
		*to = append(*to, s)
	}
}

func (p *parser) related(r *rules.Rule, n *yaml.Node) {
	var rows []struct {
		ID   string `yaml:"id"`
		Type string `yaml:"type"`
	}
	p.decode(n, &rows, "related")
	for _, row := range rows {
		r.Related = append(r.Related, rules.Related{ID: row.ID, Type: row.Type})
	}
}

func (p *parser) schedule(r *rules.Rule, n *yaml.Node) {
	for _, e := range p.entries(n, "schedule") {
		switch e.key.Value {
		case "every":
			r.Schedule.Every = p.duration(e.value)
		case "lookback":
			r.Schedule.Lookback = p.duration(e.value)
		default:
			p.unknownKey(e.key, "schedule", "every", "lookback")
		}
	}
}

func (p *parser) unknownKey(k *yaml.Node, what string, allowed ...string) {
	hint := "one of " + strings.Join(allowed, ", ")
	if near := diag.Closest(k.Value, allowed); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	p.errorf("unknown-key", p.span(k), hint, "%q is no key of %s", k.Value, what)
}

// spanForm is a correlation's timespan, which may count months and years, of the reference implementation's length.
var spanForm = regexp.MustCompile(`^([1-9][0-9]{0,3})([My])$`)

// timespan reads a duration, or months and years.
func (p *parser) timespan(n *yaml.Node) time.Duration {
	m := spanForm.FindStringSubmatch(n.Value)
	if m == nil {
		return p.duration(n)
	}
	count, err := strconv.Atoi(m[1])
	length := map[string]time.Duration{"M": 2_629_746 * time.Second, "y": 31_556_952 * time.Second}[m[2]]
	if err != nil || count > int(math.MaxInt64/length) {
		p.errorf("invalid-duration", p.span(n), "write a shorter one", "%q is too long", n.Value)
		return 0
	}
	return time.Duration(count) * length
}

var durationForm = regexp.MustCompile(`^([1-9][0-9]{0,5})([smhdw])$`)

// duration reads a whole number and a unit: s, m, h, d or w.
func (p *parser) duration(n *yaml.Node) time.Duration {
	m := durationForm.FindStringSubmatch(n.Value)
	if m == nil {
		p.errorf("invalid-duration", p.span(n), "write a number and a unit, such as 30m, 2h or 7d", "%q is not a duration", n.Value)
		return 0
	}
	count, err := strconv.Atoi(m[1])
	if err != nil {
		p.errorf("invalid-duration", p.span(n), "", "%v", err)
		return 0
	}
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	return time.Duration(count) * unit
}

func (p *parser) logSource(r *rules.Rule, n *yaml.Node) {
	r.LogSource.Range = p.span(n)
	if n.Kind != yaml.MappingNode {
		p.entries(n, "logsource")
		return
	}
	known := map[string]*string{"category": &r.LogSource.Category, "product": &r.LogSource.Product, "service": &r.LogSource.Service, "definition": &r.LogSource.Definition}
	for _, e := range p.entries(n, "logsource") {
		if to := known[e.key.Value]; to != nil {
			p.text(to, e.value, e.key.Value)
		} else if near := diag.Closest(e.key.Value, []string{"category", "product", "service", "definition"}); near != "" {
			p.unknownKey(e.key, "logsource", "category", "product", "service", "definition")
		}
	}
	if r.LogSource.Category+r.LogSource.Product+r.LogSource.Service == "" {
		p.errorf("missing-logsource", r.LogSource.Range, "name a category, a product or a service", "this logsource names no log")
	}
}
