package eql

import (
	"cmp"
	"strings"

	"decree/compilers"
	"decree/rules/schema"
)

// joinKeys are the columns that a field's value is joined by. If the value is spread over several columns, one has it
// and the others are null, which is joined too. present tests that one of them has a value. The domain of a user may be
// missing.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-optional-by-fields
func joinKeys(columns []schema.Column, domain *schema.Column) (keys []string, present compilers.Pred) {
	if len(columns) == 1 {
		keys = []string{joinColumn(columns[0].Name)}
	} else {
		var any compilers.Any
		for _, c := range columns {
			keys = append(keys, columnName(c.Name))
			any = append(any, compilers.Atom(columnName(c.Name)+" != null"))
		}
		present = any
	}
	if domain != nil {
		keys = append(keys, columnName(domain.Name))
	}
	return keys, present
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
