// Package progress shows progress bars on a terminal, and nothing elsewhere.
package progress

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/rules/diag"
)

// newBar gives a progress bar. Only a terminal shows it. A total of -1 is unknown.
// The bar is drawn only when a step is added, by the caller's own goroutine: between steps, the caller may write to the
// same terminal.
func newBar(s *stdio.Streams, what string, total int, quiet bool) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(s.Err), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(often), progressbar.OptionClearOnFinish(), progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionSetVisibility(s.ErrTerminal && !quiet))
}

// quick is the number of steps that are done too fast for a bar.
const quick = 1000

// Steps gives a function that counts a step on a progress bar, and one that removes the bar.
func Steps(s *stdio.Streams, what string, total int) (step func(), end func()) {
	bar := newBar(s, what, total, total < quick)
	return func() { _ = bar.Add(1) }, func() { _ = bar.Finish() } // the work goes on without a bar
}

// Files shows how far some files are read: the bytes of all, the file, and what was found so far.
type Files struct {
	*progressbar.ProgressBar
	total, before int64   // bytes: of all files, and of those before the one that is read
	sizes         []int64 // of the files, in bytes
	file          int     // number of the one that is read, from 1
	name          string
	shown         time.Time // when it was last shown
}

// often is how often the bar is drawn.
const often = 100 * time.Millisecond

// nameColumns bounds what stands behind the bar: with the most that a bar has before it, a line has 80 columns.
const nameColumns = 24

// NewFiles gives a bar for files of so many bytes. If the size of one is unknown, so is the total.
func NewFiles(s *stdio.Streams, sizes []int64, quiet bool) *Files {
	total := int64(0)
	for _, size := range sizes {
		if size < 0 {
			total = -1
			break
		}
		total += size
	}
	if total == 0 { // of empty files
		total = 1
	}
	bar := progressbar.NewOptions64(total, progressbar.OptionSetWriter(s.Err), progressbar.OptionShowBytes(true), progressbar.OptionShowTotalBytes(true), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(8), progressbar.OptionThrottle(often), progressbar.OptionClearOnFinish(), progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionShowDescriptionAtLineEnd(), progressbar.OptionSetVisibility(s.ErrTerminal && !quiet))
	return &Files{ProgressBar: bar, total: total, sizes: sizes}
}

// Begin begins the next file.
func (f *Files) Begin(name string) {
	if f.file > 0 {
		f.before += max(0, f.sizes[f.file-1])
	}
	f.file++
	f.name = filepath.Base(name)
}

// Read shows how many bytes of the file are read, and how many matches there are so far.
func (f *Files) Read(bytes int64, matches int) error {
	at := f.before + bytes
	if f.total >= 0 {
		at = min(at, f.total-1) // a file may grow; the bar ends when Finish says so
	}
	if time.Since(f.shown) < often {
		return nil
	}
	f.shown = time.Now()
	before, after := fmt.Sprintf("%d/%d ", f.file, len(f.sizes)), ": "+plural.Count(matches, "match")
	f.Describe(before + table.Cut(diag.Visible(f.name), max(1, nameColumns-len(before)-len(after))) + after)
	return f.Set64(max(at, 0))
}
