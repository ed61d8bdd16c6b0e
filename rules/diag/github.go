package diag

import (
	"fmt"
	"io"
	"strings"
)

// WriteGitHub renders findings as workflow commands, which GitHub shows beside the lines of a change.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func WriteGitHub(w io.Writer, ds Diagnostics) {
	words := map[Severity]string{Error: "error", Warning: "warning", Info: "notice"}
	for _, d := range ds {
		place := "file=" + property(d.Range.File)
		if d.Range.Start.Line > 0 {
			place += fmt.Sprintf(",line=%d,endLine=%d,col=%d", d.Range.Start.Line, max(d.Range.End.Line, d.Range.Start.Line), d.Range.Start.Col)
		}
		message := Visible(d.Message)
		if d.Hint != "" {
			message += "\n" + Visible(d.Hint)
		}
		fmt.Fprintf(w, "::%s %s,title=%s::%s\n", words[d.Severity], place, property(d.Code), escapeData.Replace(message))
	}
}

// A line break ends a command, and a colon or comma ends a property.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(text string) string { return escapeProperty.Replace(Visible(text)) }
