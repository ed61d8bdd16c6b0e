package lint

import (
	"regexp"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

var (
	hasLetter   = regexp.MustCompile(`\pL`)
	hexadecimal = regexp.MustCompile(`(?i)^0x[0-9a-f]+$`)
)

// eachWholeWord visits texts with a letter that are compared with whole fields.
func eachWholeWord(check func(*subject, rules.Item, rules.Value)) func(*subject) {
	return eachText(func(s *subject, it rules.Item, v rules.Value) {
		whole := it.Field != "" && len(it.Modifiers) == 0 && !wild(rules.Item{Values: []rules.Value{v}})
		if s.lowered != nil && whole && hasLetter.MatchString(v.Text) && !rules.Placeholder.MatchString(v.Text) {
			check(s, it, v)
		}
	})
}

// wordForNumber reports a text where the values of the field are numbers.
func wordForNumber(s *subject, it rules.Item, v rules.Value) {
	if model := s.ofNumbers(it.Field, v.Text); model != "" && !hexadecimal.MatchString(v.Text) {
		s.report(v.Range, "write the number", "%s is a number, as in data model %s, and never this text", it.Field, model)
	}
}

// ofNumbers gives a data model that has a field as numbers in the rule's log sources. It is "" if none does, or if one
// has words for values of the field, of which this may be one.
func (s *subject) ofNumbers(field, value string) (model string) {
	f := ir.FieldNamed(field)
	for m := range models() {
		for _, source := range m.Asked(s.lowered) {
			c, _ := m.ColumnOf(source, f)
			switch {
			case c.MayBeWord(value):
				return ""
			case len(c.Values) == 0 && source.Numbers(c) && model == "":
				model = m.Name
			}
		}
	}
	return model
}

// userWithoutDomain reports the name of a user alone where Windows' logs have the domain before it. Products that keep
// the two apart have the name alone.
func userWithoutDomain(s *subject, it rules.Item, v rules.Value) {
	onWindows := slices.ContainsFunc(s.LogSources(), func(ls rules.LogSource) bool { return strings.EqualFold(ls.Product, "windows") })
	if onWindows && !strings.ContainsAny(v.Text, `\@`) && s.withDomain(it.Field) {
		s.report(v.Range, "write `"+it.Field+"|endswith: '\\"+v.Text+"'`", "in the logs of Windows %s begins with the domain, as in NT AUTHORITY\\SYSTEM: the test never matches there", it.Field)
	}
}

// withDomain tells whether a data model of the rule's log sources keeps the domain of a field elsewhere: then the field
// itself has it.
func (s *subject) withDomain(field string) bool {
	f := ir.FieldNamed(field)
	for m := range models() {
		for _, source := range m.Asked(s.lowered) {
			if c, _ := m.ColumnOf(source, f); c.Domain != "" {
				return true
			}
		}
	}
	return false
}
