package lint

import (
	"fmt"
	"strings"

	"decree/rules"
)

// caseMatters tells whether values that differ only in case are different values. Once encoded, they differ in more
// than case.
func caseMatters(it rules.Item) bool {
	return has(it, "cased", "re", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be")
}

func duplicateValue(s *subject, it rules.Item) {
	type value struct {
		kind rules.ValueKind
		text string
	}
	seen := map[value]string{}
	for _, v := range it.Values {
		key := value{v.Kind, v.Text}
		if v.Kind == rules.StringValue && !caseMatters(it) {
			key.text = strings.ToLower(key.text)
		}
		if first, again := seen[key]; again {
			message := "duplicate value"
			if first != v.Text {
				message = fmt.Sprintf("duplicate value: case makes no difference, and \"%s\" is there", first)
			}
			s.report(v.Range, "remove one of them", "%s", message)
			continue
		}
		seen[key] = v.Text
	}
}

// mostCompared limits how many values of a list are compared with each other.
const mostCompared = 1000

// redundantValue reports a value that adds nothing, because a shorter one in the list matches the same.
func redundantValue(s *subject, it rules.Item) {
	compare := map[string]func(s, part string) bool{"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix}
	var holds func(s, part string) bool
	for _, m := range it.Modifiers {
		if compare[m.Name] == nil {
			return // other modifiers change the values or the test
		}
		holds = compare[m.Name]
	}
	if holds == nil || len(it.Values) > mostCompared || wild(it) {
		return
	}
	for i, v := range it.Values {
		for j, other := range it.Values {
			long, short := strings.ToLower(v.Text), strings.ToLower(other.Text)
			if i != j && long != short && v.Kind == rules.StringValue && other.Kind == rules.StringValue && holds(long, short) {
				s.report(v.Range, "remove it, or the shorter one", "everything that this value matches, \"%s\" matches too", other.Text)
				break
			}
		}
	}
}
