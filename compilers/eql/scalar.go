package eql

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// typedText compares text with a column that is not text: only equality can be said, and
// only for a value that is of the column's type.
func typedText(col schema.Column, t *ir.Text) (compilers.Pred, error) {
	if t.Op != ir.Equals {
		return nil, fmt.Errorf("column %s is of type %s: only equality can be tested", col.Name, col.Type)
	}
	values := make([]string, 0, len(t.Values))
	for _, v := range t.Values {
		lit := quote(v)
		switch col.Type {
		case schema.IP:
			if _, err := netip.ParseAddr(v); err != nil {
				continue // no address is this text, and Elasticsearch refuses to look for it
			}
		case schema.Int:
			n, err := strconv.ParseInt(v, 0, 64)
			if err != nil {
				return nil, fmt.Errorf("column %s is a number, which %q is not", col.Name, v)
			}
			lit = strconv.FormatInt(n, 10)
		case schema.Bool:
			b, err := strconv.ParseBool(strings.ToLower(v))
			if err != nil {
				return nil, fmt.Errorf("column %s is a boolean, which %q is not", col.Name, v)
			}
			lit = strconv.FormatBool(b)
		}
		values = append(values, lit)
	}
	switch len(values) {
	case 0:
		return compilers.Constant(false), nil
	case 1:
		return compilers.Atom(columnName(col.Name) + " == " + values[0]), nil
	}
	return compilers.Atom(columnName(col.Name) + " in (" + strings.Join(values, ", ") + ")"), nil
}

var functions = map[ir.TextOp]string{ir.StartsWith: "startsWith", ir.EndsWith: "endsWith", ir.Contains: "stringContains"}
