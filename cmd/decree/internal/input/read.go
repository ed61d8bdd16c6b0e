// Package input feeds event files to the engine. Every line is accounted for: it is an event, or it is rejected, shown
// and kept. In: files, as the user names them. Out: their events, in the engines of their data models; counts and
// warnings.
package input

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"

	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/progress"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/event"
	"decree/engine/recognise"
	"decree/rules/diag"
	"decree/rules/schema"
)

// Options say how files are read.
type Options struct {
	Files   []string // as the user names them
	Rejects string   // the file that keeps rejected lines; "" for none
	Force   bool     // overwrites the file of Rejects
	MaxLine int      // bytes
	Workers int
	Quiet   bool
	Stop    <-chan struct{} // closed when nothing more shall be read; nil is never
	Matches func() int      // so far, for the progress bar
}

// Reader feeds files to the engine and accounts for every line.
type Reader struct {
	Lines, Rejected int
	Judged          int  // lines that reached the rules, or are rejected; fewer than Lines where reading was stopped
	Unreadable      bool // some input was not read whole, or none held an event, or its events are not of the model
	// some file has events of several products and was read as of one, or events with only the text of a message
	Misread    bool
	Recognised bool // some file's first events are recognised as those of the model

	engines *engines.Set
	chosen  *chosen // nil if all files have one model, which the user names
	opt     Options
	streams *stdio.Streams
	shown   int  // rejected lines shown
	muted   bool // rejected lines were shown before
	bar     *progress.Files
	barErr  error
	kept    *output.Pending
	keptErr error
	skipped []string // files in folders that are not logs
	empty   []string // inputs without an event and without a rejected line
	notes   notes
}

// New gives a reader.
func New(s *stdio.Streams, opt Options) *Reader {
	return &Reader{streams: s, opt: opt, bar: progress.NewFiles(s, nil, opt.Quiet)}
}

// ClearBar removes the progress bar where the terminal shows matches too.
func (in *Reader) ClearBar() {
	if in.streams.OutTerminal && in.streams.ErrTerminal {
		in.barErr = errors.Join(in.barErr, in.bar.Clear())
	}
}

// ReadAll gives the events of all files to the engines that a function makes. If among lists models, the content of
// each file decides on its model, and the function is given those that occur.
func (in *Reader) ReadAll(files event.Files, among []schema.Recognised, with func(models []string) (*engines.Set, error)) (err error) {
	in.skipped = files.Passed
	for _, err := range files.Errs {
		in.blame("%v", err)
	}
	if in.opt.Rejects != "" {
		if in.kept, err = output.CreateNew(in.opt.Rejects, in.opt.Force); err != nil {
			return fmt.Errorf("--rejects: %w", err)
		}
		defer func() { err = errors.Join(err, in.kept.Discard()) }()
	}
	var models []string
	if len(among) > 0 {
		models = in.choose(files, among)
	}
	if in.engines, err = with(models); err != nil {
		return err
	}
	in.bar = progress.NewFiles(in.streams, sizes(files.Paths), in.opt.Quiet)
	for _, file := range files.Paths {
		in.bar.Begin(file)
		switch {
		case in.chosen != nil && in.chosen.unread[file]:
			continue
		case in.chosen == nil && files.Doubt[file] && !in.isLog(file):
			in.skipped = append(in.skipped, file)
			continue
		}
		err := in.read(file)
		if errors.Is(err, event.ErrStopped) {
			return cmp.Or(in.commitRejects(), err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", event.Named(file), err)
		}
	}
	in.showNotes()
	in.showEmpty()
	if err := in.commitRejects(); err != nil {
		return err
	}
	return in.bar.Finish()
}

// commitRejects gives the file of rejected lines its name. If they could not be written, the file keeps its old
// content.
func (in *Reader) commitRejects() error {
	if in.kept == nil {
		return nil
	}
	if in.keptErr == nil {
		in.keptErr = in.kept.Commit()
	}
	if in.keptErr != nil {
		return fmt.Errorf("cannot write --rejects: %w", in.keptErr)
	}
	return nil
}

// sizes gives the bytes of files on disk; -1 for one that is not a regular file.
func sizes(files []string) []int64 {
	out := make([]int64, len(files))
	for i, file := range files {
		out[i] = -1
		if size, again := event.Size(file); again {
			out[i] = size
		}
	}
	return out
}

// blame shows an error of an input, and notes that the input is unreadable. Other files are still read.
func (in *Reader) blame(format string, args ...any) {
	in.Unreadable = true
	in.ClearBar()
	fmt.Fprintf(in.streams.Err, "error: %s\n", diag.Visible(fmt.Sprintf(format, args...)))
}

// engineOf gives the engine that reads a file. A file whose first lines are no events may be read by any: if
// events follow, judgeLines blames it.
func (in *Reader) engineOf(file string) *engines.Of {
	if in.chosen == nil || in.chosen.of[file] == "" {
		return in.engines.All[0]
	}
	return in.engines.Of(in.chosen.of[file])
}

// open opens a file, or goes on with one whose beginning is read already.
func (in *Reader) open(file string) (*event.Reader, error) {
	if in.chosen != nil && in.chosen.open[file] != nil {
		r := in.chosen.open[file]
		delete(in.chosen.open, file)
		return r, nil
	}
	return event.Open(file, in.readerOptions())
}

// read gives the events of a file to its engine.
func (in *Reader) read(file string) error {
	r, err := in.open(file)
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		in.blame("cannot read %s: %v", at.Path, at.Err)
		return nil
	} else if err != nil {
		in.blame("%v", err)
		return nil
	}
	e := in.engineOf(file)
	if in.chosen != nil {
		in.chosen.later = later{model: in.chosen.of[file]}
	} else {
		in.recognise(file, r, e)
	}
	err = e.Run(r, event.Named(file), in.opt.Workers, func(n int) {
		in.Judged += n
		in.barErr = errors.Join(in.barErr, in.bar.Read(r.Bytes(), in.opt.Matches()))
	})
	if in.chosen == nil && len(e.Model.Recognise) == 0 {
		in.Recognised = in.Recognised || e.Fitted() // it has no signs
	}
	in.Lines += r.Lines()
	in.Rejected += r.Rejected()
	for _, note := range r.Notes() {
		in.note(file, note)
	}
	if in.chosen != nil {
		in.warnOfOthers(file)
	}
	in.judge(file, r, e)
	return errors.Join(err, in.barErr, r.Close())
}

