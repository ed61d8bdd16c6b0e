package compilers

import (
	"strings"

	"decree/compilers/logic"
)

// Fill joins values with commas and breaks long lists into lines that begin with indent.
func Fill(values []string, indent string) string {
	one := strings.Join(values, ", ")
	if len(one) <= logic.LineWidth {
		return one
	}
	var b strings.Builder
	width := logic.LineWidth
	for i, v := range values {
		if i > 0 {
			b.WriteString(",")
		}
		if width+len(v)+2 > logic.LineWidth {
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
