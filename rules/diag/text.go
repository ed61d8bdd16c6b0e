package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// WriteText renders findings for the terminal: the message, the source line with a caret, and the hint. source gives a
// file's bytes, or nil.
func WriteText(w io.Writer, ds Diagnostics, source func(file string) []byte, color bool) {
	WriteWrapped(w, ds, source, color, func(text string) string { return text })
}

// Text gives findings as WriteText writes them, without color and without the end of the last line.
func (ds Diagnostics) Text(source func(file string) []byte) string {
	var b strings.Builder
	WriteText(&b, ds, source, false)
	return strings.TrimRight(b.String(), "\n")
}

// WriteWrapped is WriteText with messages and hints that wrap breaks into lines.
func WriteWrapped(w io.Writer, ds Diagnostics, source func(file string) []byte, color bool, wrap func(text string) string) {
	lines := lines{of: source}
	for _, d := range ds {
		paint := func(code, s string) string {
			if !color {
				return s
			}
			return "\x1b[" + code + "m" + s + "\x1b[0m"
		}
		tint := map[Severity]string{Error: "1;31", Warning: "1;33", Info: "1;36"}[d.Severity]
		code := d.Severity.String() + "[" + d.Code + "]"
		message, _ := strings.CutPrefix(wrap(code+": "+Visible(d.Message)), code)
		fmt.Fprintf(w, "%s%s\n", paint(tint, code), message)
		fmt.Fprintf(w, "  --> %s\n", Visible(d.Range.String()))
		if line, ok := lines.get(d.Range.File, d.Range.Start.Line); ok {
			number := fmt.Sprint(d.Range.Start.Line)
			gutter := strings.Repeat(" ", len(number))
			shown, carets := excerpt(line, d.Range)
			fmt.Fprintf(w, "%s |\n%s | %s\n%s | %s\n", gutter, number, shown, gutter, paint(tint, carets))
		}
		if d.Hint != "" {
			fmt.Fprintln(w, wrap("  = hint: "+Visible(d.Hint)))
		}
		fmt.Fprintln(w)
	}
}

// lines gives lines of files by their numbers. It goes on from the line before, so that many findings of a large file
// cost one pass.
type lines struct {
	of   func(file string) []byte
	file string
	at   int    // the number of the line with which rest begins
	rest []byte // of file
}

func (l *lines) get(file string, number int) (string, bool) {
	if l.at == 0 || l.file != file || number < l.at {
		l.file, l.at, l.rest = file, 1, l.of(file)
	}
	if l.rest == nil || number < 1 {
		return "", false
	}
	for ; l.at < number; l.at++ {
		_, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return "", false
		}
		l.rest = rest
	}
	line, _, _ := bytes.Cut(l.rest, []byte("\n"))
	return strings.TrimRight(string(line), "\r"), true
}

// widest is the longest source line that is shown in full, in characters. For a longer line, only the text around the
// range is shown, with lead characters before it.
const (
	widest = 160
	lead   = 40
)

// excerpt gives the part of a source line to show, and the carets below the range. It keeps tabs, so that the carets
// line up. Wide characters take two columns.
func excerpt(line string, r Range) (shown, carets string) {
	text := []rune(line)
	start := min(max(0, r.Start.Col-1), len(text))
	end := start + 1
	if r.End.Line == r.Start.Line {
		end = max(end, r.End.Col-1)
	}
	from, to, before, after := 0, len(text), "", ""
	if len(text) > widest {
		if from = max(0, start-lead); from > 0 {
			before = "…"
		}
		if to = min(len(text), from+widest); to < len(text) {
			after = "…"
		}
	}
	visible := func(from, to int) string {
		parts := strings.Split(string(text[from:to]), "\t")
		for i, part := range parts {
			parts[i] = Visible(part)
		}
		return strings.Join(parts, "\t")
	}
	marked := visible(start, max(start, min(end, to)))
	return before + visible(from, to) + after, blank(before+visible(from, start)) + strings.Repeat("^", max(1, uniseg.StringWidth(marked)))
}

// blank is white space as wide as a text. It keeps the tabs of the text.
func blank(text string) string {
	parts := strings.Split(text, "\t")
	for i, part := range parts {
		parts[i] = strings.Repeat(" ", uniseg.StringWidth(part))
	}
	return strings.Join(parts, "\t")
}
