package lint

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/rules/source"
)

var (
	hasLetter   = regexp.MustCompile(`\pL`)
	hexadecimal = regexp.MustCompile(`(?i)^0x[0-9a-f]+$`)
	accountID   = regexp.MustCompile(`(?i)^S-1-\d`) // a SID, which has no domain before it
)

// eachWholeWord visits texts with a letter that are compared with whole fields. The check of a field is made once for a
// rule, from the columns of the field, and is nil if no text of it can be wrong.
func eachWholeWord(ofField func(s *subject, field string, columns []askedColumn) func(rules.Value)) func(*subject) {
	return func(s *subject) {
		if s.lowered == nil {
			return
		}
		asked := sync.OnceValue(s.asked)
		checks := map[string]func(rules.Value){}
		eachText(func(s *subject, it rules.Item, v rules.Value) {
			whole := it.Field != "" && len(it.Modifiers) == 0 && !wild(rules.Item{Values: []rules.Value{v}})
			if !whole || !hasLetter.MatchString(v.Text) || rules.Placeholder.MatchString(v.Text) {
				return
			}
			check, made := checks[it.Field]
			if !made {
				check = ofField(s, it.Field, columnsOf(it.Field, asked()))
				checks[it.Field] = check
			}
			if check != nil {
				check(v)
			}
		})(s)
	}
}

// askedColumn is the column of a field in a log source of a data model.
type askedColumn struct {
	schema.Column
	model  *schema.Model
	source *schema.Source
}

func (c askedColumn) isNumber() bool { return len(c.Values) == 0 && c.source.Numbers(c.Column) }

// asked gives the log sources that the data models ask for the rule.
func (s *subject) asked() map[*schema.Model][]*schema.Source {
	out := map[*schema.Model][]*schema.Source{}
	for m := range models() {
		out[m] = m.Asked(s.lowered)
	}
	return out
}

// columnsOf gives the columns of a field that do not have each text: of numbers, of a product's words, or of a name
// whose domain is elsewhere.
func columnsOf(field string, asked map[*schema.Model][]*schema.Source) (out []askedColumn) {
	f := ir.FieldNamed(field)
	for m := range models() {
		for _, source := range asked[m] {
			column, _ := m.ColumnOf(source, f)
			if c := (askedColumn{column, m, source}); c.isNumber() || len(c.Values) > 0 || c.Domain != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// wordForNumber reports a text where the values of the field are numbers. It may be a word that one of the data models
// has for a value of the field.
func wordForNumber(s *subject, field string, columns []askedColumn) func(rules.Value) {
	number := slices.IndexFunc(columns, askedColumn.isNumber)
	if number < 0 {
		return nil
	}
	return func(v rules.Value) {
		word := slices.ContainsFunc(columns, func(c askedColumn) bool { return c.MayBeWord(v.Text) })
		if !word && !hexadecimal.MatchString(v.Text) {
			s.report(v.Range, "write the number", "%s is a number, as in data model %s, and never this text", field, columns[number].model.Name)
		}
	}
}

// userWithoutDomain reports the name of a user alone where Windows' logs have the domain before it: where a data model
// keeps the domain elsewhere, the field itself has it. Products that keep the two apart have the name alone.
func userWithoutDomain(s *subject, field string, columns []askedColumn) func(rules.Value) {
	onWindows := slices.ContainsFunc(s.LogSources(), func(ls rules.LogSource) bool { return strings.EqualFold(ls.Product, "windows") })
	if !onWindows || !slices.ContainsFunc(columns, func(c askedColumn) bool { return c.Domain != "" }) {
		return nil
	}
	return func(v rules.Value) {
		if !strings.ContainsAny(v.Text, `\@`) && !accountID.MatchString(v.Text) {
			s.report(v.Range, "write `"+field+"|endswith: "+source.Quoted(`\`+v.Text)+"`", "in the logs of Windows %s begins with the domain, as in NT AUTHORITY\\SYSTEM: the test never matches there", field)
		}
	}
}
