package eql

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// literal writes a text as a value of a column's type. A text equals a number or a boolean only as these are written:
// the texts "010", "+16" and "1" are none.
func literal(col schema.Column, v string, cased bool) (string, error) {
	switch col.Type {
	case schema.Int:
		if n, err := strconv.ParseInt(v, 10, 64); err != nil || strconv.FormatInt(n, 10) != v {
			return "", fmt.Errorf("column %s is a number, but the text %q is not", col.Name, v)
		}
		return v, nil
	case schema.Bool:
		if !cased {
			v = strings.ToLower(v)
		}
		if v != "true" && v != "false" {
			return "", fmt.Errorf("column %s is a boolean, but the text %q is not", col.Name, v)
		}
		return v, nil
	}
	return quote(v), nil
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
