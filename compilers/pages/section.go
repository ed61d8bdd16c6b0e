package pages

import (
	"fmt"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/wording"
)

// maker makes the page of one detection.
type maker struct {
	*Detection
	all *index
}

// sections are those of a detection's page, in the order of the pages that the catalogues of detections have. A section
// without blocks is left out.
var sections = []struct {
	id, title string
	of        func(*maker) []Block
}{
	{"metadata", "Metadata", (*maker).metadata},
	{"attack", "ATT&CK tags", (*maker).attack},
	{"data-sources", "Utilized data sources", (*maker).dataSources},
	{"description", "Detection description", func(m *maker) []Block { return prose(m.Source().Description) }},
	{"condition", "What it looks for", (*maker).condition},
	{"permission", "Permission required to execute the technique", func(m *maker) []Block { return words(m.Source().Documentation.PermissionRequired) }},
	{"attack-description", "Description of the attack", func(m *maker) []Block { return prose(m.Source().Documentation.Attack) }},
	{"considerations", "Considerations", func(m *maker) []Block { return prose(m.Source().Documentation.Considerations) }},
	{"false-positives", "False positives", func(m *maker) []Block { return bullets(m.Source().FalsePositives) }},
	{"response", "Suggested response actions", func(m *maker) []Block { return prose(m.Source().Documentation.Response) }},
	{"blind-spots", "Detection blind spots", func(m *maker) []Block { return prose(m.Source().Documentation.BlindSpots) }},
	{"references", "References", (*maker).references},
	{"detection", "Detection", (*maker).queries},
	{"lists", "Lists", (*maker).lists},
	{"fields", "Required fields", (*maker).fields},
	{"packages", "Packages", (*maker).packages},
	{"suppression", "Repeated alerts", (*maker).suppression},
	{"filters", "Environment-specific filter", (*maker).filters},
	{"alert", "What the alert shows", (*maker).alert},
	{"tests", "Tests as examples", (*maker).tests},
	{"related", "Related detections", (*maker).related},
	{"history", "Version history", (*maker).history},
	{"commits", "Changes in git", (*maker).commits},
}

// Pages are the pages of all detections.
func (c *Catalogue) Pages() []Page {
	all := newIndex(c)
	out := make([]Page, len(c.Detections))
	for i, d := range c.Detections {
		m := &maker{d, all}
		p := Page{Path: d.Path(), Title: diag.Visible(d.Source().Title), Badges: d.badges()}
		for _, s := range sections {
			if blocks := s.of(m); len(blocks) > 0 {
				p.Sections = append(p.Sections, Section{s.id, s.title, blocks})
			}
		}
		out[i] = p
	}
	return out
}

// badges are the words that people choose detections by.
func (d *Detection) badges() []Badge {
	var out []Badge
	for _, b := range []Badge{{"level", d.Source().Level}, {"status", d.Source().Status}, {"source", d.LogSource()}} {
		if b.Word != "" {
			b.Word = diag.Visible(b.Word)
			out = append(out, b)
		}
	}
	return out
}

// words are short texts in a line.
func words(all []string) []Block {
	if len(all) == 0 {
		return nil
	}
	return []Block{Paragraph{plain(strings.Join(all, ", "))}}
}

// bullets is a list of texts.
func bullets(all []string) []Block {
	if len(all) == 0 {
		return nil
	}
	return []Block{Bullets{texts(all...)}}
}

func (m *maker) metadata() []Block {
	r := m.Source()
	var out Facts
	add := func(name string, is Cell) {
		if len(is) > 0 && is[0].Text != "" {
			out = append(out, Fact{name, is})
		}
	}
	addLiteral := func(name, text string) {
		if text != "" {
			add(name, Literal(text))
		}
	}
	addLiteral("ID", r.ID)
	addLiteral("Name", r.Name)
	add("OS", plain(strings.Join(r.Documentation.OS, ", ")))
	add("Level", badge("level", r.Level))
	add("Status", badge("status", r.Status))
	if c := m.Correlation; c != nil {
		add("Correlation", plain(strings.ReplaceAll(string(c.Source.Type), "_", " ")))
	}
	var sources []Cell
	for _, ls := range m.LogSources {
		if name := ls.Name(); name != "" {
			sources = append(sources, Cell{{Text: diag.Visible(name), Page: sourcesPath + "#" + sourceAnchor(name)}})
		}
	}
	add("Log source", joined(sources, ", "))
	if s := r.Schedule; s.Every > 0 || s.Lookback > 0 {
		var parts []string
		if s.Every > 0 {
			parts = append(parts, "every "+wording.Duration(s.Every))
		}
		if s.Lookback > 0 {
			parts = append(parts, "over the last "+wording.Duration(s.Lookback))
		}
		add("Schedule", plain(strings.Join(parts, ", ")))
	}
	add("Author", plain(r.Author))
	add("Date", plain(r.Date))
	add("Modified", plain(r.Modified))
	if len(r.Changelog) > 0 {
		add("Version", plain(r.Changelog[0].Version))
	}
	add("License", plain(r.License))
	add("Scope", plain(strings.Join(r.Scope, ", ")))
	addLiteral("Tags", strings.Join(otherTags(r.Tags), ", "))
	addLiteral("File", m.File)
	return []Block{out}
}

