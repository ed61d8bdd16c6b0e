package layers

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Badge draws a badge as SVG: a label and a value beside it. It needs no font and no network.
func Badge(label, value string) []byte {
	left, right := width(label), width(value)
	label, value = html.EscapeString(label), html.EscapeString(value)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s: %s">`, left+right, label, value)
	fmt.Fprintf(&b, `<title>%s: %s</title>`, label, value)
	fmt.Fprintf(&b, `<rect width="%d" height="20" fill="#444"/><rect x="%d" width="%d" height="20" fill="#08519c"/>`, left, left, right)
	b.WriteString(`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`)
	fmt.Fprintf(&b, `<text x="%g" y="14">%s</text><text x="%g" y="14">%s</text></g></svg>`, float64(left)/2, label, float64(left)+float64(right)/2, value)
	b.WriteByte('\n')
	return []byte(b.String())
}

// width is about how many pixels a text takes, with a margin.
func width(text string) int { return 7*utf8.RuneCountInString(text) + 10 }
