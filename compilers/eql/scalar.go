package eql

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// literal writes a text as a value of a column's type. It is not ok for a text that the column never holds.
func literal(col schema.Column, v string) (text string, ok bool, err error) {
	switch col.Type {
	case schema.IP:
		if _, err := netip.ParseAddr(v); err != nil {
			return "", false, nil // Elasticsearch refuses to look for it
		}
	case schema.Int:
		n, err := strconv.ParseInt(v, 0, 64)
		if err != nil {
			return "", false, fmt.Errorf("column %s is a number, but %q is not", col.Name, v)
		}
		return strconv.FormatInt(n, 10), true, nil
	case schema.Bool:
		b, err := strconv.ParseBool(strings.ToLower(v))
		if err != nil {
			return "", false, fmt.Errorf("column %s is a boolean, but %q is not", col.Name, v)
		}
		return strconv.FormatBool(b), true, nil
	}
	return quote(v), true, nil
}

// numberLiterals writes numbers.
func numberLiterals(values []float64) ([]string, error) {
	texts := make([]string, len(values))
	for i, v := range values {
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, fmt.Errorf("EQL cannot represent the number %v", v)
		}
		texts[i] = compilers.Number(v)
	}
	return texts, nil
}

// functions compare the start, the end or a part of a text.
var functions = map[ir.TextOp]string{ir.StartsWith: "startsWith", ir.EndsWith: "endsWith", ir.Contains: "stringContains"}
