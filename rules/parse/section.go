package parse

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

var sections = rules.Sections()

// readers read the sections that a rule holds. Those of a filter or a correlation alone are read by what reads these
// documents.
var readers = map[string]func(p *parser, r *rules.Rule, e source.Entry){
	"title":       (*parser).title,
	"name":        text(func(r *rules.Rule) *string { return &r.Name }),
	"taxonomy":    text(func(r *rules.Rule) *string { return &r.Taxonomy }),
	"description": text(func(r *rules.Rule) *string { return &r.Description }),
	"license":     text(func(r *rules.Rule) *string { return &r.License }),
	"date":        text(func(r *rules.Rule) *string { return &r.Date }),
	"modified":    text(func(r *rules.Rule) *string { return &r.Modified }),

	"references":     texts(func(r *rules.Rule) *[]string { return &r.References }),
	"falsepositives": texts(func(r *rules.Rule) *[]string { return &r.FalsePositives }),
	"scope":          texts(func(r *rules.Rule) *[]string { return &r.Scope }),

	"documentation": decoded(func(r *rules.Rule) any { return &r.Documentation }),
	"data_sources":  decoded(func(r *rules.Rule) any { return &r.DataSources }),
	"changelog":     decoded(func(r *rules.Rule) any { return &r.Changelog }),
	"related":       decoded(func(r *rules.Rule) any { return &r.Related }),

	"author":                (*parser).author,
	"id":                    (*parser).id,
	"sigma-version":         (*parser).sigmaVersion,
	"status":                (*parser).status,
	"level":                 (*parser).level,
	"tags":                  (*parser).tags,
	"schedule":              (*parser).schedule,
	"suppress":              (*parser).suppress,
	"risk":                  (*parser).risk,
	"entities":              (*parser).entities,
	"custom_details":        (*parser).customDetails,
	"alert":                 (*parser).alert,
	"approximate":           (*parser).approximate,
	"regression_tests_path": text(func(r *rules.Rule) *string { return &r.RegressionTests }),

	"logsource":  (*parser).logSource,
	"lists":      (*parser).lists,
	"fields":     (*parser).fields,
	"extract":    (*parser).extract,
	"ancestry":   (*parser).ancestry,
	"prevalence": (*parser).prevalence,
	"joins":      (*parser).joins,
	"first_seen": (*parser).firstSeen,
	"query":      (*parser).queries,
	"detection":  (*parser).detection,
}

func text(to func(*rules.Rule) *string) func(*parser, *rules.Rule, source.Entry) {
	return func(p *parser, r *rules.Rule, e source.Entry) { p.Prose(to(r), e.Value, e.Key.Value) }
}

func texts(to func(*rules.Rule) *[]string) func(*parser, *rules.Rule, source.Entry) {
	return func(p *parser, r *rules.Rule, e source.Entry) { p.Texts(to(r), e.Value, e.Key.Value) }
}

func decoded(to func(*rules.Rule) any) func(*parser, *rules.Rule, source.Entry) {
	return func(p *parser, r *rules.Rule, e source.Entry) { p.Decode(e.Value, to(r), e.Key.Value, diag.Warning) }
}

// sections reads what a document of a kind may hold into its rule, and gives every section of the document.
func (p *parser) sections(r *rules.Rule, kind rules.Kinds, top *yaml.Node) []source.Entry {
	given := p.Entries(top, "a "+kind.String())
	p.outside = 0
	if e, ok := section(given, "condition"); ok {
		p.outside = e.Key.Line
	}
	for _, s := range sections {
		e, ok := section(given, s.Name)
		switch {
		case !ok && s.Required&kind != 0 && !p.stoodInFor(s.Name, given):
			p.missing(r, kind, s.Name, given)
		case !ok:
		case s.In&kind == 0:
			p.misplaced(kind, e)
		case readers[s.Name] != nil:
			readers[s.Name](p, r, e)
		}
	}
	p.unknownSections(kind, given)
	return given
}

// stoodInFor tells whether queries that are written by hand stand in for a section: what they find needs no detection,
// and their log source is theirs to say.
func (p *parser) stoodInFor(name string, given []source.Entry) bool {
	_, written := section(given, "query")
	_, detects := section(given, "detection")
	return written && !detects && (name == "detection" || name == "logsource")
}

// section finds the section of a name.
func section(given []source.Entry, name string) (source.Entry, bool) {
	i := slices.IndexFunc(given, func(e source.Entry) bool { return e.Key.Value == name })
	if i < 0 {
		return source.Entry{}, false
	}
	return given[i], true
}

// missing reports a section that a document must have.
func (p *parser) missing(r *rules.Rule, kind rules.Kinds, name string, given []source.Entry) {
	hint := "add `" + name + ":`"
	for _, e := range given {
		if other := e.Key.Value; isUnknown(other) && diag.Closest(other, []string{name}) != "" {
			hint = fmt.Sprintf("did you mean `%s:` where line %d has `%s:`?", name, e.Key.Line, other)
		}
		if e.Key.Value == "timespan" && kind == rules.DetectionRules {
			hint = "for a correlation, put `type`, `rules`, `group-by`, `timespan` and `condition` below `correlation:`"
		}
	}
	p.Errorf("missing-"+name, r.Range, hint, "a %s needs a %s", kind, name)
}

// misplaced reports a section that documents of another kind have.
func (p *parser) misplaced(kind rules.Kinds, e source.Entry) {
	name := e.Key.Value
	switch {
	case kind == rules.CorrelationRules:
		p.Errorf("correlation-detection", p.Span(e.Key), "put it into a rule of its own that the correlation names", "a correlation has no `%s`", name)
	case kind == rules.FilterRules && (name == "joins" || name == "first_seen"):
		p.Errorf("filter-joins", p.Span(e.Key), "filter by fields, lists or ancestry", "a filter cannot ask for other events")
	case kind == rules.FilterRules && name == "prevalence":
		p.Errorf("filter-prevalence", p.Span(e.Key), "filter by fields, lists or ancestry", "a filter cannot ask how rare a value is")
	default:
		p.Warnf("unknown-key", p.Span(e.Key), "remove it", "a %s has no `%s`: it is not read", kind, name)
	}
}

// unknownSections warns of keys that are almost those of a section. Other keys are custom attributes, which anyone may
// add.
func (p *parser) unknownSections(kind rules.Kinds, given []source.Entry) {
	for _, e := range given {
		name := e.Key.Value
		if !isUnknown(name) {
			continue
		}
		if near := diag.Closest(name, sectionsOf(kind)); near != "" && !p.isMissing(kind, near, given) {
			p.Warnf("unknown-key", p.Span(e.Key), "did you mean `"+near+"`?", "unknown key %q in a %s: it is not read", name, kind)
		}
	}
}

// isMissing tells whether a section was reported as missing, with a hint at the key that is almost its name.
func (p *parser) isMissing(kind rules.Kinds, name string, given []source.Entry) bool {
	_, ok := section(given, name)
	return !ok && slices.ContainsFunc(sections, func(s rules.Section) bool { return s.Name == name && s.Required&kind != 0 }) && !p.stoodInFor(name, given)
}

func isUnknown(name string) bool {
	return !slices.ContainsFunc(sections, func(s rules.Section) bool { return s.Name == name })
}

// sectionsOf names the sections that documents of a kind may have.
func sectionsOf(kind rules.Kinds) []string {
	var names []string
	for _, s := range sections {
		if s.In&kind != 0 {
			names = append(names, s.Name)
		}
	}
	return names
}
