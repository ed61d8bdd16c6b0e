package kibana

import (
	"cmp"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
)

// describe sets the texts for people. Kibana requires a description.
func (d *detection) describe() {
	r := d.in.Rule
	d.rule.Description = cmp.Or(strings.TrimSpace(r.Description), d.rule.Name)
	d.rule.Author = []string{}
	for name := range strings.SplitSeq(r.Author, ",") {
		if name = strings.TrimSpace(name); name != "" {
			d.rule.Author = append(d.rule.Author, name)
		}
	}
	d.rule.License, d.rule.References, d.rule.FalsePositives = r.License, r.References, r.FalsePositives
	d.rule.Note, d.rule.Setup = d.note(), d.setup()
}

// section is a part of a text in Markdown.
type section struct{ head, text string }

// markdown writes the sections that have a text.
func markdown(sections ...section) string {
	var parts []string
	for _, s := range sections {
		if text := strings.TrimSpace(s.text); text != "" {
			parts = append(parts, "## "+s.head+"\n\n"+text)
		}
	}
	return strings.Join(parts, "\n\n")
}

// note is the guide to an investigation.
func (d *detection) note() string {
	doc := d.in.Rule.Documentation
	var differs []string
	for _, n := range d.in.Query.Notes {
		if n.Code == compilers.HandWritten {
			continue // what finds it is the query itself
		}
		differs = append(differs, n.Code+" ("+n.Effect+"): "+n.Message)
	}
	return markdown(section{"Attack", doc.Attack}, section{"Considerations", doc.Considerations}, section{"Blind spots", doc.BlindSpots}, section{"Response", doc.Response},
		section{"How the query differs from the rule", items(differs)})
}

// setup is what must be there before the rule runs.
func (d *detection) setup() string {
	doc := d.in.Rule.Documentation
	var sources, needs []string
	for _, s := range d.in.Rule.DataSources {
		parts := slices.DeleteFunc([]string{s.Provider, s.Table, s.EventID, s.EventName}, func(part string) bool { return part == "" })
		if len(parts) > 0 {
			sources = append(sources, strings.Join(parts, ", "))
		}
	}
	for _, a := range d.in.Query.Assets {
		needs = append(needs, assetFolder+a.Name+": "+a.Purpose)
	}
	if len(needs) > 0 {
		needs = append(needs, "deploy.sh sends these. It does not touch your @custom pipelines: call the ingest pipeline from those of the data streams that the rule reads.")
	}
	return markdown(section{"Operating systems", items(doc.OS)}, section{"Permissions", items(doc.PermissionRequired)}, section{"Data sources", items(sources)},
		section{"Assets", items(needs)})
}

// items writes a list in Markdown.
func items(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString("- " + text + "\n")
	}
	return b.String()
}

// fillQuery sets the query, without the comments before it: Kibana takes a query for a sequence if that is its first
// word.
// https://github.com/elastic/kibana/blob/main/x-pack/solutions/security/plugins/security_solution/common/detection_engine/utils.ts
// hasEqlSequenceQuery
func (d *detection) fillQuery() {
	text := d.in.Query.Text
	for strings.HasPrefix(text, "//") {
		_, text, _ = strings.Cut(text, "\n")
	}
	d.rule.Query = strings.TrimSuffix(text, "\n")
}

// override names the alert by a field. Kibana can do that with one field alone, and has no other texts of alerts.
func (d *detection) override() {
	alert := d.in.Rule.Alerting
	if t := alert.Title; !t.Empty() {
		if column, ok := d.nameColumn(t); ok {
			d.rule.NameOverride = column
		} else {
			d.found.Warnf("package-placeholders", t.Range, "write one `{Field}` that is a column of its own, in a sequence one that its events have in common (`by`), or nothing", "Kibana can name an alert by the value of one field alone: it keeps the rule's title")
		}
	}
	if t := alert.Description; !t.Empty() {
		d.found.Warnf("package-placeholders", t.Range, "write it into `documentation`", "Kibana's alerts have no description of their own: they keep the rule's")
	}
}

func (d *detection) nameColumn(t rules.Template) (string, bool) {
	if len(t.Parts) != 1 || t.Parts[0].Field.Name == "" {
		return "", false
	}
	field := t.Parts[0].Field.Name
	result := d.in.Query.Result
	if name, ok := result.NameOf(field); ok && result.Shares(name) {
		return name, true
	}
	column, ok := result.Column(field)
	return column, ok && result.Shares(column)
}
