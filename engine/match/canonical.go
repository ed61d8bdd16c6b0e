package match

import (
	"crypto/sha256"
	"fmt"
	"strconv"

	"decree/rules/ir"
)

// identity tells predicates apart. It is a digest, which takes little memory, and the garbage collector has nothing to
// look for in it.
type identity [16]byte

// identify gives the identity of a predicate. It is written into a buffer first, which is given back.
func identify(a *Atom, buffer []byte) (identity, []byte) {
	b := fmt.Appendf(buffer[:0], "%d %d %t ", a.Slot, a.Other, a.Ancestor)
	b = appendText(b, a.Field.String())
	b = appendCanonical(b, a.Test)
	sum := sha256.Sum256(b)
	return identity(sum[:]), b
}

// appendCanonical writes a test, in the same way for equal tests. Describe would shorten long lists.
func appendCanonical(b []byte, t ir.Test) []byte {
	switch t := t.(type) {
	case *ir.OfFilename:
		return appendCanonical(append(b, "filename "...), t.Test)
	case *ir.Elements:
		return fmt.Appendf(b, "elements %s %d %s", t.Which, t.At, ir.DescribeBody(t.Body, canonical))
	case *ir.Text:
		b = fmt.Appendf(b, "%d %t", t.Op, t.Cased)
		for _, v := range t.Values {
			b = appendText(b, v)
		}
		return b
	}
	return append(b, ir.Describe(t)...)
}

func canonical(t ir.Test) string { return string(appendCanonical(nil, t)) }

// appendText writes a text so that what follows cannot be taken for a part of it.
func appendText(b []byte, text string) []byte {
	b = append(strconv.AppendInt(append(b, ' '), int64(len(text)), 10), ':')
	return append(b, text...)
}
