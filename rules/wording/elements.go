package wording

import (
	"fmt"

	"decree/rules"
	"decree/rules/ir"
)

// elements says what is asked of the elements of an array.
func elements(field string, t *ir.Elements) Phrase {
	which := whichElement(field, t)
	body := Node(t.Body)
	switch t.Body.(type) {
	case *ir.And:
		return Phrase{Text: which + " satisfies all of these", Parts: body.Parts}
	case *ir.Or:
		return Phrase{Text: which + " satisfies at least one of these", Parts: body.Parts}
	}
	return Phrase{Text: which + " satisfies this", Parts: []Phrase{body}}
}

// whichElement says of which elements a test is.
func whichElement(field string, t *ir.Elements) string {
	switch t.Which {
	case rules.AnyElement:
		return "at least one element of " + field
	case rules.EveryElement:
		return "there is an element of " + field + ", and every one"
	case rules.NoElement:
		return "no element of " + field
	case rules.AllOrEmpty:
		return "every element of " + field + " that there may be"
	}
	switch t.At {
	case 0:
		return "the first element of " + field
	case -1:
		return "the last element of " + field
	}
	if t.At < 0 {
		return fmt.Sprintf("element %d of %s, counted from the end,", -t.At, field)
	}
	return fmt.Sprintf("element %d of %s", t.At+1, field)
}
