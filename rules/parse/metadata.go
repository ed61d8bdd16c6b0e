package parse

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/attack"
	"decree/rules/diag"
	"decree/rules/source"
)

// title reads the title. A blank one names no rule, and no product takes it.
func (p *parser) title(r *rules.Rule, e source.Entry) {
	before := p.Errors()
	p.Prose(&r.Title, e.Value, "title")
	if p.Errors() == before && strings.TrimSpace(r.Title) == "" {
		p.Errorf("missing-title", p.Span(e.Key), "write what is found", "the title is empty")
	}
}

func (p *parser) status(r *rules.Rule, e source.Entry) {
	r.Status = p.Word("invalid-status", e.Value, rules.Statuses())
}

func (p *parser) level(r *rules.Rule, e source.Entry) {
	r.Level = p.Word("invalid-level", e.Value, rules.Levels())
}

// tags reads the tags. All are in lower case, but for the artifacts of D3FEND. One in the form that Sigma had before
// its version 2.0 is read as it is written since.
func (p *parser) tags(r *rules.Rule, e source.Entry) {
	p.Texts(&r.Tags, e.Value, "tags")
	entries := source.Items(e.Value)
	for i, tag := range r.Tags {
		plain := strings.ToLower(tag)
		if strings.ContainsAny(tag, " \t\n") || strings.HasPrefix(plain, "d3fend.d3f") {
			continue
		}
		dashed := dashedTag(plain)
		switch at := p.Span(entries[i]); {
		case dashed != plain:
			p.Fixable("former-tag", at, dashed, "the tag %q is written with dashes since Sigma 2.0", tag)
		case plain != tag && strings.Contains(tag, "."): // one without a namespace is no tag, and said to be none
			p.Fixable("capital-letters", at, plain, "%q is written in lower case in the specification", tag)
		}
		r.Tags[i] = dashed
	}
}

var formerCVE = regexp.MustCompile(`^cve\.(\d{4})\.(\d{4,})$`)

// dashedTag writes a tag of Sigma 1 (attack.defense_evasion, detection.threat_hunting, cve.2021.44228) with dashes, as
// Sigma 2.0 does. Other tags stay. https://github.com/SigmaHQ/sigma-specification/blob/main/other/version-2-changes.md
func dashedTag(tag string) string {
	dashed := strings.ReplaceAll(tag, "_", "-")
	if name, isAttack := strings.CutPrefix(dashed, "attack."); isAttack {
		if _, isTactic := attack.TacticOf(name); isTactic {
			return dashed
		}
	}
	if dashed == "detection.emerging-threats" || dashed == "detection.threat-hunting" {
		return dashed
	}
	return formerCVE.ReplaceAllString(tag, "cve.$1-$2")
}

// id reads an id. One that is not a UUID still names the rule.
func (p *parser) id(r *rules.Rule, e source.Entry) {
	n := e.Value
	p.Text(&r.ID, n, "id")
	if source.IsNull(n) || n.Kind != yaml.ScalarNode {
		return
	}
	r.ID = rules.CanonicalID(n.Value)
	switch {
	case r.ID != n.Value:
		p.Fixable("id-form", p.Span(n), r.ID, "the id is a UUID, but not in the form that most tools read")
	case !rules.IsUUID(r.ID):
		p.Warnf("invalid-id", p.Span(n), "generate one, for example with `uuidgen`", "id %q is not a UUID", r.ID)
	}
}

func (p *parser) schedule(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "schedule", "every", "lookback") {
		switch e.Key.Value {
		case "every":
			r.Schedule.Every = p.Duration(e.Value)
		case "lookback":
			r.Schedule.Lookback = p.Duration(e.Value)
		}
	}
}

// logSource reads one log source, or a list of alternatives.
func (p *parser) logSource(r *rules.Rule, section source.Entry) {
	n := section.Value
	if n.Kind != yaml.SequenceNode {
		r.LogSource = p.oneLogSource(n)
		return
	}
	if len(n.Content) == 0 {
		r.LogSource.Range = p.Span(n)
		p.Errorf("missing-logsource", r.LogSource.Range, "name a category, a product or a service", "the list of log sources is empty")
		return
	}
	var all []rules.LogSource
	for _, item := range n.Content {
		ls := p.oneLogSource(item)
		if !ls.Same(rules.LogSource{}) && slices.ContainsFunc(all, ls.Same) {
			p.Warnf("repeated-logsource", ls.Range, "remove it", "the log source is named twice")
			continue
		}
		all = append(all, ls)
	}
	r.LogSource, r.OtherLogSources = all[0], all[1:]
}

func (p *parser) oneLogSource(n *yaml.Node) (ls rules.LogSource) {
	ls.Range = p.Span(n)
	if n.Kind != yaml.MappingNode {
		p.Entries(n, "logsource")
		return ls
	}
	known := map[string]*string{"category": &ls.Category, "product": &ls.Product, "service": &ls.Service, "definition": &ls.Definition}
	for _, e := range p.Entries(n, "logsource") {
		if to := known[e.Key.Value]; to != nil {
			p.Text(to, e.Value, e.Key.Value)
		} else if near := diag.Closest(e.Key.Value, []string{"category", "product", "service", "definition"}); near != "" {
			p.UnknownKey(e.Key, "logsource", "category", "product", "service", "definition")
		}
	}
	if ls.Category+ls.Product+ls.Service == "" {
		p.Errorf("missing-logsource", ls.Range, "name a category, a product or a service", "the log source is empty")
	}
	return ls
}

// author reads one text. A list of authors, which other tools refuse, is read as the text that the specification has.
func (p *parser) author(r *rules.Rule, e source.Entry) {
	if e.Value.Kind != yaml.SequenceNode {
		p.Prose(&r.Author, e.Value, e.Key.Value)
		return
	}
	var names []string
	p.Texts(&names, e.Value, e.Key.Value)
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	r.Author = strings.Join(names, ", ")
	hint := "write a name, or remove the key"
	if len(names) > 0 {
		hint = "write one text: `author: " + source.Quoted(r.Author) + "`"
	}
	p.Warnf("author-list", p.Span(e.Value), hint, "the author is one text in the specification, and other tools refuse a list")
}