// badge is a word that has a colour, such as a level.
func badge(kind, word string) Cell {
	if word == "" {
		return nil
	}
	return Cell{{Text: diag.Visible(word), Kind: kind}}
}

func (m *maker) references() []Block {
	var items []Cell
	for _, r := range m.Source().References {
		items = append(items, url(r, r))
	}
	if len(items) == 0 {
		return nil
	}
	return []Block{Bullets{items}}
}

func (m *maker) history() []Block {
	t := Table{Head: []string{"Version", "Date", "Impact", "Notes"}}
	for _, c := range m.Source().Changelog {
		t.Rows = append(t.Rows, []Cell{plain(c.Version), date(c.Date), plain(c.Impact), plain(c.Notes)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Block{t}
}

func (m *maker) commits() []Block { return commits(m.Commits) }

// commits is a table of changes in git.
func commits(all []Commit) []Block {
	t := Table{Head: []string{"Date", "Change", "Author", "Commit"}}
	for _, c := range all {
		t.Rows = append(t.Rows, []Cell{date(c.Date), plain(c.Subject), plain(c.Author), Literal(c.ID)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Block{t}
}

func (m *maker) filters() []Block {
	var out []Block
	for _, f := range m.Filters {
		out = append(out, Facts{{"Filter", plain(f.Body.Title)}})
		out = append(out, prose(f.Body.Description)...)
	}
	if m.Rule.Filter != nil {
		out = append(out, Paragraph{plain("An event is reported only if this holds, too:")}, Words{wording.Node(m.Rule.Filter)})
	}
	for _, f := range m.Rule.SourceFilters {
		var names []string
		for _, ls := range f.LogSources {
			names = append(names, ls.Name())
		}
		of := append(plain("An event of "), joined(literals(names), " or ")...)
		out = append(out, Paragraph{append(of, plain(" is reported only if this holds, too:")...)}, Words{wording.Node(f.Required)})
	}
	return out
}

// suppression says which matches give no alert of their own.
func (m *maker) suppression() []Block {
	s := m.Source().Suppress
	if s == nil {
		return nil
	}
	by := plain("whatever the values")
	if len(s.By) > 0 {
		var names []string
		for _, f := range s.By {
			names = append(names, f.Name)
		}
		by = append(plain("for the same values of "), joined(literals(names), ", ")...)
	}
	return []Block{Paragraph{append(plain("One alert in "+wording.Duration(s.For)+", the earliest, "), by...)}}
}

// braced is a field in a template, as rules write it.
func braced(f rules.NamedField) string { return "{" + f.Name + "}" }

func (m *maker) alert() []Block {
	a := m.Source().Alerting
	var out Facts
	if !a.Title.Empty() {
		out = append(out, Fact{"Title", Literal(a.Title.Write(braced))})
	}
	if !a.Description.Empty() {
		out = append(out, Fact{"Description", Literal(a.Description.Write(braced))})
	}
	if a.Risk.Score > 0 {
		out = append(out, Fact{"Risk", plain(fmt.Sprint(a.Risk.Score))})
	}
	for _, e := range a.Entities {
		out = append(out, Fact{"Entity: " + diag.Visible(e.Kind), Literal(e.Field.Name)})
	}
	for _, d := range a.Details {
		out = append(out, Fact{"Detail: " + diag.Visible(d.Key.Name), Literal(d.Field.Name)})
	}
	if fields := m.Source().Fields; len(fields) > 0 {
		out = append(out, Fact{"Fields to look at", Literal(strings.Join(fields, ", "))})
	}
	if len(out) == 0 {
		return nil
	}
	return []Block{out}
}
