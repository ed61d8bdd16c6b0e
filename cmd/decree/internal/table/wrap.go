package table

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Wrap breaks a text into lines of so many columns, those after the first with an indent. It breaks after a space where
// that leaves a line at least half full. With no columns it breaks nothing.
func Wrap(text string, columns, indent int) string {
	if columns <= 2*indent || uniseg.StringWidth(text) <= columns {
		return text
	}
	var b strings.Builder
	rest, before := text, ""
	for {
		line, after := fitting(rest, columns-len(before))
		b.WriteString(before)
		if after == "" {
			b.WriteString(line)
			return b.String()
		}
		if at := strings.LastIndexByte(line, ' '); at > len(line)/2 {
			line, after = line[:at], line[at+1:]+after
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		rest, before = after, strings.Repeat(" ", indent)
	}
}

// Cut shortens a text to so many columns. What is left out shows as an ellipsis. With no columns it cuts nothing.
func Cut(text string, columns int) string {
	if columns <= 0 || uniseg.StringWidth(text) <= columns {
		return text
	}
	line, _ := fitting(text, columns-1)
	return line + "…"
}

// fitting splits a text after what fits in some columns; at least one letter does.
func fitting(text string, columns int) (line, rest string) {
	state, width, rest := -1, 0, text
	for rest != "" {
		_, after, w, next := uniseg.FirstGraphemeClusterInString(rest, state)
		if width+w > columns && rest != text {
			break
		}
		width, rest, state = width+w, after, next
	}
	return text[:len(text)-len(rest)], rest
}
