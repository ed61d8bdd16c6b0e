package input

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/engine/event"
	"decree/rules/diag"
)

// shownSkipped and shownEmpty bound how many files are named.
const (
	shownSkipped = 3
	shownEmpty   = 10
)

// ShowSkipped names the files that were skipped.
func (in *Reader) ShowSkipped() {
	if len(in.skipped) > 0 {
		fmt.Fprintf(in.streams.Err, "%s skipped, not logs of the data model: %s\n", plural.Count(len(in.skipped), "file"), names(in.skipped, shownSkipped))
	}
}

// showEmpty names the inputs that hold no event. If none holds one, nothing was read.
func (in *Reader) showEmpty() {
	switch {
	case in.Lines == in.Rejected && !in.Unreadable:
		in.blame("no events in %s", names(in.opt.Files, shownEmpty))
	case len(in.empty) == 1:
		in.ClearBar()
		fmt.Fprintf(in.streams.Err, "warning: %s holds no events\n", names(in.empty, shownEmpty))
	case len(in.empty) > 1:
		in.ClearBar()
		fmt.Fprintf(in.streams.Err, "warning: %d inputs hold no events: %s\n", len(in.empty), names(in.empty, shownEmpty))
	}
}

// names lists the first files.
func names(files []string, most int) string {
	shown := make([]string, 0, most)
	for _, file := range files[:min(len(files), most)] {
		shown = append(shown, diag.Visible(event.Named(file)))
	}
	if len(files) > most {
		shown = append(shown, "…")
	}
	return strings.Join(shown, ", ")
}
