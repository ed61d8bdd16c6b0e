package kql

import (
	"fmt"
	"strings"

	"decree/rules/schema"
)

// property reads a property as what it is declared to be. One of a column of text is read out of
// the JSON that the text is. A property that is not there is an empty text, as a missing column is.
func (w *writer) property(bag string, path []string, declared schema.Type) operand {
	from := column(bag)
	if w.plan.Source.Columns[bag] == "string" {
		from = "parse_json(" + from + ")"
	}
	for _, key := range path {
		if plainName.MatchString(key) && !words[strings.ToLower(key)] {
			from += "." + key
		} else {
			from += "[" + quote(key) + "]"
		}
	}
	switch declared {
	case schema.Int:
		return operand{name: fmt.Sprintf("tolong(%s)", from), kind: number}
	case schema.Bool:
		return operand{name: fmt.Sprintf("tobool(%s)", from), kind: boolean}
	case schema.Datetime:
		return operand{name: fmt.Sprintf("todatetime(%s)", from), kind: datetime}
	}
	return operand{name: fmt.Sprintf("tostring(%s)", from), kind: text}
}
