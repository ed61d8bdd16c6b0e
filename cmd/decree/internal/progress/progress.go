// Package progress shows progress bars on a terminal, and nothing elsewhere.
package progress

import (
	"time"

	"decree/cmd/decree/internal/stdio"

	"github.com/schollz/progressbar/v3"
)

// Bar gives a progress bar. Only a terminal shows it. A total of -1 is unknown.
// The bar is drawn only when a step is added, by the caller's own goroutine: between steps, the caller may write to the same terminal.
func Bar(s *stdio.Streams, what string, total int, quiet bool) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(s.Err), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionSetVisibility(s.ErrTerminal && !quiet))
}

// quick is the number of steps that are done too fast for a bar.
const quick = 1000

// Steps gives a function that counts a step on a progress bar, and one that removes the bar.
func Steps(s *stdio.Streams, what string, total int) (step func(), end func()) {
	bar := Bar(s, what, total, total < quick)
	return func() { _ = bar.Add(1) }, func() { _ = bar.Finish() } // the work goes on without a bar
}
