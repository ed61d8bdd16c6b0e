package fieldmap

import (
	"fmt"
	"strings"
)

// brief shortens a table that is a search with alternatives, `(source=a OR source=b) x=c`, to the first of them and the
// number of the others: `source=a +1 x=c`. Other tables stay.
func brief(table string) string {
	const or = " OR "
	depth, quoted, first, others, end := 0, false, 0, 0, -1
	for i, c := range table {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 1 && strings.HasPrefix(table[i:], or):
			if others++; others == 1 {
				first = i
			}
		}
		if depth == 0 && !quoted {
			end = i
			break
		}
	}
	if others == 0 || end < 0 {
		return table
	}
	return fmt.Sprintf("%s +%d%s", table[1:first], others, table[end+1:])
}
