package lint

import (
	"regexp"
	"slices"
	"strings"

	"decree/rules/attack"
	"decree/rules/diag"
)

// namespaces are Sigma's namespaces, each with the form of its names.
// https://github.com/SigmaHQ/sigma-specification/blob/main/appendix/sigma-tags-appendix.md
var namespaces = map[string]*regexp.Regexp{
	"attack":    regexp.MustCompile(`^(t\d{4}(\.\d{3})?|[gsc]\d{4}|m\d{4}|ds\d{4}|ta\d{4}|[a-z]+(-[a-z]+)*)$`),
	"car":       regexp.MustCompile(`^\d{4}-\d{2}-\d{3}$`),
	"cve":       regexp.MustCompile(`^\d{4}-\d{4,}$`),
	"d3fend":    regexp.MustCompile(`^d3-[a-z0-9]+$|^d3f[-:][A-Za-z0-9]+$|^[a-z]+$`),
	"detection": regexp.MustCompile(`^(dfir|emerging-threats|threat-hunting)$`),
	"stp":       regexp.MustCompile(`^[1-5][auk]?$`),
	"tlp":       regexp.MustCompile(`^(clear|white|green|amber|amber-strict|red)$`),
}

// tagForm allows capital letters in names only for the artifacts of D3FEND.
var tagForm = regexp.MustCompile(`^[a-z0-9_-]+\.[a-z0-9._:-]+$|^d3fend\.d3f[-:][A-Za-z0-9]+$`)

var tagChecks = []Check{
	{Code: "invalid-tag", Severity: diag.Warning, rule: func(s *subject) {
		s.eachTag(func(i int, tag, _, _ string) {
			if !tagForm.MatchString(tag) {
				s.report(s.Key("tags", i), withNamespace(tag, "write `namespace.name` in lower case, such as attack.t1059"), "%q does not have the form of a tag", tag)
			}
		})
	}},
	{Code: "unknown-tag-namespace", Severity: diag.Warning, rule: func(s *subject) {
		s.eachTag(func(i int, tag, namespace, _ string) {
			if _, known := namespaces[namespace]; !known && tagForm.MatchString(tag) {
				s.report(s.Key("tags", i), withNamespace(tag, "one of "+strings.Join(namespaceNames(), ", ")), "unknown tag namespace %q", namespace)
			}
		})
	}},
	{Code: "unknown-attack-tag", Severity: diag.Warning, rule: func(s *subject) {
		s.eachTag(func(i int, _, namespace, name string) {
			if known, _ := attack.Lookup(name); namespace == "attack" && !known && isTacticOrTechnique(name) {
				hint := "look it up at https://attack.mitre.org"
				if !strings.HasPrefix(name, "t1") { // another number is another technique
					hint = diag.Suggest("did you mean attack.%s?", name, attack.Names(), hint)
				}
				s.report(s.Key("tags", i), hint, "ATT&CK Enterprise %s has no %q", attack.Newest, name)
			}
		})
	}},
	{Code: "retired-attack-tag", Severity: diag.Info, rule: func(s *subject) {
		s.eachTag(func(i int, _, namespace, name string) {
			if known, current := attack.Lookup(name); namespace == "attack" && known && !current {
				s.report(s.Key("tags", i), "look up what replaced it at https://attack.mitre.org", "%q is no longer in ATT&CK %s", name, attack.Newest)
			}
		})
	}},
	{Code: "invalid-car-tag", Severity: diag.Warning, rule: tagsOf("car", "write it as car.2016-03-001")},
	{Code: "invalid-cve-tag", Severity: diag.Warning, rule: tagsOf("cve", "write it as cve.2021-44228")},
	{Code: "invalid-d3fend-tag", Severity: diag.Warning, rule: tagsOf("d3fend", "write it as d3fend.d3-am")},
	{Code: "invalid-detection-tag", Severity: diag.Warning, rule: tagsOf("detection", "one of dfir, emerging-threats, threat-hunting")},
	{Code: "invalid-stp-tag", Severity: diag.Warning, rule: tagsOf("stp", "a number from 1 to 5, optionally followed by a, u or k")},
	{Code: "invalid-tlp-tag", Severity: diag.Warning, rule: tagsOf("tlp", "one of clear, green, amber, amber-strict, red")},
	{Code: "duplicate-tag", Severity: diag.Warning, rule: func(s *subject) {
		for i := range s.Tags {
			if slices.Contains(s.Tags[:i], s.Tags[i]) {
				s.report(s.Key("tags", i), "remove one of them", "duplicate tag %s", s.Tags[i])
			}
		}
	}},
}

// withNamespace is a hint for a tag without a namespace that names a tactic or a technique, and otherwise the other
// hint.
func withNamespace(tag, otherwise string) string {
	if known, _ := attack.Lookup(strings.ToLower(tag)); known {
		return "write `attack." + strings.ToLower(tag) + "`"
	}
	return otherwise
}

// eachTag visits the rule's tags, cut at the first dot.
func (s *subject) eachTag(visit func(i int, tag, namespace, name string)) {
	for i, tag := range s.Tags {
		if namespace, name, ok := strings.Cut(tag, "."); ok {
			visit(i, tag, namespace, name)
		} else {
			visit(i, tag, tag, "")
		}
	}
}

// tagsOf checks the form of one namespace's tags.
func tagsOf(namespace, hint string) func(*subject) {
	return func(s *subject) {
		s.eachTag(func(i int, tag, in, name string) {
			if in == namespace && !namespaces[in].MatchString(name) {
				s.report(s.Key("tags", i), hint, "%q is not a tag of the namespace %s", tag, namespace)
			}
		})
	}
}

// isTacticOrTechnique is false for groups, software, campaigns and data sources, and for a tactic's id: a tag has its
// name.
func isTacticOrTechnique(name string) bool {
	return !attack.IsOther(name) && !tacticID.MatchString(name)
}

var tacticID = regexp.MustCompile(`^ta\d{4}$`)

func namespaceNames() []string {
	var names []string
	for n := range namespaces {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