// recognise notes whether the first events of a file are of the model that the user names.
func (in *Reader) recognise(file string, r *event.Reader, e *engines.Of) {
	choice := recognise.File(r, []schema.Recognised{{Model: e.Model.Name, Signs: e.Model.Recognise}})
	in.Recognised = in.Recognised || choice.Model != ""
	if text := messageText(choice); text != "" {
		in.Misread = true
		in.ClearBar()
		fmt.Fprintf(in.streams.Err, "%s: model %s%s\n", diag.Visible(event.Named(file)), diag.Visible(e.Model.Name), text)
	}
}

// warnOfOthers warns of a file that has events of another model than the one that was chosen by its first events.
func (in *Reader) warnOfOthers(file string) {
	later := in.chosen.later
	in.Misread = in.Misread || later.ofLookLike > 0 && later.lookLike != schema.Plain
	if text := later.text(); text != "" {
		in.ClearBar()
		fmt.Fprintf(in.streams.Err, "warning: %s: %s\n", diag.Visible(event.Named(file)), diag.Visible(text))
	}
}

// judge says what is wrong with a file that was read.
func (in *Reader) judge(file string, r *event.Reader, e *engines.Of) {
	if !in.judgeLines(file, r) && in.chosen == nil && !e.Fitted() && len(e.Rules()) > 0 {
		in.blame("%s: no event has a field of the rules or of data model %s: check that --model names the product that the events come from, or leave it out", event.Named(file), e.Model.Name)
	}
}

// judgeLines says what is wrong with the lines of a file that was read, and tells whether anything is.
func (in *Reader) judgeLines(file string, r *event.Reader) bool {
	file = event.Named(file)
	switch events := r.Lines() - r.Rejected(); {
	case r.Broken() != "" && events == 0:
		in.blame("%s: no event was read: %s", file, r.Broken())
	case r.Broken() != "":
		in.blame("%s: read only in part: %s", file, r.Broken())
	case events == 0 && r.Rejected() > 0 && r.Formless():
		in.blame("%s: its form is unknown: write its events as JSON, one a line; `decree run --help` names the other forms", file)
	case events == 0 && r.Rejected() > 0:
		in.blame("%s: it holds no valid events", file)
	case events > 0 && in.chosen != nil && in.chosen.late[file]:
		in.blame("%s: none of its first lines is an event, so that its data model is not known and rules may have missed its %s: name it with --model", file, plural.Count(events, "event"))
	case r.Rejected() > events:
		in.blame("%s: %d of %s are not events and were not read", file, r.Rejected(), plural.Count(r.Lines(), "line"))
	case events == 0:
		in.empty = append(in.empty, file)
	default:
		return false
	}
	return true
}
