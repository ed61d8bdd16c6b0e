package match

import (
	"strings"
	"unicode/utf8"

	"decree/rules/ir"
)

// glob matches the whole of v with at most one step back per wildcard: its cost is bounded by
// the product of the lengths.
func glob(parts []ir.GlobPart, v string) bool {
	i, star, from := 0, -1, 0
	pos := 0
	for {
		if i < len(parts) {
			p := parts[i]
			switch {
			case p.Wild == '*':
				star, from = i, pos
				i++
				continue
			case p.Wild == '?' && pos < len(v):
				_, size := utf8.DecodeRuneInString(v[pos:])
				pos += size
				i++
				continue
			case p.Wild == ir.AnyDash && pos < len(v):
				if r, size := utf8.DecodeRuneInString(v[pos:]); strings.ContainsRune(ir.Dashes, r) {
					pos += size
					i++
					continue
				}
			case p.Wild == 0 && strings.HasPrefix(v[pos:], p.Literal):
				pos += len(p.Literal)
				i++
				continue
			}
		} else if pos == len(v) {
			return true
		}
		if star < 0 || from >= len(v) {
			return false
		}
		_, size := utf8.DecodeRuneInString(v[from:])
		from += size
		pos, i = from, star+1
	}
}
