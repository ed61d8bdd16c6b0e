package eql

import (
	"cmp"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules/schema"
)

// joinKeys are the columns that a field's value is joined by. If the value is spread over several columns, it is that
// of the first one that is not null, and the nulls are joined, too. filled tests that the value is not empty: a
// sequence joins empty texts, too. The domain of a user may be missing.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-optional-by-fields
func joinKeys(columns []schema.Column, domain *schema.Column) (keys []string, filled logic.Pred) {
	var ways logic.Any
	var before logic.All // the columns before are null
	for _, c := range columns {
		name, key := columnName(c.Name), columnName(c.Name)
		if len(columns) == 1 {
			key = joinColumn(c.Name)
		}
		keys = append(keys, key)
		switch {
		case c.Type == "" || c.Type == schema.String: // and not null, of which no comparison holds
			ways = append(ways, append(slices.Clone(before), logic.Atom(name+` != ""`)))
		case len(columns) > 1:
			ways = append(ways, append(slices.Clone(before), logic.Atom(name+" != null")))
		}
		before = append(before, logic.Atom(name+" == null"))
	}
	if domain != nil {
		keys = append(keys, columnName(domain.Name))
	}
	if len(ways) > 0 {
		filled = ways
	}
	return keys, filled
}

// keyTypes gives the types of a value's columns, which must be the same in every event of a sequence.
func keyTypes(columns []schema.Column, domain *schema.Column) string {
	var types []string
	for _, c := range columns {
		types = append(types, string(cmp.Or(c.Type, schema.String)))
	}
	if domain != nil {
		types = append(types, "string behind its domain")
	}
	return strings.Join(types, ", ")
}
