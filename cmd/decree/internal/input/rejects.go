package input

import (
	"fmt"
	"os"

	"decree/engine/event"
	"decree/rules/diag"
)

// shownRejects bounds how many rejected lines are shown.
const shownRejects = 20

// NotAmong refuses to write the file of a flag over one that the run reads.
func NotAmong(flag, path string, files []string) error {
	to, err := os.Stat(path)
	if err != nil || !to.Mode().IsRegular() {
		return nil // it does not exist, or is a device or pipe
	}
	for _, file := range files {
		if from, err := os.Stat(event.OnDisk(file)); err == nil && os.SameFile(to, from) {
			return fmt.Errorf("--%s %s is a file that this run reads: choose another name", flag, path)
		}
	}
	return nil
}

func (in *Reader) reject(r event.Reject) {
	if in.muted {
		return
	}
	if in.shown++; in.shown <= shownRejects {
		next := ""
		if r.TooLong && in.opt.MaxLine > 0 { // else the command has no such flag
			next = "; --max-line raises the bound"
		}
		fmt.Fprintf(in.streams.Err, "rejected %s:%d: %s%s\n", diag.Visible(r.Source), r.Line, diag.Visible(r.Reason), next)
	} else if in.shown == shownRejects+1 {
		fmt.Fprintf(in.streams.Err, "more rejected lines are only counted; decree run --rejects FILE keeps them all\n")
	}
	if in.kept != nil && in.keptErr == nil {
		_, in.keptErr = in.kept.WriteString(event.FormatReject(r))
	}
}
