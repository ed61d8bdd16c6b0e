package schema

import (
	"fmt"
	"strings"

	"decree/rules/ir"
)

// digests searches for whole hashes in a column with several hashes, whatever surrounds them.
func (c Column) digests(n *ir.Match) (ir.Node, error) {
	switch n.Test.(type) {
	case *ir.Null, *ir.Exists:
		return n, nil
	}
	text, ok := n.Test.(*ir.Text)
	if !ok {
		return n, c.wholeDigests()
	}
	all := &ir.Text{Op: ir.Contains}
	for _, v := range text.Values {
		hash := v
		if algorithm, after, named := strings.Cut(v, "="); named {
			if f, known := hashFields[strings.ToUpper(algorithm)]; !known || len(after) != f.length {
				return n, c.wholeDigests()
			}
			hash = after
		}
		if !isDigest(hash) {
			return n, c.wholeDigests()
		}
		all.Values = append(all.Values, hash)
	}
	return &ir.Match{Base: n.Base, Field: n.Field, Test: all}, nil
}

func (c Column) wholeDigests() error {
	return fmt.Errorf("column %s holds hashes of several algorithms: only whole hashes can be searched for", c.Name)
}

// isDigest tells whether a text has the length of a hash and consists of hexadecimal digits.
func isDigest(s string) bool {
	for _, f := range hashFields {
		if len(s) == f.length {
			return strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
		}
	}
	return false
}
