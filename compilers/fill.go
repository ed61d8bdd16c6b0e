package compilers

import "strings"

// LineWidth is where long lists in a query are broken.
const LineWidth = 120

// Fill joins values with commas, broken into lines after indent when they are long.
func Fill(values []string, indent string) string {
	one := strings.Join(values, ", ")
	if len(one) <= LineWidth {
		return one
	}
	var b strings.Builder
	width := LineWidth
	for i, v := range values {
		if i > 0 {
			b.WriteString(",")
		}
		if width+len(v)+2 > LineWidth {
			b.WriteString("\n" + indent)
			width = len(indent)
		} else {
			b.WriteString(" ")
		}
		b.WriteString(v)
		width += len(v) + 2
	}
	return b.String()
}
