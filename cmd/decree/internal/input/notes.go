package input

import (
	"fmt"
	"regexp"

	"decree/cmd/decree/internal/plural"
	"decree/engine/event"
	"decree/rules/diag"
)

// shownNotes bounds how many files are named that have the same to note.
const shownNotes = 3

var number = regexp.MustCompile(`[0-9]+`)

// notes counts the files of each kind of note. Notes of a kind differ only in their numbers.
type notes struct {
	kinds []string // with N for each number, in the order in which they came
	files map[string]int
}

// note shows what is to note about a file. Of many files with the same to note, the first are shown.
func (in *Reader) note(file, text string) {
	kind := number.ReplaceAllString(text, "N")
	if in.notes.files == nil {
		in.notes.files = map[string]int{}
	}
	if in.notes.files[kind] == 0 {
		in.notes.kinds = append(in.notes.kinds, kind)
	}
	in.notes.files[kind]++
	if in.notes.files[kind] <= shownNotes {
		in.ClearBar()
		fmt.Fprintf(in.streams.Err, "note: %s: %s\n", diag.Visible(event.Named(file)), diag.Visible(text))
	}
}

// showNotes counts the files whose notes were not shown.
func (in *Reader) showNotes() {
	for _, kind := range in.notes.kinds {
		if more := in.notes.files[kind] - shownNotes; more > 0 {
			in.ClearBar()
			fmt.Fprintf(in.streams.Err, "note: %s: %s\n", plural.Count(more, "more file"), diag.Visible(kind))
		}
	}
}
