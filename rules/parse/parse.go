package parse

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// parser reads one file. Its findings cover every document of it.
type parser struct {
	*source.File

	collection      collection      // state of an older rule collection
	filterCondition FilterCondition // how filters are read

	names  map[string]bool // of the document being read: all names of its namespace
	values int             // of the document being read: values of all its lists
	arrays bool            // of the document being read: brackets select elements of arrays
	// of the document being read: the line of a `condition` that is not under `detection`; 0 if there is none
	outside int

	ours, others int // documents of Sigma, and others
}

// File is the content of one rule file, in file order. Correlations are not linked yet.
type File struct {
	Rules        []*rules.Rule
	Written      []*rules.Rule // rules that have queries and no detection
	Correlations []*rules.Correlation
	// rules with an error, as far as they could be read: used only to find more errors in them
	Broken []*rules.Rule
	// nothing in the file is meant as a rule, a correlation or a filter: it is other YAML, or a template of it
	Foreign bool
}

// Documents reads every document of a rule file. It returns the rules and correlations without errors, and all
// findings. A document of another kind is an error (NotARule). List files are read through folder, which may be nil if
// no rule has one.
func Documents(file string, data []byte, folder *source.Folder) (File, diag.Diagnostics) {
	p := newParser(file, data, folder)
	out := p.documents()
	if !p.Broken() {
		out.Foreign = p.foreign(data)
		return out, p.Found()
	}
	text, colons := p.quoteColons()
	if len(colons) == 0 {
		out.Foreign = p.foreign(data)
		return out, p.Found()
	}
	again := newParser(file, []byte(text), folder)
	read := again.documents()
	if again.Broken() {
		out.Foreign = p.foreign(data)
		return out, p.Found()
	}
	read.Foreign = again.foreign(data)
	found := append(again.Found(), colons...)
	found.Sort()
	return read, found
}

// RuleFiles lists the YAML files at or below a path of a folder ("." is all of it), sorted. It skips test files and
// everything in a folder below it that is named lists, filters or regression_data. Not all of these files need be
// rules: Documents tells. It warns of linked folders, in which it does not look.
func RuleFiles(folder *source.Folder, under string) (files []string, linked diag.Diagnostics, err error) {
	files, linked, err = folder.YAMLFiles(under, holdsOther)
	return slices.DeleteFunc(files, IsTestFile), linked, err
}

// HasRuleFile tells whether RuleFiles lists a file. It looks no further than the first.
func HasRuleFile(folder *source.Folder, under string) (bool, error) {
	for file, err := range folder.YAML(under, holdsOther) {
		if err != nil || !IsTestFile(file) {
			return err == nil, err
		}
	}
	return false, nil
}

// HasRules tells whether a file that RuleFiles lists holds a rule or a correlation. A rule with errors counts if it has
// both a log source and a detection: other YAML has titles, too. It looks no further than the first. What cannot be
// read holds none.
func HasRules(folder *source.Folder, under string) bool {
	for file, err := range folder.YAML(under, holdsOther) {
		if err != nil || IsTestFile(file) {
			continue
		}
		data, found := folder.Load(file)
		if found != nil {
			continue
		}
		read, _ := Documents(file, data, nil)
		if len(read.Rules)+len(read.Written)+len(read.Correlations) > 0 || slices.ContainsFunc(read.Broken, detects) {
			return true
		}
	}
	return false
}

// detects tells whether a document has what makes it a detection rule.
func detects(r *rules.Rule) bool {
	has := func(key string) bool {
		return slices.ContainsFunc(r.Keys, func(k rules.KeyRange) bool { return k.Key == key })
	}
	return has("logsource") && has("detection")
}

// IsRuleFile tells by a file's path in its folder whether RuleFiles may list it.
func IsRuleFile(file string) bool {
	return source.IsYAML(file) && !IsTestFile(file) && !slices.ContainsFunc(strings.Split(path.Dir(file), "/"), holdsOther)
}

// holdsOther tells whether the YAML files in a folder of that name are something else than rules.
func holdsOther(folder string) bool {
	return folder == "lists" || folder == "filters" || folder == "regression_data"
}

