package match

import (
	"crypto/sha256"
	"fmt"
	"io"

	"decree/rules/ir"
)

// mostSpelledOut is how many values the name of a test spells out. With more it has a digest, which takes little memory.
const mostSpelledOut = 64

// canonical is a test's text, equal for equal tests. Describe would shorten long lists.
func canonical(t ir.Test) string {
	if of, ok := t.(*ir.OfFilename); ok {
		return "filename " + canonical(of.Test)
	}
	if of, ok := t.(*ir.Elements); ok {
		return fmt.Sprintf("elements %s %d %s", of.Which, of.At, ir.DescribeBody(of.Body, canonical))
	}
	text, ok := t.(*ir.Text)
	if !ok {
		return ir.Describe(t)
	}
	if len(text.Values) <= mostSpelledOut {
		return fmt.Sprintf("%d %t %q", text.Op, text.Cased, text.Values)
	}
	sum := sha256.New()
	for _, v := range text.Values {
		fmt.Fprintf(sum, "%d:", len(v))
		io.WriteString(sum, v)
	}
	return fmt.Sprintf("%d %t %x", text.Op, text.Cased, sum.Sum(nil))
}
