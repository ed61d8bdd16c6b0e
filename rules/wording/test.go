package wording

import (
	"fmt"
	"strconv"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

// operations say how a text is compared. %s is the field.
var operations = map[ir.TextOp]string{ir.Equals: "%s is", ir.StartsWith: "%s starts with", ir.EndsWith: "%s ends with", ir.Contains: "%s contains", ir.Filename: "the file name of %s is", ir.Word: "%s contains as a whole word"}

func operation(o ir.TextOp, field string) string { return fmt.Sprintf(operations[o], field) }

// comparisons say how a number is compared.
var comparisons = map[string]string{"eq": "is", "neq": "is not", "lt": "is less than", "lte": "is at most", "gt": "is more than", "gte": "is at least"}

// test is what is asked of a field.
func test(field string, t ir.Test) Phrase {
	if field == ir.ElementItself {
		field = "it"
	}
	switch t := t.(type) {
	case *ir.OfFilename:
		return test("the file name of "+field, t.Test)
	case *ir.Elements:
		return elements(field, t)
	case *ir.Bits:
		return Phrase{Text: field + " has all bits of", Values: []string{fmt.Sprintf("%#x", t.Mask)}}
	case *ir.Text:
		if t.Op == ir.Equals && len(t.Values) == 1 && t.Values[0] == "" {
			return Phrase{Text: field + " is empty"}
		}
		return Phrase{Text: operation(t.Op, field) + oneOf(len(t.Values), t.List) + inCase(t.Cased), Values: t.Values, List: t.List}
	case *ir.Glob:
		return Phrase{Text: field + " has the form" + inCase(t.Cased), Values: []string{glob(t)}}
	case *ir.Regex:
		return Phrase{Text: field + " matches the regular expression" + flags(t.Flags), Values: []string{t.Expr}}
	case *ir.Number:
		return Phrase{Text: field + " " + comparisons[t.Op] + oneOf(len(t.Values), ""), Values: numbers(t.Values)}
	case *ir.Bool:
		return Phrase{Text: fmt.Sprintf("%s is %t", field, t.Value)}
	case *ir.Null:
		return Phrase{Text: field + " is missing"}
	case *ir.Exists:
		if t.Value {
			return Phrase{Text: field + " is there"}
		}
		return Phrase{Text: field + " is missing"}
	case *ir.CIDR:
		p := Phrase{Text: field + " is an address in" + oneOf(len(t.Prefixes), "")}
		for _, prefix := range t.Prefixes {
			p.Values = append(p.Values, prefix.String())
		}
		return p
	case *ir.FieldRef:
		return Phrase{Text: fmt.Sprintf("%s the value of %s%s", operation(t.Op, field), t.Other, inCase(t.Cased))}
	case *ir.TimePart:
		part := t.Part
		if part == "weekday" {
			part += " (1 is Monday)"
		}
		return Phrase{Text: fmt.Sprintf("the %s of %s (UTC) %s%s", part, field, comparisons[t.Op], oneOf(len(t.Values), "")), Values: numbers(t.Values)}
	}
	panic("wording: unknown test")
}

// oneOf says how many values there are.
func oneOf(n int, list string) string {
	switch {
	case list != "":
		return " a value of the list"
	case n > 1:
		return " one of"
	}
	return ""
}

func inCase(cased bool) string {
	if cased {
		return " (in exactly this case)"
	}
	return ""
}

func flags(set string) string {
	var words []string
	for _, f := range []struct{ letter, words string }{{"i", "in any case"}, {"m", "line by line"}, {"s", "over several lines"}} {
		if strings.Contains(set, f.letter) {
			words = append(words, f.words)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// glob writes a pattern as a rule does: * is any text, ? any character.
func glob(t *ir.Glob) string {
	var b strings.Builder
	for _, p := range t.Parts {
		switch p.Wild {
		case 0:
			b.WriteString(strings.NewReplacer(`*`, `\*`, `?`, `\?`).Replace(p.Literal))
		case ir.AnyDash:
			b.WriteString("[-/–—―]")
		default:
			b.WriteByte(p.Wild)
		}
	}
	return b.String()
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func numbers(all []float64) []string {
	out := make([]string, len(all))
	for i, f := range all {
		out[i] = number(f)
	}
	return out
}

// bounds says between which numbers a number is.
func bounds(all []rules.Bound) string {
	words := make([]string, len(all))
	for i, b := range all {
		words[i] = comparisons[b.Op] + " " + number(b.Value)
	}
	return strings.Join(words, " and ")
}