// IsTestFile tells whether a file's name is that of a test file, x.test.yml, in letters of any case.
func IsTestFile(file string) bool {
	return strings.EqualFold(path.Ext(strings.TrimSuffix(file, path.Ext(file))), ".test")
}

// RulesIn reads the detection rules of a file in the folder, as Rules does.
func RulesIn(folder *source.Folder, file string) ([]*rules.Rule, diag.Diagnostics) {
	data, found := folder.Load(file)
	if found != nil {
		return nil, found
	}
	return Rules(file, data, folder)
}

func newParser(file string, data []byte, folder *source.Folder) *parser {
	return &parser{File: source.New(folder, file, data, source.ForRules)}
}

// documents reads every document of a file.
func (p *parser) documents() File {
	var out File
	p.Documents(func(top *yaml.Node) {
		before := p.Errors()
		r, c := p.document(top)
		switch {
		case p.Errors() > before && r != nil:
			out.Broken = append(out.Broken, r)
		case p.Errors() > before:
		case r != nil && r.OnlyWritten():
			out.Written = append(out.Written, r)
		case r != nil:
			out.Rules = append(out.Rules, r)
		case c != nil:
			out.Correlations = append(out.Correlations, c)
		}
	})
	return out
}

// Rules reads the detection rules of a file, for callers that use nothing else. Each correlation, and each rule without
// a detection, is reported as skipped.
func Rules(file string, data []byte, folder *source.Folder) ([]*rules.Rule, diag.Diagnostics) {
	read, found := Documents(file, data, folder)
	for _, c := range read.Correlations {
		found = append(found, diag.Diagnostic{Severity: diag.Info, Code: "document-skipped", Range: c.Body.Key("correlation", -1),
			Message: "this is a correlation document, not a detection rule"})
	}
	for _, r := range read.Written {
		found = append(found, diag.Diagnostic{Severity: diag.Info, Code: "document-skipped", Range: r.Key("query", -1), Message: "this rule has queries and no detection"})
	}
	found.Sort()
	return read.Rules, found
}

// document reads one YAML document: a rule, a correlation, or neither.
func (p *parser) document(top *yaml.Node) (*rules.Rule, *rules.Correlation) {
	if source.IsNull(top) {
		return nil, nil
	}
	if other := otherFormat(top); other != "" {
		p.others++
		p.Errorf(NotARule, p.Span(top), other, "this is not a rule in Sigma's format")
		return nil, nil
	}
	if !isRule(top) && !p.collection.takes(top) {
		p.notARule(top, "a rule")
		return nil, nil
	}
	p.ours++
	p.names, p.values, p.arrays = map[string]bool{}, 0, false
	if top.Kind != yaml.MappingNode {
		p.Entries(top, "a rule")
		return nil, nil
	}
	if top = p.collection.next(p, top); top == nil {
		return nil, nil
	}
	if e, ok := source.Find(top, "filter"); ok {
		p.Warnf(FilterSkipped, p.Span(e.Key), "move it to a folder of filters: one that `filters` of decree.yml or --filters names", "this filter is not applied: it is read as a rule here")
		return nil, nil
	}
	switch note := source.Value(top, "correlation"); {
	case note == nil:
	case note.Kind == yaml.ScalarNode && source.Value(top, "detection") != nil:
		p.Errorf("wrong-type", p.Span(note), "give the key another name, such as `correlation_notes`", "`correlation` makes a document a correlation: a rule with a detection cannot have a text there")
		return p.rule(source.Without(top, "correlation")), nil
	default:
		return nil, p.correlation(top)
	}
	return p.rule(top), nil
}

// rule reads a detection rule.
func (p *parser) rule(top *yaml.Node) *rules.Rule {
	r := &rules.Rule{Range: p.Span(top), Keys: p.keyRanges(top)}
	p.sections(r, rules.DetectionRules, top)
	p.checkPopulations(r)
	p.checkFirstSeen(r)
	p.checkUnused(r)
	return r
}
