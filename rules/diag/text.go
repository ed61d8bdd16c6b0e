package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText renders findings as people read them: what, where with the source line and a
// caret, and what to do next. source gives a file's bytes, or nil.
func WriteText(w io.Writer, ds Diagnostics, source func(file string) []byte, color bool) {
	for _, d := range ds {
		paint := func(code, s string) string {
			if !color {
				return s
			}
			return "\x1b[" + code + "m" + s + "\x1b[0m"
		}
		tint := map[Severity]string{Error: "1;31", Warning: "1;33", Info: "1;36"}[d.Severity]
		fmt.Fprintf(w, "%s: %s\n", paint(tint, d.Severity.String()+"["+d.Code+"]"), clean(d.Message))
		fmt.Fprintf(w, "  --> %s\n", clean(d.Range.String()))
		if line, ok := lineOf(source(d.Range.File), d.Range.Start.Line); ok {
			number := fmt.Sprint(d.Range.Start.Line)
			gutter := strings.Repeat(" ", len(number))
			fmt.Fprintf(w, "%s |\n%s | %s\n%s | %s\n", gutter, number, clean(line), gutter, paint(tint, underline(line, d.Range)))
		}
		if d.Hint != "" {
			fmt.Fprintf(w, "  = hint: %s\n", clean(d.Hint))
		}
		fmt.Fprintln(w)
	}
}

func lineOf(data []byte, number int) (string, bool) {
	if data == nil || number < 1 {
		return "", false
	}
	for i := 1; i < number; i++ {
		_, rest, ok := bytes.Cut(data, []byte("\n"))
		if !ok {
			return "", false
		}
		data = rest
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimRight(string(line), "\r"), true
}

// underline puts carets below the range, keeping the line's tabs so that they align.
func underline(line string, r Range) string {
	var b strings.Builder
	col := 1
	for _, c := range line {
		if col >= r.Start.Col {
			break
		}
		if c == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
		col++
	}
	width := 1
	if r.End.Line == r.Start.Line {
		width = max(1, min(r.End.Col-r.Start.Col, utf8.RuneCountInString(line)-r.Start.Col+1))
	}
	return b.String() + strings.Repeat("^", width)
}

// clean keeps hostile control characters away from the terminal.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if (c < ' ' && c != '\t') || c == 0x7f || (c >= 0x80 && c < 0xa0) {
			return utf8.RuneError
		}
		return c
	}, s)
}
