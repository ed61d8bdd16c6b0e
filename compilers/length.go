package compilers

import (
	"fmt"
	"unicode/utf8"

	"decree/rules/diag"
	"decree/rules/schema"
)

// LongQuery is the code of that note. The query is exact, and still not one that can be deployed as it is.
const LongQuery = "long-query"

// TooLong notes that a query, without its comments, has more characters than the product allows where it runs queries by schedule.
func TooLong(m *schema.Model, text string, at diag.Range) []Note {
	length := utf8.RuneCountInString(text)
	if m.Longest == 0 || length <= m.Longest {
		return nil
	}
	return []Note{{Code: LongQuery, Effect: "exact", Range: at,
		Message: fmt.Sprintf("the query has %d characters, and a rule that runs by schedule may have %d: put long lists of values apart, or divide the rule", length, m.Longest)}}
}
