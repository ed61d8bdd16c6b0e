// Package progress shows progress bars on a terminal, and nothing elsewhere.
package progress

import (
	"time"

	"decree/cmd/decree/internal/stdio"

	"github.com/schollz/progressbar/v3"
)

// Bar is a progress bar, which is shown on a terminal alone. A total of -1 is not known.
func Bar(s *stdio.Streams, what string, total int, quiet bool) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(s.Err), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(s.ErrTerminal && !quiet))
}

// quick is how many files are read before anybody wonders.
const quick = 1000

// Steps gives what counts one step of a long work on a progress bar, and what takes the bar away again.
func Steps(s *stdio.Streams, what string, total int) (step func(), end func()) {
	bar := Bar(s, what, total, total < quick)
	return func() { _ = bar.Add(1) }, func() { _ = bar.Finish() } // a bar that cannot be drawn is no reason to stop
}
