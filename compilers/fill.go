package compilers

import "strings"

// lineWidth is where long lists in a query are broken.
const lineWidth = 120

// Fill joins values with commas and breaks long lists into lines that begin with indent.
func Fill(values []string, indent string) string {
	one := strings.Join(values, ", ")
	if len(one) <= lineWidth {
		return one
	}
	var b strings.Builder
	width := lineWidth
	for i, v := range values {
		if i > 0 {
			b.WriteString(",")
		}
		if width+len(v)+2 > lineWidth {
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
