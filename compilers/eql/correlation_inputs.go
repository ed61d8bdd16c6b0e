package eql

import (
	"cmp"
	"strings"

	"decree/compilers"
	"decree/rules/schema"
)

// joinKeys are the columns that a field's value is joined by. If the value is spread over several columns, one has it
// and the others are null, which is joined too. filled tests that one of them has a value that is not empty: a sequence
// joins empty texts, too. The domain of a user may be missing.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-optional-by-fields
func joinKeys(columns []schema.Column, domain *schema.Column) (keys []string, filled compilers.Pred) {
	var any compilers.Any
	for _, c := range columns {
		var there compilers.All
		if len(columns) == 1 {
			keys = append(keys, joinColumn(c.Name))
		} else {
			keys = append(keys, columnName(c.Name))
			there = append(there, compilers.Atom(columnName(c.Name)+" != null"))
		}
		if c.Type == "" || c.Type == schema.String {
			there = append(there, compilers.Atom(columnName(c.Name)+` != ""`))
		}
		if len(there) > 0 {
			any = append(any, there)
		}
	}
	if domain != nil {
		keys = append(keys, columnName(domain.Name))
	}
	if len(any) > 0 {
		filled = any
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
