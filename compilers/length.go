package compilers

import (
	"fmt"
	"unicode/utf8"

	"decree/rules/diag"
	"decree/rules/schema"
)

// LongQuery is the code of the note about a long query. The query is exact, but cannot be deployed as a scheduled rule.
const LongQuery = "long-query"

// TooLong notes that a query, without its comments, has more characters than the product allows in a scheduled rule.
func TooLong(m *schema.Model, text string, at diag.Range) []Note {
	length := utf8.RuneCountInString(text)
	if m.Longest == 0 || length <= m.Longest {
		return nil
	}
	return []Note{{Code: LongQuery, Effect: "exact", Range: at,
		Message: fmt.Sprintf("the query has %d characters, but a scheduled rule may have at most %d: compile with --lists apart, or split the rule", length, m.Longest)}}
}
