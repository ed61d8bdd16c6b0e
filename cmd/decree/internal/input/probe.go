package input

import (
	"errors"
	"io"

	"decree/engine/event"
)

// probedEvents bounds how many events are read to tell whether a file is a log.
const probedEvents = 100

// isLog tells whether a file has an event of the model. It is asked of files in a folder whose names do not say so. A
// file that cannot be read, or is longer, counts as a log: read reports what is wrong with it.
func (in *Reader) isLog(file string) bool {
	r, err := event.Open(file, event.Options{MaxLine: in.opt.MaxLine})
	if err != nil {
		return true
	}
	defer func() { _ = r.Close() }() // errors are for read
	for range probedEvents {
		raw, err := r.NextRaw()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case err != nil:
			return true
		case raw.Err == nil && in.engines.All[0].Fits(raw.Content):
			return true
		}
	}
	return true
}
