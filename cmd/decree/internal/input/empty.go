package input

import (
	"fmt"
	"slices"
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

// ShowSkipped names the files that were skipped, and warns of those that may hold logs.
func (in *Reader) ShowSkipped() {
	others := slices.DeleteFunc(slices.Clone(in.skipped), event.IsPacked)
	if len(others) > 0 {
		fmt.Fprintf(in.streams.Err, "%s skipped, not logs of the data model: %s\n", plural.Count(len(others), "file"), names(others, shownSkipped))
	}
	in.showPacked()
}

// showPacked warns of files that may hold logs, and that were not opened.
func (in *Reader) showPacked() {
	if packed := in.Packed(); len(packed) > 0 {
		fmt.Fprintf(in.streams.Err, "warning: %s not opened, and rules did not see what is in them: unpack %s\n", plural.Count(len(packed), "packed file"), names(packed, shownEmpty))
	}
}

// Packed are the files of folders that may hold logs, and that were not opened.
func (in *Reader) Packed() (files []string) {
	for _, file := range in.skipped {
		if event.IsPacked(file) {
			files = append(files, file)
		}
	}
	return files
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
