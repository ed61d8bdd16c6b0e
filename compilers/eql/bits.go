package eql

import (
	"fmt"
	mathbits "math/bits"

	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// bits tests whether all bits of a mask are set in a column of whole numbers. Each run of neighbouring bits is what is
// left of the number between its ends. Division of whole numbers drops the remainder. A negative number has the bits
// that -1 minus the number has not.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-arithmetic-operators
func bits(f string, col schema.Column, t *ir.Bits, negated bool) (logic.Pred, error) {
	if col.Type != schema.Int {
		return nil, fmt.Errorf("column %s is not a number: bits of a text cannot be tested", col.Name)
	}
	plain := logic.All{logic.Atom(f + " >= 0")}
	below := logic.All{logic.Atom(f + " < 0")}
	for left := uint64(t.Mask); left != 0; {
		from := mathbits.TrailingZeros64(left)
		long := mathbits.TrailingZeros64(^(left >> from))
		left &^= (1<<long - 1) << from
		plain = append(plain, logic.Atom(fmt.Sprintf("%s %% %d == %d", shifted(f, from), uint64(1)<<long, uint64(1)<<long-1)))
		below = append(below, logic.Atom(fmt.Sprintf("%s %% %d == 0", shifted("(-1 - "+f+")", from), uint64(1)<<long)))
	}
	either := logic.Any{plain, below}
	if negated { // Elasticsearch turns `not a < b` into `a >= b`, false without the field
		return logic.All{logic.Atom(f + " != null"), either}, nil
	}
	return either, nil
}

func shifted(value string, by int) string {
	if by == 0 {
		return value
	}
	return fmt.Sprintf("(%s / %d)", value, uint64(1)<<by)
}
