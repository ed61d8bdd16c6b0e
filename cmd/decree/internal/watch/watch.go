// Package watch runs a function again when files change.
package watch

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// every is the interval between looks at the files. Polling works on every file system and with every editor, and takes
// milliseconds.
const every = 300 * time.Millisecond

// Run calls run, and calls it again when a file below the folders changes, until the user interrupts. It shows errors
// of run, unless run has.
func Run(s *stdio.Streams, folders []string, run func() error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	return watch(ctx, ticker.C, func() (string, error) { return snapshot(folders) }, func() error {
		err := run()
		fmt.Fprintln(s.Err, "watching for changes; press Ctrl-C to stop")
		return err
	}, func(err error) { fmt.Fprintf(s.Err, "decree: %s\n", diag.Visible(err.Error())) })
}

// watch runs once, and again at each tick with a different snapshot. Errors do not end it: files are often wrong while
// they are written.
func watch(ctx context.Context, ticks <-chan time.Time, look func() (string, error), run func() error, tell func(error)) error {
	before := ""
	for first := true; ; first = false {
		now, err := look()
		if err != nil {
			tell(err)
		}
		if first || (err == nil && now != before) {
			before = now
			if err := run(); err != nil && !exit.Shown(err) {
				tell(err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
	}
}

// snapshot describes folders by the names, sizes and times of their files.
func snapshot(folders []string) (string, error) {
	var out strings.Builder
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if path != folder && strings.HasPrefix(d.Name(), ".") {
					return fs.SkipDir // such as .git
				}
				return nil
			}
			info, err := d.Info()
			if err == nil {
				fmt.Fprintf(&out, "%q %d %d\n", path, info.Size(), info.ModTime().UnixNano())
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return out.String(), nil
}
