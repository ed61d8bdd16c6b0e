package input

import (
	"errors"
	"fmt"
	"strings"

	"decree/cmd/decree/internal/stdio"
	"decree/engine/event"
	"decree/rules/schema"
)

// Explained are event files of one data model, of which an event is explained.
type Explained struct {
	Model string // that all files have; "" if the user names it

	in    *Reader
	files []string
	read  map[string]bool // whether a file was read before: its rejected lines are shown once
	lost  bool            // some line is not an event
}

// PassedOver tells whether a line or a file was passed over, because it has no events or is packed.
func (e *Explained) PassedOver() bool { return e.lost || e.in.Unreadable || len(e.in.Packed()) > 0 }

// Judge says what is wrong with the lines of a file that was read to its end.
func (e *Explained) Judge(file string, r *event.Reader) { e.in.judgeLines(file, r) }

// Unreadable tells whether a file was not read whole, or is not of events.
func (e *Explained) Unreadable() bool { return e.in.Unreadable }

// Explain finds the files. If choose is set, their content decides on their model, and all must have the same.
func Explain(s *stdio.Streams, paths []string, choose bool, among []schema.Recognised) (*Explained, error) {
	files := event.Expand(paths)
	if err := errors.Join(files.Errs...); err != nil {
		return nil, err
	}
	out := &Explained{in: New(s, Options{Quiet: true}), files: files.Paths, read: map[string]bool{}}
	out.in.skipped = files.Passed
	out.in.showPacked()
	if !choose {
		return out, nil
	}
	switch models := out.in.choose(files, among); {
	case len(models) > 1:
		return nil, fmt.Errorf("the files have different data models: %s\ngive files of one of them, or name it with --model", strings.Join(models, ", "))
	case len(models) == 1:
		out.Model = models[0]
	case out.in.Unreadable:
		return nil, errors.New("no events to explain")
	default:
		out.Model = schema.Plain // no file has events
	}
	return out, nil
}

// Each reads the files one after the other, and shows rejected lines. It may be called again.
func (e *Explained) Each(read func(r *event.Reader, file string) error) error {
	for _, file := range e.files {
		if e.in.chosen != nil && e.in.chosen.unread[file] {
			continue
		}
		if err := e.each(file, read); err != nil {
			return fmt.Errorf("%s: %w", event.Named(file), err)
		}
	}
	return nil
}

func (e *Explained) each(file string, read func(r *event.Reader, file string) error) (err error) {
	e.in.muted = e.read[file]
	e.read[file] = true
	r, err := e.in.open(file)
	if err != nil {
		return err
	}
	defer func() {
		e.lost = e.lost || r.Rejected() > 0
		err = errors.Join(err, r.Close())
	}()
	return read(r, event.Named(file))
}
