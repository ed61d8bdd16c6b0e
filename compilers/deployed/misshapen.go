package deployed

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// needed is how many of a form's texts a rule needs: its name and its query.
const needed = 2

// misshapen remarks on properties that are texts in every export of the product and are something else here: somebody
// wrote the export by hand. It tells whether the rule cannot be read: a name or a query of a wrong type is not guessed.
func (x *reading) misshapen(p Product, of map[string]any) (unread bool) {
	for i, name := range forms[p].texts {
		at := of
		parts := strings.Split(name, ".")
		for _, part := range parts[:len(parts)-1] {
			at = object(at[part])
		}
		is := kindOf(at[parts[len(parts)-1]])
		rule := cmp.Or(text(of["rule_id"]), text(of["id"]), text(of["displayName"]), text(of["name"]), "without a name")
		switch {
		case is == "", i == 0 && is == "a number": // YAML reads the name 404 as a number
		case i < needed:
			x.remark("not read: rule %s: %s is %s, and must be text", rule, name, is)
			unread = true
		case slices.Contains([]string{"a list", "an object"}, is):
			x.remark("rule %s: %s is %s, and must be text: it is left out", rule, name, is)
		}
	}
	return unread
}

// kindOf says what a value is that is not a text; "" for a text and for nothing.
func kindOf(v any) string {
	switch v.(type) {
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return ""
}
