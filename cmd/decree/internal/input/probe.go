package input

import (
	"errors"
	"io"

	"decree/engine/event"
)

// probedEvents bounds how many events of a file are looked at to tell whether it is a log.
const probedEvents = 100

// isLog tells whether a file of a folder whose name says little has an event of the model. What cannot be read, or goes on, is for read.
func (in *Reader) isLog(file string) bool {
	r, err := event.Open(file, event.Options{MaxLine: in.opt.MaxLine})
	if err != nil {
		return true
	}
	defer func() { _ = r.Close() }() // it was only looked at
	for range probedEvents {
		raw, err := r.NextRaw()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case err != nil:
			return true
		case raw.Err == nil && in.engine.Fits(raw.Data):
			return true
		}
	}
	return true
}
