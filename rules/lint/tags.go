package lint

import (
	"regexp"
	"slices"
	"strings"

	"decree/rules/attack"
	"decree/rules/diag"
	"decree/rules/schema"
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
	{Code: "misspelt-tag-namespace", Severity: diag.Warning, rule: func(s *subject) {
		s.eachTag(func(i int, tag, namespace, name string) {
			if meant := meantTag(tag, namespace, name); meant != "" {
				hint := "write `" + meant + "`"
				if of, isAttack := strings.CutPrefix(meant, "attack."); isAttack {
					hint = writeAttack(of)
				}
				s.report(s.Key("tags", i), hint, "Sigma does not define the tag namespace %q, and tools look for its own", namespace)
			}
		})
	}},
	{Code: "unknown-tag-namespace", Severity: diag.Info, rule: func(s *subject) {
		reported := map[string]bool{}
		s.eachTag(func(i int, tag, namespace, name string) {
			if _, known := namespaces[namespace]; !known && !reported[namespace] && tagForm.MatchString(tag) && meantTag(tag, namespace, name) == "" {
				reported[namespace] = true
				s.report(s.Key("tags", i), "keep it if it is your own; Sigma's are "+strings.Join(namespaceNames(), ", "), "Sigma does not define the tag namespace %q", namespace)
			}
		})
	}},
	{Code: "unknown-attack-tag", Severity: diag.Warning, rule: unknownAttackTag},
	{Code: "retired-attack-tag", Severity: diag.Info, rule: func(s *subject) {
		s.eachTag(func(i int, _, namespace, name string) {
			if known, current := attack.Lookup(name); namespace == "attack" && known && !current {
				hint := "look up what replaced it at https://attack.mitre.org"
				if len(attack.Successors(name)) > 0 {
					hint = writeAttack(name) + ", whichever the rule finds"
				}
				s.report(s.Key("tags", i), hint, "%q is no longer in ATT&CK %s", name, attack.Newest)
			}
		})
	}},
	{Code: "attack-tactic-id", Severity: diag.Info, rule: func(s *subject) {
		s.eachTag(func(i int, tag, namespace, name string) {
			if slug := attack.TagOf(name); namespace == "attack" && tacticID.MatchString(name) && slug != "" {
				s.report(s.Key("tags", i), writeAttack(slug), "%q names a tactic by its id: Sigma's tags have its name", tag)
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
		for _, i := range repeats(s.Tags) {
			s.report(s.Key("tags", i), "remove one of them", "duplicate tag %s", s.Tags[i])
		}
	}},
}

// ofAttackAlone is the form of ids that mean nothing else: of techniques, tactics and data sources.
var ofAttackAlone = regexp.MustCompile(`^(t1|ta|ds)\d+`)

// meantTag gives the tag that one in an unknown namespace means: one whose namespace is nearly Sigma's, or that has an
// id of ATT&CK. It is empty if there is none.
func meantTag(tag, namespace, name string) string {
	if _, known := namespaces[namespace]; known || !tagForm.MatchString(tag) {
		return ""
	}
	for _, id := range []string{tag, name} {
		if meant := attack.TagOf(id); meant != "" && ofAttackAlone.MatchString(id) {
			return "attack." + meant
		}
	}
	near := diag.Closest(namespace, namespaceNames())
	if len(near) < 5 || !namespaces[near].MatchString(name) {
		return "" // short names are near to many
	}
	if known, _ := attack.Lookup(name); near == "attack" && !known {
		return ""
	}
	return near + "." + name
}

// unknownAttackTag reports a tactic or a technique that ATT&CK never had. Those of its matrices for industry and for
// phones are not in the table: they are left alone where a rule may mean them.
func unknownAttackTag(s *subject) {
	s.eachTag(func(i int, _, namespace, name string) {
		if known, _ := attack.Lookup(name); namespace != "attack" || known || !isTacticOrTechnique(name) {
			return
		}
		at := s.Key("tags", i)
		switch other := attack.OtherMatrix(name); {
		case other == "ICS" || other == "Mobile" && !isProduct(s.LogSource.Product):
		case other != "":
			s.report(at, "look up the technique of ATT&CK Enterprise at https://attack.mitre.org", "%q is in ATT&CK %s, which is about other systems than %s", name, other, s.LogSource.Product)
		default:
			hint := "look it up at https://attack.mitre.org"
			if !strings.HasPrefix(name, "t1") { // another number is another technique
				hint = diag.Suggest("did you mean attack.%s?", name, attack.Names(), hint)
			}
			s.report(at, hint, "ATT&CK Enterprise %s has no %q", attack.Newest, name)
		}
	})
}

// isProduct tells whether a shipped model names the product.
func isProduct(name string) bool {
	for m := range models() {
		if slices.ContainsFunc(m.Sources, func(source schema.Source) bool { return name != "" && source.Product == name }) {
			return true
		}
	}
	return false
}

// writeAttack is a hint to write a tag of ATT&CK. Of a tactic that is no longer there it names those that are.
func writeAttack(name string) string {
	names := attack.Successors(name)
	if len(names) == 0 {
		names = []string{name}
	}
	return "write `attack." + strings.Join(names, "` or `attack.") + "`"
}

// withNamespace is a hint for a tag without a namespace that means something of ATT&CK, and otherwise the other hint.
func withNamespace(tag, otherwise string) string {
	if name := attack.TagOf(tag); name != "" {
		return writeAttack(name)
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
				s.report(s.Key("tags", i), withNamespace(name, hint), "%q is not a tag of the namespace %s", tag, namespace)
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
